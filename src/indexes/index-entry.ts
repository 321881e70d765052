/**
 * The entry of an item in an index: where it lives and what it holds.
 *
 * A local entry is in its item's bucket, partition as the item's, sort = (index sort value, table sort value). A
 * global entry is in a bucket of the index, by the hash of its own partition values, sort = (index sort values, table
 * key values). An entry of a vector index is placed like one of a global index, by its HASH values; without HASH
 * attributes its partition is the key of its item, and it has no sort. Sort parts are composite, so that entries with
 * equal index keys lie side by side, told apart by the key of their item.
 */
import { limits } from "../base/index.ts";
import type { KeyAttribute } from "../catalog/index.ts";
import { itemKey } from "../partitions/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import {
  encodeKeyValue,
  type Item,
  itemSizeBytes,
  type ListValue,
  type ScalarValue,
  stringSizeBytes,
} from "../values/index.ts";
import { holdsVector } from "../vectors/index.ts";
import { compositeKey, keyBytes } from "./composite-key.ts";
import type { EntryShape, VectorShape } from "./index-shape.ts";

export interface IndexEntry {
  readonly key: RecordKey;
  /** Projected attributes, in the item's order. */
  readonly item: Item;
  /** Only in a vector index: the list of numbers, which is not among the projected attributes. */
  readonly vector?: ListValue;
  /** In DynamoDB's arithmetic. */
  readonly sizeBytes: number;
}

/**
 * Undefined when the item is not in the index: some key attribute, or the vector, is missing or not what it was declared
 * to be.
 */
export function indexEntry(
  index: EntryShape,
  tableKey: readonly KeyAttribute[],
  item: Item,
): IndexEntry | undefined {
  const key = entryKey(index, tableKey, item);
  if (key === undefined) return undefined;
  const projected = projectedItem(index, item);
  const sizeBytes = itemSizeBytes(projected);
  if (index.kind !== "vector") return { key, item: projected, sizeBytes };
  const vector = item.get(index.vectorAttribute);
  if (!holdsVector(vector, index.dimensions)) return undefined;
  return { key, item: projected, vector, sizeBytes: sizeBytes + vectorSizeBytes(index) };
}

/**
 * Name and four bytes for each dimension: AWS shows a write of 4,125 bytes, which suits 1,024 dimensions and a few short
 * attributes. Unconfirmed.
 */
export function vectorSizeBytes({
  vectorAttribute,
  dimensions,
}: Pick<VectorShape, "vectorAttribute" | "dimensions">): number {
  return stringSizeBytes(vectorAttribute) + dimensions * Float32Array.BYTES_PER_ELEMENT;
}

/** From an item, an entry or a start key: anything that holds all key attributes of index and table. */
export function entryKey(
  index: EntryShape,
  tableKey: readonly KeyAttribute[],
  item: Item,
): RecordKey | undefined {
  const hash = keyValues(index.hash, item);
  const range = keyValues(index.range, item);
  // Items from before the index may hold what is too long for a key of it; they are left out.
  if (hash === undefined || areTooLong(hash, limits.partitionKeyBytesMax)) return undefined;
  if (range === undefined || areTooLong(range, limits.sortKeyBytesMax)) return undefined;
  const base = keyValues(index.kind === "local" ? tableKey.slice(1) : tableKey, item);
  if (base === undefined) return undefined;
  if (hash.length === 0) return itemKey(index, compositeKey(base), noSort);
  return itemKey(index, entryPartition(index, hash), compositeKey([...range, ...base]));
}

const noSort = new Uint8Array(0);

/** Ordered bytes of the partition values, as `itemKey` takes them. */
export function entryPartition({ kind }: EntryShape, hash: readonly ScalarValue[]): Uint8Array {
  const [first] = hash;
  return kind === "local" && first !== undefined ? encodeKeyValue(first) : compositeKey(hash);
}

/** The values of these attributes, undefined when one is missing, of another type or empty. */
function keyValues(attributes: readonly KeyAttribute[], item: Item): readonly ScalarValue[] | undefined {
  const values: ScalarValue[] = [];
  for (const { name, type } of attributes) {
    const value = item.get(name);
    if (value === undefined || value.type !== type || value.value === "") return undefined;
    values.push(value as ScalarValue);
  }
  return values;
}

function areTooLong(values: readonly ScalarValue[], bytesMax: number): boolean {
  let unitsSum = 0;
  for (const { value } of values) unitsSum += value.length;
  // Most keys are so short that their bytes need not be counted.
  return unitsSum * limits.utf8BytesPerUnitMax > bytesMax && keyBytes(values) > bytesMax;
}

function projectedItem(index: EntryShape, item: Item): Item {
  const { projected } = index;
  if (projected === undefined) return index.kind === "vector" ? without(item, index.vectorAttribute) : item;
  const names = new Set(projected);
  return new Map([...item].filter(([name]) => names.has(name)));
}

function without(item: Item, attribute: string): Item {
  return new Map([...item].filter(([name]) => name !== attribute));
}
