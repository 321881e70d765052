/** The layout of a store on one server: a statement may concern any number of heads, and sees one moment. */
import { isConflictOfTransactions } from "./failures.ts";
import { giveRecords } from "./group-keys.ts";
import type { HeadMap } from "./heads.ts";
import { holdsByName } from "./head-holds.ts";
import type { Layout } from "./layout.ts";
import { groupKeyParameters, packedWrites } from "./packed-writes.ts";
import { readCounter, Reader } from "./reader.ts";
import { sql } from "./statements.ts";
import { takenHeads } from "./taken-heads.ts";
import { int4Array, int8Array } from "./wire-arrays.ts";
import { arrayText, numberOf } from "./wire-values.ts";

export function oneServerLayout(map: HeadMap): Layout {
  return {
    groupHeadsMax: map.count,
    writes: packedWrites,
    sectionsOf: (heads) => [heads],

    async touchRecords(session, keys) {
      if (keys.length > 0) await session.query(sql.touchRecords, groupKeyParameters(keys));
    },

    async takeHeads(session, heads) {
      const { rows } = await session.query(sql.takeHeads, [int4Array(heads)]);
      const nowMicros = Math.max(...rows.map(([, , , , now]) => numberOf(now)));
      return { ...takenHeads(heads, rows), nowMicros };
    },

    async readRecords(session, _heads, keys) {
      if (keys.length === 0) return;
      giveRecords(keys, await session.query(sql.lookUpRecords, groupKeyParameters(keys)));
    },

    readCounters: (session, counters) =>
      Promise.all(counters.map((counter) => readCounter(session, map, counter))),

    async readShards(session, shards) {
      if (shards.length === 0) return [];
      const heads = int4Array(shards.map(({ head }) => head));
      const { rows } = await session.query(sql.readShards, [
        heads,
        int8Array(shards.map(({ shard }) => shard)),
      ]);
      return rows;
    },

    async readHolds(session, heads) {
      const all = await Promise.all(heads.map((head) => session.query(sql.readHolds, [head])));
      return { holds: holdsByName(all.flatMap(({ rows }) => rows)), livingMembers: undefined };
    },

    async changedShards(session, seen) {
      const parameters = [arrayText(seen.keys()), arrayText(seen.values())];
      const { rows } = await session.query(sql.changedShards, parameters);
      return { rows, heads: [] };
    },

    async markReclaimed(session, keyspace) {
      await session.query(sql.keyspaceReclaimed, [keyspace, arrayText(map.all)]);
    },

    isWorthAnotherTry: isConflictOfTransactions,
    patient: (ask) => ask,
    readers: () => ({ reader: new Reader(map), getTogether: undefined }),
    replicas: (wished) => wished,
  };
}
