/**
 * Looks for contradictions in a store: SQLite's own integrity check, then what our tables promise each other.
 * Run after every test that opened storage, and by the command line on a store that is not in use. It reads
 * everything and holds the thread meanwhile; it changes nothing.
 */
import { existsSync } from "node:fs";
import { StorageError, type StoredRecord } from "../contract/index.ts";
import { nodeSqliteDriver, type SqliteConnection, type SqliteDriver } from "./driver.ts";
import { openDatabase } from "./open-database.ts";
import { storageFailure } from "./sqlite-failure.ts";
import { databasePath, takeStoreFiles } from "./store-files.ts";
import { applicationId, formatNumber, sql } from "./statements.ts";
import { reservedVersions } from "./version-source.ts";

/** One sentence each; empty for a sound store. */
export type StoreProblems = readonly string[];

export interface VerifyOptions {
  /** What is wrong with a record by its owner's rules (unknown format, bad checksum), if anything. */
  readonly inspect?: (record: StoredRecord) => string | undefined;
}

/** A damaged store can have millions of problems; the first ones say enough. */
const problemsMax = 100;

/** Each query lists contradictions, one text a row. */
const contradictions: readonly string[] = [
  `SELECT 'record with neither or both of value and large value in keyspace ' || keyspace FROM records
    WHERE (value IS NULL) = (large IS NULL) OR (version IS NULL) <> (value IS NULL)`,
  `SELECT 'record without its large value ' || large FROM records
    WHERE large IS NOT NULL AND NOT EXISTS (SELECT 1 FROM large WHERE id = records.large)`,
  `SELECT 'large value ' || large || ' of several records' FROM records
    WHERE large IS NOT NULL GROUP BY large HAVING count(*) > 1`,
  `SELECT 'large value ' || id || ' without a record' FROM large
    WHERE id NOT IN (SELECT large FROM records WHERE large IS NOT NULL)`,
  `SELECT 'record in keyspace ' || keyspace || ' whose space was given back' FROM records
    WHERE keyspace IN (SELECT keyspace FROM keyspaces WHERE state = 2)`,
  `SELECT 'counter of keyspace ' || keyspace || ' whose space was given back' FROM counters
    WHERE keyspace IN (SELECT keyspace FROM keyspaces WHERE state = 2)`,
  `SELECT 'keyspace ' || keyspace || ' in unknown state ' || state FROM keyspaces WHERE state NOT IN (0, 1, 2)`,
  `SELECT 'counter ' || number || ' of keyspace ' || keyspace || ' is not an integer' FROM counters
    WHERE typeof(value) <> 'integer'`,
  `SELECT 'log shard ' || shard || ' has impossible positions' FROM shards
    WHERE kept < 1 OR kept > oldest OR oldest > last + 1`,
  `SELECT 'log record of unknown shard ' || shard FROM log WHERE shard NOT IN (SELECT shard FROM shards)`,
  `SELECT 'log shard ' || s.shard || ' has ' || count(l.id) || ' records for positions ' || s.kept || ' to ' || s.last
    FROM shards s LEFT JOIN log l ON l.shard = s.shard GROUP BY s.shard
    HAVING count(l.id) <> s.last - s.kept + 1 OR coalesce(min(l.position), s.kept) <> s.kept
      OR coalesce(max(l.position), s.last) <> s.last`,
  `SELECT 'log shard ' || shard || ' goes back in time at position ' || position FROM
    (SELECT shard, position, time, lag(time) OVER (PARTITION BY shard ORDER BY position) AS before FROM log)
    WHERE time < before`,
  `SELECT 'log shard ' || s.shard || ' ends later than its head says' FROM shards s
    WHERE EXISTS (SELECT 1 FROM log l WHERE l.shard = s.shard AND l.time > s.time)`,
  `SELECT 'lease ' || name || ' has an impossible token' FROM leases WHERE token < 1`,
];

type WholeRow = readonly [
  keyspace: number,
  placement: number,
  partition: Uint8Array,
  sort: Uint8Array,
  version: number,
  value: Uint8Array,
];

/** Opens a store nobody else uses, looks, and closes it. Rejects as opening an engine does. */
export async function verifyStore(
  directory: string,
  options: VerifyOptions & { readonly driver?: SqliteDriver } = {},
): Promise<StoreProblems> {
  if (!existsSync(databasePath(directory))) {
    throw new StorageError("unavailable", `there is no store in ${directory}`);
  }
  const driver = options.driver ?? nodeSqliteDriver();
  const files = takeStoreFiles({ kind: "directory", path: directory }, driver);
  try {
    const settings = {
      driver,
      cacheBytes: 1024 * 1024,
      durable: true,
      writeAheadLog: true,
      exclusive: true,
      createdBy: "verify",
    };
    const connection = openDatabase(files, settings);
    try {
      return verifyConnection(connection, options);
    } finally {
      connection.close();
    }
  } catch (error: unknown) {
    throw storageFailure(error, `verifying ${files.name}`);
  } finally {
    files.release();
  }
}

export function verifyConnection(connection: SqliteConnection, options: VerifyOptions = {}): StoreProblems {
  const problems: string[] = [];
  const add = (problem: string): void => {
    if (problems.length < problemsMax) {
      problems.push(problem);
    }
  };
  for (const row of rows(connection, `PRAGMA integrity_check(${problemsMax})`)) {
    const [text] = row as readonly [string];
    if (text !== "ok") {
      add(`SQLite says: ${text}`);
    }
  }
  // Below, a damaged file would only repeat the same in other words, or fail.
  if (problems.length > 0) {
    return problems;
  }
  verifyHeader(connection, add);
  for (const query of contradictions) {
    for (const row of rows(connection, `${query} LIMIT ${problemsMax}`)) {
      add((row as readonly [string])[0]);
    }
  }
  verifyRecords(connection, options, add);
  return problems;
}

function verifyHeader(connection: SqliteConnection, add: (problem: string) => void): void {
  for (const [pragma, expected] of [
    ["application_id", applicationId],
    ["user_version", formatNumber],
  ] as const) {
    for (const row of rows(connection, `PRAGMA ${pragma}`)) {
      const [found] = row as readonly [number];
      if (found !== expected) {
        add(`${pragma} is ${found}, not ${expected}`);
      }
    }
  }
}

function verifyRecords(
  connection: SqliteConnection,
  options: VerifyOptions,
  add: (problem: string) => void,
): void {
  const reserved = reservedVersions(connection);
  for (const row of rows(connection, sql.allRecords)) {
    const [keyspace, placement, partition, sort, version, value] = row as WholeRow;
    if (version < 1 || version >= reserved) {
      add(`record in keyspace ${keyspace} has version ${version}, which was never reserved`);
    }
    const problem = options.inspect?.({ key: { keyspace, placement, partition, sort }, version, value });
    if (problem !== undefined) {
      add(`record in keyspace ${keyspace}: ${problem}`);
    }
  }
}

function rows(connection: SqliteConnection, text: string): Iterable<unknown> {
  const statement = connection.prepare(text);
  statement.setReturnArrays(true);
  return statement.iterate();
}
