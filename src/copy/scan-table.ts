/** Reads all items of a table, segments side by side, in no order. */
import type { Caller } from "./caller.ts";
import type { CopyContext } from "./copy-context.ts";
import type { Json } from "./end.ts";
import { scanPages, segmentsFor } from "./scan-pages.ts";
import { eachOf } from "./workers.ts";

export interface TableToScan {
  readonly end: Caller;
  readonly table: string;
  /** As the end tells; decides how many segments there are. */
  readonly tableBytes: number;
}

export type PageVisitor = (items: readonly Json[], signal: AbortSignal) => void | Promise<void>;

export async function scanTable(
  { workersMax, signal, progress }: Pick<CopyContext, "workersMax" | "signal" | "progress">,
  { end, table, tableBytes }: TableToScan,
  visit: PageVisitor,
): Promise<void> {
  const segments = segmentsFor(tableBytes, workersMax);
  const numbers = Array.from({ length: segments }, (_, index) => index);
  await eachOf(numbers, { workersMax, signal }, async (segment, workerSignal) => {
    const caller = end.with({ signal: workerSignal });
    for await (const { items, sizeBytes } of scanPages(caller, { table, segment, segments })) {
      await visit(items, workerSignal);
      progress.add(items.length, sizeBytes);
    }
  });
}
