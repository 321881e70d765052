/**
 * One page of Query or Scan: records in key order until Limit or 1 MB of item data, then the filter, then
 * the projection. Read and evaluated in slices of the thread's time; each slice resumes behind the last record,
 * so that no snapshot of the store is held from one turn of the event loop to another.
 */
import type { PacedWork } from "../base/index.ts";
import type { BucketRange } from "../partitions/index.ts";
import type { Consistency, Engine, RangeBound, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import { type AttributeValue, decodeItem, recordJson, writeItemJson } from "../values/index.ts";
import { type EntrySource, fetchedEntry, itemsPerFetch, readItems } from "./fetch-items.ts";
import { gather, gatherFetched, type Gathered, nothingGathered, type PageContent } from "./gathered-page.ts";
import { nextSlice } from "./next-slice.ts";
import type { ReadTarget } from "./read-target.ts";
import type { BodyPart } from "./response-body.ts";

interface FetchSize {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/**
 * What nobody waits for: all of most Queries. 0.2 ms in SQLite at either bound (1.6 µs a small record), as much again
 * to filter, so that a slice ends near its time and leaves few records behind to wait with it.
 */
const fetch: FetchSize = { recordsMax: 128, bytesMax: 128 * 1024 };

/** The first where many pages are begun in one turn: 100 of them together take some milliseconds. */
const crowdedFetch: FetchSize = { recordsMax: 16, bytesMax: 16 * 1024 };

/** Evaluated between two looks at the clock; a filter of many operators takes some 20 µs a record. */
const strideRecordsMax = 16;
const strideBytesMax = 32 * 1024;

export interface PageRequest extends PageContent {
  readonly target: ReadTarget;
  /** In the order they are read. */
  readonly ranges: readonly PageRange[];
  readonly reverse: boolean;
  readonly consistency: Consistency;
  /** Of a local index: items are fetched from the table, and filter and answer are about those. */
  readonly fetchesItems: boolean;
}

type PageRange = Omit<BucketRange, "lower"> & { readonly lower?: RangeBound };

export interface Page {
  /** JSON of the items, comma between each two. */
  readonly items: readonly BodyPart[];
  readonly count: number;
  readonly scannedCount: number;
  /** Sizes of the evaluated items or entries, in DynamoDB's arithmetic. */
  readonly sizeBytes: number;
  /** 4 KB each begun of every item fetched for an entry; 0 where nothing is fetched. */
  readonly fetchedUnits: number;
  readonly partitionsVisited: number;
  /** JSON of LastEvaluatedKey when Limit or size ended the page. */
  readonly lastKeyJson: string | undefined;
}

/** What reads a page: the store, and the piece of work the page is part of. */
export interface PageReader {
  readonly engine: Engine;
  readonly work: PacedWork;
}

/** Throws ServiceUnavailable when the page is long and too many long requests are waiting. */
export async function readPage(reader: PageReader, request: PageRequest): Promise<Page> {
  const gathered = nothingGathered();
  let partitionsVisited = 0;
  let stopped = false;
  for (const range of request.ranges) {
    partitionsVisited += 1;
    stopped = await readRange({ reader, request, gathered }, range);
    if (stopped) break;
  }
  return {
    items: gathered.items.parts(),
    count: gathered.count,
    scannedCount: gathered.scannedCount,
    sizeBytes: gathered.sizeBytes,
    fetchedUnits: gathered.fetchedUnits,
    partitionsVisited,
    lastKeyJson:
      stopped && gathered.last !== undefined ? lastKeyJson(request.target, gathered.last) : undefined,
  };
}

/** What the functions of one page share. */
interface Reading {
  readonly reader: PageReader;
  readonly request: PageRequest;
  readonly gathered: Gathered;
}

/** True when Limit or size ended the page inside this range. */
async function readRange(reading: Reading, range: PageRange): Promise<boolean> {
  const { request, gathered, reader } = reading;
  let rest = range;
  for (;;) {
    const end = await readOnce(reading, rest);
    if (isSliceOver(gathered, reader.work)) await endSlice(gathered, reader.work);
    if (end.kind !== "more") return end.kind === "pageFull";
    const after: RangeBound = { partition: end.last.partition, sort: end.last.sort, inclusive: false };
    rest = request.reverse ? { ...rest, upper: after } : { ...rest, lower: after };
  }
}

type FetchEnd =
  | { readonly kind: "pageFull" }
  | { readonly kind: "rangeDone" }
  | { readonly kind: "more"; readonly last: RecordKey };

/** A function of its own, so that nothing of what was fetched is kept while the page waits for its next turn. */
async function readOnce(reading: Reading, { placement, lower, upper }: PageRange): Promise<FetchEnd> {
  const { request, gathered, reader } = reading;
  const page = await reader.engine.range({
    keyspace: request.target.keyspace,
    placement,
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
    reverse: request.reverse,
    ...fetchSize(request, gathered, reader.work),
    consistency: request.consistency,
  });
  const full = request.fetchesItems
    ? await evaluateFetched(page.records, reading)
    : await evaluateAll(page.records, reading);
  if (full) return { kind: "pageFull" };
  const last = page.more ? page.records.at(-1) : undefined;
  return last === undefined ? { kind: "rangeDone" } : { kind: "more", last: last.key };
}

function fetchSize({ limit }: PageRequest, { scannedCount }: Gathered, { crowded }: PacedWork): FetchSize {
  const { recordsMax, bytesMax } = crowded && scannedCount === 0 ? crowdedFetch : fetch;
  return {
    recordsMax: limit === undefined ? recordsMax : Math.min(recordsMax, limit - scannedCount),
    bytesMax,
  };
}

/** True when one of the records was the last of the page. */
async function evaluateAll(
  records: readonly StoredRecord[],
  { request, gathered, reader: { work } }: Reading,
): Promise<boolean> {
  let strideRecords = 0;
  let strideBytes = 0;
  for (const record of records) {
    if (gather(record, request, gathered)) return true;
    strideRecords += 1;
    strideBytes += record.value.length;
    if (strideRecords < strideRecordsMax && strideBytes < strideBytesMax) continue;
    strideRecords = 0;
    strideBytes = 0;
    if (work.sliceOver()) await endSlice(gathered, work);
  }
  return false;
}

/** The same with the items of the entries; one of 400 KB takes a slice by itself. */
async function evaluateFetched(
  entries: readonly StoredRecord[],
  { request, gathered, reader: { engine, work } }: Reading,
): Promise<boolean> {
  const { target, consistency } = request;
  if (target.index === undefined) return false;
  const source: EntrySource = { table: target.table, index: target.index, consistency };
  for (let from = 0; from < entries.length; from += itemsPerFetch) {
    for (const read of await readItems(engine, entries.slice(from, from + itemsPerFetch), source)) {
      if (gatherFetched(fetchedEntry(read, source), request, gathered)) return true;
      if (work.sliceOver()) await endSlice(gathered, work);
    }
  }
  return false;
}

/** The first slice of a crowd ends with its first fetch, whatever time it took. */
function isSliceOver({ first, scannedCount }: Gathered, work: PacedWork): boolean {
  return work.sliceOver() || (first && work.crowded && scannedCount > 0);
}

async function endSlice(gathered: Gathered, work: PacedWork): Promise<void> {
  gathered.first = false;
  gathered.items.settle();
  await nextSlice(work);
}

function lastKeyJson({ pageKey }: ReadTarget, record: StoredRecord): string {
  const item = decodeItem(recordJson(record.value));
  const key = new Map<string, AttributeValue>();
  for (const { name } of pageKey) {
    const value = item.get(name);
    if (value !== undefined) key.set(name, value);
  }
  return writeItemJson(key);
}
