/**
 * What the consumer of an index writes: entries put and deleted, and the index's counts. Decided on the entries
 * that are there, so that counts are right whatever a backfill has put before, and doing it twice changes nothing.
 */
import { assert } from "../base/index.ts";
import { tableCounters } from "../catalog/index.ts";
import type { CounterDelta, RecordKey, RecordWrite, StoredRecord } from "../storage/contract/index.ts";
import { encodeRecord, type ListValue, recordHeader } from "../values/index.ts";
import { encodeVector, vectorOfElements } from "../vectors/index.ts";
import type { IndexEntry } from "./index-entry.ts";

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
  const counters = [
    { counter: { keyspace, index: tableCounters.items }, delta: items },
    { counter: { keyspace, index: tableCounters.bytes }, delta: bytes },
  ].filter(({ delta }) => delta !== 0);
  return { records, counters };
}

/** The record of an entry; `json` is that of its attributes. A vector is attached to it as it is compared. */
export function entryRecord(
  { sizeBytes, vector }: Pick<IndexEntry, "sizeBytes" | "vector">,
  json: Uint8Array,
  { writeTimeMicros, regionId }: { readonly writeTimeMicros: number; readonly regionId: number },
): Uint8Array {
  const header = { sizeBytes, writeTimeMicros, regionId };
  return encodeRecord(header, json, vector && vectorBytes(vector));
}

/** What is attached to the record of an entry with this vector. */
export function vectorBytes({ value }: ListValue): Uint8Array {
  const floats = vectorOfElements(value);
  assert(floats instanceof Float32Array, "the entry of a vector index holds a vector");
  return encodeVector(floats);
}
