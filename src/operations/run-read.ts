/** Runs a planned read of a table or an index, whichever operation planned it. */
import type { PacedWork } from "../base/index.ts";
import { type ConsumedUnits, fetchUnits, pageReadUnits } from "./capacity.ts";
import type { Services } from "./context.ts";
import { type Page, type PageRequest, readPage } from "./read-page.ts";
import type { ReadTarget } from "./read-target.ts";

/**
 * Reads one page and hands it on: one piece of long work, from the first record to what `use` makes of the page. What a
 * read of a global index has to wait for comes before it.
 */
export async function runRead<Result>(
  services: Services,
  request: PageRequest,
  use: (page: Page, work: PacedWork) => Promise<Result>,
): Promise<Result> {
  await indexCaughtUp(services, request.target);
  const { engine, pacer } = services;
  const work = pacer.begin();
  try {
    return await use(await readPage({ engine, work }, request), work);
  } finally {
    work.end();
  }
}

/** Resolves when what is read shows what it must. */
export async function indexCaughtUp(
  { indexReader }: Services,
  { kind, table, index }: ReadTarget,
): Promise<void> {
  if (kind !== "global" || index === undefined) return;
  const caughtUp = indexReader?.caughtUp?.(table, index.name);
  if (caughtUp !== undefined) await caughtUp;
}

/** Of a table: its own. Of an index: the entries', and the table's for items fetched from it. */
export function readUnitsOf(page: Page, { target, consistency }: PageRequest): ConsumedUnits {
  const units = pageReadUnits(page.sizeBytes, page.partitionsVisited, consistency);
  const { kind, index } = target;
  if (kind === "table" || index === undefined) return { tableUnits: units };
  return {
    tableUnits: fetchUnits(page.fetchedUnits, consistency),
    indexes: [{ name: index.name, kind, units }],
  };
}
