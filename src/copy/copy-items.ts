/**
 * Copies the items of one table: segments side by side, each page written and acknowledged before the state says that it
 * is. After a crash the last page of each segment is copied again, which changes nothing.
 */
import type { CopyContext } from "./copy-context.ts";
import type { TableState } from "./copy-state.ts";
import { scanPages } from "./scan-pages.ts";
import { eachOf } from "./workers.ts";
import { batchesAtOnce, batchesOf, type WriteTarget, writeBatch } from "./write-items.ts";
import { noteRefused } from "./refused-items.ts";

export interface TableToCopy {
  readonly name: string;
  readonly keyNames: readonly string[];
  readonly state: TableState;
}

export async function copyItems(context: CopyContext, { name, keyNames, state }: TableToCopy): Promise<void> {
  const { source, target, rate, keeper, progress, workersMax, signal } = context;
  const { segments } = state;
  const open = segments.map((segment, index) => ({ segment, index })).filter(({ segment }) => !segment.done);
  await eachOf(open, { workersMax, signal }, async ({ segment, index }, workerSignal) => {
    const pages = scanPages(source.with({ signal: workerSignal }), {
      table: name,
      segment: index,
      segments: segments.length,
      startKey: segment.startKey,
    });
    for await (const { items, sizeBytes, nextKey } of pages) {
      const batches = batchesOf(items);
      const limits = { workersMax: batchesAtOnce, signal: workerSignal };
      await eachOf(batches, limits, async (batch, batchSignal) => {
        await rate.take(batch, batchSignal);
        const to: WriteTarget = { caller: target.with({ signal: batchSignal }), table: name, keyNames };
        const refused = await writeBatch(
          to,
          batch.map((item) => ({ kind: "put", item })),
        );
        noteRefused(context, { table: name, state, refused });
        progress.add(batch.length, (sizeBytes * batch.length) / items.length);
      });
      state.items += items.length;
      state.sizeBytes += sizeBytes;
      segment.startKey = nextKey;
      segment.done = nextKey === undefined;
      await keeper.save();
    }
  });
}
