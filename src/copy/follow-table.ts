/** Applies the changes of one table as they are heard of, page after page; the state says after each what is done. */
import { applyChanges } from "./apply-changes.ts";
import type { FollowedTable } from "./begin-following.ts";
import { type ChangePage, ChangesLost } from "./change-source-types.ts";
import type { CopyContext } from "./copy-context.ts";
import type { TableState } from "./copy-state.ts";

export interface TableToFollow extends FollowedTable {
  /** Where items are counted that the target would not have. */
  readonly tally: () => Pick<TableState, "refusedItems">;
  /** Their keys. */
  readonly refusedKeys: Set<string>;
}

/** Called after each page that was applied; true: this is enough. */
export type PageSeen = (page: ChangePage) => boolean;

/** Resolves with the number of changes that were applied. */
export async function followTable(
  context: CopyContext,
  table: TableToFollow,
  isEnough: PageSeen,
): Promise<number> {
  const { follow, source, name, keyNames, refusedKeys, tally } = table;
  const changed = { name, keyNames, refusedKeys, tally: tally() };
  let applied = 0;
  try {
    for (;;) {
      context.signal.throwIfAborted();
      const page = await source.read(follow.positions);
      const count = page.keys.length === 0 ? 0 : await applyChanges(context, changed, page.keys);
      applied += count;
      follow.changes += count;
      if (page.positions !== follow.positions) {
        follow.positions = page.positions;
        // Before the next read: the source may forget what that read says was applied.
        await context.keeper.save();
      }
      if (isEnough(page)) return applied;
    }
  } catch (error: unknown) {
    await noteLost(context, table, error);
    throw error;
  }
}

/** Another run must not go on as if nothing were missing. */
export async function noteLost(
  { keeper }: Pick<CopyContext, "keeper">,
  { follow }: Pick<FollowedTable, "follow">,
  error: unknown,
): Promise<void> {
  if (!(error instanceof ChangesLost)) return;
  follow.step = "lost";
  await keeper.save();
}
