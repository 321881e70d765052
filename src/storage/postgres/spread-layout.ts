/**
 * The layout of a store that is spread over several servers: a statement of a write concerns one head, so there is one for
 * each, and reads of several heads see several moments.
 */
import type { Keyspace } from "../contract/index.ts";
import { askAgain } from "./ask-again.ts";
import type { PostgresRow, PostgresSession } from "./driver.ts";
import { isMoveOfShards } from "./failures.ts";
import { type GroupKey, giveRecords } from "./group-keys.ts";
import { holdsByName, namesOf } from "./head-holds.ts";
import { type Head, type HeadMap, inOrder } from "./heads.ts";
import { keyListParameters } from "./key-lists.ts";
import {
  beforeAnyGroup,
  type HeadHolds,
  type Layout,
  type PlacedShard,
  type SeenGroups,
  type ShardChanges,
  type TakenHeads,
} from "./layout.ts";
import { rowWrites } from "./row-writes.ts";
import { sumCounters } from "./spread-counters.ts";
import { SpreadReader } from "./spread-reader.ts";
import { spreadSql } from "./spread-statements.ts";
import { sql } from "./statements.ts";
import { takenHeads } from "./taken-heads.ts";
import { arrayText, numberOf } from "./wire-values.ts";

export function spreadLayout(map: HeadMap): Layout {
  return {
    groupHeadsMax: 1,
    writes: rowWrites,
    sectionsOf: (heads) => heads.map((taken) => [taken]),

    /** The first statement of a transaction has to be a write of the shard that it concerns. */
    touchRecords: () => Promise.resolve(),
    takeHeads,
    readRecords,
    readCounters: (session, counters) => sumCounters(session, map, counters),
    readShards,
    readHolds,
    changedShards,
    markReclaimed: (session, keyspace) => markReclaimed(session, map, keyspace),
    isWorthAnotherTry: isMoveOfShards,
    patient: askAgain,
    readers(askAlone) {
      const reader = new SpreadReader(map);
      const patient = askAgain(askAlone);
      return { reader, getTogether: (keys) => reader.getTogether(patient, keys) };
    },
    /** Standbys of a coordinator have no data of the other servers. */
    replicas: () => "primary",
  };
}

async function takeHeads(session: PostgresSession, heads: readonly Head[]): Promise<TakenHeads> {
  const answers = heads.map((head) => session.query(spreadSql.takeHead, [head]));
  const telling = session.query(spreadSql.now);
  const [now, ...taken] = await Promise.all([telling, ...answers]);
  const rows = taken.flatMap((answer) => answer.rows);
  return { ...takenHeads(heads, rows), nowMicros: numberOf(now.rows[0]?.[0]) };
}

async function readRecords(
  session: PostgresSession,
  heads: readonly Head[],
  keys: readonly GroupKey[],
): Promise<void> {
  await Promise.all(
    heads.map(async (head) => {
      const own = keys.filter((key) => key.head === head);
      if (own.length === 0) return;
      const parameters = [head, ...keyListParameters(own.map(({ key }) => key))];
      giveRecords(own, await session.query(spreadSql.lookUpRecords, parameters));
    }),
  );
}

async function readShards(
  session: PostgresSession,
  shards: readonly PlacedShard[],
): Promise<readonly PostgresRow[]> {
  const heads = inOrder(shards.map(({ head }) => head));
  const answers = heads.map((head) => {
    const own = shards.filter((placed) => placed.head === head).map(({ shard }) => shard);
    return session.query(spreadSql.readShards, [head, arrayText(own)]);
  });
  return (await Promise.all(answers)).flatMap(({ rows }) => rows);
}

async function readHolds(session: PostgresSession, heads: readonly Head[]): Promise<HeadHolds> {
  const [members, ...all] = await Promise.all([
    session.query(spreadSql.livingMembers),
    ...heads.map((head) => session.query(spreadSql.readHolds, [head])),
  ]);
  const living = namesOf(members.rows);
  const rows = all.flatMap((answer) => answer.rows).filter(([, , member]) => living.has(member ?? ""));
  return { holds: holdsByName(rows), livingMembers: [...living] };
}

/** One look over all heads, and one at each that has had a group since. */
async function changedShards(session: PostgresSession, seen: SeenGroups): Promise<ShardChanges> {
  const { rows: all } = await session.query(sql.readHeads);
  const heads = all
    .map(([head, n]) => [numberOf(head), numberOf(n)] as const)
    .filter(([head, n]) => n > (seen.get(head) ?? beforeAnyGroup));
  const changed = await Promise.all(
    heads.map(async ([head]) => {
      const parameters = [head, seen.get(head) ?? beforeAnyGroup];
      const { rows } = await session.query(spreadSql.changedShards, parameters);
      return rows.map((row) => [String(head), ...row]);
    }),
  );
  return { rows: changed.flat(), heads };
}

/** Nobody adds to a dropped keyspace: what is empty under one head stays so while the others are looked at. */
async function markReclaimed(session: PostgresSession, map: HeadMap, keyspace: Keyspace): Promise<void> {
  const { anyRecord, anyCounter, anyPartCounter, keyspaceReclaimed } = spreadSql;
  for (const head of map.all) {
    for (const any of [anyRecord, anyCounter, anyPartCounter]) {
      const { rows } = await session.query(any, [head, keyspace]);
      if (rows.length > 0) return;
    }
  }
  await session.query(keyspaceReclaimed, [keyspace]);
}
