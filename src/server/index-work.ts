/**
 * The upkeep of indexes inside one Stator, and what its requests see of it. In a user's process nothing runs by a
 * timer, and a request finds every index as its table is; a server's indexes follow by themselves.
 */
import { derivedIndexes, type TableDescription } from "../catalog/index.ts";
import { type IndexLags, IndexUpkeep, lagOf, waitCaughtUp } from "../indexes/index.ts";
import type { Dispatch, IndexReader, Services } from "../operations/index.ts";
import type { HousekeepingPace } from "./housekeeping.ts";

export interface IndexWork {
  /** Absent where another thread does it. */
  readonly upkeep: IndexUpkeep | undefined;
  readonly reader: IndexReader;
  /** The operations to hand out. */
  readonly dispatch: (inner: Dispatch) => Dispatch;
  readonly stop: () => Promise<void>;
}

export interface IndexWorkOptions extends Pick<
  Services,
  "engine" | "catalog" | "clock" | "random" | "pacer"
> {
  readonly lags: IndexLags | undefined;
  readonly pace: HousekeepingPace;
  readonly onFailure: (error: unknown) => void;
}

/** Whoever reads an index without a lag gives up waiting for another thread's upkeep after this long. */
const waitMsMax = 5000;

export function createIndexWork(options: IndexWorkOptions): IndexWork {
  const { catalog, pace } = options;
  const lags = options.lags ?? { all: pace === "afterRequests" ? "none" : "natural" };
  if (pace === "elsewhere") {
    const reader = { caughtUp: waitForOthers(options, lags) };
    return { upkeep: undefined, reader, dispatch: (inner) => inner, stop: async () => undefined };
  }
  const upkeep = new IndexUpkeep({ ...options, lags, poll: pace === "byClock" });
  const cancelWatch = catalog.watch(() => void followCatalog(options, upkeep));
  return {
    upkeep,
    reader: { caughtUp: waitHere(upkeep, lags) },
    dispatch: pace === "afterRequests" ? settledFirst(upkeep) : refreshedAfter(upkeep),
    stop: async () => {
      cancelWatch();
      await upkeep.stop();
    },
  };
}

/** Tables may be changed through other catalogs of the store. */
async function followCatalog({ catalog, onFailure }: IndexWorkOptions, upkeep: IndexUpkeep): Promise<void> {
  try {
    await catalog.catchUp();
    upkeep.refresh();
  } catch (error: unknown) {
    onFailure(error);
  }
}

function waitHere(upkeep: IndexUpkeep, lags: IndexLags): NonNullable<IndexReader["caughtUp"]> {
  return ({ name, keyspace }, indexName) => {
    if (lagOf(lags, name, indexName) !== "none") return undefined;
    return upkeep.caughtUp((index) => index.table.keyspace === keyspace && index.indexName === indexName);
  };
}

function waitForOthers({ engine }: IndexWorkOptions, lags: IndexLags): NonNullable<IndexReader["caughtUp"]> {
  return (table, indexName) => {
    if (lagOf(lags, table.name, indexName) !== "none") return undefined;
    return waitUntil(engine, table, indexName);
  };
}

async function waitUntil(
  engine: Services["engine"],
  table: TableDescription,
  indexName: string,
): Promise<void> {
  const index = derivedIndexes(table).find(({ name }) => name === indexName);
  if (index !== undefined) await waitCaughtUp(engine, { table, index, waitMsMax });
}

/** Each request finds the indexes as the requests before it left their tables. */
function settledFirst(upkeep: IndexUpkeep): IndexWork["dispatch"] {
  return (inner) => async (call) => {
    if (!upkeep.isSettled()) await upkeep.settle();
    return inner(call);
  };
}

/** A request may have added an index. */
function refreshedAfter(upkeep: IndexUpkeep): IndexWork["dispatch"] {
  return (inner) => async (call) => {
    const result = await inner(call);
    upkeep.refresh();
    return result;
  };
}
