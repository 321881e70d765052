/**
 * Two engines of one store as one: each call goes through either of them, as a seed decides, calls of one turn through
 * the same, as a caller's burst does. Whatever a single engine of the store would answer, these two have to.
 */
import { type Random, seededRandom } from "../base/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { type OpenApart, subjectApart } from "./split-subject.ts";
import type { StorageSubject } from "./storage-contract/subject.ts";

export function alternatingSubject(name: string, open: OpenApart, seed: number): StorageSubject {
  const random = seededRandom(seed);
  return subjectApart(`${name}, two engines`, async (path, options) => {
    const store = await open(path, options);
    return { ...store, engine: alternatingEngine([store.engine, await store.addEngine()], random) };
  });
}

export function alternatingEngine(engines: readonly Engine[], random: Random): Engine {
  let chosen: Engine | undefined;
  const pick = (): Engine => {
    if (chosen === undefined) {
      chosen = engines[random.below(engines.length)];
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
    readAhead: (keys) => pick().readAhead(keys),
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
