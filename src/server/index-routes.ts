/**
 * `GET /_stator/indexes`: how far each global index is behind its table, and how far a backfill has come. With
 * `?wait=MS` it answers when all have caught up with what was committed before, or after that time. Answered from the
 * store, so by any thread.
 */
import { monotonicMs, systemClock } from "../base/index.ts";
import { type DerivedIndex, fedIndexes, type TableDescription } from "../catalog/index.ts";
import { indexFigures, waitCaughtUp } from "../indexes/index.ts";
import type { Services } from "../operations/index.ts";
import type { InternalRoutes } from "../wire/index.ts";

const path = "/_stator/indexes";
const waitMsMax = 60_000;
const pollMs = 5;

export function indexRoutes({
  catalog,
  engine,
  clock,
}: Pick<Services, "catalog" | "engine" | "clock">): InternalRoutes {
  return async ({ method, url }) => {
    const [asked, query] = url.split("?", 2);
    if (method !== "GET" || asked !== path) return undefined;
    const untilMs = monotonicMs() + waitOf(query);
    const all = await untilBuilt(catalog, untilMs);
    const caughtUp = !all.some(isBeingBuilt) && (await waitForAll(engine, all, untilMs));
    const indexes = [];
    for (const { table, index } of all) {
      const { records, oldestMs, itemsSeen } = await indexFigures({ engine, clock }, { table, index });
      indexes.push({
        region: table.namespace.region,
        table: table.name,
        index: index.name,
        status: index.status,
        changesBehind: records,
        oldestMs,
        ...(itemsSeen === undefined ? {} : { itemsBackfilled: itemsSeen }),
      });
    }
    return { status: 200, contentType: "application/json", body: JSON.stringify({ caughtUp, indexes }) };
  };
}

interface TableIndex {
  readonly table: TableDescription;
  readonly index: DerivedIndex;
}

function allIndexes(tables: readonly TableDescription[]): readonly TableIndex[] {
  return tables.flatMap((table) => fedIndexes(table).map((index) => ({ table, index })));
}

/** The indexes, when the backfills of all are done or the time is over. */
async function untilBuilt(catalog: Services["catalog"], untilMs: number): Promise<readonly TableIndex[]> {
  for (;;) {
    await catalog.catchUp();
    const all = allIndexes(catalog.tables());
    if (monotonicMs() >= untilMs || !all.some(isBeingBuilt)) return all;
    await systemClock().sleep(pollMs);
  }
}

/** Its cursors may be at the ends of the logs, but it does not hold yet what was there before it. */
function isBeingBuilt({ index }: TableIndex): boolean {
  return index.backfill !== undefined;
}

/** 0 without a wish. */
function waitOf(query: string | undefined): number {
  const ms = Number(new URLSearchParams(query).get("wait"));
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), waitMsMax) : 0;
}

async function waitForAll(
  engine: Services["engine"],
  all: readonly TableIndex[],
  untilMs: number,
): Promise<boolean> {
  const leftMs = Math.max(untilMs - monotonicMs(), 0);
  const waits = all.map(({ table, index }) => waitCaughtUp(engine, { table, index, waitMsMax: leftMs }));
  return (await Promise.all(waits)).every(Boolean);
}
