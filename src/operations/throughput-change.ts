/** What a change of provisioned throughput or of on-demand limits does, to a table or to a global index. */
import { type OnDemandThroughput, type ProvisionedThroughput, validationError } from "../api/index.ts";
import type { PendingIndexSettings, Throughput, ThroughputHistory } from "../catalog/index.ts";
import { historyAfterDecrease } from "./decrease-budget.ts";
import { noLimit, unitsOf } from "./throughput-rules.ts";

export interface ThroughputChange {
  /** The times show at once. */
  readonly shownHistory: ThroughputHistory;
  /** Units and number of decreases show when the update is over. */
  readonly pending: PendingIndexSettings & {
    readonly throughput: Throughput;
    readonly throughputHistory: ThroughputHistory;
  };
}

interface Provisioned {
  readonly throughput: Throughput;
  readonly throughputHistory: ThroughputHistory;
}

/** `owner` names whose throughput it is in the refusal of a change that is none: `table` or `index <name>`. */
export function throughputChange(
  { throughput: current, throughputHistory: history }: Provisioned,
  asked: ProvisionedThroughput,
  { nowMs, owner }: { readonly nowMs: number; readonly owner: string },
): ThroughputChange {
  const next = unitsOf(asked);
  const increases = next.readUnits > current.readUnits || next.writeUnits > current.writeUnits;
  const decreases = next.readUnits < current.readUnits || next.writeUnits < current.writeUnits;
  if (!increases && !decreases) throw unchanged(current, owner);
  const raised = increases ? { ...history, lastIncreaseMs: nowMs } : history;
  const after = decreases ? historyAfterDecrease(raised, nowMs) : raised;
  const { lastIncreaseMs, lastDecreaseMs } = after;
  return {
    shownHistory: {
      ...history,
      ...(lastIncreaseMs === undefined ? {} : { lastIncreaseMs }),
      ...(lastDecreaseMs === undefined ? {} : { lastDecreaseMs }),
    },
    pending: { throughput: next, throughputHistory: after, warm: next },
  };
}

/** Of an index, only the first sentence is on record; the others follow those of tables (unconfirmed). */
function unchanged({ readUnits, writeUnits }: Throughput, owner: string): Error {
  const [kind] = owner.split(" ");
  return validationError(
    `The provisioned throughput for the ${owner} will not change. The requested value equals the current value. ` +
      `Current ReadCapacityUnits provisioned for the ${kind}: ${readUnits}. ` +
      `Requested ReadCapacityUnits: ${readUnits}. ` +
      `Current WriteCapacityUnits provisioned for the ${kind}: ${writeUnits}. ` +
      `Requested WriteCapacityUnits: ${writeUnits}. ` +
      "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
  );
}

/** The on-demand limits of a table or an index; absent ones are not set. */
export interface OnDemandLimits {
  readonly onDemandMaxReadUnits?: number;
  readonly onDemandMaxWriteUnits?: number;
}

/** Members merge; -1 takes a limit away and shows in the answer to the request only. */
export function mergedLimits(
  present: OnDemandLimits,
  asked: OnDemandThroughput,
): { readonly stored: OnDemandLimits; readonly shown: OnDemandLimits } {
  const reads = asked.MaxReadRequestUnits ?? present.onDemandMaxReadUnits;
  const writes = asked.MaxWriteRequestUnits ?? present.onDemandMaxWriteUnits;
  return {
    stored: limitsOf(reads === noLimit ? undefined : reads, writes === noLimit ? undefined : writes),
    shown: limitsOf(reads, writes),
  };
}

export function limitsOf(reads: number | undefined, writes: number | undefined): OnDemandLimits {
  return {
    ...(reads === undefined ? {} : { onDemandMaxReadUnits: reads }),
    ...(writes === undefined ? {} : { onDemandMaxWriteUnits: writes }),
  };
}

export function withoutLimits<Owner extends OnDemandLimits>(owner: Owner): Omit<Owner, keyof OnDemandLimits> {
  const { onDemandMaxReadUnits: _reads, onDemandMaxWriteUnits: _writes, ...rest } = owner;
  return rest;
}
