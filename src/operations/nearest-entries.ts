/**
 * The entries of a vector index that are nearest to a search vector: every entry of the partition, or of the index, is
 * compared, in slices of the thread's time. Only the vector of an entry is looked at, its attributes when a filter
 * asks for them and the entry is near enough to matter.
 */
import { assert } from "../base/index.ts";
import type { VectorIndex } from "../catalog/index.ts";
import { evaluateCondition } from "../expressions/index.ts";
import { entryPartition, vectorShape } from "../indexes/index.ts";
import { itemKey } from "../partitions/index.ts";
import type { RangeBound, RangePage, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, recordAttachment, recordJson } from "../values/index.ts";
import { type Candidate, createScorer, createTopK, createVectorReader, type TopK } from "../vectors/index.ts";
import { nextSlice } from "./next-slice.ts";
import type { PageReader } from "./read-page.ts";
import type { ResolvedSearch } from "./search-vectors-plan-index.ts";

export interface NearestRequest extends ResolvedSearch {
  readonly index: VectorIndex;
  /** Of the index's dimensions. */
  readonly vector: Float32Array;
  /** 1 to 100. */
  readonly topK: number;
}

export interface NearestEntries {
  /** Best first. */
  readonly nearest: readonly Candidate<StoredRecord>[];
  /** Vectors that were compared with the search vector. */
  readonly comparedCount: number;
}

/** Some 0.2 ms to read, whatever the number of dimensions. */
const fetch = { recordsMax: 128, bytesMax: 128 * 1024 };

/** The first where many searches are begun in one turn. */
const crowdedFetch = { recordsMax: 16, bytesMax: 16 * 1024 };

/** Entries between two looks at the clock: 4,096 dimensions take 4 µs, a filter some 20 µs. */
const strideRecordsMax = 16;

/** Throws ServiceUnavailable when the search is long and too many long requests are waiting. */
export async function nearestEntries(reader: PageReader, request: NearestRequest): Promise<NearestEntries> {
  const { index, vector, topK } = request;
  const search: Search = {
    reader,
    request,
    read: createVectorReader(index.dimensions),
    score: createScorer(index.distance, vector),
    top: createTopK({ k: topK, distance: index.distance }),
    comparedCount: 0,
    first: true,
  };
  for (const range of searchedRanges(request)) await searchRange(search, range);
  return { nearest: search.top.result(), comparedCount: search.comparedCount };
}

interface SearchedRange {
  readonly placement: number;
  readonly lower?: RangeBound;
  readonly upper?: RangeBound;
}

interface Search {
  readonly reader: PageReader;
  readonly request: NearestRequest;
  readonly read: (bytes: Uint8Array) => Float32Array;
  readonly score: (vector: Float32Array) => number;
  readonly top: TopK<StoredRecord>;
  comparedCount: number;
  /** True in the first slice. */
  first: boolean;
}

function searchedRanges({ index, partition }: NearestRequest): readonly SearchedRange[] {
  if (partition.length === 0) {
    return Array.from({ length: index.bucketCount }, (_, placement) => ({ placement }));
  }
  const bytes = entryPartition(vectorShape(index, []), partition);
  const key = itemKey(index, bytes, new Uint8Array(0));
  const bound = { partition: key.partition, inclusive: true };
  return [{ placement: key.placement, lower: bound, upper: bound }];
}

async function searchRange(search: Search, range: SearchedRange): Promise<void> {
  let rest = range;
  for (;;) {
    const last = await searchOnce(search, rest);
    if (isSliceOver(search)) await endSlice(search);
    if (last === undefined) return;
    rest = { ...rest, lower: { partition: last.partition, sort: last.sort, inclusive: false } };
  }
}

/**
 * A function of its own, so that nothing of what was fetched is kept while the search waits for its next turn. Answers the
 * key to go on from, undefined at the end of the range.
 */
async function searchOnce(search: Search, range: SearchedRange): Promise<RecordKey | undefined> {
  const { request, reader, first, comparedCount } = search;
  const { recordsMax, bytesMax } = first && reader.work.crowded && comparedCount === 0 ? crowdedFetch : fetch;
  const page: RangePage = await reader.engine.range({
    keyspace: request.index.keyspace,
    ...range,
    reverse: false,
    recordsMax,
    bytesMax,
    consistency: "eventual",
  });
  await compareAll(page.records, search);
  return page.more ? page.records.at(-1)?.key : undefined;
}

async function compareAll(records: readonly StoredRecord[], search: Search): Promise<void> {
  let stride = 0;
  for (const record of records) {
    compare(record, search);
    stride += 1;
    if (stride < strideRecordsMax) continue;
    stride = 0;
    if (search.reader.work.sliceOver()) await endSlice(search);
  }
}

function compare(record: StoredRecord, search: Search): void {
  const { request, read, score, top } = search;
  const vector = recordAttachment(record.value);
  assert(vector !== undefined, "an entry of a vector index has a vector");
  search.comparedCount += 1;
  const entryScore = score(read(vector));
  if (!top.accepts(entryScore)) return;
  const { filter } = request;
  if (filter !== undefined && !evaluateCondition(filter, decodeItem(recordJson(record.value)))) return;
  top.offer(entryScore, tieKey(record.key), record);
}

/** No two entries have the same: parts of composite keys say where they end. */
function tieKey({ partition, sort }: RecordKey): Uint8Array {
  return sort.length === 0 ? partition : Buffer.concat([partition, sort]);
}

/** The first slice of a crowd ends with its first fetch, whatever time it took. */
function isSliceOver({ first, comparedCount, reader: { work } }: Search): boolean {
  return work.sliceOver() || (first && work.crowded && comparedCount > 0);
}

async function endSlice(search: Search): Promise<void> {
  search.first = false;
  await nextSlice(search.reader.work);
}
