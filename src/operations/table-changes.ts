/**
 * What each change of UpdateTable does to a table's description, and which present settings forbid it. The
 * combination of members has been checked: one kind of change is asked for.
 */
import {
  invalidParameters,
  type OnDemandThroughput,
  type ProvisionedThroughput,
  rateExceeded,
  subscriberLimitExceeded,
  type UpdateTableInput,
  type WarmThroughput,
} from "../api/index.ts";
import type { PendingSettings, TableClass, TableDescription, UpdateKind } from "../catalog/index.ts";
import { changedTo, type TableStep } from "./change-table.ts";
import { type ChangeTime, delayMs } from "./change-time.ts";
import { switchedIndexes, withIndexUpdates } from "./index-changes.ts";
import { refuseUnlessIndexesActive } from "./index-states.ts";
import { refuseImpossibleIndexUpdates } from "./index-update-targets.ts";
import { refuseImpossibleVectorUpdates, refuseProvisioningVectors } from "./vector-index-rules-update.ts";
import { refuseClassWhileUpdating, refuseLimitsWhileUpdating, refuseWhileUpdating } from "./table-states.ts";
import { mergedLimits, throughputChange, withoutLimits } from "./throughput-change.ts";
import {
  firstOnDemandMember,
  mergedWarm,
  onDemandWarm,
  refuseLowWarm,
  tableOwner,
  unitsOf,
} from "./throughput-rules.ts";

/** A second toggle within this time is throttled, as on the service; not where statuses take no time either. */
const protectionCooldownMs = 15_000;
const tableClassChangesMax = 2;
const tableClassPeriodDays = 30;
const dayMs = 86_400_000;

export function changedTable(table: TableDescription, input: UpdateTableInput, time: ChangeTime): TableStep {
  const { DeletionProtectionEnabled, TableClass, WarmThroughput } = input;
  if (DeletionProtectionEnabled !== undefined) {
    return withDeletionProtection(table, DeletionProtectionEnabled, time);
  }
  if (TableClass !== undefined) return withTableClass(table, TableClass, time);
  if (WarmThroughput !== undefined) return withWarmThroughput(table, WarmThroughput, time);
  // Also on a table without updates of indexes: another billing mode needs the units of every index.
  refuseImpossibleIndexUpdates(table, input);
  refuseImpossibleVectorUpdates(table, input);
  refuseProvisioningVectors(table, input);
  const { GlobalSecondaryIndexUpdates: globals, VectorIndexUpdates: vectors } = input;
  if ((globals ?? vectors) === undefined) return withCapacity(table, input, time);
  const { BillingMode, ProvisionedThroughput } = input;
  const asksMore = (BillingMode ?? ProvisionedThroughput) !== undefined;
  const { stored = table } = asksMore ? withCapacity(table, input, time) : {};
  return changedTo(withIndexUpdates(stored, { before: table, input, time }));
}

/** A change of the table's own members. */
interface CapacityStep extends TableStep {
  readonly stored?: TableDescription;
  readonly shown: TableDescription;
}

/** Takes effect at once, also while the table is UPDATING. */
function withDeletionProtection(table: TableDescription, enabled: boolean, time: ChangeTime): TableStep {
  const untilMs = (table.deletionProtectionChangedMs ?? -protectionCooldownMs) + protectionCooldownMs;
  if (time.delays.updateMs > 0 && time.nowMs < untilMs) {
    throw rateExceeded(
      `Deletion protection setting for table ${table.name} modified within the previous ` +
        `${protectionCooldownMs} milliseconds. Please try again after ` +
        new Date(untilMs).toISOString().replace("Z", ""),
    );
  }
  if (table.deletionProtection === enabled) return { shown: table };
  return changedTo({ ...table, deletionProtection: enabled, deletionProtectionChangedMs: time.nowMs });
}

/** A class asked for again is answered as an update but is none; once the changes are spent it is refused, too. */
function withTableClass(table: TableDescription, tableClass: TableClass, time: ChangeTime): TableStep {
  refuseClassWhileUpdating(table);
  const sinceMs = time.nowMs - tableClassPeriodDays * dayMs;
  const recent = (table.tableClassChangedMs ?? []).filter((changedMs) => changedMs > sinceMs);
  if (recent.length >= tableClassChangesMax) {
    throw subscriberLimitExceeded(
      `Updates to TableClass are limited to ${tableClassChangesMax} times in ${tableClassPeriodDays} day(s).`,
    );
  }
  if ((table.tableClass ?? "STANDARD") === tableClass) return shownAsUpdating(table);
  const pending = { tableClass, tableClassChangedMs: [...recent, time.nowMs] };
  return changedTo(updatingTable(table, { kind: "tableClass", pending }, time));
}

/** Rises in the background; the last request wins. The old numbers show until then. */
function withWarmThroughput(table: TableDescription, asked: WarmThroughput, time: ChangeTime): TableStep {
  const current = { readUnits: table.warmReadUnits, writeUnits: table.warmWriteUnits };
  refuseLowWarm(asked, current, { reason: "current", owner: tableOwner });
  return changedTo({
    ...table,
    pendingWarm: mergedWarm(asked, table.pendingWarm ?? current),
    warmStatusUntilMs: time.nowMs + (time.delays.warmMs ?? time.delays.updateMs),
  });
}

/** Throughput, billing mode and on-demand limits. What contradicts the billing mode comes before the status. */
function withCapacity(table: TableDescription, input: UpdateTableInput, time: ChangeTime): CapacityStep {
  const { ProvisionedThroughput: provisioned, OnDemandThroughput: limits } = input;
  const mode = input.BillingMode ?? table.billingMode;
  const limit = limits === undefined ? undefined : firstOnDemandMember(limits);
  if (mode === "PAY_PER_REQUEST" && provisioned !== undefined) {
    throw invalidParameters(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
  if (mode === "PROVISIONED" && limit !== undefined) {
    throw invalidParameters(
      `${limit} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
    );
  }
  if (input.BillingMode === undefined && limits !== undefined) refuseLimitsWhileUpdating(table);
  refuseWhileUpdating(table);
  if (mode !== table.billingMode) return withOtherMode(table, input, time);
  if (provisioned !== undefined) return withThroughput(table, provisioned, time);
  const step = withOnDemandLimits(table, limits ?? {});
  if (input.BillingMode === undefined) return step;
  // The mode asked for again changes nothing, though the answer says UPDATING.
  return { ...step, ...shownAsUpdating(step.shown) };
}

/** The new mode and its numbers show at once; the warm throughput and the time of the switch when it is over. */
function withOtherMode(table: TableDescription, input: UpdateTableInput, time: ChangeTime): CapacityStep {
  const { ProvisionedThroughput: provisioned, OnDemandThroughput: limits } = input;
  refuseUnlessIndexesActive(table);
  const mode = provisioned === undefined ? "PAY_PER_REQUEST" : "PROVISIONED";
  const bare = { ...withoutLimits(table), ...switchedIndexes(table, mode, { input, time }) };
  if (provisioned !== undefined) {
    const throughput = unitsOf(provisioned);
    const switched: TableDescription = { ...bare, billingMode: mode, throughput };
    const updating = updatingTable(switched, { kind: "billingMode", pending: { warm: throughput } }, time);
    return { stored: updating, shown: updating };
  }
  const throughput = { readUnits: 0, writeUnits: 0 };
  const switched: TableDescription = { ...bare, billingMode: mode, throughput };
  const lastOnDemandMs = time.nowMs + delayMs("billingMode", time);
  const pending = { warm: onDemandWarm, lastOnDemandMs };
  const { stored, shown } = withOnDemandLimits(switched, limits ?? {});
  const change = { kind: "billingMode", pending } as const;
  return {
    stored: updatingTable(stored ?? switched, change, time),
    shown: updatingTable(shown, change, time),
  };
}

/** The times show at once, the units and the number of decreases when the update is over. */
function withThroughput(
  table: TableDescription,
  asked: ProvisionedThroughput,
  time: ChangeTime,
): CapacityStep {
  const change = throughputChange(table, asked, { nowMs: time.nowMs, owner: "table" });
  const timed = { ...table, throughputHistory: change.shownHistory };
  const updating = updatingTable(timed, { kind: "throughput", pending: change.pending }, time);
  return { stored: updating, shown: updating };
}

/** Takes effect at once. */
function withOnDemandLimits(table: TableDescription, asked: OnDemandThroughput): CapacityStep {
  if (firstOnDemandMember(asked) === undefined) return { shown: table };
  const { stored, shown } = mergedLimits(table, asked);
  const bare = withoutLimits(table);
  return { stored: { ...bare, ...stored }, shown: { ...bare, ...shown } };
}

function shownAsUpdating(table: TableDescription): CapacityStep {
  return { shown: { ...table, status: "UPDATING" } };
}

function updatingTable(
  table: TableDescription,
  { kind, pending }: { readonly kind: UpdateKind; readonly pending: PendingSettings },
  time: ChangeTime,
): TableDescription {
  return {
    ...table,
    status: "UPDATING",
    statusUntilMs: time.nowMs + delayMs(kind, time),
    updating: kind,
    pending,
  };
}
