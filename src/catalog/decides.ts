/** The catalog's decide functions: who wins when two requests change one table. */
import { assert } from "../base/index.ts";
import type {
  DecideFunction,
  DecideRegistry,
  Decision,
  Mutation,
  RecordWrite,
  StoredRecord,
} from "../storage/contract/index.ts";
import { allocatorKey, decodeTable, encodeTable, firstTableKeyspace, tableKey } from "./records.ts";
import { settledTable } from "./transitions.ts";
import type { TableDescription } from "./types.ts";

const createKind = "catalog.create";
const changeKind = "catalog.change";
const dropKind = "catalog.drop";

/** A table that has no keyspace yet: the allocator gives it one in the same commit. */
export type NewTable = Omit<TableDescription, "keyspace" | "epoch">;

const firstEpoch = 1;

/** Result: the new table, or the one that has the name. A table whose deletion is due makes way. */
const decideCreate: DecideFunction = (args, [present, allocator], { nowMicros }): Decision => {
  const wanted = args as NewTable;
  const old = storedTable(present);
  const holder = old === undefined ? undefined : settledTable(old, Math.floor(nowMicros / 1000));
  if (holder !== undefined) return { kind: "refuse", result: holder };
  const keyspace = nextKeyspace(allocator);
  const table: TableDescription = { ...wanted, keyspace, epoch: firstEpoch };
  return {
    kind: "commit",
    commit: {
      records: [
        { kind: "put", key: tableKey(table.namespace, table.name), value: encodeTable(table) },
        { kind: "put", key: allocatorKey, value: Buffer.from(String(keyspace)) },
      ],
      setEpochs: [{ keyspace, epoch: firstEpoch }],
      ...(old === undefined ? {} : { dropKeyspaces: [old.keyspace] }),
    },
    result: table,
  };
};

function nextKeyspace(allocator: StoredRecord | undefined): number {
  if (allocator === undefined) return firstTableKeyspace;
  return Number(Buffer.from(allocator.value).toString("latin1")) + 1;
}

/** Refused, with the table as it is, when the change was not made from the newest description. */
const decideChange: DecideFunction = (args, [present]): Decision => {
  const next = args as TableDescription;
  const current = storedTable(present);
  if (current === undefined || current.keyspace !== next.keyspace || current.epoch + 1 !== next.epoch) {
    return { kind: "refuse", result: current };
  }
  return {
    kind: "commit",
    commit: {
      records: [{ kind: "put", key: tableKey(next.namespace, next.name), value: encodeTable(next) }],
      setEpochs: [{ keyspace: next.keyspace, epoch: next.epoch }],
    },
    result: next,
  };
};

/** Drops the incarnations that were meant, with their items and counters; others of their names stay. */
const decideDrop: DecideFunction = (args, present): Decision => {
  const doomed = args as readonly TableDescription[];
  const records: RecordWrite[] = [];
  const dropKeyspaces: number[] = [];
  for (const [index, { keyspace, namespace, name }] of doomed.entries()) {
    if (storedTable(present[index])?.keyspace !== keyspace) continue;
    records.push({ kind: "delete", key: tableKey(namespace, name) });
    dropKeyspaces.push(keyspace);
  }
  if (records.length === 0) return { kind: "refuse", result: undefined };
  return { kind: "commit", commit: { records, dropKeyspaces }, result: undefined };
};

function storedTable(record: StoredRecord | undefined): TableDescription | undefined {
  return record === undefined ? undefined : decodeTable(record);
}

export function createMutation(table: NewTable): Mutation {
  const keys = [tableKey(table.namespace, table.name), allocatorKey];
  return { kind: createKind, epochs: [], keys, args: table };
}

export function changeMutation(table: TableDescription): Mutation {
  assert(table.epoch > firstEpoch, "a change makes a new epoch");
  return { kind: changeKind, epochs: [], keys: [tableKey(table.namespace, table.name)], args: table };
}

export function dropMutation(tables: readonly TableDescription[]): Mutation {
  const keys = tables.map(({ namespace, name }) => tableKey(namespace, name));
  return { kind: dropKind, epochs: [], keys, args: tables };
}

/** Handed to the engine when it is opened. */
export const catalogDecides: DecideRegistry = new Map([
  [createKind, decideCreate],
  [changeKind, decideChange],
  [dropKind, decideDrop],
]);
