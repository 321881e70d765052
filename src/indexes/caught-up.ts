/** Whether an index has caught up, seen from anywhere: by its cursors and the ends of its logs, which are in the store. */
import { monotonicMs, systemClock } from "../base/index.ts";
import { type DerivedIndex, indexConsumerId, type TableDescription, tableShards } from "../catalog/index.ts";
import { readCursor } from "../changes/index.ts";
import type { Engine } from "../storage/contract/index.ts";

const pollMs = 2;

export interface CatchingUp {
  readonly table: TableDescription;
  readonly index: DerivedIndex;
  /** Gives up waiting after so long. */
  readonly waitMsMax: number;
}

/**
 * Waits until the index holds what was committed before the call; false when that took too long. The consumer may be
 * on any thread or in any process, so the store is asked again and again.
 */
export async function waitCaughtUp(
  engine: Engine,
  { table, index, waitMsMax }: CatchingUp,
): Promise<boolean> {
  const untilMs = monotonicMs() + waitMsMax;
  const id = indexConsumerId(index.keyspace);
  for (const shard of tableShards(table)) {
    const { last } = await engine.logEnd(shard);
    if (last === 0) continue;
    for (;;) {
      const position = (await readCursor(engine, id, shard))?.position ?? 0;
      if (position >= last) break;
      if (monotonicMs() >= untilMs) return false;
      await systemClock().sleep(pollMs);
    }
  }
  return true;
}
