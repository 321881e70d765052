/**
 * What time does to a table: a transitional status ends, and what was pending takes effect. Applied by whoever
 * looks at a description; nothing is stored until the table changes for another reason.
 */
import type { TableDescription } from "./types.ts";

type Draft = { -readonly [Member in keyof TableDescription]: TableDescription[Member] };

/** The description at this moment; undefined when the deletion is complete. */
export function settledTable(table: TableDescription, nowMs: number): TableDescription | undefined {
  const statusEnds = isDue(table.statusUntilMs, nowMs);
  if (statusEnds && table.status === "DELETING") return undefined;
  const warmEnds = isDue(table.warmStatusUntilMs, nowMs);
  const taggingEnds = isDue(table.tagging?.untilMs, nowMs);
  if (!statusEnds && !warmEnds && !taggingEnds) return table;
  const settled: Draft = { ...table };
  if (statusEnds) endStatus(settled);
  if (warmEnds) endWarming(settled);
  if (taggingEnds) endTagging(settled);
  return settled;
}

/** Whether time alone will still change the description. */
export function isSettling(table: TableDescription): boolean {
  return (
    table.statusUntilMs !== undefined || table.warmStatusUntilMs !== undefined || table.tagging !== undefined
  );
}

function isDue(untilMs: number | undefined, nowMs: number): boolean {
  return untilMs !== undefined && nowMs >= untilMs;
}

function endStatus(table: Draft): void {
  const { warm, ...settings } = table.pending ?? {};
  Object.assign(table, settings);
  if (warm !== undefined) raiseWarm(table, warm);
  table.status = "ACTIVE";
  delete table.statusUntilMs;
  delete table.updating;
  delete table.pending;
}

function endWarming(table: Draft): void {
  if (table.pendingWarm !== undefined) raiseWarm(table, table.pendingWarm);
  delete table.pendingWarm;
  delete table.warmStatusUntilMs;
}

function endTagging(table: Draft): void {
  if (table.tagging !== undefined) table.tags = table.tagging.tags;
  delete table.tagging;
}

/** Warm throughput never falls. */
function raiseWarm(table: Draft, warm: { readonly readUnits: number; readonly writeUnits: number }): void {
  table.warmReadUnits = Math.max(table.warmReadUnits, warm.readUnits);
  table.warmWriteUnits = Math.max(table.warmWriteUnits, warm.writeUnits);
}
