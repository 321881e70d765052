/**
 * All SQL of the engine on one screen. The tables are fixed: a keyspace is a number inside a key. `h` is the head a row
 * belongs to, a placement modulo the number of heads; whoever writes a row holds the lock of its head.
 *
 * Lists come as arrays (wire-arrays.ts), so that one prepared statement fits any number.
 */
import type { PostgresStatement } from "./driver.ts";

/** Grows when tables or meanings change; kept in the table meta. */
export const formatNumber = 1;

/** What format 1 consists of, in the store's schema. */
export const schema: string = `
  CREATE TABLE meta(name text PRIMARY KEY, value text NOT NULL);

  -- n: groups of mutations committed under this head. generation: grows with every epoch set and keyspace dropped, in
  -- all heads at once. held: rows in holds, some perhaps run out.
  CREATE TABLE heads(
    h int4 PRIMARY KEY, n int8 NOT NULL, generation int8 NOT NULL, held int4 NOT NULL) WITH (fillfactor = 30);

  CREATE TABLE records(
    h int4 NOT NULL, keyspace int8 NOT NULL, placement int4 NOT NULL, head bytea NOT NULL, digest bytea NOT NULL,
    rest bytea NOT NULL, version int8 NOT NULL, value bytea NOT NULL,
    PRIMARY KEY(h, keyspace, placement, head, digest)) WITH (fillfactor = 90, toast_tuple_target = 8160);
  ALTER TABLE records ALTER COLUMN value SET STORAGE EXTERNAL, ALTER COLUMN rest SET STORAGE EXTERNAL;

  -- Each is a sum over the heads it was changed under.
  CREATE TABLE counters(
    h int4 NOT NULL, keyspace int8 NOT NULL, number int4 NOT NULL, value int8 NOT NULL,
    PRIMARY KEY(h, keyspace, number)) WITH (fillfactor = 50);
  CREATE TABLE part_counters(
    h int4 NOT NULL, keyspace int8 NOT NULL, number int4 NOT NULL, head bytea NOT NULL, digest bytea NOT NULL,
    rest bytea NOT NULL, value int8 NOT NULL, PRIMARY KEY(h, keyspace, number, head, digest));

  -- state: 0 in use, 1 dropped, 2 dropped and its space given back.
  CREATE TABLE keyspaces(keyspace int8 PRIMARY KEY, epoch int8 NOT NULL, state int4 NOT NULL);

  -- Positions below oldest are gone for readers, those below kept also from the table log. changed: the head's n of the
  -- group that changed it last.
  CREATE TABLE shards(
    h int4 NOT NULL, shard int8 NOT NULL, last int8 NOT NULL, oldest int8 NOT NULL, kept int8 NOT NULL,
    time int8 NOT NULL, closed bool NOT NULL, changed int8 NOT NULL, PRIMARY KEY(h, shard)) WITH (fillfactor = 50);
  CREATE INDEX shards_changed ON shards(h, changed);
  CREATE TABLE log(
    h int4 NOT NULL, shard int8 NOT NULL, position int8 NOT NULL, time int8 NOT NULL, value bytea NOT NULL,
    PRIMARY KEY(h, shard, position)) WITH (toast_tuple_target = 8160);
  ALTER TABLE log ALTER COLUMN value SET STORAGE EXTERNAL;

  -- Keys that waiting mutations hold, by the digest of their names; valid while their member lives.
  CREATE TABLE holds(h int4 NOT NULL, key bytea NOT NULL, member text NOT NULL, id text NOT NULL, PRIMARY KEY(h, key));

  -- Groups that were committed in the last minutes, for those whose answer was lost.
  CREATE TABLE commits(h int4 NOT NULL, id text NOT NULL, time int8 NOT NULL, PRIMARY KEY(h, id));

  CREATE TABLE leases(name text PRIMARY KEY, owner text NOT NULL, token int8 NOT NULL, expires int8 NOT NULL);

  -- Processes with this store open, until when they may believe what they have seen of the first shards of the log.
  CREATE TABLE members(
    id text PRIMARY KEY, seen int8[] NOT NULL, expires int8 NOT NULL, beat int8 NOT NULL, server text NOT NULL);
`;

/** Microseconds and milliseconds of the database. */
export const nowMicros = "(extract(epoch FROM statement_timestamp()) * 1000000)::int8";
export const nowMs = "(extract(epoch FROM statement_timestamp()) * 1000)::int8";
/**
 * For statements that nobody's data depends on: while no standby can answer, they must not stand still as commits do.
 * Counts for the statement's own transaction.
 */
const waitingForNoStandby = "set_config('synchronous_commit', 'local', true)";
const waitingForNothing = "set_config('synchronous_commit', 'off', true)";
/** Members that are still counted on. */
const livingMembers = `SELECT id FROM members WHERE expires > ${nowMs}`;

/*
 * A list is joined to a table by LATERAL with LIMIT 1, and rows of a list are deleted by their place in the table. Written
 * as plain joins, the planner may turn them around while it believes that the table is small: it would read all rows of a
 * head for each group. A store that was just made is believed to be small for its first minute, and longer where nothing
 * gathers statistics.
 */

/** Parameters from `first` on: keyspaces, placements, heads, digests. */
export function keyList(first: number): string {
  return `unnest($${first}::int8[], $${first + 1}::int4[], $${first + 2}::bytea[], $${first + 3}::bytea[])`;
}
export const keyColumns = "keyspace, placement, head, digest";

const sameColumns =
  "r.keyspace = i.keyspace AND r.placement = i.placement AND r.head = i.head AND r.digest = i.digest";
/** For lists of keys under one head. */
export const sameKey: string = `r.h = $1 AND ${sameColumns}`;

/** Keys under any heads, with `h` before them. */
const placedKeys = "unnest($1::int4[], $2::int8[], $3::int4[], $4::bytea[], $5::bytea[])";
const placedColumns = `h, ${keyColumns}`;
const samePlacedKey = `r.h = i.h AND ${sameColumns}`;

export const inUse = "NOT EXISTS (SELECT 1 FROM keyspaces k WHERE k.keyspace = $2 AND k.state <> 0)";

/**
 * Citus makes no plan for parameters it does not know, but for the simplest statements, and refuses what it has no plan for
 * (github.com/citusdata/citus, distributed_planner.c: it makes generic plans dear, which a forced one does not mind). With
 * this policy a table that every node has a copy of is read on the coordinator, where it changes first.
 */
const asCitusNeeds =
  "set_config('plan_cache_mode', 'auto', false) || set_config('citus.task_assignment_policy', 'greedy', false)";

const texts = {
  begin: "BEGIN",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  /**
   * The first statement of every session. Whatever the role's or the database's default is, a commit is answered when it
   * is on the disks it has to be on; whoever wants more than that keeps it.
   */
  isStandby: `SELECT pg_is_in_recovery(), pg_postmaster_start_time(), set_config('synchronous_commit',
      CASE WHEN current_setting('synchronous_commit') = 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
      CASE WHEN EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN ${asCitusNeeds} END,
      CASE WHEN NOT pg_is_in_recovery() THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END` as string,
  readMeta: "SELECT value FROM meta WHERE name = $1",

  /**
   * What makes a group the only one under its heads. Along the index, and so in their order, as everybody takes them. Who takes them in another order in spite of that is
   * found by the server, and tries again.
   */
  takeHeads: `UPDATE heads SET n = n + 1 WHERE h = ANY($1::int4[])
      RETURNING h, n, generation, held, ${nowMicros}` as string,
  raiseGeneration: "UPDATE heads SET generation = $2 WHERE h = $1",

  lookUpRecords:
    `SELECT i.place, r.version, r.value FROM ${placedKeys} WITH ORDINALITY AS i(${placedColumns}, place)
      CROSS JOIN LATERAL (SELECT version, value FROM records r WHERE ${samePlacedKey} LIMIT 1) r` as string,
  /** The same places, for nothing but to have them in memory. */
  touchRecords: `SELECT count(r.version) FROM ${placedKeys} AS i(${placedColumns})
      CROSS JOIN LATERAL (SELECT version FROM records r WHERE ${samePlacedKey} LIMIT 1) r` as string,
  putRecords: `INSERT INTO records(${placedColumns}, rest, version, value)
      SELECT * FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::bytea[], $5::bytea[], $6::bytea[], $7::int8[], $8::bytea[])
      ON CONFLICT (${placedColumns}) DO UPDATE SET version = excluded.version, value = excluded.value` as string,
  deleteRecords:
    `DELETE FROM records WHERE ctid = ANY(ARRAY(SELECT r.ctid FROM ${placedKeys} AS i(${placedColumns})
      CROSS JOIN LATERAL (SELECT r.ctid FROM records r WHERE ${samePlacedKey} LIMIT 1) r))` as string,
  getRecord:
    `SELECT version, value FROM records WHERE h = $1 AND keyspace = $2 AND placement = $3 AND head = $4
      AND digest = $5 AND ${inUse}` as string,
  getRecords:
    `SELECT i.place, r.version, r.value FROM ${placedKeys} WITH ORDINALITY AS i(${placedColumns}, place)
      CROSS JOIN LATERAL (SELECT version, value FROM records r WHERE ${samePlacedKey} LIMIT 1) r
      WHERE NOT EXISTS (SELECT 1 FROM keyspaces k WHERE k.keyspace = i.keyspace AND k.state <> 0)` as string,

  readKeyspaces: "SELECT keyspace, epoch, state FROM keyspaces WHERE keyspace = ANY($1::int8[])",
  putKeyspace: `INSERT INTO keyspaces VALUES($1, $2, $3)
      ON CONFLICT (keyspace) DO UPDATE SET epoch = excluded.epoch, state = excluded.state` as string,

  readShards:
    `SELECT i.shard, s.last, s.oldest, s.time, s.closed FROM unnest($1::int4[], $2::int8[]) AS i(h, shard)
      CROSS JOIN LATERAL
        (SELECT last, oldest, time, closed FROM shards s WHERE s.h = i.h AND s.shard = i.shard LIMIT 1) s` as string,
  putShards: `INSERT INTO shards(h, shard, last, oldest, kept, time, closed, changed)
      SELECT i.h, i.shard, i.last, i.oldest, 1, i.time, i.closed, i.changed
      FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::bool[], $7::int8[])
        AS i(h, shard, last, oldest, time, closed, changed)
      ON CONFLICT (h, shard) DO UPDATE SET last = excluded.last, oldest = excluded.oldest, time = excluded.time,
        closed = excluded.closed, changed = excluded.changed` as string,
  appendLog: `INSERT INTO log(h, shard, position, time, value)
      SELECT * FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[], $5::bytea[])` as string,
  /** One row even when the page is empty, none for a shard that was never used. */
  readLog: `SELECT s.last, s.oldest, s.closed, l.position, l.time, l.value FROM shards s LEFT JOIN LATERAL
      (SELECT position, time, value FROM
        (SELECT position, time, value, sum(octet_length(value)) OVER (ORDER BY position) - octet_length(value) AS before
          FROM (SELECT position, time, value FROM log
            WHERE h = $1 AND shard = $2 AND position > $3 AND position >= s.oldest ORDER BY position LIMIT $4) page
        ) measured WHERE before < $5 ORDER BY position) l ON true
      WHERE s.h = $1 AND s.shard = $2` as string,
  logEnd: "SELECT last, oldest, closed FROM shards WHERE h = $1 AND shard = $2",

  addCounters: `INSERT INTO counters(h, keyspace, number, value)
      SELECT * FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::int8[])
      ON CONFLICT (h, keyspace, number) DO UPDATE SET value = counters.value + excluded.value` as string,
  addPartCounters: `INSERT INTO part_counters(h, keyspace, number, head, digest, rest, value)
      SELECT * FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::bytea[], $5::bytea[], $6::bytea[], $7::int8[])
      ON CONFLICT (h, keyspace, number, head, digest) DO UPDATE SET value = part_counters.value + excluded.value` as string,
  dropEmptyParts: `DELETE FROM part_counters WHERE ctid = ANY(ARRAY(
      SELECT r.ctid FROM ${placedKeys} AS i(h, keyspace, number, head, digest)
      CROSS JOIN LATERAL (SELECT r.ctid FROM part_counters r WHERE r.h = i.h AND r.keyspace = i.keyspace
        AND r.number = i.number AND r.head = i.head AND r.digest = i.digest AND r.value = 0 LIMIT 1) r))` as string,
  readCounter: `SELECT coalesce(sum(value), 0)::int8 FROM counters
      WHERE h = ANY($1::int4[]) AND keyspace = $2 AND number = $3 AND ${inUse}` as string,
  readPartCounter: `SELECT coalesce(sum(value), 0)::int8 FROM part_counters
      WHERE h = ANY($1::int4[]) AND keyspace = $2 AND number = $3 AND head = $4 AND digest = $5 AND ${inUse}` as string,
  listPartCounters: `SELECT head, rest, sum(value)::int8 FROM part_counters
      WHERE h = ANY($1::int4[]) AND keyspace = $2 AND number = $3 AND (head, rest) > ($4, $5) AND ${inUse}
      GROUP BY head, rest HAVING sum(value) <> 0 ORDER BY head, rest LIMIT $6` as string,
  listAllPartCounters: `SELECT head, rest, sum(value)::int8 FROM part_counters
      WHERE h = ANY($1::int4[]) AND keyspace = $2 AND number = $3 AND ${inUse}
      GROUP BY head, rest HAVING sum(value) <> 0 ORDER BY head, rest LIMIT $4` as string,

  addCommit: `INSERT INTO commits VALUES($1, $2, ${nowMs})` as string,
  findCommit: "SELECT 1 FROM commits WHERE h = $1 AND id = $2",
  /** `$3`: the first id that is kept. Ids have the time of whoever made them, which may be behind the database's. */
  forgetCommits: `DELETE FROM commits WHERE h = $1 AND id < $3 AND time < ${nowMs} - $2::int8` as string,

  placeHolds: `INSERT INTO holds(h, key, member, id) SELECT $1, key, $3, $4 FROM unnest($2::bytea[]) AS key
      ON CONFLICT (h, key) DO UPDATE SET member = excluded.member, id = excluded.id` as string,
  readHolds: `SELECT key, id FROM holds WHERE h = $1 AND member IN (${livingMembers})` as string,
  releaseHolds: `DELETE FROM holds WHERE h = $1 AND (id = $2 OR member NOT IN (${livingMembers}))` as string,
  countHolds: "UPDATE heads SET held = (SELECT count(*) FROM holds WHERE holds.h = $1) WHERE h = $1",
  heldKeys: `SELECT i.place FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS i(h, key, place)
      JOIN holds o ON o.h = i.h AND o.key = i.key WHERE o.member IN (${livingMembers})` as string,

  /** `$4`: the time to go by, absent for the database's own. */
  takeLease:
    `INSERT INTO leases AS l(name, owner, token, expires) VALUES($1, $2, 1, coalesce($4::int8, ${nowMs}) + $3::int8)
      ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires,
        token = CASE WHEN l.expires > coalesce($4::int8, ${nowMs}) THEN l.token ELSE l.token + 1 END
      WHERE l.owner = excluded.owner OR l.expires <= coalesce($4::int8, ${nowMs})
      RETURNING token, expires` as string,
  releaseLease: "UPDATE leases SET expires = 0 WHERE name = $1 AND owner = $2 AND token = $3",

  /** Also tells how many others there are. */
  stay: `WITH own AS (
        INSERT INTO members VALUES($1, $2::int8[], ${nowMs} + $3::int8, $4, $5)
        ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, expires = excluded.expires, beat = excluded.beat,
          server = excluded.server)
      SELECT count(*), ${waitingForNoStandby} FROM members WHERE id <> $1 AND expires > ${nowMs}` as string,
  readBeat: "SELECT beat FROM members WHERE id = $1",
  leave: `WITH own AS (DELETE FROM members WHERE id = $1) SELECT ${waitingForNoStandby}` as string,
  forgetMembers: `DELETE FROM members WHERE expires < ${nowMs} - 60000` as string,
  /** Living members that have not seen this position of a shard yet, or only such a number on another server. */
  countBehind: `SELECT count(*) FROM members WHERE id <> $1 AND expires > ${nowMs}
      AND (coalesce(seen[$2::int4 + 1], 0) < $3::int8 OR server <> pg_postmaster_start_time()::text)` as string,
  notify: `SELECT pg_notify($1, $2), ${waitingForNothing}` as string,
  /** Shards that were changed since the given states of their heads. */
  changedShards:
    `SELECT s.h, s.shard, s.last, s.closed, s.changed FROM unnest($1::int4[], $2::int8[]) AS i(h, seen)
      JOIN shards s ON s.h = i.h AND s.changed > i.seen` as string,
  readHeads: "SELECT h, n FROM heads",
  firstShards: "SELECT shard, last, closed FROM shards WHERE h = ANY($1::int4[]) AND shard < $2",

  nextDropped: "SELECT keyspace FROM keyspaces WHERE state = 1 LIMIT 1",
  deleteSomeRecords: `DELETE FROM records WHERE h = $1 AND (keyspace, placement, head, digest) IN
      (SELECT keyspace, placement, head, digest FROM records WHERE h = $1 AND keyspace = $2 LIMIT $3)` as string,
  deleteSomePartCounters: `DELETE FROM part_counters WHERE h = $1 AND (keyspace, number, head, digest) IN
      (SELECT keyspace, number, head, digest FROM part_counters WHERE h = $1 AND keyspace = $2 LIMIT $3)` as string,
  deleteCounters: "DELETE FROM counters WHERE h = $1 AND keyspace = $2",
  /** Not while another process is still deleting: what it has not committed yet is seen here. */
  keyspaceReclaimed: `UPDATE keyspaces SET state = 2 WHERE keyspace = $1 AND state = 1
      AND NOT EXISTS (SELECT 1 FROM records WHERE h = ANY($2::int4[]) AND keyspace = $1)
      AND NOT EXISTS (SELECT 1 FROM part_counters WHERE h = ANY($2::int4[]) AND keyspace = $1)
      AND NOT EXISTS (SELECT 1 FROM counters WHERE h = ANY($2::int4[]) AND keyspace = $1)` as string,
  nextTrimmed: "SELECT h, shard, least(kept + $1::int8, oldest) FROM shards WHERE kept < oldest LIMIT 1",
  /**
   * `$3` was read before: all that is below it was committed then, so that this statement sees it, whatever writers and
   * other processes that reclaim do meanwhile.
   */
  deleteSomeLog:
    `WITH gone AS (DELETE FROM log WHERE h = $1 AND shard = $2 AND position < $3::int8 RETURNING 1)
      UPDATE shards SET kept = greatest(kept, $3::int8) WHERE h = $1 AND shard = $2
      RETURNING (SELECT count(*) FROM gone)` as string,

  listShards: "SELECT shard, last, oldest, closed FROM shards WHERE shard > $1 ORDER BY shard LIMIT $2",
  /** The next keyspace that is in use or holds anything. */
  listKeyspaces: `SELECT keyspace FROM (
        SELECT keyspace FROM records WHERE h = ANY($1::int4[]) AND keyspace > $2
        UNION SELECT keyspace FROM counters WHERE h = ANY($1::int4[]) AND keyspace > $2
        UNION SELECT keyspace FROM part_counters WHERE h = ANY($1::int4[]) AND keyspace > $2
        UNION SELECT keyspace FROM keyspaces WHERE keyspace > $2) used
      WHERE NOT EXISTS (SELECT 1 FROM keyspaces k WHERE k.keyspace = used.keyspace AND k.state <> 0)
      ORDER BY keyspace LIMIT $3` as string,
} as const;

/** Each under its own name. */
export const sql: Readonly<Record<keyof typeof texts, PostgresStatement>> = named(texts);

function named<T extends Readonly<Record<string, string>>>(all: T): Record<keyof T, PostgresStatement> {
  const entries = Object.entries(all).map(([name, text]) => [name, { name, text }]);
  return Object.fromEntries(entries) as Record<keyof T, PostgresStatement>;
}

/** Which bounds a range has. */
export interface RangeShape {
  readonly lower: "none" | "from" | "after";
  readonly upper: "none" | "through" | "before";
  readonly reverse: boolean;
}

const rangeStatements = new Map<string, PostgresStatement>();

/**
 * $1 to $3 head, keyspace, placement; $4, $5 the lower bound's head and rest; $6, $7 the upper's; $8 records and $9 bytes
 * of values at most, where the record that reaches them is included. The rest of a key is no part of the index: it only
 * breaks ties of cut keys.
 */
export function rangeStatement({ lower, upper, reverse }: RangeShape): PostgresStatement {
  const name = `range-${lower}-${upper}-${reverse ? "reverse" : "forward"}`;
  const known = rangeStatements.get(name);
  if (known !== undefined) return known;
  const below = { none: "$4::bytea IS NULL AND $5::bytea IS NULL", from: ">=", after: ">" }[lower];
  const above = { none: "$6::bytea IS NULL AND $7::bytea IS NULL", through: "<=", before: "<" }[upper];
  const order = reverse ? "head DESC, rest DESC" : "head, rest";
  const text = `SELECT head, rest, version, value FROM
    (SELECT head, rest, version, value,
        sum(octet_length(value)) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) - octet_length(value) AS before
      FROM (SELECT head, rest, version, value FROM records WHERE h = $1 AND keyspace = $2 AND placement = $3
          AND ${lower === "none" ? below : `(head, rest) ${below} ($4::bytea, $5::bytea)`}
          AND ${upper === "none" ? above : `(head, rest) ${above} ($6::bytea, $7::bytea)`}
          AND ${inUse}
        ORDER BY ${order} LIMIT $8) page
    ) measured WHERE before < $9 ORDER BY ${order}`;
  const made = { name, text };
  rangeStatements.set(name, made);
  return made;
}
