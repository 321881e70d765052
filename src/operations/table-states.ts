/** Which status of a table stands in the way of which change; ResourceInUseException says so. */
import { inUseDetail, resourceInUse } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { refuseUnsettledIndexes } from "./index-states.ts";

/** While a table is being made or deleted nothing about it can change. */
export function refuseUnfinished({ status, name }: TableDescription): void {
  if (status === "CREATING") throw resourceInUse(inUseDetail.created(name));
  if (status === "DELETING") throw resourceInUse(inUseDetail.deleted(name));
}

/**
 * Deletion also waits for indexes, for updates, for warm throughput that is still rising while the status is ACTIVE, and for
 * tags that are not readable yet.
 */
export function refuseUnsettled(table: TableDescription): void {
  refuseUnfinished(table);
  refuseUnsettledIndexes(table);
  if (table.status === "UPDATING" || table.warmStatusUntilMs !== undefined) {
    throw resourceInUse(inUseDetail.updated(table.name));
  }
  if (table.tagging !== undefined) throw resourceInUse(inUseDetail.tagged(table.name));
}

/** Throughput, billing mode and indexes wait for every other update. Which text it is for which is unconfirmed. */
export function refuseWhileUpdating({ status, updating, name }: TableDescription): void {
  if (status !== "UPDATING") return;
  throw resourceInUse(
    updating === "tableClass" || updating === "index"
      ? inUseDetail.updated(name)
      : `Table IOPS are currently being updated. Table: ${name}`,
  );
}

/** On-demand limits; the texts do not name the table. That of indexes is not on record. */
export function refuseLimitsWhileUpdating({ status, updating, name }: TableDescription): void {
  if (status !== "UPDATING") return;
  if (updating === "index") throw resourceInUse(inUseDetail.updated(name));
  const what = updating === "tableClass" ? "TableClass" : "BillingMode";
  throw resourceInUse(`OnDemandThroughput cannot be updated while ${what} update is in progress`);
}

/** The table class; that throughput stands in its way is the likeliest (unconfirmed). */
export function refuseClassWhileUpdating({ status, updating, name, pending }: TableDescription): void {
  if (status !== "UPDATING") return;
  throw resourceInUse(
    updating === "tableClass"
      ? `Can't update table class when a table class update is in progress. Table: ${name} ` +
          `TableClassUpdateInProgress: ${pending?.tableClass}`
      : inUseDetail.updated(name),
  );
}
