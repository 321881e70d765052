/**
 * Writes row by row, for a store that is spread. Every statement is a fast-path router query of Citus, or an INSERT with
 * VALUES whose rows all lie in one of its shards.
 */
import { assert } from "../../base/index.ts";
import type { GroupKey } from "./group-keys.ts";
import type { Head } from "./heads.ts";
import { insertOfRows, type Row, selectionOfRows, sendRows } from "./row-statements.ts";
import { spreadSql } from "./spread-statements.ts";
import { namesText } from "./wire-values.ts";
import type { PartChange, WriteForms } from "./write-forms.ts";

const recordKey = [
  ["keyspace", "int8"],
  ["placement", "int4"],
  ["head", "bytea"],
  ["digest", "bytea"],
] as const;
const counterKey = [
  ["keyspace", "int8"],
  ["number", "int4"],
] as const;
const partKey = [...counterKey, ["head", "bytea"], ["digest", "bytea"]] as const;

const deleteRecords = selectionOfRows({
  name: "deleteRecordRows",
  head: "DELETE FROM records",
  columns: recordKey,
});
const putRecords = insertOfRows({
  name: "putRecordRows",
  table: "records",
  columns: [...recordKey, ["rest", "bytea"], ["version", "int8"], ["value", "bytea"]],
  conflict: `ON CONFLICT (h, keyspace, placement, head, digest)
    DO UPDATE SET version = excluded.version, value = excluded.value`,
});
const appendLog = insertOfRows({
  name: "appendLogRows",
  table: "log",
  columns: [
    ["shard", "int8"],
    ["position", "int8"],
    ["time", "int8"],
    ["value", "bytea"],
  ],
});
const putShards = insertOfRows({
  name: "putShardRows",
  table: "shards",
  columns: [
    ["shard", "int8"],
    ["last", "int8"],
    ["oldest", "int8"],
    ["kept", "int8"],
    ["time", "int8"],
    ["closed", "bool"],
    ["changed", "int8"],
  ],
  conflict: `ON CONFLICT (h, shard) DO UPDATE SET last = excluded.last, oldest = excluded.oldest,
    time = excluded.time, closed = excluded.closed, changed = excluded.changed`,
});
const placeHolds = insertOfRows({
  name: "placeHoldRows",
  table: "holds",
  columns: [
    ["key", "bytea"],
    ["member", "text"],
    ["id", "text"],
  ],
  conflict: "ON CONFLICT (h, key) DO UPDATE SET member = excluded.member, id = excluded.id",
});
const addCounters = insertOfRows({
  name: "addCounterRows",
  table: "counters",
  columns: [...counterKey, ["value", "int8"]],
  conflict: "ON CONFLICT (h, keyspace, number) DO UPDATE SET value = counters.value + excluded.value",
});
const addPartCounters = insertOfRows({
  name: "addPartCounterRows",
  table: "part_counters",
  columns: [...partKey, ["rest", "bytea"], ["value", "int8"]],
  conflict: `ON CONFLICT (h, keyspace, number, head, digest)
    DO UPDATE SET value = part_counters.value + excluded.value`,
});
const dropEmptyParts = selectionOfRows({
  name: "dropEmptyPartRows",
  head: "DELETE FROM part_counters",
  columns: partKey,
  rest: "AND value = 0",
});

/** Positions that are not trimmed begin here; the column is not updated. */
const firstPosition = 1;

export const rowWrites: WriteForms = {
  deleteRecords: (send, keys) => {
    sendRows(send, deleteRecords, { head: headOf(keys), rows: keys.map(keyRow) });
  },

  putRecords: (send, puts) => {
    const rows = puts.map(({ key, version, value }) => [...keyRow(key), key.stored.rest, version, value]);
    sendRows(send, putRecords, { head: headOf(puts.map(({ key }) => key)), rows });
  },

  appendLog: (send, appends) => {
    const rows = appends.map(({ shard, position, timeMicros, value }) => [
      shard,
      position,
      timeMicros,
      value,
    ]);
    sendRows(send, appendLog, { head: headOf(appends), rows });
  },

  putShards: (send, shards) => {
    const rows = shards.map(({ shard, last, oldest, timeMicros, closed, n }) => [
      shard,
      last,
      oldest,
      firstPosition,
      timeMicros,
      String(closed),
      n,
    ]);
    sendRows(send, putShards, { head: headOf(shards), rows });
  },

  placeHolds: (send, { head, holdId, memberId, keys }) => {
    sendRows(send, placeHolds, { head, rows: keys.map((key) => [key, memberId, holdId]) });
  },

  /** The table of members is none that a statement about a head can join. */
  releaseHolds: (send, { head, holdIds, livingMembers }) => {
    for (const holdId of holdIds) send(spreadSql.releaseHold, [head, holdId]);
    if (livingMembers !== undefined) send(spreadSql.releaseHoldsOfDead, [head, namesText(livingMembers)]);
  },

  addCounters: (send, changes) => {
    const rows = changes.map(({ counter, delta }) => [counter.keyspace, counter.index, delta]);
    sendRows(send, addCounters, { head: headOf(changes), rows });
  },

  addPartCounters: (send, changes) => {
    const head = headOf(changes);
    const rows = changes.map((change) => [...partRow(change), change.stored.rest, change.delta]);
    sendRows(send, addPartCounters, { head, rows });
    sendRows(send, dropEmptyParts, { head, rows: changes.map(partRow) });
  },
};

function headOf(rows: readonly { readonly head: Head }[]): Head {
  const [first] = rows;
  assert(first !== undefined, "a list that is written is not empty");
  return first.head;
}

function keyRow({ key, stored }: GroupKey): Row {
  return [key.keyspace, key.placement, stored.head, stored.digest];
}

function partRow({ counter, stored }: PartChange): Row {
  return [counter.keyspace, counter.index, stored.head, stored.digest];
}
