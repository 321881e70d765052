/** Tables whose changes wait until their items are copied: from time to time the source is told that they still do. */
import type { CopyContext } from "./copy-context.ts";
import { noteLost, type TableToFollow } from "./follow-table.ts";

export interface WaitingTables {
  add(table: TableToFollow): void;
  /** Resolves when nothing is asked for this table any more: two readers at once would contradict each other. */
  remove(table: TableToFollow): Promise<void>;
}

/** A capture that nobody reads is dropped after a day. */
const keepEveryMs = 3_600_000;

/** `run` owns what goes on until no table waits any more. */
export function keepWaiting(context: CopyContext, run: (work: Promise<void>) => void): WaitingTables {
  const tables = new Map<TableToFollow, AbortController>();
  const idle = new Map<TableToFollow, Promise<void>>();

  const keep = async (table: TableToFollow, { signal }: AbortController): Promise<void> => {
    try {
      for (;;) {
        await context.clock.sleep(keepEveryMs, AbortSignal.any([context.signal, signal]));
        await keepOnce(context, table);
        if (signal.aborted) return;
      }
    } catch (error: unknown) {
      if (!signal.aborted || error !== signal.reason) throw error;
    }
  };

  return {
    add(table) {
      const waiting = new AbortController();
      tables.set(table, waiting);
      const kept = keep(table, waiting);
      idle.set(
        table,
        kept.catch(() => undefined),
      );
      run(kept);
    },
    async remove(table) {
      tables.get(table)?.abort();
      await idle.get(table);
    },
  };
}

async function keepOnce(context: CopyContext, table: TableToFollow): Promise<void> {
  const { follow, source } = table;
  try {
    const positions = await source.keep(follow.positions);
    if (positions === follow.positions) return;
    follow.positions = positions;
    await context.keeper.save();
  } catch (error: unknown) {
    await noteLost(context, table, error);
    throw error;
  }
}
