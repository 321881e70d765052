/**
 * For tests of the change log: consumers that copy their shard into another one, so that what is lost, repeated or out of
 * order shows there, and what their tests need around them.
 */
import { type Clock, createTurnPacer, nextTurn, seededRandom } from "../base/index.ts";
import type { DecideFunction, DecideRegistry, Engine } from "../storage/contract/index.ts";
import {
  changesDecides,
  type Consumer,
  type ConsumerRunner,
  type ConsumerRunnerOptions,
  createConsumerRunner,
  type OutputDecide,
} from "../changes/index.ts";
import { openModelEngine } from "./model-engine.ts";
import { settableClock, type SettableClock } from "./settable-clock.ts";
import { passingSubject } from "./sqlite-subjects.ts";

/** Adding to a counter shows a batch that was applied twice. */
export const appliedCounter = { keyspace: 50, index: 0 };

/** What a consumer applies goes into the shard this much higher. */
export const outputShards = 1_000_000;

interface Texts {
  readonly shard: number;
  readonly texts: readonly string[];
}

const logged = ({ shard, texts }: Texts): { readonly shard: number; readonly value: Uint8Array }[] =>
  texts.map((text) => ({ shard, value: Buffer.from(text) }));

const append: DecideFunction = (args) => ({
  kind: "commit",
  commit: { records: [], log: logged(args as Texts) },
  result: undefined,
});

/** Of keyspace 1000. */
const setEpoch: DecideFunction = (args) => ({
  kind: "commit",
  commit: { records: [], setEpochs: [{ keyspace: 1000, epoch: args as number }] },
  result: undefined,
});

const copy: OutputDecide = (args) => ({
  records: [],
  counters: [{ counter: appliedCounter, delta: (args as Texts).texts.length }],
  log: logged(args as Texts),
});

export const copyingDecides: DecideRegistry = new Map<string, DecideFunction>([
  ["append", append],
  ["setEpoch", setEpoch],
  ...changesDecides(new Map([["copy", copy]])),
]);

export const textOf = ({ value }: { readonly value: Uint8Array }): string => Buffer.from(value).toString();

/** Copies its one shard. */
export function copier(id: string, shard: number, parts: Partial<Consumer> = {}): Consumer {
  return {
    id,
    shards: [shard],
    outputKind: "copy",
    prepare: (records) => ({ keys: [], args: { shard: shard + outputShards, texts: records.map(textOf) } }),
    delayMs: () => 0,
    ...parts,
  };
}

/** In one commit. */
export async function write(engine: Engine, shard: number, ...texts: readonly string[]): Promise<void> {
  await engine.mutate({ kind: "append", epochs: [], keys: [], args: { shard, texts } });
}

/** The texts that were copied from a shard. */
export async function applied(engine: Engine, shard: number): Promise<readonly string[]> {
  const page = await engine.readLog(shard + outputShards, 0, 100_000);
  return page.kind === "records" ? page.records.map(textOf) : [];
}

export const numbers = (from: number, through: number): readonly string[] =>
  Array.from({ length: through - from + 1 }, (_, index) => String(from + index));

/** An engine with some methods of its own. */
export function altered(engine: Engine, methods: Partial<Engine>): Engine {
  return new Proxy(engine, {
    get(target, name: keyof Engine) {
      if (methods[name] !== undefined) return methods[name];
      const value: unknown = target[name];
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

export interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

export function gate(): Gate {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Waits for turns of the event loop, never for time. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2000; turn += 1) {
    if (await done()) return;
    await nextTurn();
  }
  throw new Error("it did not happen within 2000 turns");
}

/** What to do after a test, the last first. */
export type Endings = (() => Promise<unknown>)[];

export async function endAll(endings: Endings): Promise<void> {
  for (const end of endings.splice(0).toReversed()) await end();
}

/** When the clocks of these tests stand. */
export const copyingStartMs = 1_767_225_600_000;

export interface CopyingStore {
  readonly engine: Engine;
  readonly clock: SettableClock;
}

export async function openCopyingModel(): Promise<CopyingStore> {
  const clock = settableClock(copyingStartMs);
  return { engine: openModelEngine({ decide: copyingDecides, clock }), clock };
}

export async function openCopyingSqlite(endings: Endings): Promise<CopyingStore> {
  const clock = settableClock(copyingStartMs);
  const fixture = await passingSubject("memory").open({ decide: copyingDecides, clock });
  endings.push(() => fixture.dispose());
  return { engine: fixture.engine, clock };
}

export interface Started {
  readonly runner: ConsumerRunner;
  readonly failures: { readonly id: string; readonly error: unknown }[];
  /** What the runner finds when it asks. */
  readonly list: { consumers: readonly Consumer[] };
}

export interface StartOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly consumers: readonly Consumer[];
  readonly options?: Partial<ConsumerRunnerOptions>;
}

/** Starts runners, each with a random source of its own. */
export function startingRunners(endings: Endings): (what: StartOptions) => Started {
  let runners = 0;
  return ({ engine, clock, consumers, options }) => {
    const failures: { id: string; error: unknown }[] = [];
    const list = { consumers };
    runners += 1;
    const runner = createConsumerRunner({
      engine,
      clock,
      pacer: createTurnPacer(),
      random: seededRandom(runners),
      listConsumers: async () => list.consumers,
      onFailure: ({ id }, error) => failures.push({ id, error }),
      ...options,
    });
    endings.push(() => runner.stop());
    runner.setConsumers(consumers);
    return { runner, failures, list };
  };
}
