/**
 * Range bounds as SQL parameters. A bound on whole partitions becomes one on (partition, sort), since a
 * partition's bytes followed by a zero byte are the very next possible partition; so six statements cover all.
 */
import type { RangeBound, RangeRequest } from "../contract/index.ts";
import type { RangeShape } from "./statements.ts";

/** A position between records: at or just after (partition, sort). */
interface Edge {
  readonly partition: Uint8Array;
  readonly sort: Uint8Array;
}

export interface RangeParameters {
  readonly shape: RangeShape;
  readonly parts: readonly Uint8Array[];
}

const noBytes = new Uint8Array(0);

export function rangeParameters(request: RangeRequest): RangeParameters {
  const { lower, upper } = request;
  const after = lower?.sort !== undefined && !lower.inclusive;
  const from = lowerEdge(lower);
  if (upper === undefined) {
    return { shape: after ? "after" : "from", parts: [from.partition, from.sort] };
  }
  const through = upper.sort !== undefined && upper.inclusive;
  const to = upperEdge(upper);
  const parts = [from.partition, from.sort, to.partition, to.sort];
  if (after) {
    return { shape: through ? "afterThrough" : "afterBefore", parts };
  }
  return { shape: through ? "fromThrough" : "fromBefore", parts };
}

function lowerEdge(bound: RangeBound | undefined): Edge {
  if (bound === undefined) {
    return { partition: noBytes, sort: noBytes };
  }
  if (bound.sort !== undefined) {
    return { partition: bound.partition, sort: bound.sort };
  }
  return { partition: bound.inclusive ? bound.partition : nextPartition(bound.partition), sort: noBytes };
}

function upperEdge(bound: RangeBound): Edge {
  if (bound.sort !== undefined) {
    return { partition: bound.partition, sort: bound.sort };
  }
  return { partition: bound.inclusive ? nextPartition(bound.partition) : bound.partition, sort: noBytes };
}

/** The smallest bytes greater than these. */
export function nextPartition(partition: Uint8Array): Uint8Array {
  const next = new Uint8Array(partition.length + 1);
  next.set(partition);
  return next;
}
