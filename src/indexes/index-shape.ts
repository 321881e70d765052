/**
 * What writes and consumers must know of a table's indexes: plain data that travels inside mutations, made once for
 * each table description.
 */
import type {
  GlobalIndex,
  KeyAttribute,
  LocalIndex,
  Projection,
  TableDescription,
  VectorIndex,
} from "../catalog/index.ts";

/** One secondary index, of either kind. */
export interface IndexShape {
  readonly name: string;
  readonly keyspace: number;
  readonly kind: "local" | "global";
  /** A local index has its table's. */
  readonly bucketCount: number;
  readonly hash: readonly KeyAttribute[];
  readonly range: readonly KeyAttribute[];
  /** Names of all attributes an entry may hold, keys included; absent: all of the item. */
  readonly projected?: readonly string[];
}

/** A vector index. Without HASH attributes its entries are placed by the keys of their items. */
export interface VectorShape extends Omit<IndexShape, "kind"> {
  readonly kind: "vector";
  readonly vectorAttribute: string;
  readonly dimensions: number;
}

/** What has entries of items. */
export type EntryShape = IndexShape | VectorShape;

/** An index that is built from the change log. */
export type BuiltIndex = GlobalIndex | VectorIndex;

export interface TableIndexes {
  /** The table's own key, which every entry holds. */
  readonly tableKey: readonly KeyAttribute[];
  readonly local: readonly IndexShape[];
  /** Those that take part in writes: not the ones that are being deleted. */
  readonly global: readonly IndexShape[];
  readonly vector: readonly VectorShape[];
  /**
   * Attributes the consumers of the change log need of an item before and after; absent: all. Empty when nobody
   * reads the log.
   */
  readonly loggedNames?: readonly string[];
  /** Every change is logged, also one that no index has to know. */
  readonly captured: boolean;
}

const shapes = new WeakMap<TableDescription, TableIndexes | undefined>();

/** Undefined for a table without indexes and captures. */
export function tableIndexes(table: TableDescription): TableIndexes | undefined {
  if (shapes.has(table)) return shapes.get(table);
  const made = makeIndexes(table);
  shapes.set(table, made);
  return made;
}

export function tableKeyAttributes({
  keySchema,
}: Pick<TableDescription, "keySchema">): readonly KeyAttribute[] {
  return keySchema.range === undefined ? [keySchema.hash] : [keySchema.hash, keySchema.range];
}

function makeIndexes(table: TableDescription): TableIndexes | undefined {
  const tableKey = tableKeyAttributes(table);
  const local = (table.localIndexes ?? []).map((index) => localShape(index, table));
  const global = (table.globalIndexes ?? [])
    .filter(({ status }) => status !== "DELETING")
    .map((index) => globalShape(index, tableKey));
  const vector = (table.vectorIndexes ?? [])
    .filter(({ status }) => status !== "DELETING")
    .map((index) => vectorShape(index, tableKey));
  const captured = table.captures !== undefined;
  if (local.length + global.length + vector.length === 0 && !captured) return undefined;
  // Who captures asks for the keys alone.
  const names = captured ? tableKey.map(({ name }) => name) : [];
  return { tableKey, local, global, vector, ...loggedNames({ global, vector, names }), captured };
}

function loggedNames({
  global,
  vector,
  names: wanted,
}: Pick<TableIndexes, "global" | "vector"> & { readonly names: readonly string[] }): Pick<
  TableIndexes,
  "loggedNames"
> {
  const names = new Set([...wanted, ...vector.map(({ vectorAttribute }) => vectorAttribute)]);
  for (const { projected } of [...global, ...vector]) {
    if (projected === undefined) return {};
    for (const name of projected) names.add(name);
  }
  return { loggedNames: [...names] };
}

export function builtShape(index: BuiltIndex, tableKey: readonly KeyAttribute[]): EntryShape {
  return "vectorAttribute" in index ? vectorShape(index, tableKey) : globalShape(index, tableKey);
}

export function localShape(
  index: LocalIndex,
  table: Pick<TableDescription, "keySchema" | "bucketCount">,
): IndexShape {
  const hash = [table.keySchema.hash];
  const range = [index.range];
  return {
    name: index.name,
    keyspace: index.keyspace,
    kind: "local",
    bucketCount: table.bucketCount,
    hash,
    range,
    ...projectedNames(index.projection, [...hash, ...range, ...tableKeyAttributes(table)]),
  };
}

export function globalShape(index: GlobalIndex, tableKey: readonly KeyAttribute[]): IndexShape {
  const { name, keyspace, bucketCount, hash, range } = index;
  const keys = [...hash, ...range, ...tableKey];
  return {
    name,
    keyspace,
    kind: "global",
    bucketCount,
    hash,
    range,
    ...projectedNames(index.projection, keys),
  };
}

/** Entries hold what a search may compare. The vector is not among the projected attributes: it is kept beside them. */
export function vectorShape(index: VectorIndex, tableKey: readonly KeyAttribute[]): VectorShape {
  const { name, keyspace, bucketCount, hash, inlineFilters, vectorAttribute, dimensions } = index;
  const keys = [...hash, ...inlineFilters, ...tableKey];
  const { projected } = projectedNames(index.projection, keys);
  return {
    name,
    keyspace,
    kind: "vector",
    bucketCount,
    hash,
    range: [],
    vectorAttribute,
    dimensions,
    ...(projected === undefined ? {} : { projected: projected.filter((each) => each !== vectorAttribute) }),
  };
}

function projectedNames(
  projection: Projection,
  keys: readonly KeyAttribute[],
): Pick<IndexShape, "projected"> {
  if (projection.type === "ALL") return {};
  const added = projection.type === "INCLUDE" ? projection.attributes : [];
  return { projected: [...new Set([...keys.map(({ name }) => name), ...added])] };
}
