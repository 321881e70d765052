/**
 * The wrapper around every engine: checks arguments, answers `closed` after close, and measures. What an engine
 * would otherwise repeat stands here once; the engine inside sees valid calls only.
 */
import { assert, monotonicMs } from "../../base/index.ts";
import {
  checkCounter,
  checkCounterParts,
  checkInteger,
  checkKey,
  checkMutation,
  checkRange,
  mutationKeysMax,
} from "./check-arguments.ts";
import { StorageError, type StorageErrorCode } from "./errors.ts";
import { signalledShardsMax } from "./types.ts";
import type {
  Consistency,
  CounterId,
  CounterPart,
  CounterPartsRequest,
  Engine,
  EngineCapabilities,
  Lease,
  LogEnd,
  LogPage,
  Mutation,
  MutationOutcome,
  RangePage,
  RangeRequest,
  ReclaimProgress,
  RecordKey,
  ShardId,
  StoredRecord,
} from "./types.ts";

/** The measured methods. */
export type EngineMethod =
  | "get"
  | "getMany"
  | "range"
  | "mutate"
  | "held"
  | "counter"
  | "counterParts"
  | "readLog"
  | "logEnd"
  | "trimLog"
  | "lease"
  | "releaseLease"
  | "reclaim";

/** `fault` stands for programmer errors. */
export type EngineFailure = StorageErrorCode | "fault";

/** Receives one observation per call. */
export interface EngineMetrics {
  observe(method: EngineMethod, durationMs: number, failure: EngineFailure | undefined): void;
}

/** Wraps the engine; close the wrapper, not the engine. Without metrics it costs no clock reads. */
export function guardEngine(engine: Engine, metrics?: EngineMetrics): Engine {
  return new GuardedEngine(engine, metrics);
}

class GuardedEngine implements Engine {
  readonly #engine: Engine;
  readonly #metrics: EngineMetrics | undefined;
  #closing: Promise<void> | undefined;

  constructor(engine: Engine, metrics: EngineMetrics | undefined) {
    this.#engine = engine;
    this.#metrics = metrics;
  }

  get capabilities(): EngineCapabilities {
    return this.#engine.capabilities;
  }

  async get(key: RecordKey, consistency: Consistency): Promise<StoredRecord | undefined> {
    this.#assertOpen();
    checkKey(key);
    return this.#measured("get", () => this.#engine.get(key, consistency));
  }

  async getMany(
    keys: readonly RecordKey[],
    consistency: Consistency,
  ): Promise<readonly (StoredRecord | undefined)[]> {
    this.#assertOpen();
    checkKeys(keys);
    return this.#measured("getMany", () => this.#engine.getMany(keys, consistency));
  }

  async range(request: RangeRequest): Promise<RangePage> {
    this.#assertOpen();
    checkRange(request);
    return this.#measured("range", () => this.#engine.range(request));
  }

  async mutate(mutation: Mutation): Promise<MutationOutcome> {
    this.#assertOpen();
    checkMutation(mutation);
    return this.#measured("mutate", () => this.#engine.mutate(mutation));
  }

  async readAhead(keys: readonly RecordKey[]): Promise<void> {
    this.#assertOpen();
    checkKeys(keys);
    return this.#engine.readAhead(keys);
  }

  async held(keys: readonly RecordKey[]): Promise<readonly boolean[]> {
    this.#assertOpen();
    checkKeys(keys);
    return this.#measured("held", () => this.#engine.held(keys));
  }

  async counter(counter: CounterId): Promise<number> {
    this.#assertOpen();
    checkCounter(counter);
    return this.#measured("counter", () => this.#engine.counter(counter));
  }

  async counterParts(request: CounterPartsRequest): Promise<readonly CounterPart[]> {
    this.#assertOpen();
    checkCounterParts(request);
    return this.#measured("counterParts", () => this.#engine.counterParts(request));
  }

  async readLog(shard: ShardId, after: number, recordsMax: number): Promise<LogPage> {
    this.#assertOpen();
    checkInteger(shard, "a shard");
    checkInteger(after, "a position");
    assert(Number.isSafeInteger(recordsMax) && recordsMax >= 1, "a log page allows at least 1 record");
    return this.#measured("readLog", () => this.#engine.readLog(shard, after, recordsMax));
  }

  async logEnd(shard: ShardId): Promise<LogEnd> {
    this.#assertOpen();
    checkInteger(shard, "a shard");
    return this.#measured("logEnd", () => this.#engine.logEnd(shard));
  }

  async trimLog(shard: ShardId, through: number): Promise<void> {
    this.#assertOpen();
    checkInteger(shard, "a shard");
    checkInteger(through, "a position");
    return this.#measured("trimLog", () => this.#engine.trimLog(shard, through));
  }

  logSignal(shard: ShardId): number {
    checkInteger(shard, "a shard");
    assert(shard < signalledShardsMax, `only shards below ${signalledShardsMax} have a signal`);
    return this.#engine.logSignal(shard);
  }

  watchLog(shard: ShardId, wake: () => void): () => void {
    this.#assertOpen();
    checkInteger(shard, "a shard");
    return this.#engine.watchLog(shard, wake);
  }

  async lease(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    this.#assertOpen();
    assert(name !== "" && owner !== "", "a lease has a name and an owner");
    assert(Number.isSafeInteger(ttlMs) && ttlMs >= 1, "a lease lasts at least 1 ms");
    return this.#measured("lease", () => this.#engine.lease(name, owner, ttlMs));
  }

  async releaseLease(lease: Lease): Promise<void> {
    this.#assertOpen();
    return this.#measured("releaseLease", () => this.#engine.releaseLease(lease));
  }

  async reclaim(): Promise<ReclaimProgress> {
    this.#assertOpen();
    return this.#measured("reclaim", () => this.#engine.reclaim());
  }

  close(): Promise<void> {
    this.#closing ??= this.#engine.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new StorageError("closed", "the store is closed");
    }
  }

  #measured<T>(method: EngineMethod, call: () => Promise<T>): Promise<T> {
    return this.#metrics === undefined ? call() : measure(this.#metrics, method, call);
  }
}

function checkKeys(keys: readonly RecordKey[]): void {
  assert(keys.length <= mutationKeysMax, `at most ${mutationKeysMax} keys are asked for at once`);
  for (const key of keys) {
    checkKey(key);
  }
}

async function measure<T>(metrics: EngineMetrics, method: EngineMethod, call: () => Promise<T>): Promise<T> {
  const startedMs = monotonicMs();
  try {
    const answer = await call();
    metrics.observe(method, monotonicMs() - startedMs, undefined);
    return answer;
  } catch (error: unknown) {
    metrics.observe(method, monotonicMs() - startedMs, error instanceof StorageError ? error.code : "fault");
    throw error;
  }
}
