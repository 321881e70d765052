/**
 * The end of following: what the source was last changed to is on the target. Both ends are compared, what came meanwhile is
 * applied, and the source need not keep changes any more. When something differs it goes on keeping those of all tables,
 * since a move that has failed for one of them is a move that has failed.
 */
import type { TableComparison } from "./compare-table.ts";
import type { CopyContext } from "./copy-context.ts";
import { followTable, type TableToFollow } from "./follow-table.ts";
import { eachOf } from "./workers.ts";

export interface FollowedChanges {
  readonly table: string;
  /** Keys that were applied, by all runs. */
  readonly changes: number;
  /** The source keeps no changes any more; else the same command goes on. */
  readonly ended: boolean;
}

export interface FinishedFollowing {
  readonly followed: readonly FollowedChanges[];
  readonly comparisons: readonly TableComparison[];
}

/** `compareAll` compares all tables of the copy, or none when that is not wanted. */
export async function finishFollowing(
  context: CopyContext,
  tables: readonly TableToFollow[],
  compareAll: () => Promise<readonly TableComparison[]>,
): Promise<FinishedFollowing> {
  if (tables.length > 0) context.say("all changes are applied");
  const comparisons = await compareAll();
  // It may have taken hours; without one nothing has happened since.
  if (comparisons.length > 0) await applyLast(context, tables);
  const ended = comparisons.every(({ equal }) => equal);
  for (const table of tables) {
    if (ended) await endFollowing(context, table);
    else context.say(`${table.name}: its changes are kept; the same command goes on following`);
  }
  const followed = tables.map(({ name, follow }) => ({ table: name, changes: follow.changes, ended }));
  return { followed, comparisons };
}

async function applyLast(context: CopyContext, tables: readonly TableToFollow[]): Promise<void> {
  context.progress.begin("applying the last changes", 0);
  const sinceMs = context.clock.nowMs() + 1;
  // All at once: each waits some seconds to see whether there is anything.
  const limits = { workersMax: tables.length, signal: context.signal };
  await eachOf(tables, limits, async (table) => {
    const changes = await followTable(context, table, ({ completeToMs }) => (completeToMs ?? 0) >= sinceMs);
    if (changes === 0) return;
    context.say(
      `${table.name}: ${changes} more changes came meanwhile and are applied; is it still written to?`,
    );
  });
}

async function endFollowing(context: CopyContext, { name, follow, source }: TableToFollow): Promise<void> {
  const done = await source.end();
  follow.step = "ended";
  await context.keeper.save();
  context.say(`${name}: followed to the end, ${follow.changes} changes applied; ${done}`);
}
