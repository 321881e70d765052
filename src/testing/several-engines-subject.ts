/**
 * Two engines of one store as one: each call goes through either of them, as a seed decides, calls of one turn through
 * the same, as a caller's burst does. Whatever a single engine of the store would answer, these two have to.
 */
import { seededRandom } from "../base/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { type SplitStore, subjectApart } from "./split-subject.ts";
import type { StorageOpenOptions, StorageSubject } from "./storage-contract/subject.ts";

export function alternatingSubject(
  name: string,
  open: (path: string, options: StorageOpenOptions) => Promise<SplitStore>,
  seed: number,
): StorageSubject {
  const random = seededRandom(seed);
  return subjectApart(`${name}, two engines`, async (path, options) => {
    const store = await open(path, options);
    const engines = [store.engine, await store.addEngine()];
    return { ...store, engine: alternating(engines, () => random.below(engines.length)) };
  });
}

function alternating(engines: readonly Engine[], choose: () => number): Engine {
  let chosen: Engine | undefined;
  const pick = (): Engine => {
    if (chosen === undefined) {
      chosen = engines[choose()];
      queueMicrotask(() => {
        chosen = undefined;
      });
    }
    if (chosen === undefined) throw new Error("there is no engine");
    return chosen;
  };
  const close = async (): Promise<void> => {
    await Promise.all(engines.map((engine) => engine.close()));
  };
  return {
    capabilities: pick().capabilities,
    get: (key, consistency) => pick().get(key, consistency),
    getMany: (keys, consistency) => pick().getMany(keys, consistency),
    range: (request) => pick().range(request),
    mutate: (mutation) => pick().mutate(mutation),
    held: (keys) => pick().held(keys),
    counter: (counter) => pick().counter(counter),
    counterParts: (request) => pick().counterParts(request),
    readLog: (shard, after, recordsMax) => pick().readLog(shard, after, recordsMax),
    logEnd: (shard) => pick().logEnd(shard),
    trimLog: (shard, through) => pick().trimLog(shard, through),
    logSignal: (shard) => pick().logSignal(shard),
    watchLog: (shard, wake) => pick().watchLog(shard, wake),
    lease: (name, owner, ttlMs) => pick().lease(name, owner, ttlMs),
    releaseLease: (lease) => pick().releaseLease(lease),
    reclaim: () => pick().reclaim(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
