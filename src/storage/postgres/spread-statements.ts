/**
 * What a spread store asks in other words than a store on one server. Citus hands a statement to the one server it concerns
 * when every table in it is pinned to one head by a constant; and it refuses functions that are not immutable where
 * RETURNING, DO UPDATE or CASE name them, a changed table beside one that only the coordinator has, and joins with such
 * a table. docs/adr/0019 says where that is written; src/testing/spread-watch.ts checks it.
 */
import type { PostgresStatement } from "./driver.ts";
import { inUse, keyColumns, keyList, nowMicros, nowMs, sameKey } from "./statements.ts";

/** Of all heads: for checks of a whole store. */
function listOf(table: string): string {
  return `SELECT DISTINCT keyspace FROM ${table}
      WHERE keyspace > $1 AND keyspace NOT IN (SELECT keyspace FROM keyspaces WHERE state <> 0)
      ORDER BY keyspace LIMIT $2`;
}

const texts = {
  /** Without the time, which RETURNING must not tell. */
  takeHead: "UPDATE heads SET n = n + 1 WHERE h = $1 RETURNING h, n, generation, held",
  now: `SELECT ${nowMicros}` as string,

  lookUpRecords:
    `SELECT i.place, r.version, r.value FROM ${keyList(2)} WITH ORDINALITY AS i(${keyColumns}, place)
      CROSS JOIN LATERAL (SELECT version, value FROM records r WHERE ${sameKey} LIMIT 1) r` as string,
  getRecords:
    `SELECT i.place, r.version, r.value FROM ${keyList(2)} WITH ORDINALITY AS i(${keyColumns}, place)
      CROSS JOIN LATERAL (SELECT version, value FROM records r WHERE ${sameKey} LIMIT 1) r
      WHERE NOT EXISTS (SELECT 1 FROM keyspaces k WHERE k.keyspace = i.keyspace AND k.state <> 0)` as string,
  readCounter:
    `SELECT value FROM counters WHERE h = $1 AND keyspace = $2 AND number = $3 AND ${inUse}` as string,
  readPartCounter: `SELECT value FROM part_counters
      WHERE h = $1 AND keyspace = $2 AND number = $3 AND head = $4 AND digest = $5 AND ${inUse}` as string,
  readShards: "SELECT shard, last, oldest, time, closed FROM shards WHERE h = $1 AND shard = ANY($2::int8[])",
  changedShards: "SELECT shard, last, closed, changed FROM shards WHERE h = $1 AND changed > $2",

  livingMembers: `SELECT id FROM members WHERE expires > ${nowMs}` as string,
  readHolds: "SELECT key, id, member FROM holds WHERE h = $1",
  heldKeys: "SELECT key, member FROM holds WHERE h = $1 AND key = ANY($2::bytea[])",
  releaseHold: "DELETE FROM holds WHERE h = $1 AND id = $2",
  releaseHoldsOfDead: "DELETE FROM holds WHERE h = $1 AND member <> ALL($2::text[])",

  anyRecord: "SELECT 1 FROM records WHERE h = $1 AND keyspace = $2 LIMIT 1",
  anyCounter: "SELECT 1 FROM counters WHERE h = $1 AND keyspace = $2 LIMIT 1",
  anyPartCounter: "SELECT 1 FROM part_counters WHERE h = $1 AND keyspace = $2 LIMIT 1",
  keyspaceReclaimed: "UPDATE keyspaces SET state = 2 WHERE keyspace = $1 AND state = 1",

  listOfRecords: listOf("records") as string,
  listOfCounters: listOf("counters") as string,
  listOfPartCounters: listOf("part_counters") as string,
  listOfKeyspaces:
    "SELECT keyspace FROM keyspaces WHERE keyspace > $1 AND state = 0 ORDER BY keyspace LIMIT $2",
} as const;

/** Each under its own name. */
export const spreadSql: Readonly<Record<keyof typeof texts, PostgresStatement>> = named(texts);

function named<T extends Readonly<Record<string, string>>>(all: T): Record<keyof T, PostgresStatement> {
  const entries = Object.entries(all).map(([name, text]) => [name, { name: `spread-${name}`, text }]);
  return Object.fromEntries(entries) as Record<keyof T, PostgresStatement>;
}
