/**
 * The composition root: the only place that picks a storage engine and puts the rooms together. What comes
 * out answers requests without a socket; the HTTP server and the library both stand on it.
 */
import { systemClock, systemRandom, limits } from "../base/index.ts";
import { catalogDecides, openCatalog } from "../catalog/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { mutationDecides } from "../mutations/index.ts";
import { createDispatch, type Dispatch, handlers, type Services } from "../operations/index.ts";
import { openSqliteEngine } from "../storage/sqlite/index.ts";
import type { DecideRegistry } from "../storage/contract/index.ts";
import { createWire, type Wire } from "../wire/index.ts";
import { startHousekeeping } from "./housekeeping.ts";
import type { StatorSettings } from "./settings.ts";

export interface StatorCore {
  readonly dispatch: Dispatch;
  readonly wire: Wire;
  readonly services: Services;
  /** Ends background work, finishes what the engine accepted, then closes it. */
  close(): Promise<void>;
}

/** Parse trees of expressions kept; applications have few different expression texts. */
const compiledExpressionsMax = 2000;

/** Rejects with a StorageError when the data cannot be opened. */
export async function createStator(settings: StatorSettings): Promise<StatorCore> {
  const clock = settings.clock ?? systemClock();
  const random = settings.random ?? systemRandom();
  const decide: DecideRegistry = new Map([...catalogDecides, ...mutationDecides]);
  const { onTableElsewhere, onWritingState } = settings;
  const engine = await openSqliteEngine({
    location: settings.storage,
    decide,
    clock,
    onWritingState: (state, reason) =>
      onWritingState?.(`writing is ${state}${reason === undefined ? "" : `: ${reason}`}`),
  });
  const catalog = await openCatalog({ engine, clock, delays: settings.delays });
  const services: Services = {
    engine,
    catalog,
    clock,
    random,
    compiler: createExpressionCompiler({ cacheEntriesMax: compiledExpressionsMax }),
    regionId: 0,
    ...(onTableElsewhere === undefined ? {} : { onTableElsewhere }),
  };
  const housekeeping = startHousekeeping({
    services,
    dispatch: createDispatch(services),
    pace: settings.housekeeping ?? "byClock",
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
