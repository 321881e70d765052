/**
 * The engine's methods over one connection that reads and a way for writes, to a writer on this thread or on another
 * one. Reads are synchronous inside and see the last commit; since a group's transaction begins and ends within one
 * synchronous call of the writer, none sees what is not committed.
 */
import { assert } from "../../base/index.ts";
import {
  type Consistency,
  type CounterId,
  type CounterPart,
  type CounterPartsRequest,
  type EngineCapabilities,
  type Keyspace,
  type Lease,
  type ListedEngine,
  type LogEnd,
  type LogPage,
  type Mutation,
  type MutationOutcome,
  type RangePage,
  type RangeRequest,
  type ReclaimProgress,
  type RecordKey,
  type ShardEnd,
  type ShardId,
  StorageError,
  type StoredRecord,
  Watchers,
} from "../contract/index.ts";
import type { WriteReply, WriteRequest, Writes } from "../remote/index.ts";
import type { SqliteConnection } from "./driver.ts";
import { Reader } from "./reader.ts";
import { storageFailure } from "./sqlite-failure.ts";
import type { StoreFacts } from "./store-facts.ts";
import { type StoreProblems, verifyConnection, type VerifyOptions } from "./verify-store.ts";

export interface SqliteEngine extends ListedEngine {
  /** Looks for contradictions in the whole store; reads all of it in one go. */
  verify(options?: VerifyOptions): Promise<StoreProblems>;
}

export interface EngineParts {
  readonly durable: boolean;
  /** For reads; the engine closes it. */
  readonly connection: SqliteConnection;
  readonly facts: StoreFacts;
  /** Made with the function to call when watched shards may have grown. */
  readonly writes: (onGrown: (shards: readonly ShardId[]) => void) => Writes;
  /** After the connection was closed. */
  readonly release?: () => void;
}

export class ConnectionEngine implements SqliteEngine {
  readonly capabilities: EngineCapabilities;
  readonly #parts: EngineParts;
  readonly #connection: SqliteConnection;
  readonly #facts: StoreFacts;
  readonly #reader: Reader;
  readonly #writes: Writes;
  readonly #watchers: Watchers;
  #open = true;
  #closing: Promise<void> | undefined;

  constructor(parts: EngineParts) {
    this.capabilities = { durable: parts.durable, replicas: false, multiProcess: false };
    this.#parts = parts;
    this.#connection = parts.connection;
    this.#facts = parts.facts;
    this.#reader = new Reader(parts.connection, parts.facts);
    this.#writes = parts.writes((shards) => {
      this.#watchers.wake(shards);
    });
    this.#watchers = new Watchers(this.#writes);
  }

  // The methods are async so that a failure rejects; none of the reads waits for anything.

  async get(key: RecordKey, _consistency: Consistency): Promise<StoredRecord | undefined> {
    this.#assertOpen();
    try {
      return this.#reader.get(key);
    } catch (error: unknown) {
      throw storageFailure(error, readingStore);
    }
  }

  async getMany(
    keys: readonly RecordKey[],
    _consistency: Consistency,
  ): Promise<readonly (StoredRecord | undefined)[]> {
    return this.#read(() => this.#reader.getMany(keys));
  }

  async range(request: RangeRequest): Promise<RangePage> {
    return this.#read(() => this.#reader.range(request));
  }

  async counter(counter: CounterId): Promise<number> {
    return this.#read(() => this.#reader.counter(counter));
  }

  async counterParts(request: CounterPartsRequest): Promise<readonly CounterPart[]> {
    return this.#read(() => this.#reader.counterParts(request));
  }

  async readLog(shard: ShardId, after: number, recordsMax: number): Promise<LogPage> {
    return this.#read(() => this.#reader.readLog(shard, after, recordsMax));
  }

  async logEnd(shard: ShardId): Promise<LogEnd> {
    return this.#read(() => this.#reader.logEnd(shard));
  }

  async logShards(after: ShardId | undefined, countMax: number): Promise<readonly ShardEnd[]> {
    return this.#read(() => this.#reader.logShards(after, countMax));
  }

  async keyspaces(after: Keyspace | undefined, countMax: number): Promise<readonly Keyspace[]> {
    return this.#read(() => this.#reader.keyspaces(after, countMax));
  }

  async verify(options?: VerifyOptions): Promise<StoreProblems> {
    return this.#read(() => verifyConnection(this.#connection, options));
  }

  async mutate(mutation: Mutation): Promise<MutationOutcome> {
    const reply = await this.#write({ kind: "mutate", mutation });
    assert(reply.kind === "outcome", "a mutation is answered with its outcome");
    return reply.outcome;
  }

  /** Nobody waits for a mutation's reads but those who wait for its commit. */
  async readAhead(_keys: readonly RecordKey[]): Promise<void> {
    this.#assertOpen();
  }

  async held(keys: readonly RecordKey[]): Promise<readonly boolean[]> {
    this.#assertOpen();
    return this.#writes.held(keys);
  }

  async trimLog(shard: ShardId, through: number): Promise<void> {
    await this.#write({ kind: "trimLog", shard, through });
  }

  async lease(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    const reply = await this.#write({ kind: "lease", name, owner, ttlMs });
    assert(reply.kind === "lease", "a lease is answered with a lease");
    return reply.lease;
  }

  async releaseLease(lease: Lease): Promise<void> {
    await this.#write({ kind: "releaseLease", lease });
  }

  async reclaim(): Promise<ReclaimProgress> {
    const reply = await this.#write({ kind: "reclaim" });
    assert(reply.kind === "progress", "reclaiming is answered with its progress");
    return reply.progress;
  }

  logSignal(shard: ShardId): number {
    return this.#facts.signal(shard);
  }

  watchLog(shard: ShardId, wake: () => void): () => void {
    this.#assertOpen();
    return this.#watchers.add(shard, wake);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#open = false;
    try {
      await this.#writes.close();
    } finally {
      this.#connection.close();
      this.#parts.release?.();
    }
  }

  #read<T>(read: () => T): T {
    this.#assertOpen();
    try {
      return read();
    } catch (error: unknown) {
      throw storageFailure(error, readingStore);
    }
  }

  async #write(request: WriteRequest): Promise<WriteReply> {
    this.#assertOpen();
    return this.#writes.submit(request);
  }

  #assertOpen(): void {
    if (!this.#open) {
      throw new StorageError("closed", "the store is closed");
    }
  }
}

const readingStore = "reading the store";
