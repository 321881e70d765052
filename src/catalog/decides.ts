/** The catalog's decide functions: who wins when two requests change one table. */
import { assert } from "../base/index.ts";
import type {
  DecideFunction,
  DecideRegistry,
  Decision,
  Mutation,
  StoredRecord,
} from "../storage/contract/index.ts";
import { allocatorKey, decodeTable, encodeTable, firstTableKeyspace, tableKey } from "./records.ts";
import type { TableDescription } from "./types.ts";

const createKind = "catalog.create";
const changeKind = "catalog.change";
const dropKind = "catalog.drop";

/** A table that has no keyspace yet: the allocator gives it one in the same commit. */
export type NewTable = Omit<TableDescription, "keyspace" | "epoch">;

const firstEpoch = 1;

/** True when the record is of a table whose deletion is complete by the clock. */
export function isGone(table: TableDescription, nowMs: number): boolean {
  return table.status === "DELETING" && nowMs >= (table.statusUntilMs ?? 0);
}

const decideCreate: DecideFunction = (args, [present, allocator], { nowMicros }): Decision => {
  const wanted = args as NewTable;
  const old = present === undefined ? undefined : decodeTable(present.value);
  if (old !== undefined && !isGone(old, nowMicros / 1000)) return { kind: "refuse", result: old };
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
  return Number(Buffer.from(allocator.value).toString("utf8")) + 1;
}

/** Refused when the description is not the one the change was made from. */
const decideChange: DecideFunction = (args, [present]): Decision => {
  const next = args as TableDescription;
  const current = present === undefined ? undefined : decodeTable(present.value);
  if (current === undefined || current.tableId !== next.tableId || current.epoch + 1 !== next.epoch) {
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

/** Only the incarnation that was meant is dropped. */
const decideDrop: DecideFunction = (args, [present]): Decision => {
  const doomed = args as TableDescription;
  const current = present === undefined ? undefined : decodeTable(present.value);
  if (current === undefined || current.tableId !== doomed.tableId)
    return { kind: "refuse", result: undefined };
  return {
    kind: "commit",
    commit: {
      records: [{ kind: "delete", key: tableKey(doomed.namespace, doomed.name) }],
      dropKeyspaces: [doomed.keyspace],
    },
    result: undefined,
  };
};

export function createMutation(table: NewTable): Mutation {
  return {
    kind: createKind,
    epochs: [],
    keys: [tableKey(table.namespace, table.name), allocatorKey],
    args: table,
  };
}

export function changeMutation(table: TableDescription): Mutation {
  assert(table.epoch > firstEpoch, "a change makes a new epoch");
  return { kind: changeKind, epochs: [], keys: [tableKey(table.namespace, table.name)], args: table };
}

export function dropMutation(table: TableDescription): Mutation {
  return { kind: dropKind, epochs: [], keys: [tableKey(table.namespace, table.name)], args: table };
}

/** Handed to the engine when it is opened. */
export const catalogDecides: DecideRegistry = new Map([
  [createKind, decideCreate],
  [changeKind, decideChange],
  [dropKind, decideDrop],
]);
