/** What each change of UpdateTable does to a table's description. */
import {
  apiError,
  parameterValuesInvalid,
  subscriberLimitExceeded,
  type UpdateTableInput,
  validationError,
} from "../api/index.ts";
import type { BillingMode, TableDescription, Throughput } from "../catalog/index.ts";
import {
  mergedOnDemandMaxima,
  onDemandWarm,
  raisedWarm,
  refuseThroughputOutOfRange,
  throughputHistoryAfter,
} from "./throughput-rules.ts";

export interface ChangeTime {
  readonly nowMs: number;
  /** How long the table is UPDATING. */
  readonly updateMs: number;
}

/** A second toggle within this time is throttled, as on the service. */
const protectionCooldownMs = 15_000;
const tableClassChangesMax = 2;
const tableClassPeriodDays = 30;
const dayMs = 86_400_000;

/** Undefined when nothing has to be stored. Throws DynamoDB's refusals. */
export function changedTable(
  table: TableDescription,
  input: UpdateTableInput,
  time: ChangeTime,
): TableDescription | undefined {
  if (input.DeletionProtectionEnabled !== undefined) {
    return withDeletionProtection(table, input.DeletionProtectionEnabled, time);
  }
  if (input.TableClass !== undefined) return withTableClass(table, input.TableClass, time);
  if (input.WarmThroughput !== undefined) {
    const current = { readUnits: table.warmReadUnits, writeUnits: table.warmWriteUnits };
    const warm = raisedWarm(input.WarmThroughput, current, "current");
    return { ...table, warmReadUnits: warm.readUnits, warmWriteUnits: warm.writeUnits };
  }
  return withThroughput(table, input, time);
}

/** Takes effect at once. Without a delay of statuses there is no cooldown either. */
function withDeletionProtection(
  table: TableDescription,
  enabled: boolean,
  { nowMs, updateMs }: ChangeTime,
): TableDescription | undefined {
  const changedMs = table.deletionProtectionChangedMs;
  if (updateMs > 0 && changedMs !== undefined && nowMs - changedMs < protectionCooldownMs) {
    throw apiError(
      "ThrottlingException",
      `Deletion protection setting for table ${table.name} modified within the previous ${protectionCooldownMs} ` +
        `milliseconds. Please try again after ${new Date(changedMs + protectionCooldownMs).toISOString()}.`,
    );
  }
  if (table.deletionProtection === enabled) return undefined;
  return { ...table, deletionProtection: enabled, deletionProtectionChangedMs: nowMs };
}

function withTableClass(
  table: TableDescription,
  tableClass: NonNullable<UpdateTableInput["TableClass"]>,
  time: ChangeTime,
): TableDescription | undefined {
  if ((table.tableClass ?? "STANDARD") === tableClass) return undefined;
  const sinceMs = time.nowMs - tableClassPeriodDays * dayMs;
  const recent = (table.tableClassChangedMs ?? []).filter((changedMs) => changedMs > sinceMs);
  if (recent.length >= tableClassChangesMax) {
    throw subscriberLimitExceeded(
      `Updates to TableClass are limited to ${tableClassChangesMax} times in ${tableClassPeriodDays} day(s).`,
    );
  }
  return { ...table, tableClass, tableClassChangedMs: [...recent, time.nowMs], ...updating(time) };
}

function withThroughput(
  table: TableDescription,
  input: UpdateTableInput,
  time: ChangeTime,
): TableDescription {
  const mode = input.BillingMode ?? table.billingMode;
  const throughput = nextThroughput(table, input, mode);
  const maxima = mergedOnDemandMaxima(input.OnDemandThroughput, onDemandMaxima(table, mode), mode);
  const floor = mode === "PAY_PER_REQUEST" ? onDemandWarm : throughput;
  const { onDemandMaxReadUnits: _reads, onDemandMaxWriteUnits: _writes, ...rest } = table;
  return {
    ...rest,
    ...maxima,
    billingMode: mode,
    ...(mode === "PAY_PER_REQUEST" && table.billingMode !== mode ? { lastOnDemandMs: time.nowMs } : {}),
    throughput,
    throughputHistory:
      mode === "PROVISIONED" && table.billingMode === mode
        ? throughputHistoryAfter(table, throughput, time.nowMs)
        : table.throughputHistory,
    warmReadUnits: Math.max(table.warmReadUnits, floor.readUnits),
    warmWriteUnits: Math.max(table.warmWriteUnits, floor.writeUnits),
    ...updating(time),
  };
}

/** Maxima of on-demand do not survive a switch to provisioned capacity. */
function onDemandMaxima(
  table: TableDescription,
  mode: BillingMode,
): Pick<TableDescription, "onDemandMaxReadUnits" | "onDemandMaxWriteUnits"> {
  if (mode === "PROVISIONED") return {};
  const { onDemandMaxReadUnits: reads, onDemandMaxWriteUnits: writes } = table;
  return {
    ...(reads === undefined ? {} : { onDemandMaxReadUnits: reads }),
    ...(writes === undefined ? {} : { onDemandMaxWriteUnits: writes }),
  };
}

function nextThroughput(table: TableDescription, input: UpdateTableInput, mode: BillingMode): Throughput {
  const { ProvisionedThroughput: asked } = input;
  if (mode === "PAY_PER_REQUEST") {
    if (asked !== undefined) {
      throw validationError(
        `${parameterValuesInvalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when ` +
          "BillingMode is PAY_PER_REQUEST",
      );
    }
    return { readUnits: 0, writeUnits: 0 };
  }
  if (asked === undefined) {
    if (input.BillingMode === undefined || table.billingMode === "PROVISIONED") return table.throughput;
    throw validationError(
      `${parameterValuesInvalid}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
    );
  }
  refuseThroughputOutOfRange(asked, table.namespace.region);
  const next = { readUnits: asked.ReadCapacityUnits, writeUnits: asked.WriteCapacityUnits };
  refuseUnchanged(table, next);
  return next;
}

function refuseUnchanged({ billingMode, throughput }: TableDescription, next: Throughput): void {
  const same = next.readUnits === throughput.readUnits && next.writeUnits === throughput.writeUnits;
  if (billingMode !== "PROVISIONED" || !same) return;
  throw validationError(
    "The provisioned throughput for the table will not change. The requested value equals the current value. " +
      `Current ReadCapacityUnits provisioned for the table: ${throughput.readUnits}. ` +
      `Requested ReadCapacityUnits: ${next.readUnits}. ` +
      `Current WriteCapacityUnits provisioned for the table: ${throughput.writeUnits}. ` +
      `Requested WriteCapacityUnits: ${next.writeUnits}. ` +
      "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
  );
}

function updating({ nowMs, updateMs }: ChangeTime): Pick<TableDescription, "status" | "statusUntilMs"> {
  return { status: "UPDATING", statusUntilMs: nowMs + updateMs };
}
