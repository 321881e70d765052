/** Opens engines: one that does everything on its own thread, and one whose writer is on another thread. */
import type { Clock } from "../../base/index.ts";
import type { DecideRegistry } from "../contract/index.ts";
import { RemoteWrites, type WritePort, type Writes } from "../remote/index.ts";
import { nodeSqliteDriver, type SqliteConnection, type SqliteDriver } from "./driver.ts";
import { emptyWriteAheadLog } from "./empty-log.ts";
import { ConnectionEngine, type SqliteEngine } from "./engine.ts";
import { cacheBytesDefault, checkpointFrames, queueMaxDefault } from "./engine-settings.ts";
import { openDatabase, openReadConnection } from "./open-database.ts";
import type { SharedStore } from "./shared-store.ts";
import { storageFailure } from "./sqlite-failure.ts";
import { StoreFacts } from "./store-facts.ts";
import { type StoreFiles, type StoreLocation, takeStoreFiles } from "./store-files.ts";
import { localWrites } from "./local-writes.ts";
import type { WritingState } from "./group-result.ts";
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

/** One connection for reads and writes. Rejects with a StorageError: `locked`, `corrupted`, `unsupported` (newer format) or `unavailable`. */
export async function openSqliteEngine(options: SqliteEngineOptions): Promise<SqliteEngine> {
  const { location } = options;
  const driver = options.driver ?? nodeSqliteDriver();
  const files = takeStoreFiles(location, driver);
  let connection: SqliteConnection | undefined;
  try {
    const opened = openDatabase(files, {
      driver,
      cacheBytes: options.cacheBytes ?? cacheBytesDefault,
      durable: location.kind === "directory",
      writeAheadLog: location.kind !== "memory",
      exclusive: true,
      createdBy: options.createdBy ?? "stator",
    });
    connection = opened;
    const facts = new StoreFacts();
    return new ConnectionEngine({
      durable: location.kind === "directory",
      connection: opened,
      facts,
      writes: (onGrown) => writesOf(options, { files, connection: opened, facts, onGrown }),
      release: () => files.release(),
    });
  } catch (error: unknown) {
    connection?.close();
    files.release();
    throw storageFailure(error, `opening ${files.name}`);
  }
}

interface LocalParts {
  readonly files: StoreFiles;
  readonly connection: SqliteConnection;
  readonly facts: StoreFacts;
  readonly onGrown: (shards: readonly number[]) => void;
}

function writesOf(options: SqliteEngineOptions, { files, connection, facts, onGrown }: LocalParts): Writes {
  const queue = new WriteQueue({
    writer: new Writer({ connection, decide: options.decide, clock: options.clock }),
    clock: options.clock,
    waitingMax: options.queueMax ?? queueMaxDefault,
    checkpointFrames: options.location.kind === "memory" ? 0 : checkpointFrames,
    nextTurn: options.nextTurn,
    onCommitted: (result) => facts.committed(result),
    onAnswered: ({ grownShards }) => onGrown(grownShards),
    onWritingState: (state, reason) => options.onWritingState?.(state, reason),
  });
  return localWrites({
    queue,
    onGrown,
    finish: () => {
      if (queue.state === "open") emptyWriteAheadLog(connection, files.name);
    },
  });
}

export interface SharedEngineOptions {
  readonly store: SharedStore;
  /** To the store's writer, which has opened the store before. */
  readonly port: WritePort;
  readonly driver?: SqliteDriver;
}

/** Reads on a connection of its own; the capabilities and answers are those of an engine that has its writer at hand. */
export async function openSharedSqliteEngine({
  store,
  port,
  driver = nodeSqliteDriver(),
}: SharedEngineOptions): Promise<SqliteEngine> {
  const connection = openReadConnection(store, { driver, cacheBytes: store.cacheBytes });
  try {
    return new ConnectionEngine({
      durable: store.durable,
      connection,
      facts: new StoreFacts(store.facts),
      writes: (onGrown) => new RemoteWrites({ port, onNews: ({ grownShards }) => onGrown(grownShards) }),
    });
  } catch (error: unknown) {
    connection.close();
    throw storageFailure(error, `opening ${store.name}`);
  }
}
