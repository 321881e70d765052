/**
 * A Stator inside the caller's process: `open()`, and `clientConfig()` for a real AWS SDK client that talks to
 * it without a socket. One thread, no timers and no handles that would keep the process alive.
 */
import { adjustableClock, type AdjustableClock } from "../base/index.ts";
import { applyInit, createStator, type Dials, type StatorSettings } from "../server/index.ts";
import type { Dispatch } from "../wire/index.ts";
import { createInProcessHandler, type InProcessHandler } from "./in-process-handler.ts";
import { createIndexHandle, type IndexHandle } from "./index-handle.ts";
import { checkOptions, indexLags, initEntries, type OpenOptions } from "./open-options.ts";
import { RunningCore } from "./running-core.ts";

/** What `new DynamoDBClient(...)` and `DynamoDBDocumentClient` need to reach this Stator. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestHandler: InProcessHandler;
}

export interface Stator extends AsyncDisposable {
  /** Any number of clients may share it; destroying one leaves the others working. */
  clientConfig(): ClientConfig;
  /** Operations without HTTP: what the wire calls once a request is authenticated. */
  readonly dispatch: Dispatch;
  /** Freeze, advance and resume the time of the data; time-outs of the SDK follow the machine's clock. */
  readonly clock: AdjustableClock;
  /** Pause global indexes, resume them, wait until they have caught up. */
  readonly indexes: IndexHandle;
  /** Drops all tables and data and makes the initial tables again. Requests that come meanwhile wait. */
  reset(): Promise<void>;
  /** Answers what is in flight, then gives everything back. Later requests reject. Idempotent. */
  close(): Promise<void>;
}

const defaultRegion = "us-east-1";
// A name that never resolves outside this machine, should a request ever leave the process by mistake.
const endpoint = "http://stator.localhost";

/** Rejects with a TypeError for options it does not know, and with an Error when tables or data cannot be opened. */
export async function open(options: OpenOptions = {}): Promise<Stator> {
  checkOptions(options);
  const clock = options.clock ?? adjustableClock();
  const region = options.region ?? defaultRegion;
  const core = await createStator(coreSettings(options, clock, region));
  const makeTables = async (): Promise<void> => {
    const onNote = options.onNote ?? (() => undefined);
    const outcome = await applyInit(core, { entries: initEntries(options), region, onNote });
    if (outcome.kind === "failed") throw new Error(outcome.message);
  };
  try {
    await makeTables();
  } catch (error) {
    await core.close();
    throw error;
  }
  const running = new RunningCore(core);
  const requestHandler = createInProcessHandler((request) => running.use(() => core.wire.handle(request)));
  const close = (): Promise<void> => running.close();
  return {
    clientConfig: () => ({
      region,
      endpoint,
      credentials: { accessKeyId: "stator", secretAccessKey: "stator" },
      requestHandler,
    }),
    dispatch: (call) => running.use(() => core.dispatch(call)),
    clock,
    indexes: createIndexHandle(core, region),
    reset: () =>
      running.alone(async () => {
        await core.clear();
        await makeTables();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function dialOptions(options: OpenOptions): Dials {
  const { itemCollectionBytesMax: collectionBytesMax, transactionHoldMs } = options;
  const lags = indexLags(options);
  return {
    delays: { createMs: 0, updateMs: 0, deleteMs: 0, ...options.delays },
    ...(lags === undefined ? {} : { indexLags: lags }),
    ...(transactionHoldMs === undefined ? {} : { transactionHoldMs }),
    ...(collectionBytesMax === undefined ? {} : { collectionBytesMax }),
  };
}

function coreSettings(options: OpenOptions, clock: AdjustableClock, region: string): StatorSettings {
  return {
    storage: options.data === undefined ? { kind: "memory" } : { kind: "directory", path: options.data },
    auth: { mode: "open" },
    region,
    shared: options.shared ?? false,
    ...dialOptions(options),
    clock,
    housekeeping: "afterRequests",
  };
}
