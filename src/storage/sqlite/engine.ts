/**
 * The SQLite engine on one thread: reads and writes share one connection, and since a group's transaction
 * begins and ends within one synchronous call, no read ever sees what is not committed.
 */
// A turn is not a time: nothing here waits. Imported, because fake timers of a user's test replace the global.
// eslint-disable-next-line eslint/no-restricted-imports
import { setImmediate } from "node:timers";
import { assert, type Clock } from "../../base/index.ts";
import {
  type Consistency,
  type CounterId,
  type DecideRegistry,
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
import { nodeSqliteDriver, type SqliteConnection, type SqliteDriver } from "./driver.ts";
import { openDatabase } from "./open-database.ts";
import { Reader } from "./reader.ts";
import { isBusy, isDiskFull, storageFailure } from "./sqlite-failure.ts";
import { sql } from "./statements.ts";
import { type StoreFiles, type StoreLocation, takeStoreFiles } from "./store-files.ts";
import { type StoreProblems, verifyConnection, type VerifyOptions } from "./verify-store.ts";
import { Watchers } from "./watchers.ts";
import type { GroupResult, WriteReply, WriteRequest, WritingState } from "./write-messages.ts";
import { type NextTurn, WriteQueue } from "./write-queue.ts";
import { Writer } from "./writer.ts";

export interface SqliteEngineOptions {
  readonly location: StoreLocation;
  readonly decide: DecideRegistry;
  readonly clock: Clock;
  /** Writes that may wait at once; more are refused as `unavailable`. */
  readonly queueMax?: number;
  /** Page cache. The operating system caches the file as well, so a small one costs little. */
  readonly cacheBytes?: number;
  /** Written into new stores. */
  readonly createdBy?: string;
  readonly driver?: SqliteDriver;
  /** When waiting writes are taken; the next turn of the event loop unless a simulator decides. */
  readonly nextTurn?: NextTurn;
  /** Told when writing stops, is held up by a full disk, or goes on; for logs and health checks. */
  readonly onWritingState?: (state: WritingState, reason: string | undefined) => void;
}

export interface SqliteEngine extends Engine {
  /** Looks for contradictions in the whole store; reads all of it in one go. */
  verify(options?: VerifyOptions): Promise<StoreProblems>;
}

const queueMaxDefault = 10_000;
const cacheBytesDefault = 64 * 1024 * 1024;

/** 8 MB of pages: a checkpoint of 10 to 20 ms. Fewer cost throughput, more cost latency (ADR 0010). */
const checkpointFrames = 1000;

/** Rejects with a StorageError: `locked`, `corrupted`, `unsupported` (newer format) or `unavailable`. */
export async function openSqliteEngine(options: SqliteEngineOptions): Promise<SqliteEngine> {
  const driver = options.driver ?? nodeSqliteDriver();
  const files = takeStoreFiles(options.location, driver);
  let connection: SqliteConnection | undefined;
  try {
    connection = openDatabase(files, {
      driver,
      cacheBytes: options.cacheBytes ?? cacheBytesDefault,
      durable: options.location.kind === "directory",
      writeAheadLog: options.location.kind !== "memory",
      createdBy: options.createdBy ?? "stator",
    });
    return new ThreadEngine(options, files, connection);
  } catch (error: unknown) {
    connection?.close();
    files.release();
    throw storageFailure(error, `opening ${files.name}`);
  }
}

class ThreadEngine implements SqliteEngine {
  readonly capabilities: EngineCapabilities;
  readonly #files: StoreFiles;
  readonly #connection: SqliteConnection;
  readonly #reader: Reader;
  readonly #queue: WriteQueue;
  readonly #watchers = new Watchers();
  #open = true;
  #closing: Promise<void> | undefined;

  constructor(options: SqliteEngineOptions, files: StoreFiles, connection: SqliteConnection) {
    const durable = options.location.kind === "directory";
    this.capabilities = { durable, replicas: false, multiProcess: false };
    this.#files = files;
    this.#connection = connection;
    this.#reader = new Reader(connection);
    this.#queue = new WriteQueue({
      writer: new Writer({ connection, decide: options.decide, clock: options.clock }),
      waitingMax: options.queueMax ?? queueMaxDefault,
      checkpointFrames: options.location.kind === "memory" ? 0 : checkpointFrames,
      nextTurn: options.nextTurn ?? nextTurnOfNode,
      onGroup: (result) => {
        this.#groupDone(result);
      },
      onWritingState: (state, reason) => options.onWritingState?.(state, reason),
    });
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
    return this.#read(() => keys.map((key) => this.#reader.get(key)));
  }

  async range(request: RangeRequest): Promise<RangePage> {
    return this.#read(() => this.#reader.range(request));
  }

  async counter(counter: CounterId): Promise<number> {
    return this.#read(() => this.#reader.counter(counter));
  }

  async readLog(shard: ShardId, after: number, recordsMax: number): Promise<LogPage> {
    return this.#read(() => this.#reader.readLog(shard, after, recordsMax));
  }

  async logEnd(shard: ShardId): Promise<LogEnd> {
    return this.#read(() => this.#reader.logEnd(shard));
  }

  async verify(options?: VerifyOptions): Promise<StoreProblems> {
    return this.#read(() => verifyConnection(this.#connection, options));
  }

  async mutate(mutation: Mutation): Promise<MutationOutcome> {
    const reply = await this.#write({ kind: "mutate", mutation });
    assert(reply.kind === "outcome", "a mutation is answered with its outcome");
    return reply.outcome;
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
      await this.#queue.idle();
      if (this.#queue.state === "open") {
        this.#emptyLog();
      }
    } finally {
      this.#connection.close();
      this.#files.release();
    }
  }

  /** Without space the log stays beside the file, and the next opening reads it. */
  #emptyLog(): void {
    try {
      this.#connection.exec(sql.checkpointAll);
    } catch (error: unknown) {
      if (!isDiskFull(error) && !isBusy(error)) {
        throw storageFailure(error, `closing ${this.#files.name}`);
      }
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
    return this.#queue.submit(request);
  }

  #groupDone(result: GroupResult): void {
    this.#reader.keyspacesChanged(result.droppedKeyspaces, result.reclaimedKeyspaces);
    this.#watchers.wake(result.grownShards);
  }

  #assertOpen(): void {
    if (!this.#open) {
      throw new StorageError("closed", "the store is closed");
    }
  }
}

const readingStore = "reading the store";

function nextTurnOfNode(task: () => void): void {
  setImmediate(task);
}
