/**
 * What the consumer of an index writes: entries put and deleted, and the index's counts. Decided on the entries
 * that are there, so that counts are right whatever a backfill has put before, and doing it twice changes nothing.
 */
import { assert } from "../base/index.ts";
import { countDeltas } from "../catalog/index.ts";
import type { CounterDelta, RecordKey, RecordWrite, StoredRecord } from "../storage/contract/index.ts";
import { encodeItem, encodeRecord, type ListValue, recordHeader } from "../values/index.ts";
import { encodeVector, vectorOfElements } from "../vectors/index.ts";
import type { IndexEntry } from "./index-entry.ts";
import type { EntryShape } from "./index-shape.ts";

/** Name of the output function, in the arguments of the consumer's mutations. */
export const indexOutputKind = "index.apply";

/** Plain data. */
export interface EntryOutcome {
  readonly key: RecordKey;
  /** Record of the entry; absent: there is none any more. */
  readonly value?: Uint8Array;
}

export interface IndexOutput {
  readonly keyspace: number;
  readonly entries: readonly EntryOutcome[];
}

export interface EntryCommit {
  readonly records: readonly RecordWrite[];
  readonly counters: readonly CounterDelta[];
}

/** Pure. `present`: the records of the entries' keys. */
export function decideIndexOutput(
  { keyspace, entries }: IndexOutput,
  present: readonly (StoredRecord | undefined)[],
): EntryCommit {
  assert(entries.length === present.length, "each entry was looked up");
  const records: RecordWrite[] = [];
  let items = 0;
  let bytes = 0;
  for (const [position, { key, value }] of entries.entries()) {
    const old = present[position];
    if (old !== undefined) {
      items -= 1;
      bytes -= recordHeader(old.value).sizeBytes;
    }
    if (value !== undefined) {
      items += 1;
      bytes += recordHeader(value).sizeBytes;
      records.push({ kind: "put", key, value });
    } else if (old !== undefined) {
      records.push({ kind: "delete", key });
    }
  }
  return { records, counters: countDeltas(keyspace, { items, bytes }) };
}

/** Where an entry comes from. */
export interface EntrySource {
  /** JSON of the whole item, where it is at hand: an entry that holds all of it is these bytes. */
  readonly json: Uint8Array | undefined;
  readonly writeTimeMicros: number;
  readonly regionId: number;
}

/** The record of an entry. A vector is not in its JSON: it is attached as it is compared. */
export function entryRecord(
  { projected }: Pick<EntryShape, "projected">,
  { item, vector, sizeBytes }: IndexEntry,
  { json, writeTimeMicros, regionId }: EntrySource,
): Uint8Array {
  const isWhole = projected === undefined && vector === undefined;
  const attributes = isWhole && json !== undefined ? json : encodeItem(item);
  return encodeRecord({ sizeBytes, writeTimeMicros, regionId }, attributes, vector && vectorBytes(vector));
}

/** What is attached to the record of an entry with this vector. */
export function vectorBytes({ value }: ListValue): Uint8Array {
  const floats = vectorOfElements(value);
  assert(floats instanceof Float32Array, "the entry of a vector index holds a vector");
  return encodeVector(floats);
}
