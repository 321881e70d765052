/** Rules of provisioned, on-demand and warm throughput shared by CreateTable and UpdateTable. */
import {
  apiError,
  type OnDemandThroughput,
  parameterValuesInvalid,
  type ProvisionedThroughput,
  validationError,
  type WarmThroughput,
} from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { BillingMode, TableDescription, Throughput } from "../catalog/index.ts";

function invalid(text: string): Error {
  return validationError(`${parameterValuesInvalid}${text}`);
}

/** What a table can serve when it is on-demand and new. */
export const onDemandWarm: Throughput = { readUnits: 12_000, writeUnits: 4000 };

/** Neither limit beyond the absurd ceiling, nor beyond the table's quota. */
export function refuseThroughputOutOfRange(asked: ProvisionedThroughput, region: string): void {
  for (const name of ["ReadCapacityUnits", "WriteCapacityUnits"] as const) {
    const value = asked[name];
    if (value > limits.provisionedUnitsValueMax) {
      throw validationError(`Given value ${value} for ${name} is out of bounds`);
    }
  }
  for (const name of ["ReadCapacityUnits", "WriteCapacityUnits"] as const) {
    const value = asked[name];
    if (value > limits.provisionedUnitsTableMax) {
      throw apiError(
        "LimitExceededException",
        `The requested ${name}, ${value}, is above the per table maximum for the account in ${region}. ` +
          `Per table maximum: ${limits.provisionedUnitsTableMax}. Refer to the Amazon DynamoDB Developer Guide ` +
          "for current limits and how to request higher limits.",
      );
    }
  }
}

export interface OnDemandMaxima {
  readonly onDemandMaxReadUnits?: number;
  readonly onDemandMaxWriteUnits?: number;
}

const noMaximum = -1;

/** The maxima after the request: members merge with the present ones, -1 takes a maximum away. */
export function mergedOnDemandMaxima(
  asked: OnDemandThroughput | undefined,
  present: OnDemandMaxima,
  billingMode: BillingMode,
): OnDemandMaxima {
  if (asked === undefined) return present;
  for (const name of ["MaxReadRequestUnits", "MaxWriteRequestUnits"] as const) {
    const value = asked[name];
    if (value === undefined) continue;
    if (billingMode === "PROVISIONED") {
      throw invalid(
        `${name} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
      );
    }
    if (value !== noMaximum && (value < 1 || value > limits.provisionedUnitsTableMax)) {
      throw invalid(`Requested ${name} for OnDemandThroughput for table is outside of valid range`);
    }
  }
  const reads = asked.MaxReadRequestUnits ?? present.onDemandMaxReadUnits ?? noMaximum;
  const writes = asked.MaxWriteRequestUnits ?? present.onDemandMaxWriteUnits ?? noMaximum;
  return {
    ...(reads === noMaximum ? {} : { onDemandMaxReadUnits: reads }),
    ...(writes === noMaximum ? {} : { onDemandMaxWriteUnits: writes }),
  };
}

/** Why an asked warm throughput is too low, in DynamoDB's words. */
export type WarmFloorReason = "current" | "initialOnDemand" | "provisioned";

const floorTexts: Record<WarmFloorReason, string> = {
  current: "is lower than current WarmThroughput, decreasing WarmThroughput is not supported",
  initialOnDemand:
    "is lower than initial throughput for OnDemand. " +
    "See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html",
  provisioned: "is lower than ReadCapacityUnits of ProvisionedThroughput",
};

/** Warm throughput only grows; members that are absent stay as they are. */
export function raisedWarm(
  asked: WarmThroughput | undefined,
  floor: Throughput,
  reason: WarmFloorReason,
): Throughput {
  if (asked === undefined) return floor;
  const { ReadUnitsPerSecond: reads, WriteUnitsPerSecond: writes } = asked;
  if (reads === undefined && writes === undefined) {
    // The live service fails here with an internal error; a clear refusal serves better.
    throw invalid("WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond");
  }
  refuseLowWarm("ReadUnitsPerSecond", reads, { floor: floor.readUnits, reason });
  refuseLowWarm("WriteUnitsPerSecond", writes, { floor: floor.writeUnits, reason });
  return { readUnits: reads ?? floor.readUnits, writeUnits: writes ?? floor.writeUnits };
}

function refuseLowWarm(
  name: "ReadUnitsPerSecond" | "WriteUnitsPerSecond",
  value: number | undefined,
  { floor, reason }: { readonly floor: number; readonly reason: WarmFloorReason },
): void {
  if (value === undefined || value >= floor) return;
  const text =
    name === "WriteUnitsPerSecond"
      ? floorTexts[reason].replace("ReadCapacity", "WriteCapacity")
      : floorTexts[reason];
  throw invalid(`Requested ${name} for WarmThroughput for table ${text}`);
}

/** Decreases allowed at once each UTC day; later ones at most once an hour. */
const decreasesAtOnceMax = 4;
const decreaseIntervalMs = 3_600_000;
const dayMs = 86_400_000;

/** The history after a change from `table.throughput` to `next`; refuses one decrease too many. */
export function throughputHistoryAfter(
  table: TableDescription,
  next: Throughput,
  nowMs: number,
): TableDescription["throughputHistory"] {
  const { throughput, throughputHistory: history } = table;
  const decreases = next.readUnits < throughput.readUnits || next.writeUnits < throughput.writeUnits;
  const increases = next.readUnits > throughput.readUnits || next.writeUnits > throughput.writeUnits;
  const today = Math.floor(nowMs / dayMs);
  const decreasesToday = history.decreasesDay === today ? history.decreasesToday : 0;
  if (decreases) refuseDecreaseTooMany(decreasesToday, history.lastDecreaseMs ?? 0, nowMs);
  return {
    ...history,
    ...(increases ? { lastIncreaseMs: nowMs } : {}),
    ...(decreases ? { lastDecreaseMs: nowMs } : {}),
    decreasesToday: decreasesToday + (decreases ? 1 : 0),
    decreasesDay: today,
  };
}

function refuseDecreaseTooMany(decreasesToday: number, lastDecreaseMs: number, nowMs: number): void {
  if (decreasesToday < decreasesAtOnceMax || nowMs - lastDecreaseMs >= decreaseIntervalMs) return;
  throw apiError(
    "LimitExceededException",
    "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 " +
      "decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. " +
      `Number of decreases today: ${decreasesToday}. Last decrease at ${new Date(lastDecreaseMs).toUTCString()}. ` +
      `Next decrease can be made at ${new Date(lastDecreaseMs + decreaseIntervalMs).toUTCString()}`,
  );
}
