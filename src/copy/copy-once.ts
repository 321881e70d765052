/** A copy of a source that is at rest, or as good as that: nothing is followed. */
import { compareTable, type TableComparison } from "./compare-table.ts";
import type { CopyContext } from "./copy-context.ts";
import { copiedTables, type CopyReport } from "./copy-report.ts";
import { copyTables, type TablesToCopy } from "./copy-tables.ts";
import { type SyncedTable, syncTable } from "./sync-table.ts";
import { tablePair } from "./table-pair.ts";

export interface CopyToDo extends TablesToCopy {
  /** Both ends are read again to compare them. */
  readonly compare: boolean;
}

export async function copyOnce(context: CopyContext, copy: CopyToDo): Promise<CopyReport> {
  const { plan, state, compare } = copy;
  for (const { name } of plan.tables) {
    if (state.following.get(name)?.step !== "begun") continue;
    context.say(
      `${name}: its changes are still kept at the source; the same command with --follow applies them`,
    );
  }
  await copyTables(context, copy);
  const synced: SyncedTable[] = [];
  const comparisons: TableComparison[] = [];
  for (const { name, action } of plan.tables) {
    const pair = await tablePair(context, name);
    if (action === "sync") synced.push(await syncTable(context, pair, { dryRun: false }));
    if (compare) comparisons.push(await compareTable(context, pair));
  }
  return { kind: "done", tables: copiedTables(copy), comparisons, synced, followed: [] };
}
