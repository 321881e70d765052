/** An engine whose mutations are made by another one of the same store, on another thread; all else is its own. */
import { assert } from "../../base/index.ts";
import {
  type Consistency,
  type CounterId,
  type CounterPart,
  type CounterPartsRequest,
  type Engine,
  type EngineCapabilities,
  type Lease,
  type LogEnd,
  type LogPage,
  type Mutation,
  type MutationOutcome,
  type RangePage,
  type RangeRequest,
  type ReclaimProgress,
  type RecordKey,
  type ShardId,
  StorageError,
  type StoredRecord,
} from "../contract/index.ts";
import type { Writes } from "./writes.ts";

/** Close it, and neither of its parts. */
export function remotelyWriting(engine: Engine, writes: Writes): Engine {
  return new RemotelyWritingEngine(engine, writes);
}

class RemotelyWritingEngine implements Engine {
  readonly #engine: Engine;
  readonly #writes: Writes;
  #closing: Promise<void> | undefined;

  constructor(engine: Engine, writes: Writes) {
    this.#engine = engine;
    this.#writes = writes;
  }

  get capabilities(): EngineCapabilities {
    return this.#engine.capabilities;
  }

  async mutate(mutation: Mutation): Promise<MutationOutcome> {
    this.#assertOpen();
    const reply = await this.#writes.submit({ kind: "mutate", mutation });
    assert(reply.kind === "outcome", "a mutation is answered with its outcome");
    return reply.outcome;
  }

  async trimLog(shard: ShardId, through: number): Promise<void> {
    this.#assertOpen();
    await this.#writes.submit({ kind: "trimLog", shard, through });
  }

  readAhead(keys: readonly RecordKey[]): Promise<void> {
    return this.#engine.readAhead(keys);
  }

  async held(keys: readonly RecordKey[]): Promise<readonly boolean[]> {
    this.#assertOpen();
    return this.#writes.held(keys);
  }

  get(key: RecordKey, consistency: Consistency): Promise<StoredRecord | undefined> {
    return this.#engine.get(key, consistency);
  }

  getMany(
    keys: readonly RecordKey[],
    consistency: Consistency,
  ): Promise<readonly (StoredRecord | undefined)[]> {
    return this.#engine.getMany(keys, consistency);
  }

  range(request: RangeRequest): Promise<RangePage> {
    return this.#engine.range(request);
  }

  counter(counter: CounterId): Promise<number> {
    return this.#engine.counter(counter);
  }

  counterParts(request: CounterPartsRequest): Promise<readonly CounterPart[]> {
    return this.#engine.counterParts(request);
  }

  readLog(shard: ShardId, after: number, recordsMax: number): Promise<LogPage> {
    return this.#engine.readLog(shard, after, recordsMax);
  }

  logEnd(shard: ShardId): Promise<LogEnd> {
    return this.#engine.logEnd(shard);
  }

  logSignal(shard: ShardId): number {
    return this.#engine.logSignal(shard);
  }

  watchLog(shard: ShardId, wake: () => void): () => void {
    return this.#engine.watchLog(shard, wake);
  }

  lease(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    return this.#engine.lease(name, owner, ttlMs);
  }

  releaseLease(lease: Lease): Promise<void> {
    return this.#engine.releaseLease(lease);
  }

  reclaim(): Promise<ReclaimProgress> {
    return this.#engine.reclaim();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StorageError("closed", "the store is closed");
  }

  async #close(): Promise<void> {
    try {
      await this.#writes.close();
    } finally {
      await this.#engine.close();
    }
  }
}
