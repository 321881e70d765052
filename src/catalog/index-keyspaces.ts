/** Keyspaces of a table's indexes: given out when an index is added, dropped with everything stored beside it. */
import type { Keyspace, RecordWrite, ShardId } from "../storage/contract/index.ts";
import { endingCaptureKeys } from "./captures.ts";
import { indexRecordKeys, tableShards } from "./index-records.ts";
import type {
  GlobalIndex,
  LocalIndex,
  NewTable,
  TableChange,
  TableDescription,
  VectorIndex,
} from "./types.ts";

/** Gives out the keyspaces after the last one. */
export class KeyspaceAllocator {
  #last: Keyspace;

  constructor(last: Keyspace) {
    this.#last = last;
  }

  /** The keyspace given out last. */
  get last(): Keyspace {
    return this.#last;
  }

  next(): Keyspace {
    this.#last += 1;
    return this.#last;
  }
}

/** The table's own keyspace is the first. */
export function allocatedTable(
  { localIndexes, globalIndexes, vectorIndexes, ...wanted }: NewTable,
  epoch: number,
  allocator: KeyspaceAllocator,
): TableDescription {
  const table: TableDescription = { ...wanted, keyspace: allocator.next(), epoch };
  const derived = (): { keyspace: number; sinceEpoch: number } => ({
    keyspace: allocator.next(),
    sinceEpoch: epoch,
  });
  return {
    ...table,
    ...(localIndexes !== undefined && {
      localIndexes: localIndexes.map((index) => ({ ...index, keyspace: allocator.next() })),
    }),
    ...(globalIndexes !== undefined && {
      globalIndexes: globalIndexes.map((index) => ({ ...index, ...derived() })),
    }),
    ...(vectorIndexes !== undefined && {
      vectorIndexes: vectorIndexes.map((index) => ({ ...index, ...derived() })),
    }),
  };
}

/** The description to store: new indexes and captures at the end of their lists, none that is gone. */
export function allocatedChange(
  { newGlobalIndex, newVectorIndex, newCapture, deletedIndexes: _gone, ...next }: TableChange,
  epoch: number,
  allocator: KeyspaceAllocator,
): TableDescription {
  const { globalIndexes = [], vectorIndexes = [], captures = [] } = next;
  return {
    ...next,
    epoch,
    ...(newGlobalIndex !== undefined && {
      globalIndexes: [...globalIndexes, { ...newGlobalIndex, keyspace: allocator.next(), sinceEpoch: epoch }],
    }),
    ...(newVectorIndex !== undefined && {
      vectorIndexes: [...vectorIndexes, { ...newVectorIndex, keyspace: allocator.next(), sinceEpoch: epoch }],
    }),
    ...(newCapture !== undefined && { captures: [...captures, { ...newCapture, sinceEpoch: epoch }] }),
  };
}

/** All of a table, those being deleted included. */
export function derivedIndexes({
  globalIndexes = [],
  vectorIndexes = [],
}: Pick<TableDescription, "globalIndexes" | "vectorIndexes">): readonly (GlobalIndex | VectorIndex)[] {
  return [...globalIndexes, ...vectorIndexes];
}

/** Those that are fed from the change log. */
export function fedIndexes(table: TableDescription): readonly (GlobalIndex | VectorIndex)[] {
  return derivedIndexes(table).filter(({ status }) => status !== "DELETING");
}

/** What has to go with indexes and captures. */
export interface TableDrop {
  readonly records: readonly RecordWrite[];
  readonly keyspaces: readonly Keyspace[];
  /** Of the change log, when nobody reads it any more. */
  readonly shards: readonly ShardId[];
}

/** All indexes and captures of a table that is dropped. */
export function dropOfTable(table: TableDescription): TableDrop {
  return dropOf(table, undefined);
}

/** The indexes and captures a table has no more. */
export function dropOfMissing(before: TableDescription, after: TableDescription): TableDrop {
  return dropOf(before, after);
}

/** Records a drop of the table takes away beside its own. */
export function dropRecordsCount(table: TableDescription): number {
  const { bucketCount, captures = [] } = table;
  return derivedIndexes(table).length * (bucketCount + 1) + captures.length * bucketCount;
}

function dropOf(before: TableDescription, after: TableDescription | undefined): TableDrop {
  const kept = new Set(after === undefined ? [] : allIndexes(after).map(keyspaceOf));
  const isDropped = ({ keyspace }: Pick<LocalIndex, "keyspace">): boolean => !kept.has(keyspace);
  const derived = derivedIndexes(before).filter(isDropped);
  const keys = [
    ...derived.flatMap((index) => indexRecordKeys(before, index)),
    ...endingCaptureKeys(before, after),
  ];
  return {
    records: keys.map((key) => ({ kind: "delete", key })),
    keyspaces: allIndexes(before).filter(isDropped).map(keyspaceOf),
    shards: isRead(before) && !(after !== undefined && isRead(after)) ? tableShards(before) : [],
  };
}

/** Whether something reads the table's change log, or did: an index that is being deleted counts. */
function isRead(table: TableDescription): boolean {
  return derivedIndexes(table).length + (table.captures?.length ?? 0) > 0;
}

function allIndexes(table: TableDescription): readonly Pick<LocalIndex, "keyspace">[] {
  return [...(table.localIndexes ?? []), ...derivedIndexes(table)];
}

function keyspaceOf({ keyspace }: Pick<LocalIndex, "keyspace">): Keyspace {
  return keyspace;
}
