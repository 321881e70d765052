/** A Query's key condition as bounds on storage keys, and a start key held against it. */
import { validationError } from "../api/index.ts";
import { compareBytes } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { SortCondition } from "../expressions/index.ts";
import { itemKey } from "../partitions/index.ts";
import type { RangeBound, RecordKey } from "../storage/contract/index.ts";
import { encodeKeyValue, type ScalarValue } from "../values/index.ts";

/** One partition's records between two bounds; the bounds stand at whole partition or sort key bytes. */
export interface KeyRange {
  readonly placement: number;
  readonly partition: Uint8Array;
  readonly lower: RangeBound;
  readonly upper: RangeBound;
}

export function keyRange(
  table: TableDescription,
  partitionValue: ScalarValue,
  sort: SortCondition | undefined,
): KeyRange {
  const { placement, partition } = itemKey(table, encodeKeyValue(partitionValue), new Uint8Array(0));
  const { lower, upper } = sort === undefined ? {} : sortBounds(sort);
  return {
    placement,
    partition,
    lower: lower === undefined ? { partition, inclusive: true } : { partition, ...lower },
    upper: upper === undefined ? { partition, inclusive: true } : { partition, ...upper },
  };
}

interface SortBound {
  readonly sort: Uint8Array;
  readonly inclusive: boolean;
}

interface SortBounds {
  readonly lower?: SortBound;
  readonly upper?: SortBound;
}

function sortBounds(condition: SortCondition): SortBounds {
  const [first, second] = condition.values;
  const sort = first === undefined ? new Uint8Array(0) : encodeKeyValue(first);
  switch (condition.operator) {
    case "=":
      return { lower: { sort, inclusive: true }, upper: { sort, inclusive: true } };
    case "<":
      return { upper: { sort, inclusive: false } };
    case "<=":
      return { upper: { sort, inclusive: true } };
    case ">":
      return { lower: { sort, inclusive: false } };
    case ">=":
      return { lower: { sort, inclusive: true } };
    case "between": {
      const end = second === undefined ? sort : encodeKeyValue(second);
      return { lower: { sort, inclusive: true }, upper: { sort: end, inclusive: true } };
    }
    case "beginsWith": {
      const end = afterPrefix(sort);
      return end === undefined
        ? { lower: { sort, inclusive: true } }
        : { lower: { sort, inclusive: true }, upper: { sort: end, inclusive: false } };
    }
  }
}

/** The first bytes after everything that begins with the prefix; undefined when there are none. */
function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    const byte = prefix[index] ?? 0xff;
    if (byte === 0xff) continue;
    const end = prefix.slice(0, index + 1);
    end[index] = byte + 1;
    return end;
  }
  return undefined;
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
