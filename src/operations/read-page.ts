/**
 * One page of Query or Scan: records in key order until Limit or 1 MB of item data, then the filter, then
 * the projection. Read in slices; between slices the event loop gets its turn.
 */
import { limits, monotonicMs } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import {
  type ConditionPlan,
  evaluateCondition,
  projectItem,
  type ProjectionPlan,
} from "../expressions/index.ts";
import type { BucketRange } from "../partitions/index.ts";
import type { Consistency, Engine, RangeBound, StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { keyAttributes } from "./primary-key.ts";
import { type BodyPart } from "./response-body.ts";

/** A slice holds the event loop for a few milliseconds at most. */
const sliceRecordsMax = 500;
const sliceBytesMax = 512 * 1024;
const sliceMsMax = 4;

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
  readonly items: BodyPart[];
  count: number;
  scannedCount: number;
  sizeBytes: number;
  last: StoredRecord | undefined;
}

export async function readPage(engine: Engine, request: PageRequest): Promise<Page> {
  const gathered: Gathered = { items: [], count: 0, scannedCount: 0, sizeBytes: 0, last: undefined };
  let partitionsVisited = 0;
  let stopped = false;
  for (const range of request.ranges) {
    partitionsVisited += 1;
    stopped = await readRange(engine, { request, range }, gathered);
    if (stopped) break;
  }
  return {
    items: gathered.items,
    count: gathered.count,
    scannedCount: gathered.scannedCount,
    sizeBytes: gathered.sizeBytes,
    partitionsVisited,
    lastKeyJson:
      stopped && gathered.last !== undefined ? lastKeyJson(request.table, gathered.last) : undefined,
  };
}

/** True when Limit or size ended the page inside this range. */
async function readRange(
  engine: Engine,
  { request, range }: { readonly request: PageRequest; readonly range: PageRequest["ranges"][number] },
  gathered: Gathered,
): Promise<boolean> {
  let { lower, upper } = range;
  let sliceStartMs = monotonicMs();
  for (;;) {
    const page = await engine.range({
      keyspace: request.table.keyspace,
      placement: range.placement,
      ...(lower === undefined ? {} : { lower }),
      ...(upper === undefined ? {} : { upper }),
      reverse: request.reverse,
      recordsMax: Math.min(sliceRecordsMax, remainingItems(request, gathered)),
      bytesMax: sliceBytesMax,
      consistency: request.consistency,
    });
    for (const record of page.records) {
      if (evaluate(record, request, gathered)) return true;
    }
    if (!page.more) return false;
    const last = page.records.at(-1);
    if (last === undefined) return false;
    const after: RangeBound = { partition: last.key.partition, sort: last.key.sort, inclusive: false };
    if (request.reverse) upper = after;
    else lower = after;
    if (monotonicMs() - sliceStartMs > sliceMsMax) {
      await nextTurn();
      sliceStartMs = monotonicMs();
    }
  }
}

function remainingItems(request: PageRequest, gathered: Gathered): number {
  return request.limit === undefined ? sliceRecordsMax : request.limit - gathered.scannedCount;
}

/** Counts the record in, filters and projects it; true when it is the last of the page. */
function evaluate(record: StoredRecord, request: PageRequest, gathered: Gathered): boolean {
  gathered.scannedCount += 1;
  gathered.sizeBytes += recordHeader(record.value).sizeBytes;
  gathered.last = record;
  const json = answerJson(recordJson(record.value), request);
  if (json !== undefined) {
    if (!request.countOnly) {
      if (gathered.count > 0) gathered.items.push(",");
      gathered.items.push(json);
    }
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

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
