/** Strongly consistent reads of a segment of a table, page by page. */
import type { Caller } from "./caller.ts";
import { CopyFailure } from "./copy-failure.ts";
import { type Json, objectIn, objectsIn } from "./end.ts";
import { refusalText } from "./caller.ts";

export interface SegmentToScan {
  readonly table: string;
  readonly segment: number;
  readonly segments: number;
  /** Where to go on; undefined: from the beginning. */
  readonly startKey?: Json | undefined;
}

export interface ScannedPage {
  readonly items: readonly Json[];
  readonly sizeBytes: number;
  /** Undefined: this was the last page. */
  readonly nextKey: Json | undefined;
}

export async function* scanPages(
  caller: Caller,
  { table, segment, segments, startKey }: SegmentToScan,
): AsyncGenerator<ScannedPage> {
  let next = startKey;
  do {
    const outcome = await caller.ask("Scan", {
      TableName: table,
      ConsistentRead: true,
      ...(segments === 1 ? {} : { Segment: segment, TotalSegments: segments }),
      ...(next === undefined ? {} : { ExclusiveStartKey: next }),
    });
    if (outcome.kind === "refused") {
      throw new CopyFailure(`${caller.end.name}: Scan of ${table}: ${refusalText(outcome)}`);
    }
    next = objectIn(outcome.body, "LastEvaluatedKey");
    yield { items: objectsIn(outcome.body, "Items"), sizeBytes: outcome.sizeBytes, nextKey: next };
  } while (next !== undefined);
}

/** So that each takes about this much, and every worker has one; a table as large as can be still has 1,000. */
const segmentBytes = 64 * 1024 * 1024;
const segmentsMax = 1000;

/** `tableBytes`: as the end tells, which may be hours old. */
export function segmentsFor(tableBytes: number, workersMax: number): number {
  return Math.max(workersMax, Math.min(segmentsMax, Math.ceil(tableBytes / segmentBytes)));
}
