/**
 * The composition root: the only place that picks a storage engine and puts the rooms together. What comes
 * out answers requests without a socket; the HTTP server and the library both stand on it.
 */
import { createTurnPacer, limits, systemClock, systemRandom } from "../base/index.ts";
import { openCatalog } from "../catalog/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { forgetTokens } from "../mutations/index.ts";
import type { IndexUpkeep } from "../indexes/index.ts";
import { createDispatch, type Dispatch, handlers, type Services } from "../operations/index.ts";
import { createStatementParser } from "../partiql/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { createWire, type InternalRoutes, type Wire } from "../wire/index.ts";
import { decideRegistry } from "./decide-registry.ts";
import { indexRoutes } from "./index-routes.ts";
import { createIndexWork } from "./index-work.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { openStore } from "./open-store.ts";
import type { CoreSettings, StatorSettings } from "./settings.ts";

export interface StatorCore {
  readonly dispatch: Dispatch;
  readonly wire: Wire;
  readonly services: Services;
  /** Absent where another thread keeps the indexes in step. */
  readonly indexes: IndexUpkeep | undefined;
  /** Drops all tables with their data, and forgets what transactions were done. Nothing else may run meanwhile. */
  clear(): Promise<void>;
  /** Ends background work, finishes what the engine accepted, then closes it. */
  close(): Promise<void>;
}

/** Parse trees of expressions kept; applications have few different expression texts. */
const compiledExpressionsMax = 2000;

/** The same of PartiQL statements, which are longer, and many of which carry values in their text. */
const parsedStatementsMax = 1000;

/** Everything on the caller's thread. Rejects with a StorageError when the data cannot be opened. */
export async function createStator(settings: StatorSettings): Promise<StatorCore> {
  const clock = settings.clock ?? systemClock();
  const engine = await openStore(settings.storage, { ...settings, decide: decideRegistry, clock });
  return composeStator({ ...settings, clock }, engine);
}

/** Puts the rooms together over an engine, which the core closes; also when this rejects. */
export async function composeStator(settings: CoreSettings, engine: Engine): Promise<StatorCore> {
  try {
    return await compose(settings, engine);
  } catch (error: unknown) {
    await engine.close();
    throw error;
  }
}

async function compose(settings: CoreSettings, engine: Engine): Promise<StatorCore> {
  const clock = settings.clock ?? systemClock();
  const random = settings.random ?? systemRandom();
  const pacer = createTurnPacer();
  const { delays, onTableElsewhere } = settings;
  const followed = settings.storeShared === true || engine.capabilities.multiProcess;
  const catalog = await openCatalog({ engine, clock, delays, pacer, followed });
  const pace = settings.housekeeping ?? "byClock";
  const onFailure = (error: unknown): void => settings.onBackgroundFailure?.(error);
  const indexWork = createIndexWork({
    engine,
    catalog,
    clock,
    random,
    pacer,
    lags: settings.indexLags,
    pace,
    onFailure,
  });
  const services: Services = {
    engine,
    catalog,
    indexReader: indexWork.reader,
    clock,
    random,
    pacer,
    ...compilers(),
    collectionBytesMax: settings.collectionBytesMax ?? limits.collectionBytesMax,
    transactionHoldMs: settings.transactionHoldMs ?? 0,
    regionId: 0,
    ...(onTableElsewhere === undefined ? {} : { onTableElsewhere }),
  };
  const housekeeping = startHousekeeping({
    services,
    upkeep: indexWork.upkeep,
    dispatch: indexWork.dispatch(createDispatch(services)),
    pace,
    onStep: settings.onBackgroundStep,
    onFailure,
  });
  const { dispatch } = housekeeping;
  const { corsOrigins, ready, internalRoutes, observe } = settings;
  const wire = createWire({
    dispatch,
    operationExists: (service, operation) => handlers.get(service)?.has(operation) ?? false,
    auth: settings.auth,
    clock,
    random,
    pacer,
    region: settings.region,
    shared: settings.shared,
    maxBodyBytes: limits.requestBytesMax,
    ...(corsOrigins === undefined ? {} : { corsOrigins }),
    ...(ready === undefined ? {} : { ready }),
    internalRoutes: firstOf(internalRoutes, indexRoutes(services)),
    ...(observe === undefined ? {} : { observe }),
  });
  const close = async (): Promise<void> => {
    await housekeeping.stop();
    await indexWork.stop();
    try {
      await settings.inspect?.(engine);
    } finally {
      await engine.close();
    }
  };
  const clear = (): Promise<void> => clearData(services);
  return { dispatch, wire, services, indexes: indexWork.upkeep, clear, close };
}

async function clearData({ catalog, engine }: Services): Promise<void> {
  await catalog.clear();
  await forgetTokens(engine);
}

function compilers(): Pick<Services, "compiler" | "statements"> {
  return {
    compiler: createExpressionCompiler({ cacheEntriesMax: compiledExpressionsMax }),
    statements: createStatementParser({ cacheEntriesMax: parsedStatementsMax }),
  };
}

function firstOf(first: InternalRoutes | undefined, second: InternalRoutes): InternalRoutes {
  return async (request, identity) => (await first?.(request, identity)) ?? second(request, identity);
}
