/** Says what a copy would do, and changes nothing. */
import type { CopyContext } from "./copy-context.ts";
import type { CopyReport } from "./copy-report.ts";
import { followText, type PlannedFollow } from "./follow-plan.ts";
import type { CopyPlan } from "./plan.ts";
import { type SyncedTable, syncTable } from "./sync-table.ts";
import { tablePair } from "./table-pair.ts";

const dryTexts = {
  make: "would be made and filled",
  fill: "is there and would be filled; its settings stay as they are",
  goOn: "would be gone on with",
  done: "was copied by a run before",
  sync: "is there",
} as const;

export interface DryRun {
  readonly plan: CopyPlan;
  /** Empty when nothing is to be followed. */
  readonly plans: readonly PlannedFollow[];
  readonly sync: boolean;
}

/** With `sync` the differences are looked for, which takes as long as finding them for writing. */
export async function dryRunCopy(context: CopyContext, { plan, plans, sync }: DryRun): Promise<CopyReport> {
  const synced: SyncedTable[] = [];
  for (const { name, action, itemsExpected } of plan.tables) {
    const follow = plans.find(({ planned }) => planned.name === name);
    const followed = follow === undefined ? "" : `; ${followText(follow)}`;
    context.say(`${name}: ${dryTexts[action]} (about ${itemsExpected} items)${followed}`);
    if (!sync || action !== "sync") continue;
    synced.push(await syncTable(context, await tablePair(context, name), { dryRun: true }));
  }
  return { kind: "done", tables: [], comparisons: [], synced, followed: [] };
}
