/** Items that the target will not have: told one by one as long as that is of use, and counted. */
import type { CopyContext } from "./copy-context.ts";
import { CopyFailure } from "./copy-failure.ts";
import type { TableState } from "./copy-state.ts";
import type { RefusedItem } from "./write-items.ts";

const toldMax = 10;
/** With so many it is no matter of single items. */
const refusedMax = 10_000;

export interface RefusedOfTable {
  readonly table: string;
  readonly state: Pick<TableState, "refusedItems">;
  readonly refused: readonly RefusedItem[];
}

export function noteRefused(
  { say }: Pick<CopyContext, "say">,
  { table, state, refused }: RefusedOfTable,
): void {
  for (const { key, reason } of refused) {
    state.refusedItems += 1;
    if (state.refusedItems <= toldMax) {
      say(`${table}: the target refuses the item ${JSON.stringify(key)}: ${reason}`);
    }
  }
  if (state.refusedItems > refusedMax) {
    throw new CopyFailure(`${table}: the target has refused more than ${refusedMax} items`);
  }
}
