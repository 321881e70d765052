/**
 * Items of local index entries, fetched from the table. Entry and item are read at two moments, and anything may have
 * happened to the item between them. It is answered as it is now if it still has this entry; if not, the page is what
 * it would be had the entry been read after the change, without it.
 */
import { assert, bytesEqual } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { baseKey, entryKey, type IndexShape, tableKeyAttributes } from "../indexes/index.ts";
import type { Consistency, Engine, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, recordHeader, recordJson } from "../values/index.ts";
import type { FetchedEntry } from "./gathered-page.ts";

/** Items fetched at once; they may be of 400 KB each. */
export const itemsPerFetch = 8;

export interface EntrySource {
  readonly table: TableDescription;
  readonly index: IndexShape;
  readonly consistency: Consistency;
}

/** What was read for an entry; taking it apart is left to the caller's turn. */
export interface ReadEntry {
  readonly entry: StoredRecord;
  readonly record: StoredRecord | undefined;
}

export async function readItems(
  engine: Engine,
  entries: readonly StoredRecord[],
  { table, consistency }: EntrySource,
): Promise<readonly ReadEntry[]> {
  const keys = entries.map((entry) => keyOfEntry(table, entry));
  const records = await engine.getMany(keys, consistency);
  return entries.map((entry, position) => ({ entry, record: records[position] }));
}

export function fetchedEntry({ entry, record }: ReadEntry, { table, index }: EntrySource): FetchedEntry {
  if (record === undefined) return { entry, current: undefined, itemBytes: 0 };
  const itemBytes = recordHeader(record.value).sizeBytes;
  const json = recordJson(record.value);
  const item = decodeItem(json);
  const key = entryKey(index, tableKeyAttributes(table), item);
  const isCurrent = key !== undefined && bytesEqual(key.sort, entry.key.sort);
  return { entry, current: isCurrent ? { item, json } : undefined, itemBytes };
}

function keyOfEntry(table: TableDescription, entry: StoredRecord): RecordKey {
  const key = baseKey(table, decodeItem(recordJson(entry.value)));
  assert(key !== undefined, "an entry holds the key of its item");
  return key;
}
