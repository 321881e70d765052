/** What a copy has done and found, for whoever tells it to a person. */
import { compareTable, type TableComparison } from "./compare-table.ts";
import type { CopyContext } from "./copy-context.ts";
import type { TablesToCopy } from "./copy-tables.ts";
import type { FollowedChanges } from "./finish-following.ts";
import type { NotTakenOver } from "./not-taken-over.ts";
import type { CopyPlan } from "./plan.ts";
import type { SyncedTable } from "./sync-table.ts";
import { tablePair } from "./table-pair.ts";

export interface CopyReport {
  readonly kind: "done";
  readonly tables: readonly CopiedTable[];
  /** Empty when no comparison was wanted. */
  readonly comparisons: readonly TableComparison[];
  readonly synced: readonly SyncedTable[];
  /** Empty when nothing was followed. */
  readonly followed: readonly FollowedChanges[];
}

export interface CopiedTable {
  readonly name: string;
  readonly items: number;
  readonly refusedItems: number;
  /** Settings of the source that the copy lacks, but for those that were to be left out. */
  readonly notTakenOver: readonly NotTakenOver[];
}

export function copiedTables({ plan, state, wishes }: TablesToCopy): readonly CopiedTable[] {
  return plan.tables.map(({ name }) => {
    const kept = state.tables.get(name);
    return {
      name,
      items: kept?.items ?? 0,
      refusedItems: kept?.refusedItems ?? 0,
      notTakenOver: (kept?.notTakenOver ?? []).filter(({ member }) => !wishes.waived.has(member)),
    };
  });
}

/** One after the other, in the order of the plan. */
export async function compareTables(
  context: CopyContext,
  { tables }: CopyPlan,
): Promise<readonly TableComparison[]> {
  const comparisons: TableComparison[] = [];
  for (const { name } of tables)
    comparisons.push(await compareTable(context, await tablePair(context, name)));
  return comparisons;
}
