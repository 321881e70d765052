/**
 * The composition root: the only place that picks a storage engine and puts the rooms together. What comes
 * out answers requests without a socket; the HTTP server and the library both stand on it.
 */
import { createTurnPacer, limits, systemClock, systemRandom } from "../base/index.ts";
import { openCatalog } from "../catalog/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { createDispatch, type Dispatch, handlers, type Services } from "../operations/index.ts";
import { openSqliteEngine } from "../storage/sqlite/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { createWire, type Wire } from "../wire/index.ts";
import { decideRegistry } from "./decide-registry.ts";
import { startHousekeeping } from "./housekeeping.ts";
import type { CoreSettings, StatorSettings } from "./settings.ts";

export interface StatorCore {
  readonly dispatch: Dispatch;
  readonly wire: Wire;
  readonly services: Services;
  /** Ends background work, finishes what the engine accepted, then closes it. */
  close(): Promise<void>;
}

/** Parse trees of expressions kept; applications have few different expression texts. */
const compiledExpressionsMax = 2000;

/** Everything on the caller's thread. Rejects with a StorageError when the data cannot be opened. */
export async function createStator(settings: StatorSettings): Promise<StatorCore> {
  const clock = settings.clock ?? systemClock();
  const { storage: location, onWritingState } = settings;
  const engine = await openSqliteEngine({
    location,
    decide: decideRegistry,
    clock,
    ...(onWritingState === undefined ? {} : { onWritingState }),
  });
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
  const { delays, storeShared = false, onTableElsewhere } = settings;
  const catalog = await openCatalog({ engine, clock, delays, pacer, followed: storeShared });
  const services: Services = {
    engine,
    catalog,
    clock,
    random,
    pacer,
    compiler: createExpressionCompiler({ cacheEntriesMax: compiledExpressionsMax }),
    regionId: 0,
    ...(onTableElsewhere === undefined ? {} : { onTableElsewhere }),
  };
  const housekeeping = startHousekeeping({
    services,
    dispatch: createDispatch(services),
    pace: settings.housekeeping ?? "byClock",
    onStep: settings.onBackgroundStep,
    onFailure: (error) => settings.onBackgroundFailure?.(error),
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
    ...(internalRoutes === undefined ? {} : { internalRoutes }),
    ...(observe === undefined ? {} : { observe }),
  });
  const close = async (): Promise<void> => {
    await housekeeping.stop();
    await engine.close();
  };
  return { dispatch, wire, services, close };
}
