/** What a change of an item means for one index: entries that go and come, and what that costs. */
import { bytesEqual, limits } from "../base/index.ts";
import type { KeyAttribute } from "../catalog/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { type AttributeValue, type Item, valuesEqual } from "../values/index.ts";
import { type IndexEntry, indexEntry } from "./index-entry.ts";
import type { EntryShape } from "./index-shape.ts";

export interface EntryChange {
  readonly before: IndexEntry | undefined;
  readonly after: IndexEntry | undefined;
  /** The old entry has another key than the new one, or there is no new one. */
  readonly removes: boolean;
  /** There is a new entry, and it is not equal to the old one. */
  readonly puts: boolean;
}

/** Before and after: the item, undefined for no item. */
export function entryChange(
  index: EntryShape,
  tableKey: readonly KeyAttribute[],
  {
    before: oldItem,
    after: newItem,
  }: { readonly before: Item | undefined; readonly after: Item | undefined },
): EntryChange {
  const before = oldItem === undefined ? undefined : indexEntry(index, tableKey, oldItem);
  const after = newItem === undefined ? undefined : indexEntry(index, tableKey, newItem);
  if (before === undefined || after === undefined) {
    return { before, after, removes: before !== undefined, puts: after !== undefined };
  }
  if (!sameKey(before.key, after.key)) return { before, after, removes: true, puts: true };
  return { before, after, removes: false, puts: !sameContent(before, after) };
}

/**
 * Write units of the index: one write for an entry that appears, disappears or changes, two when its key changes, none
 * when nothing it holds has changed; each per 1 KB of the entry.
 */
export function entryWriteUnits({ before, after, removes, puts }: EntryChange): number {
  const old = before?.sizeBytes ?? 0;
  const made = after?.sizeBytes ?? 0;
  if (removes && puts) return units(old) + units(made);
  if (removes) return units(old);
  return puts ? units(Math.max(old, made)) : 0;
}

/**
 * Bytes that are replicated into a vector index: those of the entry that is put, those of one that goes, both when its
 * key changes; none when nothing it holds has changed. At least a kilobyte, as AWS says of its metering; the rest is
 * unconfirmed.
 */
export function entryWriteBytes({ before, after, removes, puts }: EntryChange): number {
  const old = removes ? (before?.sizeBytes ?? 0) : 0;
  const made = puts ? (after?.sizeBytes ?? 0) : 0;
  return removes || puts ? Math.max(limits.writeUnitBytes, old + made) : 0;
}

function units(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / limits.writeUnitBytes));
}

function sameKey(left: RecordKey, right: RecordKey): boolean {
  return bytesEqual(left.partition, right.partition) && bytesEqual(left.sort, right.sort);
}

function sameContent(left: IndexEntry, right: IndexEntry): boolean {
  if (!valuesEqual(asMap(left.item), asMap(right.item))) return false;
  return left.vector === undefined || right.vector === undefined || valuesEqual(left.vector, right.vector);
}

function asMap(item: Item): AttributeValue {
  return { type: "M", value: item };
}
