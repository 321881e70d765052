/**
 * One page of Query or Scan: records in key order until Limit or 1 MB of item data, then the filter, then
 * the projection. Read and evaluated in slices of the thread's time; each slice resumes behind the last record,
 * so that no snapshot of the store is held from one turn of the event loop to another.
 */
import { limits, type PacedWork } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import {
  type ConditionPlan,
  evaluateCondition,
  projectItem,
  type ProjectionPlan,
} from "../expressions/index.ts";
import type { BucketRange } from "../partitions/index.ts";
import type { Consistency, Engine, RangeBound, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { ItemList } from "./item-list.ts";
import { nextSlice } from "./next-slice.ts";
import { keyAttributes } from "./primary-key.ts";
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

export interface PageRequest {
  readonly table: TableDescription;
  /** In the order they are read. */
  readonly ranges: readonly (Omit<BucketRange, "lower"> & { readonly lower?: RangeBound })[];
  readonly reverse: boolean;
  readonly consistency: Consistency;
  /** Items evaluated at most. */
  readonly limit?: number | undefined;
  readonly filter?: ConditionPlan | undefined;
  readonly projection?: ProjectionPlan | undefined;
  /** Select COUNT: no items in the answer. */
  readonly countOnly: boolean;
}

export interface Page {
  /** JSON of the items, comma between each two. */
  readonly items: readonly BodyPart[];
  readonly count: number;
  readonly scannedCount: number;
  /** Sizes of the evaluated items, in DynamoDB's arithmetic. */
  readonly sizeBytes: number;
  readonly partitionsVisited: number;
  /** JSON of LastEvaluatedKey when Limit or size ended the page. */
  readonly lastKeyJson: string | undefined;
}

/** What has been gathered so far; one per request. */
interface Gathered {
  readonly items: ItemList;
  count: number;
  scannedCount: number;
  sizeBytes: number;
  last: StoredRecord | undefined;
  /** True in the first slice. */
  first: boolean;
}

/** What reads a page: the store, and the piece of work the page is part of. */
export interface PageReader {
  readonly engine: Engine;
  readonly work: PacedWork;
}

/** Throws ServiceUnavailable when the page is long and too many long requests are waiting. */
export async function readPage(reader: PageReader, request: PageRequest): Promise<Page> {
  const gathered: Gathered = {
    items: new ItemList(),
    count: 0,
    scannedCount: 0,
    sizeBytes: 0,
    last: undefined,
    first: true,
  };
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
    partitionsVisited,
    lastKeyJson:
      stopped && gathered.last !== undefined ? lastKeyJson(request.table, gathered.last) : undefined,
  };
}

type PageRange = PageRequest["ranges"][number];

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
    keyspace: request.table.keyspace,
    placement,
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
    reverse: request.reverse,
    ...fetchSize(request, gathered, reader.work),
    consistency: request.consistency,
  });
  if (await evaluateAll(page.records, reading)) return { kind: "pageFull" };
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
    if (evaluate(record, request, gathered)) return true;
    strideRecords += 1;
    strideBytes += record.value.length;
    if (strideRecords < strideRecordsMax && strideBytes < strideBytesMax) continue;
    strideRecords = 0;
    strideBytes = 0;
    if (work.sliceOver()) await endSlice(gathered, work);
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

/** Counts the record in, filters and projects it; true when it is the last of the page. */
function evaluate(record: StoredRecord, request: PageRequest, gathered: Gathered): boolean {
  gathered.scannedCount += 1;
  gathered.sizeBytes += recordHeader(record.value).sizeBytes;
  gathered.last = record;
  const json = answerJson(recordJson(record.value), request);
  if (json !== undefined) {
    if (!request.countOnly) gathered.items.push(json);
    gathered.count += 1;
  }
  return gathered.scannedCount === request.limit || gathered.sizeBytes >= limits.pageBytesMax;
}

/** The item's JSON for the answer, undefined when the filter drops it. Parses only what must be looked at. */
function answerJson(json: Uint8Array, request: PageRequest): BodyPart | undefined {
  const { filter, projection } = request;
  if (filter === undefined && (projection === undefined || request.countOnly)) return json;
  const item = decodeItem(json);
  if (filter !== undefined && !evaluateCondition(filter, item)) return undefined;
  return projection === undefined ? json : writeItemJson(projectItem(projection, item));
}

function lastKeyJson(table: TableDescription, record: StoredRecord): string {
  return writeItemJson(keyAttributes(table, decodeItem(recordJson(record.value))));
}
