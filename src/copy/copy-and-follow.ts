/** A copy whose source is in use: changes are kept from before the first page on, and applied when the items are there. */
import { beginFollowing } from "./begin-following.ts";
import type { CopyContext } from "./copy-context.ts";
import { compareTables, copiedTables, type CopyReport } from "./copy-report.ts";
import { newTableState, type TableState } from "./copy-state.ts";
import { copyTables, type TablesToCopy } from "./copy-tables.ts";
import { describeTable } from "./describe-table.ts";
import { finishFollowing } from "./finish-following.ts";
import type { PlannedFollow } from "./follow-plan.ts";
import type { TableToFollow } from "./follow-table.ts";
import { createFollowers, type FollowersOptions } from "./followers.ts";
import { syncedText, syncTable } from "./sync-table.ts";
import { tableIdOf } from "./table-definition.ts";
import { tablePair } from "./table-pair.ts";

export interface FollowWishes extends FollowersOptions {
  /** Called when all tables are copied: from then on it is `finish` that ends the copy. */
  readonly onFollowing?: (() => void) | undefined;
}

export interface CopyToFollow extends TablesToCopy {
  readonly plans: readonly PlannedFollow[];
  readonly follow: FollowWishes;
  /** Both ends are read again in the end to compare them. */
  readonly compare: boolean;
}

export async function copyAndFollow(outer: CopyContext, copy: CopyToFollow): Promise<CopyReport> {
  const { plan, plans, state, follow } = copy;
  const followers = createFollowers(outer, follow);
  const { context } = followers;
  for (const { planned, action } of plans) {
    if (action !== "ended") continue;
    context.say(
      `${planned.name}: was followed to its end by a run before; with --follow --sync it is followed anew`,
    );
  }
  try {
    const begun = await beginFollowing(context, plans, state);
    const tables = new Map(
      begun.map((table): readonly [string, TableToFollow] => [
        table.name,
        { ...table, tally: tallyOf(copy, table.name), refusedKeys: new Set<string>() },
      ]),
    );
    for (const table of tables.values()) followers.add(table);
    const start = async (table: TableToFollow): Promise<void> => {
      if (table.follow.syncDue) await syncFirst(context, copy, table);
      followers.start(table);
    };
    // Those that need nothing else begin at once: their changes may have waited for long.
    const ready = [...tables.values()].filter((table) => isReady(copy, table));
    for (const table of ready) await start(table);
    await copyTables(context, {
      ...copy,
      async onCopied({ name }) {
        const table = tables.get(name);
        if (table !== undefined && !ready.includes(table)) await start(table);
      },
    });
    context.progress.show(() => followers.line());
    if (tables.size > 0) follow.onFollowing?.();
    await followers.finished();
    const finished = await finishFollowing(context, [...tables.values()], async () =>
      copy.compare ? compareTables(context, plan) : [],
    );
    return { kind: "done", tables: copiedTables(copy), synced: [], ...finished };
  } catch (error: unknown) {
    await followers.stop(error);
    throw error;
  }
}

function isReady({ state }: CopyToFollow, { name, follow }: TableToFollow): boolean {
  return state.tables.get(name)?.step === "copied" && !follow.syncDue;
}

/** A table gets its state when it is made, which is later than its changes are kept. */
function tallyOf({ state }: CopyToFollow, name: string): TableToFollow["tally"] {
  const none = { refusedItems: 0 };
  return () => state.tables.get(name) ?? none;
}

/** Pages were read before the changes were kept, or a person wants it: what differs now is put right first. */
async function syncFirst(
  context: CopyContext,
  { state }: CopyToFollow,
  { name, follow }: TableToFollow,
): Promise<void> {
  const synced = await syncTable(context, await tablePair(context, name), { dryRun: false });
  if (!state.tables.has(name)) state.tables.set(name, await syncedState(context, name, follow.sourceId));
  follow.syncDue = false;
  await context.keeper.save();
  context.say(syncedText(synced));
}

/** As if it had been copied: another run then has nothing to do in it but to follow. */
async function syncedState(context: CopyContext, name: string, sourceId: string): Promise<TableState> {
  const present = await describeTable(context.target, name);
  const targetId = present === undefined ? undefined : tableIdOf(present);
  return { ...newTableState(sourceId), step: "copied", targetId };
}
