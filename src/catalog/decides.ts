/** The catalog's decide functions: who wins when two requests change one table. */
import { assert } from "../base/index.ts";
import type {
  Commit,
  DecideFunction,
  DecideRegistry,
  Decision,
  Mutation,
  RecordWrite,
  ShardId,
  StoredRecord,
} from "../storage/contract/index.ts";
import {
  allocatedChange,
  allocatedTable,
  dropOfMissing,
  dropOfTable,
  KeyspaceAllocator,
} from "./index-keyspaces.ts";
import { beginningCaptures, captureLeaseKey, isUnread } from "./captures.ts";
import { droppedState, type LoggedState, logRecord, tableState } from "./logged-states.ts";
import { allocatorKey, decodeTable, encodeTable, lastKeyspace, tableKey } from "./records.ts";
import { settledTable } from "./transitions.ts";
import type { Capture, NewTable, TableChange, TableDescription } from "./types.ts";

const createKind = "catalog.create";
const changeKind = "catalog.change";
const dropKind = "catalog.drop";

const firstEpoch = 1;

/** What a change of the catalog is made from; `logged`: other catalogs of the store follow its log. */
interface Change<Subject> {
  readonly subject: Subject;
  readonly logged: boolean;
}

/** With the epoch it makes. */
type NumberedChange = TableChange & Pick<TableDescription, "epoch">;

interface DecidedChange extends Change<NumberedChange> {
  /** Refused unless nobody has read this capture for too long, by the clock of the commit. */
  readonly unread?: Capture;
}

/** Result: the new table, or the one that has the name. A table whose deletion is due makes way. */
const decideCreate: DecideFunction = (args, [present, allocator], { nowMicros }): Decision => {
  const { subject: wanted, logged } = args as Change<NewTable>;
  const old = storedTable(present);
  const holder = old === undefined ? undefined : settledTable(old, Math.floor(nowMicros / 1000));
  if (holder !== undefined) return { kind: "refuse", result: holder };
  const keyspaces = new KeyspaceAllocator(lastKeyspace(allocator));
  const table = allocatedTable(wanted, firstEpoch, keyspaces);
  const dropped = old === undefined ? undefined : dropOfTable(old);
  return {
    kind: "commit",
    commit: {
      records: [
        { kind: "put", key: tableKey(table.namespace, table.name), value: encodeTable(table) },
        allocatorWrite(keyspaces),
        ...(dropped?.records ?? []),
      ],
      setEpochs: [{ keyspace: table.keyspace, epoch: firstEpoch }],
      ...(old === undefined ? {} : { dropKeyspaces: [old.keyspace, ...(dropped?.keyspaces ?? [])] }),
      trimShards: dropped?.shards ?? [],
      ...logOf(logged, [tableState(table)]),
    },
    result: table,
  };
};

/**
 * Refused, with the table as it is, when the change was not made from the newest description. Indexes that the stored
 * description has and the next one has not are dropped here and nowhere else, so each of them exactly once.
 */
const decideChange: DecideFunction = (args, [present, second], { nowMicros }): Decision => {
  const { subject, logged, unread } = args as DecidedChange;
  const nowMs = Math.floor(nowMicros / 1000);
  const current = storedTable(present);
  if (current === undefined || current.keyspace !== subject.keyspace || current.epoch + 1 !== subject.epoch) {
    return { kind: "refuse", result: current };
  }
  if (unread !== undefined && !isUnread(second, nowMs)) return { kind: "refuse", result: current };
  const keyspaces = new KeyspaceAllocator(addsIndex(subject) ? lastKeyspace(second) : 0);
  const next = allocatedChange(subject, subject.epoch, keyspaces);
  const dropped = dropOfMissing(current, next);
  return {
    kind: "commit",
    commit: {
      records: [
        { kind: "put", key: tableKey(next.namespace, next.name), value: encodeTable(next) },
        ...(addsIndex(subject) ? [allocatorWrite(keyspaces)] : []),
        ...dropped.records,
        ...beginningCaptures(current, next, nowMs),
      ],
      setEpochs: [{ keyspace: next.keyspace, epoch: next.epoch }],
      ...(dropped.keyspaces.length === 0 ? {} : { dropKeyspaces: dropped.keyspaces }),
      trimShards: dropped.shards,
      ...logOf(logged, [tableState(next)]),
    },
    result: next,
  };
};

/** Drops the incarnations that were meant, with their items, indexes and counters; others of their names stay. */
const decideDrop: DecideFunction = (args, present): Decision => {
  const { subject: doomed, logged } = args as Change<readonly TableDescription[]>;
  const records: RecordWrite[] = [];
  const dropKeyspaces: number[] = [];
  const trimShards: ShardId[] = [];
  const states: LoggedState[] = [];
  for (const [index, table] of doomed.entries()) {
    const stored = storedTable(present[index]);
    if (stored?.keyspace !== table.keyspace) continue;
    const dropped = dropOfTable(stored);
    records.push({ kind: "delete", key: tableKey(table.namespace, table.name) }, ...dropped.records);
    dropKeyspaces.push(table.keyspace, ...dropped.keyspaces);
    trimShards.push(...dropped.shards);
    states.push(droppedState(table));
  }
  if (records.length === 0) return { kind: "refuse", result: undefined };
  const commit: Commit = { records, dropKeyspaces, trimShards, ...logOf(logged, states) };
  return { kind: "commit", commit, result: undefined };
};

function addsIndex({ newGlobalIndex, newVectorIndex }: TableChange): boolean {
  return newGlobalIndex !== undefined || newVectorIndex !== undefined;
}

function allocatorWrite({ last }: KeyspaceAllocator): RecordWrite {
  return { kind: "put", key: allocatorKey, value: Buffer.from(String(last)) };
}

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

export function changeMutation(change: DecidedChange): Mutation {
  const { subject, unread } = change;
  const { namespace, name, epoch } = subject;
  assert(epoch > firstEpoch, "a change makes a new epoch");
  assert(unread === undefined || !addsIndex(subject), "a capture ends without another change");
  const keys = [tableKey(namespace, name)];
  // All tables share the allocator, so that only a change that needs it asks for it.
  if (addsIndex(subject)) keys.push(allocatorKey);
  if (unread !== undefined) keys.push(captureLeaseKey(subject, unread));
  return { kind: changeKind, epochs: [], keys, args: change };
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
