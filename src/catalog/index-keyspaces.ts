/** Keyspaces of a table's indexes: given out when an index is added, dropped with everything stored beside it. */
import type { Keyspace, RecordWrite, ShardId } from "../storage/contract/index.ts";
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

/** The description to store: new indexes at the end of their lists, none that is gone. */
export function allocatedChange(
  { newGlobalIndex, newVectorIndex, deletedIndexes: _gone, ...next }: TableChange,
  epoch: number,
  allocator: KeyspaceAllocator,
): TableDescription {
  const { globalIndexes = [], vectorIndexes = [] } = next;
  return {
    ...next,
    epoch,
    ...(newGlobalIndex !== undefined && {
      globalIndexes: [...globalIndexes, { ...newGlobalIndex, keyspace: allocator.next(), sinceEpoch: epoch }],
    }),
    ...(newVectorIndex !== undefined && {
      vectorIndexes: [...vectorIndexes, { ...newVectorIndex, keyspace: allocator.next(), sinceEpoch: epoch }],
    }),
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

/** What has to go with indexes. */
export interface IndexDrop {
  readonly records: readonly RecordWrite[];
  readonly keyspaces: readonly Keyspace[];
  /** Of the change log, when nobody reads it any more. */
  readonly shards: readonly ShardId[];
}

/** All indexes of a table that is dropped. */
export function dropOfIndexes(table: TableDescription): IndexDrop {
  return dropOf(table, () => true);
}

/** The indexes a table has no more. */
export function dropOfMissingIndexes(before: TableDescription, after: TableDescription): IndexDrop {
  const kept = new Set([...(after.localIndexes ?? []), ...derivedIndexes(after)].map(keyspaceOf));
  return dropOf(before, ({ keyspace }) => !kept.has(keyspace));
}

/** Records a drop of the table and its indexes takes away beside its own. */
export function indexRecordsCount(table: TableDescription): number {
  return derivedIndexes(table).length * (table.bucketCount + 1);
}

function dropOf(
  table: TableDescription,
  isDropped: (index: Pick<LocalIndex, "keyspace">) => boolean,
): IndexDrop {
  const local = (table.localIndexes ?? []).filter(isDropped);
  const derived = derivedIndexes(table).filter(isDropped);
  const keys = derived.flatMap((index) => indexRecordKeys(table, index));
  return {
    records: keys.map((key) => ({ kind: "delete", key })),
    keyspaces: [...local, ...derived].map(keyspaceOf),
    shards: derived.length > 0 && derived.length === derivedIndexes(table).length ? tableShards(table) : [],
  };
}

function keyspaceOf({ keyspace }: Pick<LocalIndex, "keyspace">): Keyspace {
  return keyspace;
}
