/** What Query and Scan read: a table or one of its indexes, with all that the two must know of it. */
import { validationError } from "../api/index.ts";
import type { KeyAttribute, TableDescription } from "../catalog/index.ts";
import { globalShape, type IndexShape, localShape, tableKeyAttributes } from "../indexes/index.ts";
import type { Consistency } from "../storage/contract/index.ts";

export interface ReadTarget {
  readonly kind: "table" | "local" | "global";
  readonly table: TableDescription;
  /** Records lie here, placed by this number of buckets. */
  readonly keyspace: number;
  readonly bucketCount: number;
  /** What key conditions are about. */
  readonly hash: readonly KeyAttribute[];
  readonly range: readonly KeyAttribute[];
  /** Attributes of LastEvaluatedKey: the keys of the index, then those of the table, each once. */
  readonly pageKey: readonly KeyAttribute[];
  /** Absent for the table itself. */
  readonly index?: IndexShape;
}

const targets = new WeakMap<TableDescription, Map<string | undefined, ReadTarget>>();

/** Throws for an index that is not there or cannot be read yet. */
export function readTarget(table: TableDescription, indexName: string | undefined): ReadTarget {
  let known = targets.get(table);
  if (known === undefined) targets.set(table, (known = new Map()));
  let target = known.get(indexName);
  if (target === undefined) {
    target = indexName === undefined ? tableTarget(table) : indexTarget(table, indexName);
    known.set(indexName, target);
  }
  return target;
}

function tableTarget(table: TableDescription): ReadTarget {
  const [hash, ...range] = tableKeyAttributes(table);
  return {
    kind: "table",
    table,
    keyspace: table.keyspace,
    bucketCount: table.bucketCount,
    hash: hash === undefined ? [] : [hash],
    range,
    pageKey: tableKeyAttributes(table),
  };
}

function indexTarget(table: TableDescription, indexName: string): ReadTarget {
  const local = table.localIndexes?.find(({ name }) => name === indexName);
  if (local !== undefined) return shapeTarget(table, localShape(local, table));
  if (table.vectorIndexes?.some(({ name }) => name === indexName) === true) {
    // Quoted by AWS for Query; that Scan gets the same text is unconfirmed.
    throw validationError("Query operation not supported on this index type.");
  }
  const global = table.globalIndexes?.find(({ name }) => name === indexName);
  // Nothing can be said of an index that is on its way out.
  if (global === undefined || global.status === "DELETING") {
    throw validationError(`The table does not have the specified index: ${indexName}`);
  }
  if (global.status === "CREATING") {
    // Unconfirmed, for the time before the backfill most of all.
    throw validationError(`Cannot read from backfilling global secondary index: ${indexName}`);
  }
  return shapeTarget(table, globalShape(global, tableKeyAttributes(table)));
}

function shapeTarget(table: TableDescription, index: IndexShape): ReadTarget {
  const { kind, keyspace, bucketCount, hash, range } = index;
  const names = new Set([...hash, ...range].map(({ name }) => name));
  const baseKey = tableKeyAttributes(table).filter(({ name }) => !names.has(name));
  const pageKey = [...hash, ...range, ...baseKey];
  return { kind, table, keyspace, bucketCount, hash, range, pageKey, index };
}

/** A global index follows its table; nobody can say that it shows the newest. */
export function refuseStrongRead({ kind }: ReadTarget, consistency: Consistency): void {
  if (kind !== "global" || consistency === "eventual") return;
  throw validationError("Consistent reads are not supported on global secondary indexes");
}

/** Whether the attribute is part of the key that is read by. */
export function isTargetKey({ hash, range }: ReadTarget, name: string): boolean {
  return (
    hash.some((attribute) => attribute.name === name) || range.some((attribute) => attribute.name === name)
  );
}
