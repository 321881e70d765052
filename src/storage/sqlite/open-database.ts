/**
 * Opens the database file of a store, makes it when it is new, and refuses what is not ours before anything
 * in it is changed.
 */
import { StorageError } from "../contract/index.ts";
import type { SqliteConnection, SqliteDriver } from "./driver.ts";
import { migrate } from "./migrations.ts";
import { storageFailure } from "./sqlite-failure.ts";
import { applicationId, creationSettings, formatNumber, schema, sql } from "./statements.ts";

export interface DatabaseFile {
  /** For messages. */
  readonly name: string;
  /** What the driver opens. */
  readonly databasePath: string;
}

export interface DatabaseSettings {
  readonly driver: SqliteDriver;
  /** Page cache of the connection. */
  readonly cacheBytes: number;
  /** Wait for the disk at each commit. */
  readonly durable: boolean;
  /** Keep a write-ahead log; not for stores in memory. */
  readonly writeAheadLog: boolean;
  /** This is the store's only connection. */
  readonly exclusive: boolean;
  /** Written into new stores: which program made them. */
  readonly createdBy: string;
  /** Leave a store of an older format as it is, and do not write; absent: bring it to the present one. */
  readonly keepFormat?: boolean;
}

/** Throws a StorageError whose text names the store. */
export function openDatabase(files: DatabaseFile, settings: DatabaseSettings): SqliteConnection {
  let connection: SqliteConnection | undefined;
  try {
    connection = settings.driver.open(files.databasePath, settings.exclusive ? "anyone" : "process");
    if (settings.writeAheadLog && settings.exclusive) {
      // One connection for all: it keeps its lock, so that no read has to take and drop one (2 µs of a GetItem). Set
      // before the first read, it also spares the -shm file, for which a full disk would have no room.
      connection.exec("PRAGMA locking_mode = EXCLUSIVE");
    }
    const format = examine(connection, files.name);
    if (format === undefined) {
      connection.exec(creationSettings);
    }
    applySettings(connection, files, settings);
    if (format === undefined) {
      create(connection, settings.createdBy);
    } else if (settings.keepFormat !== true) {
      migrate(connection, format);
    }
    return connection;
  } catch (error: unknown) {
    connection?.close();
    throw storageFailure(error, `opening ${files.name}`);
  }
}

/** Waits this long for a lock; readers of a write-ahead log meet one only while it is recovered or cut off. */
const busyMsMax = 250;

/** A further connection to a store that its writer has opened; it cannot write. */
export function openReadConnection(
  file: DatabaseFile,
  { driver, cacheBytes }: { readonly driver: SqliteDriver; readonly cacheBytes: number },
): SqliteConnection {
  let connection: SqliteConnection | undefined;
  try {
    connection = driver.open(file.databasePath, "process");
    connection.exec(`PRAGMA busy_timeout = ${busyMsMax}; ${cachePragma(cacheBytes)}; PRAGMA temp_store = MEMORY;
      PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;`);
    return connection;
  } catch (error: unknown) {
    connection?.close();
    throw storageFailure(error, `opening ${file.name}`);
  }
}

function cachePragma(cacheBytes: number): string {
  return `PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`;
}

/** Its format; undefined for a file without tables: a new one, or one whose creation was interrupted. */
function examine(connection: SqliteConnection, name: string): number | undefined {
  const owner = firstNumber(connection, sql.readApplicationId);
  if (owner === 0 && firstNumber(connection, sql.countTables) === 0) {
    return undefined;
  }
  if (owner !== applicationId) {
    throw new StorageError("corrupted", `${name} holds a SQLite database of another program`);
  }
  const format = firstNumber(connection, sql.readFormat);
  if (format > formatNumber) {
    const message = `${name} has format ${format}, this version reads up to ${formatNumber}: use a newer version`;
    throw new StorageError("unsupported", message);
  }
  if (format < 1) {
    throw new StorageError("corrupted", `${name} has the impossible format ${format}`);
  }
  return format;
}

function applySettings(connection: SqliteConnection, files: DatabaseFile, settings: DatabaseSettings): void {
  connection.exec(`${cachePragma(settings.cacheBytes)}; PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF; PRAGMA recursive_triggers = OFF;`);
  if (!settings.writeAheadLog) {
    return;
  }
  const mode = firstColumn(connection, "PRAGMA journal_mode = WAL");
  if (mode !== "wal") {
    const message = `${files.name} is on a file system without shared memory, which the write-ahead log needs`;
    throw new StorageError("unsupported", message);
  }
  // The writer copies the log itself, between groups, because SQLite hides the errors of its own checkpoints.
  connection.exec(
    `PRAGMA synchronous = ${settings.durable ? "FULL" : "OFF"}; PRAGMA wal_autocheckpoint = 0;`,
  );
}

/** One transaction: a store is either whole or still new. */
function create(connection: SqliteConnection, createdBy: string): void {
  connection.exec(`${sql.begin}; ${schema}
    PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatNumber};`);
  const writeMeta = connection.prepare(sql.writeMeta);
  writeMeta.run("format", formatNumber);
  writeMeta.run("createdBy", createdBy);
  connection.exec(sql.commit);
}

function firstNumber(connection: SqliteConnection, text: string): number {
  const column = firstColumn(connection, text);
  return typeof column === "number" ? column : 0;
}

function firstColumn(connection: SqliteConnection, text: string): unknown {
  const statement = connection.prepare(text);
  statement.setReturnArrays(true);
  return (statement.get() as readonly unknown[] | undefined)?.[0];
}
