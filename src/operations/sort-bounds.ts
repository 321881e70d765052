/**
 * What a key condition asks of sort keys, as bounds on the stored bytes. A table stores the value's own bytes. Indexes
 * store composite ones (several values, then the key of the item), so "equal" means a common beginning there.
 */
import { compositeKey, openKeyBytes } from "../indexes/index.ts";
import type { ResolvedKeyCondition, SortCondition } from "../expressions/index.ts";
import { encodeKeyValue } from "../values/index.ts";

export interface SortBound {
  readonly sort: Uint8Array;
  readonly inclusive: boolean;
}

/** An absent bound is that of the partition. */
export interface SortBounds {
  readonly lower?: SortBound | undefined;
  readonly upper?: SortBound | undefined;
}

export function tableSortBounds({ operator, values }: SortCondition): SortBounds {
  const [first = noBytes, second = first] = values.map(encodeKeyValue);
  switch (operator) {
    case "=":
      return { lower: including(first), upper: including(first) };
    case "<":
      return { upper: excluding(first) };
    case "<=":
      return { upper: including(first) };
    case ">":
      return { lower: excluding(first) };
    case ">=":
      return { lower: including(first) };
    case "between":
      return { lower: including(first), upper: including(second) };
    case "beginsWith":
      return { lower: including(first), upper: before(afterPrefix(first)) };
  }
}

export function indexSortBounds({
  leading,
  sort,
}: Pick<ResolvedKeyCondition, "leading" | "sort">): SortBounds {
  const start = compositeKey(leading);
  // No leading values: whatever the partition holds.
  const whole: SortBounds =
    leading.length === 0 ? {} : { lower: including(start), upper: before(afterPrefix(start)) };
  if (sort === undefined) return whole;
  const { operator, values } = sort;
  const [first = start, second = first] = values.map((value) => compositeKey([...leading, value]));
  switch (operator) {
    case "=":
      return { lower: including(first), upper: before(afterPrefix(first)) };
    case "<":
      return { ...whole, upper: excluding(first) };
    case "<=":
      return { ...whole, upper: before(afterPrefix(first)) };
    case ">":
      return { ...whole, lower: from(afterPrefix(first)) };
    case ">=":
      return { ...whole, lower: including(first) };
    case "between":
      return { lower: including(first), upper: before(afterPrefix(second)) };
    case "beginsWith": {
      const prefix = openPrefix(start, values);
      return { lower: including(prefix), upper: before(afterPrefix(prefix)) };
    }
  }
}

const noBytes = new Uint8Array(0);

function openPrefix(start: Uint8Array, values: SortCondition["values"]): Uint8Array {
  const open = values.map((value) => openKeyBytes(encodeKeyValue(value)));
  return Buffer.concat([start, ...open]);
}

function including(sort: Uint8Array): SortBound {
  return { sort, inclusive: true };
}

function excluding(sort: Uint8Array): SortBound {
  return { sort, inclusive: false };
}

/** Undefined bytes are beyond everything. */
function before(sort: Uint8Array | undefined): SortBound | undefined {
  return sort === undefined ? undefined : excluding(sort);
}

function from(sort: Uint8Array | undefined): SortBound | undefined {
  return sort === undefined ? undefined : including(sort);
}

/** The first bytes after everything that begins with the prefix; undefined when there are none. */
function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    const byte = prefix[index] ?? 0xff;
    if (byte === 0xff) continue;
    // A copy, which `slice` of a Buffer is not.
    const end = new Uint8Array(prefix.subarray(0, index + 1));
    end[index] = byte + 1;
    return end;
  }
  return undefined;
}
