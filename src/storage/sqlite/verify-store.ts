/**
 * Looks for contradictions in a store: SQLite's own integrity check, then what our tables promise each other. It
 * reads everything and holds the thread meanwhile; it changes nothing. What records mean is their owners' matter.
 */
import type { StoredRecord } from "../contract/index.ts";
import type { SqliteConnection } from "./driver.ts";
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

/** Each query lists contradictions, one text a row. Those that read a table of a later format are skipped before it. */
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
  `SELECT 'counter of a part of keyspace ' || keyspace || ' whose space was given back' FROM part_counters
    WHERE keyspace IN (SELECT keyspace FROM keyspaces WHERE state = 2)`,
  `SELECT 'keyspace ' || keyspace || ' in unknown state ' || state FROM keyspaces WHERE state NOT IN (0, 1, 2)`,
  `SELECT 'counter ' || number || ' of keyspace ' || keyspace || ' is not an integer' FROM counters
    WHERE typeof(value) <> 'integer'`,
  `SELECT 'counter ' || number || ' of a part of keyspace ' || keyspace || ' is 0 or not an integer' FROM part_counters
    WHERE typeof(value) <> 'integer' OR value = 0`,
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
  const format = verifyHeader(connection, add);
  for (const query of contradictions) {
    if (format < 2 && query.includes("part_counters")) {
      continue;
    }
    for (const row of rows(connection, `${query} LIMIT ${problemsMax}`)) {
      add((row as readonly [string])[0]);
    }
  }
  verifyRecords(connection, options, add);
  return problems;
}

/** Returns the format, which may be an older one. */
function verifyHeader(connection: SqliteConnection, add: (problem: string) => void): number {
  const owner = firstNumber(connection, sql.readApplicationId);
  if (owner !== applicationId) {
    add(`application_id is ${owner}, not ${applicationId}`);
  }
  const format = firstNumber(connection, sql.readFormat);
  if (format < 1 || format > formatNumber) {
    add(`user_version is ${format}, not 1 to ${formatNumber}`);
  }
  return format;
}

function firstNumber(connection: SqliteConnection, text: string): number {
  const [row] = rows(connection, text);
  return (row as readonly [number])[0];
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
