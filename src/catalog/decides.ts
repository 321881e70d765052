/** The catalog's decide functions: who wins when two requests change one table. */
import { assert } from "../base/index.ts";
import type {
  Commit,
  DecideFunction,
  DecideRegistry,
  Decision,
  Mutation,
  RecordWrite,
  StoredRecord,
} from "../storage/contract/index.ts";
import { droppedState, type LoggedState, logRecord, tableState } from "./logged-states.ts";
import { allocatorKey, decodeTable, encodeTable, lastKeyspace, tableKey } from "./records.ts";
import { settledTable } from "./transitions.ts";
import type { TableDescription } from "./types.ts";

const createKind = "catalog.create";
const changeKind = "catalog.change";
const dropKind = "catalog.drop";

/** A table that has no keyspace yet: the allocator gives it one in the same commit. */
export type NewTable = Omit<TableDescription, "keyspace" | "epoch">;

const firstEpoch = 1;

/** What a change of the catalog is made from; `logged`: other catalogs of the store follow its log. */
interface Change<Subject> {
  readonly subject: Subject;
  readonly logged: boolean;
}

/** Result: the new table, or the one that has the name. A table whose deletion is due makes way. */
const decideCreate: DecideFunction = (args, [present, allocator], { nowMicros }): Decision => {
  const { subject: wanted, logged } = args as Change<NewTable>;
  const old = storedTable(present);
  const holder = old === undefined ? undefined : settledTable(old, Math.floor(nowMicros / 1000));
  if (holder !== undefined) return { kind: "refuse", result: holder };
  const keyspace = lastKeyspace(allocator) + 1;
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
      ...logOf(logged, [tableState(table)]),
    },
    result: table,
  };
};

/** Refused, with the table as it is, when the change was not made from the newest description. */
const decideChange: DecideFunction = (args, [present]): Decision => {
  const { subject: next, logged } = args as Change<TableDescription>;
  const current = storedTable(present);
  if (current === undefined || current.keyspace !== next.keyspace || current.epoch + 1 !== next.epoch) {
    return { kind: "refuse", result: current };
  }
  return {
    kind: "commit",
    commit: {
      records: [{ kind: "put", key: tableKey(next.namespace, next.name), value: encodeTable(next) }],
      setEpochs: [{ keyspace: next.keyspace, epoch: next.epoch }],
      ...logOf(logged, [tableState(next)]),
    },
    result: next,
  };
};

/** Drops the incarnations that were meant, with their items and counters; others of their names stay. */
const decideDrop: DecideFunction = (args, present): Decision => {
  const { subject: doomed, logged } = args as Change<readonly TableDescription[]>;
  const records: RecordWrite[] = [];
  const dropKeyspaces: number[] = [];
  const states: LoggedState[] = [];
  for (const [index, table] of doomed.entries()) {
    if (storedTable(present[index])?.keyspace !== table.keyspace) continue;
    records.push({ kind: "delete", key: tableKey(table.namespace, table.name) });
    dropKeyspaces.push(table.keyspace);
    states.push(droppedState(table));
  }
  if (records.length === 0) return { kind: "refuse", result: undefined };
  return { kind: "commit", commit: { records, dropKeyspaces, ...logOf(logged, states) }, result: undefined };
};

function storedTable(record: StoredRecord | undefined): TableDescription | undefined {
  return record === undefined ? undefined : decodeTable(record);
}

/** One record per commit, or none without a reader. */
function logOf(logged: boolean, states: readonly LoggedState[]): Pick<Commit, "log"> {
  return logged ? { log: [logRecord(states)] } : {};
}

export function createMutation(change: Change<NewTable>): Mutation {
  const { namespace, name } = change.subject;
  return { kind: createKind, epochs: [], keys: [tableKey(namespace, name), allocatorKey], args: change };
}

export function changeMutation(change: Change<TableDescription>): Mutation {
  const { namespace, name, epoch } = change.subject;
  assert(epoch > firstEpoch, "a change makes a new epoch");
  return { kind: changeKind, epochs: [], keys: [tableKey(namespace, name)], args: change };
}

export function dropMutation(change: Change<readonly TableDescription[]>): Mutation {
  const keys = change.subject.map(({ namespace, name }) => tableKey(namespace, name));
  return { kind: dropKind, epochs: [], keys, args: change };
}

/** Handed to the engine when it is opened. */
export const catalogDecides: DecideRegistry = new Map([
  [createKind, decideCreate],
  [changeKind, decideChange],
  [dropKind, decideDrop],
]);
