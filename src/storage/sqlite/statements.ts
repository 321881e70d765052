/**
 * All SQL of the engine on one screen. The tables are fixed: a keyspace is a number inside a key, so ten
 * thousand tables cost nothing, and no DDL runs after a store was created. Settings and layout were chosen by
 * measurement (docs/adr/0010-sqlite-settings.md).
 */

/** "Stat": marks the file as ours in SQLite's header. */
export const applicationId = 0x53746174;

/** Grows when tables or meanings change; kept as SQLite's user_version. */
export const formatNumber = 3;

/**
 * A record whose key and value are at most this long lives in the clustered `records` table, a longer value in
 * `large`. Not part of the format: readers find a value in either place, so the number may change. More makes
 * ranges of such records two to three times faster and their first puts two to three times dearer; beyond 2,030
 * bytes a row would spill out of its page (ADR 0010).
 */
export const inlineBytesMax = 600;

/** Take effect only before the first table is made. */
export const creationSettings = `
  PRAGMA page_size = 8192;
  PRAGMA auto_vacuum = INCREMENTAL;
`;

/** Counters of parts of a keyspace. One that is 0 has no row. Since format 2. */
export const partCountersTable = `
  CREATE TABLE part_counters(
    keyspace INTEGER NOT NULL, number INTEGER NOT NULL, part BLOB NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY(keyspace, number, part)) WITHOUT ROWID;
`;

const hexDigits = "0123456789ABCDEF";
const digitOf = (bytes: string, place: number): string =>
  `(instr('${hexDigits}', substr(hex(${bytes}), ${place}, 1)) - 1)`;

/**
 * Since format 3 cursors of the log (keyspace 3) lie where their shard does, the remainder of its number, and tokens of
 * transactions (4, and 5 by time) are spread by their last character; before, all lay at placement 0.
 */
export const spreadPlacements: string = `
  UPDATE records SET placement = ${digitOf("sort", 13)} * 4096 + ${digitOf("sort", 14)} * 256
    + ${digitOf("sort", 15)} * 16 + ${digitOf("sort", 16)} WHERE keyspace = 3 AND length(sort) = 8;
  UPDATE records SET placement = ${digitOf("substr(partition, -1, 1)", 2)}
    WHERE keyspace = 4 AND length(partition) > 0;
  UPDATE records SET placement = ${digitOf("substr(sort, -1, 1)", 2)} WHERE keyspace = 5 AND length(sort) > 0;
`;

export const schema: string = `
  CREATE TABLE meta(name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

  -- Either version and value are here, or large is the id of the row that has them, so that a new large value
  -- changes no page of this table.
  CREATE TABLE records(
    keyspace INTEGER NOT NULL, placement INTEGER NOT NULL, partition BLOB NOT NULL, sort BLOB NOT NULL,
    version INTEGER, value BLOB, large INTEGER,
    PRIMARY KEY(keyspace, placement, partition, sort)) WITHOUT ROWID;
  CREATE TABLE large(id INTEGER PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL);
  CREATE TRIGGER large_deleted AFTER DELETE ON records WHEN old.large IS NOT NULL
    BEGIN DELETE FROM large WHERE id = old.large; END;
  CREATE TRIGGER large_shrunk AFTER UPDATE ON records WHEN old.large IS NOT NULL AND new.large IS NULL
    BEGIN DELETE FROM large WHERE id = old.large; END;

  CREATE TABLE counters(
    keyspace INTEGER NOT NULL, number INTEGER NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY(keyspace, number)) WITHOUT ROWID;
  ${partCountersTable}
  -- state: 0 in use, 1 dropped, 2 dropped and its space given back.
  CREATE TABLE keyspaces(keyspace INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, state INTEGER NOT NULL);
  CREATE INDEX keyspaces_dropped ON keyspaces(keyspace) WHERE state = 1;

  -- Positions below oldest are gone for readers, those below kept also from the table log.
  CREATE TABLE shards(
    shard INTEGER PRIMARY KEY, last INTEGER NOT NULL, oldest INTEGER NOT NULL, kept INTEGER NOT NULL,
    time INTEGER NOT NULL, closed INTEGER NOT NULL);
  CREATE INDEX shards_trimmed ON shards(shard) WHERE kept < oldest;
  CREATE TABLE log(
    id INTEGER PRIMARY KEY, shard INTEGER NOT NULL, position INTEGER NOT NULL, time INTEGER NOT NULL,
    value BLOB NOT NULL, UNIQUE(shard, position));

  CREATE TABLE leases(
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, token INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
`;

const recordsWithLarge = "records r LEFT JOIN large l ON l.id = r.large";
const versionColumn = "coalesce(r.version, l.version)";
const valueColumn = "coalesce(r.value, l.value)";
const oneRecord = "keyspace = ? AND placement = ? AND partition = ? AND sort = ?";
/** Key and value as one blob, cut apart by the reader: three blobs a row cost nearly twice as much. */
const rangeColumns = `${versionColumn}, length(partition), length(sort),
  CAST(partition || sort || ${valueColumn} AS BLOB)`;
const rangeOf = `SELECT ${rangeColumns} FROM ${recordsWithLarge} WHERE keyspace = ? AND placement = ?`;
const ascending = "ORDER BY partition, sort";
const descending = "ORDER BY partition DESC, sort DESC";

export const sql = {
  begin: "BEGIN IMMEDIATE",
  beginRead: "BEGIN DEFERRED",
  commit: "COMMIT",
  rollback: "ROLLBACK",

  readApplicationId: "PRAGMA application_id",
  readFormat: "PRAGMA user_version",
  countTables: "SELECT count(*) FROM sqlite_schema",
  readMeta: "SELECT value FROM meta WHERE name = ?",
  writeMeta: "INSERT INTO meta VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",

  getRecord: `SELECT ${versionColumn}, ${valueColumn} FROM ${recordsWithLarge} WHERE ${oneRecord}` as string,
  getLargeId: `SELECT large FROM records WHERE ${oneRecord}` as string,
  putSmallRecord: `INSERT INTO records VALUES(?, ?, ?, ?, ?, ?, NULL)
    ON CONFLICT DO UPDATE SET version = excluded.version, value = excluded.value, large = NULL`,
  /** For a record that is new or was short; its value is a new row of large. */
  putLargeRecord: `INSERT INTO records VALUES(?, ?, ?, ?, NULL, NULL, ?)
    ON CONFLICT DO UPDATE SET version = NULL, value = NULL, large = excluded.large`,
  addLargeValue: "INSERT INTO large VALUES(?, ?, ?)",
  replaceLargeValue: "UPDATE large SET version = ?, value = ? WHERE id = ?",
  allRecords: `SELECT keyspace, placement, partition, sort, ${versionColumn}, ${valueColumn}
    FROM ${recordsWithLarge}` as string,
  deleteRecord: `DELETE FROM records WHERE ${oneRecord}` as string,

  getCounter: "SELECT value FROM counters WHERE keyspace = ? AND number = ?",
  addCounter: "INSERT INTO counters VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
  deleteCounters: "DELETE FROM counters WHERE keyspace = ?",
  getPartCounter: "SELECT value FROM part_counters WHERE keyspace = ? AND number = ? AND part = ?",
  putPartCounter: `INSERT INTO part_counters VALUES(?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value`,
  deletePartCounter: "DELETE FROM part_counters WHERE keyspace = ? AND number = ? AND part = ?",
  listPartCounters: `SELECT part, value FROM part_counters WHERE keyspace = ? AND number = ? AND part >= ?
    ORDER BY part LIMIT ?`,
  deleteSomePartCounters: `DELETE FROM part_counters WHERE (keyspace, number, part) IN
    (SELECT keyspace, number, part FROM part_counters WHERE keyspace = ? LIMIT ?)`,

  getKeyspace: "SELECT epoch, state FROM keyspaces WHERE keyspace = ?",
  putKeyspace: `INSERT INTO keyspaces VALUES(?, ?, ?)
    ON CONFLICT DO UPDATE SET epoch = excluded.epoch, state = excluded.state`,
  listDropped: "SELECT keyspace FROM keyspaces WHERE state = 1",
  /** The next keyspace that is in use or holds anything; each part is one step into an index. */
  nextKeyspace: `SELECT min(keyspace) FROM (
    SELECT (SELECT keyspace FROM records WHERE keyspace > ?1 ORDER BY keyspace LIMIT 1) AS keyspace
    UNION ALL SELECT (SELECT keyspace FROM counters WHERE keyspace > ?1 ORDER BY keyspace LIMIT 1)
    UNION ALL SELECT (SELECT keyspace FROM part_counters WHERE keyspace > ?1 ORDER BY keyspace LIMIT 1)
    UNION ALL SELECT (SELECT keyspace FROM keyspaces WHERE keyspace > ?1 AND state = 0 ORDER BY keyspace LIMIT 1))`,
  nextDropped: "SELECT keyspace FROM keyspaces WHERE state = 1 LIMIT 1",
  deleteSomeRecords: `DELETE FROM records WHERE (keyspace, placement, partition, sort) IN
    (SELECT keyspace, placement, partition, sort FROM records WHERE keyspace = ? LIMIT ?)`,

  getShard: "SELECT last, oldest, kept, time, closed FROM shards WHERE shard = ?",
  putShard: `INSERT INTO shards VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last,
    oldest = excluded.oldest, kept = excluded.kept, time = excluded.time, closed = excluded.closed`,
  appendLog: "INSERT INTO log(shard, position, time, value) VALUES(?, ?, ?, ?)",
  readLog: "SELECT position, time, value FROM log WHERE shard = ? AND position > ? ORDER BY position",
  listShards: `SELECT shard, last, oldest, closed FROM shards WHERE shard > ? ORDER BY shard LIMIT ?`,
  nextTrimmed: "SELECT shard FROM shards WHERE kept < oldest LIMIT 1",
  deleteLog: "DELETE FROM log WHERE shard = ? AND position < ?",

  getLease: "SELECT owner, token, expires FROM leases WHERE name = ?",
  putLease: `INSERT INTO leases VALUES(?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET owner = excluded.owner, token = excluded.token, expires = excluded.expires`,

  countFreePages: "PRAGMA freelist_count",
  countPages: "PRAGMA page_count",
  /** Looks at the log without copying anything: busy, frames in the log, frames already copied. */
  walFrames: "PRAGMA wal_checkpoint(NOOP)",
  checkpoint: "PRAGMA wal_checkpoint(PASSIVE)",
  checkpointAll: "PRAGMA wal_checkpoint(TRUNCATE)",
} as const;

/** Names of range statements: which bounds take part, and how. */
export type RangeShape = "from" | "after" | "fromThrough" | "fromBefore" | "afterThrough" | "afterBefore";

const shapes: Readonly<Record<RangeShape, string>> = {
  from: "AND (partition, sort) >= (?, ?)",
  after: "AND (partition, sort) > (?, ?)",
  fromThrough: "AND (partition, sort) >= (?, ?) AND (partition, sort) <= (?, ?)",
  fromBefore: "AND (partition, sort) >= (?, ?) AND (partition, sort) < (?, ?)",
  afterThrough: "AND (partition, sort) > (?, ?) AND (partition, sort) <= (?, ?)",
  afterBefore: "AND (partition, sort) > (?, ?) AND (partition, sort) < (?, ?)",
};

export function rangeSql(shape: RangeShape, reverse: boolean): string {
  return `${rangeOf} ${shapes[shape]} ${reverse ? descending : ascending}`;
}
