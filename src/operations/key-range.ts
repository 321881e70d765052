/** A Query's key condition as bounds on storage keys, and a start key held against it. */
import { validationError } from "../api/index.ts";
import { assert, compareBytes } from "../base/index.ts";
import type { KeyAttribute } from "../catalog/index.ts";
import type { ResolvedKeyCondition } from "../expressions/index.ts";
import { entryPartition } from "../indexes/index.ts";
import { itemKey } from "../partitions/index.ts";
import type { RangeBound, RecordKey } from "../storage/contract/index.ts";
import { encodeKeyValue, type ScalarValue } from "../values/index.ts";
import { refuseLongPartitionKey, refuseLongSortKey } from "./key-sizes.ts";
import { refuseEmptyKey } from "./primary-key.ts";
import type { ReadTarget } from "./read-target.ts";
import { indexSortBounds, tableSortBounds } from "./sort-bounds.ts";

/** One partition's records between two bounds; the bounds stand at whole partition or sort key bytes. */
export interface KeyRange {
  readonly placement: number;
  readonly partition: Uint8Array;
  readonly lower: RangeBound;
  readonly upper: RangeBound;
}

/** Throws for values no key can have. */
export function keyRange(target: ReadTarget, resolved: ResolvedKeyCondition): KeyRange {
  refuseImpossibleValues(target, resolved);
  const { placement, partition } = itemKey(target, partitionBytes(target, resolved.partition), noSort);
  const { lower, upper } = sortBounds(target, resolved);
  return {
    placement,
    partition,
    lower: lower === undefined ? { partition, inclusive: true } : { partition, ...lower },
    upper: upper === undefined ? { partition, inclusive: true } : { partition, ...upper },
  };
}

const noSort = new Uint8Array(0);

function sortBounds(
  { index }: ReadTarget,
  resolved: ResolvedKeyCondition,
): ReturnType<typeof tableSortBounds> {
  if (index !== undefined) return indexSortBounds(resolved);
  return resolved.sort === undefined ? {} : tableSortBounds(resolved.sort);
}

function partitionBytes({ index }: ReadTarget, values: readonly ScalarValue[]): Uint8Array {
  if (index !== undefined) return entryPartition(index, values);
  const [value] = values;
  assert(value !== undefined, "a key condition has a value for the partition key");
  return encodeKeyValue(value);
}

function refuseImpossibleValues({ hash, range }: ReadTarget, resolved: ResolvedKeyCondition): void {
  const { partition, leading, sort } = resolved;
  refuseEmptyKeys(hash, partition);
  refuseEmptyKeys(range, leading);
  const asked = range[leading.length];
  const bounds = sort?.values ?? [];
  if (asked !== undefined) for (const bound of bounds) refuseEmptyKey(asked, bound);
  refuseLongPartitionKey(partition);
  for (const bound of bounds) refuseLongSortKey([...leading, bound]);
}

function refuseEmptyKeys(attributes: readonly KeyAttribute[], values: readonly ScalarValue[]): void {
  for (const [position, value] of values.entries()) {
    const attribute = attributes[position];
    if (attribute !== undefined) refuseEmptyKey(attribute, value);
  }
}

/** The range after (or, in reverse, before) the start key, which must lie inside it. */
export function resumedRange(
  range: KeyRange,
  start: RecordKey,
  { reverse, sortCondition }: { readonly reverse: boolean; readonly sortCondition: boolean },
): KeyRange {
  if (compareBytes(start.partition, range.partition) !== 0) {
    throw validationError(
      sortCondition
        ? "The query can return at most one row and cannot be restarted"
        : "The provided starting key is outside query boundaries based on provided conditions",
    );
  }
  if (!within(range, start.sort)) {
    throw validationError("The provided starting key does not match the range key predicate");
  }
  const bound: RangeBound = { partition: start.partition, sort: start.sort, inclusive: false };
  return reverse ? { ...range, upper: bound } : { ...range, lower: bound };
}

function within(range: KeyRange, sort: Uint8Array): boolean {
  return isAfter(sort, range.lower) && isBefore(sort, range.upper);
}

function isAfter(sort: Uint8Array, lower: RangeBound): boolean {
  if (lower.sort === undefined) return true;
  const order = compareBytes(sort, lower.sort);
  return order > 0 || (order === 0 && lower.inclusive);
}

function isBefore(sort: Uint8Array, upper: RangeBound): boolean {
  if (upper.sort === undefined) return true;
  const order = compareBytes(sort, upper.sort);
  return order < 0 || (order === 0 && upper.inclusive);
}
