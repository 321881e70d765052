/**
 * A proof that writers lose nothing and do nothing twice: they increment a few hot keys and log each increment in the same
 * commit. At the end each key's record, its log and what the writers were told must agree.
 */
import { monotonicMs, systemClock } from "../base/index.ts";
import type {
  DecideFunction,
  DecideRegistry,
  Engine,
  LogRecord,
  Placement,
  RecordKey,
  ShardId,
} from "../storage/contract/index.ts";
import { StorageError } from "../storage/contract/index.ts";

export interface HotOutcome {
  /** Index of the key. */
  readonly hotKey: number;
  readonly kind: "committed" | "unknown" | "unavailable";
  /** What the key's count has become. */
  readonly count?: number;
  readonly durationMs: number;
}

export interface HotKeyOptions {
  readonly hotKeys: number;
  /** Each has one call on its way at a time. */
  readonly callers: number;
  readonly onOutcome: (outcome: HotOutcome) => void;
}

export interface HotKeyWriters {
  /** Resolves when the last call has ended; rejects with what was no expected end of one. */
  stop(): Promise<void>;
}

interface HotArgs {
  readonly key: RecordKey;
  readonly shard: ShardId;
  readonly hotKey: number;
}

const placements = 5;
/** Beyond the shards that have signals. */
const shardsFrom = 65_536;
const retryMs = 20;

export const hotKeyDecides: DecideRegistry = new Map<string, DecideFunction>([
  [
    "countAndLog",
    (args, [record]) => {
      const { key, shard, hotKey } = args as HotArgs;
      const count = (record === undefined ? 0 : Number(textOf(record.value))) + 1;
      const commit = {
        records: [{ kind: "put", key, value: bytesOf(`${count}`) }],
        log: [{ shard, value: bytesOf(`${hotKey}=${count}`) }],
        counters: [{ counter: { keyspace: 1, index: 0 }, delta: 1 }],
      } as const;
      return { kind: "commit", commit, result: count };
    },
  ],
]);

export function startHotKeyWriters(engine: Engine, options: HotKeyOptions): HotKeyWriters {
  let isStopping = false;
  const call = async (caller: number): Promise<void> => {
    for (let round = 0; !isStopping; round += 1) {
      const outcome = await increment(engine, (caller + round) % options.hotKeys);
      options.onOutcome(outcome);
      if (outcome.kind === "unavailable") await systemClock().sleep(retryMs);
    }
  };
  const ended = Promise.all(Array.from({ length: options.callers }, (_, caller) => call(caller)));
  // Whoever stops them is told; until then it is nobody's business.
  ended.catch(() => undefined);
  return {
    stop: async () => {
      isStopping = true;
      await ended;
    },
  };
}

async function increment(engine: Engine, hotKey: number): Promise<HotOutcome> {
  const key = keyOf(hotKey);
  const args: HotArgs = { key, shard: shardsFrom + key.placement, hotKey };
  const startedMs = monotonicMs();
  const ended = (kind: HotOutcome["kind"], count?: number): HotOutcome => ({
    hotKey,
    kind,
    durationMs: monotonicMs() - startedMs,
    ...(count === undefined ? {} : { count }),
  });
  try {
    const outcome = await engine.mutate({ kind: "countAndLog", epochs: [], keys: [key], args });
    if (outcome.kind === "committed") return ended("committed", Number(outcome.result));
    if (outcome.kind === "unknown") return ended("unknown");
    throw new Error(`an increment is never ${outcome.kind}`);
  } catch (error: unknown) {
    if (error instanceof StorageError && error.code === "unavailable") return ended("unavailable");
    throw error;
  }
}

export interface HotKeyFacts {
  readonly hotKeys: number;
  readonly outcomes: readonly HotOutcome[];
  /** Calls that nobody was told the end of, as those of killed processes. */
  readonly untold?: number;
}

/** Throws a sentence for the first contradiction; answers how many increments there are. */
export async function checkHotKeys(engine: Engine, facts: HotKeyFacts): Promise<number> {
  const logged = await loggedCounts(engine);
  let total = 0;
  let unexplained = 0;
  for (let hotKey = 0; hotKey < facts.hotKeys; hotKey += 1) {
    const counts = logged.get(hotKey) ?? [];
    for (const [index, count] of counts.entries()) {
      assertThat(count === index + 1, `key ${hotKey} was logged as ${count} after ${index}`);
    }
    const record = await engine.get(keyOf(hotKey), "strong");
    const stored = record === undefined ? 0 : Number(textOf(record.value));
    assertThat(stored === counts.length, `key ${hotKey} is ${stored} and was logged ${counts.length} times`);
    const own = facts.outcomes.filter((outcome) => outcome.hotKey === hotKey);
    const told = own.flatMap(({ count }) => count ?? []);
    assertThat(new Set(told).size === told.length, `key ${hotKey} had one count twice`);
    assertThat(Math.max(0, ...told) <= stored, `key ${hotKey} is ${stored}, less than somebody was told`);
    const unknown = own.filter(({ kind }) => kind === "unknown").length;
    unexplained += Math.max(0, stored - told.length - unknown);
    total += stored;
  }
  assertThat(unexplained <= (facts.untold ?? 0), `${unexplained} increments that nobody can have made`);
  assertThat(total === (await engine.counter({ keyspace: 1, index: 0 })), "the counter is the sum of all");
  return total;
}

/** In the order of each key's shard. */
async function loggedCounts(engine: Engine): Promise<ReadonlyMap<number, readonly number[]>> {
  const counts = new Map<number, number[]>();
  for (let placement: Placement = 0; placement < placements; placement += 1) {
    for (const { value } of await wholeLog(engine, shardsFrom + placement)) {
      const [hotKey = 0, count = 0] = textOf(value).split("=").map(Number);
      counts.set(hotKey, [...(counts.get(hotKey) ?? []), count]);
    }
  }
  return counts;
}

async function wholeLog(engine: Engine, shard: ShardId): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  const { last } = await engine.logEnd(shard);
  while (records.length < last) {
    const page = await engine.readLog(shard, records.length, 1000);
    assertThat(page.kind === "records" && page.records.length > 0, `shard ${shard} has a gap`);
    if (page.kind === "records") records.push(...page.records);
  }
  for (const [index, { position }] of records.entries()) {
    assertThat(position === index + 1, `shard ${shard} has position ${position} in place ${index + 1}`);
  }
  return records;
}

function keyOf(hotKey: number): RecordKey {
  const placement = hotKey % placements;
  return { keyspace: 1, placement, partition: bytesOf(`hot ${hotKey}`), sort: new Uint8Array(0) };
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function assertThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
