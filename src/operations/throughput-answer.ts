/** Members of DynamoDB's descriptions that tables and global indexes share. */
import type { Throughput, ThroughputHistory } from "../catalog/index.ts";
import { decreasesOn } from "./decrease-budget.ts";
import type { OnDemandLimits } from "./throughput-change.ts";

export type Members = Readonly<Record<string, unknown>>;

/** On-demand tables show 0 and 0. */
export function throughputAnswer(
  {
    throughput,
    throughputHistory,
  }: { readonly throughput: Throughput; readonly throughputHistory: ThroughputHistory },
  nowMs: number,
): Members {
  const { lastIncreaseMs, lastDecreaseMs } = throughputHistory;
  return {
    ...(lastIncreaseMs === undefined ? {} : { LastIncreaseDateTime: seconds(lastIncreaseMs) }),
    ...(lastDecreaseMs === undefined ? {} : { LastDecreaseDateTime: seconds(lastDecreaseMs) }),
    NumberOfDecreasesToday: decreasesOn(throughputHistory, nowMs),
    ReadCapacityUnits: throughput.readUnits,
    WriteCapacityUnits: throughput.writeUnits,
  };
}

/** Limits that are not set are left out. */
export function onDemandAnswer({
  onDemandMaxReadUnits: reads,
  onDemandMaxWriteUnits: writes,
}: OnDemandLimits): Members {
  if (reads === undefined && writes === undefined) return {};
  return {
    OnDemandThroughput: {
      ...(reads === undefined ? {} : { MaxReadRequestUnits: reads }),
      ...(writes === undefined ? {} : { MaxWriteRequestUnits: writes }),
    },
  };
}

/** While a table or an index is being made its warm throughput is, too. */
export function warmAnswer({
  status,
  warmReadUnits,
  warmWriteUnits,
  warmStatusUntilMs,
}: {
  readonly status: string;
  readonly warmReadUnits: number;
  readonly warmWriteUnits: number;
  readonly warmStatusUntilMs?: number;
}): Members {
  const warming = status === "CREATING" || warmStatusUntilMs !== undefined;
  return {
    ReadUnitsPerSecond: warmReadUnits,
    WriteUnitsPerSecond: warmWriteUnits,
    Status: warming ? "UPDATING" : "ACTIVE",
  };
}

/** Seconds since the epoch, with milliseconds as a fraction. */
export function seconds(ms: number): number {
  return ms / 1000;
}
