/**
 * Scan segments: fixed slices of the 32-bit hash space, independent of the partition map, so that a split
 * between two pages skips and repeats nothing.
 */
import { hashBound, hashOfKey, type PlacedTable } from "./item-key.ts";
import type { RangeBound, RecordKey } from "../storage/contract/index.ts";
import { bucketOf } from "./hash.ts";

const hashSpace = 0x1_0000_0000;

/** Hashes `first` to `last`, both included. */
export interface HashSlice {
  readonly first: number;
  readonly last: number;
}

/** One contiguous range of one bucket. */
export interface BucketRange {
  readonly placement: number;
  readonly lower: RangeBound;
  /** Absent: to the end of the bucket. */
  readonly upper?: RangeBound;
}

/**
 * Slice `segment` of `totalSegments`; every hash is in exactly one. Undefined for a slice with no hash in
 * it, which cannot happen while totalSegments <= 2^32.
 */
export function segmentSlice(segment: number, totalSegments: number): HashSlice {
  return {
    first: Math.ceil((segment * hashSpace) / totalSegments),
    last: Math.ceil(((segment + 1) * hashSpace) / totalSegments) - 1,
  };
}

export function inSlice(slice: HashSlice, key: RecordKey): boolean {
  const hash = hashOfKey(key);
  return hash >= slice.first && hash <= slice.last;
}

/** The bucket ranges of a slice in hash order, from just after `after` when given. */
export function sliceRanges(table: PlacedTable, slice: HashSlice, after?: RecordKey): readonly BucketRange[] {
  const firstHash = after === undefined ? slice.first : Math.max(slice.first, hashOfKey(after));
  const firstBucket = bucketOf(firstHash, table.bucketCount);
  const lastBucket = bucketOf(slice.last, table.bucketCount);
  const ranges: BucketRange[] = [];
  for (let bucket = firstBucket; bucket <= lastBucket; bucket += 1) {
    const lower: RangeBound =
      after !== undefined && bucket === after.placement
        ? { partition: after.partition, sort: after.sort, inclusive: false }
        : {
            partition: hashBound(bucket === firstBucket ? firstHash : bucketStart(bucket, table)),
            inclusive: true,
          };
    const upper = bucket === lastBucket && slice.last < hashSpace - 1 ? afterSlice(slice) : undefined;
    ranges.push(upper === undefined ? { placement: bucket, lower } : { placement: bucket, lower, upper });
  }
  return ranges;
}

function bucketStart(bucket: number, table: PlacedTable): number {
  return Math.ceil((bucket * hashSpace) / table.bucketCount);
}

/** The first bytes of the next hash, excluded: above every key of the slice. */
function afterSlice(slice: HashSlice): RangeBound {
  return { partition: hashBound(slice.last + 1), inclusive: false };
}
