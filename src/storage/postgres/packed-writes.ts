/** Writes with all rows of a table packed into the parameters of one statement: the cheapest form for one server. */
import type { PostgresParameter } from "./driver.ts";
import type { GroupKey } from "./group-keys.ts";
import { storedParameters } from "./key-lists.ts";
import { sql } from "./statements.ts";
import { byteaArray, int4Array, int8Array } from "./wire-arrays.ts";
import type { CounterChange, PartChange, WriteForms } from "./write-forms.ts";

export const packedWrites: WriteForms = {
  deleteRecords: (send, keys) => {
    send(sql.deleteRecords, groupKeyParameters(keys));
  },

  putRecords: (send, puts) => {
    const keys = puts.map(({ key }) => key);
    send(sql.putRecords, [
      ...groupKeyParameters(keys),
      byteaArray(keys.map(({ stored }) => stored.rest)),
      int8Array(puts.map(({ version }) => version)),
      byteaArray(puts.map(({ value }) => value)),
    ]);
  },

  appendLog: (send, appends) => {
    send(sql.appendLog, [
      int4Array(appends.map(({ head }) => head)),
      int8Array(appends.map(({ shard }) => shard)),
      int8Array(appends.map(({ position }) => position)),
      int8Array(appends.map(({ timeMicros }) => timeMicros)),
      byteaArray(appends.map(({ value }) => value)),
    ]);
  },

  putShards: (send, shards) => {
    send(sql.putShards, [
      int4Array(shards.map(({ head }) => head)),
      int8Array(shards.map(({ shard }) => shard)),
      int8Array(shards.map(({ last }) => last)),
      int8Array(shards.map(({ oldest }) => oldest)),
      int8Array(shards.map(({ timeMicros }) => timeMicros)),
      `{${shards.map(({ closed }) => closed).join(",")}}`,
      int8Array(shards.map(({ n }) => n)),
    ]);
  },

  placeHolds: (send, { head, holdId, memberId, keys }) => {
    send(sql.placeHolds, [head, byteaArray(keys), memberId, holdId]);
  },

  releaseHolds: (send, { head, holdIds }) => {
    for (const holdId of holdIds) send(sql.releaseHolds, [head, holdId]);
  },

  addCounters: (send, changes) => {
    send(sql.addCounters, [...counterParameters(changes), int8Array(changes.map(({ delta }) => delta))]);
  },

  addPartCounters: (send, changes) => {
    const parts = partParameters(changes);
    const rests = byteaArray(changes.map(({ stored }) => stored.rest));
    send(sql.addPartCounters, [...parts, rests, int8Array(changes.map(({ delta }) => delta))]);
    send(sql.dropEmptyParts, parts);
  },
};

/** As `lookUpRecords` has them, too. */
export function groupKeyParameters(keys: readonly GroupKey[]): PostgresParameter[] {
  return [
    int4Array(keys.map(({ head }) => head)),
    int8Array(keys.map(({ key }) => key.keyspace)),
    int4Array(keys.map(({ key }) => key.placement)),
    ...storedParameters(keys.map(({ stored }) => stored)),
  ];
}

function counterParameters(changes: readonly CounterChange[]): PostgresParameter[] {
  return [
    int4Array(changes.map(({ head }) => head)),
    int8Array(changes.map(({ counter }) => counter.keyspace)),
    int4Array(changes.map(({ counter }) => counter.index)),
  ];
}

function partParameters(changes: readonly PartChange[]): PostgresParameter[] {
  return [...counterParameters(changes), ...storedParameters(changes.map(({ stored }) => stored))];
}
