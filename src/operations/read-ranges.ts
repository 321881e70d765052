/** Which records a page reads: the range of a key condition, or the slices of a scan, from a start key on. */
import { validationError } from "../api/index.ts";
import type { ResolvedKeyCondition } from "../expressions/index.ts";
import { inSlice, segmentSlice, sliceRanges } from "../partitions/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { keyRange, resumedRange } from "./key-range.ts";
import type { PageRequest } from "./read-page.ts";
import type { ReadTarget } from "./read-target.ts";
import { startKeyPrefix } from "./start-key.ts";

export interface ReadFrom {
  /** Of the last record of the page before. */
  readonly startKey: RecordKey | undefined;
  readonly reverse: boolean;
}

/** Throws for values no key can have and for a start key outside the condition. */
export function queriedRanges(
  target: ReadTarget,
  resolved: ResolvedKeyCondition,
  { startKey, reverse }: ReadFrom,
): PageRequest["ranges"] {
  const range = keyRange(target, resolved);
  if (startKey === undefined) return [range];
  return [resumedRange(range, startKey, { reverse, sortCondition: resolved.sort !== undefined })];
}

export interface ScanSegment {
  readonly segment: number;
  readonly total: number;
}

export const wholeScan: ScanSegment = { segment: 0, total: 1 };

/** Throws for a start key of another segment. */
export function scannedRanges(
  target: ReadTarget,
  { segment, total }: ScanSegment,
  startKey: RecordKey | undefined,
): PageRequest["ranges"] {
  const slice = segmentSlice(segment, total);
  if (startKey !== undefined && !inSlice(slice, startKey)) {
    throw validationError(
      `${startKeyPrefix}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
        `TotalSegments: ${total} Segment: ${segment}`,
    );
  }
  return sliceRanges(target, slice, startKey);
}
