/**
 * The server in several threads. This one holds the store, makes the initial tables, does background work and looks
 * after the others: what the store needs, and routers that answer requests.
 */
import { assert, type Clock, createLoopGauge, limits as baseLimits, systemClock } from "../../base/index.ts";
import { composeStator, type StatorCore } from "../create-stator.ts";
import { applyInitFiles } from "../init/apply-init.ts";
import { cannotListen, endpointOf } from "../listen-texts.ts";
import { renewListenerTls } from "../listener-tls.ts";
import { causeText } from "../notes.ts";
import type { RunningServer, StartOutcome } from "../running-server.ts";
import { defaultListenerLimits, dialsOf, type ListenerLimits, type ServerSettings } from "../settings.ts";
import { createStoreReach, type StoreReach } from "../store-reach.ts";
import type { TlsMaterial } from "../tls-files.ts";
import { type RouterHandle, startRouter } from "./router-handle.ts";
import { RouterPool } from "./router-pool.ts";
import { ServerFacts } from "./server-facts.ts";
import { startStore, storeThreadNames } from "./start-store.ts";
import type { RouterSettings, ThreadPlace } from "./thread-messages.ts";
import type { ThreadedStore } from "./threaded-store.ts";

const mainRow = 0;
const firstStoreRow = 1;

/** Without its store a server only answers what is under way. */
const failedDrainMs = 3_000;

/** A store that cannot be opened, a bad initial file or a taken port are outcomes; the rest rejects. */
export async function startThreads(
  settings: ServerSettings,
  tls: TlsMaterial | undefined,
): Promise<StartOutcome> {
  const opened = await open(settings, tls);
  const { core, threads } = opened;
  const initial = await applyInitFiles(core, settings);
  if (initial.kind === "failed") {
    await close(opened, 0);
    return { kind: "refused", message: initial.message };
  }
  const outcome = await threads.pool.listen(settings.port).catch(async (error: unknown) => {
    await close(opened, 0);
    throw error;
  });
  if (outcome.kind !== "listening") {
    await close(opened, 0);
    return { kind: "refused", message: cannotListen(settings.host, settings.port, outcome) };
  }
  threads.facts.phase = "ready";
  return { kind: "started", server: runningServer(settings, opened, outcome.port) };
}

/** What was opened, to be closed in the opposite order. */
interface Threads {
  readonly facts: ServerFacts;
  readonly store: ThreadedStore;
  readonly reach: StoreReach;
  readonly pool: RouterPool;
}

interface Opened {
  readonly threads: Threads;
  readonly core: StatorCore;
}

/** Rejects with a StorageError when the store cannot be opened; nothing is left open then. */
async function open(settings: ServerSettings, tls: TlsMaterial | undefined): Promise<Opened> {
  const threads = startAllThreads(settings, tls);
  try {
    return { threads, core: await openMainCore(settings, threads) };
  } catch (error: unknown) {
    await close({ threads }, 0);
    throw error;
  }
}

/** All at once, so that they load their modules side by side. */
function startAllThreads(settings: ServerSettings, tls: TlsMaterial | undefined): Threads {
  const { routers: count = 1, storage, onNote } = settings;
  const routerNames = Array.from({ length: count }, (_, index) => `router ${index + 1}`);
  const ownNames = ["main", ...storeThreadNames(storage)];
  const facts = ServerFacts.create([...ownNames, ...routerNames]);
  const time = sharedTimeOf(settings.clock);
  const placeOf = (row: number): ThreadPlace => ({ facts: facts.memory, row, time });
  const reach = createStoreReach(onNote);
  const store = startStore(storage, {
    settings,
    facts,
    placeOf,
    firstRow: firstStoreRow,
    clock: settings.clock ?? systemClock(),
    reach,
    onNote,
  });
  const plain = routerSettings(settings, tls);
  const wait = (ms: number): Promise<void> => systemClock().sleep(ms);
  const start = (place: number): RouterHandle =>
    startRouter({
      name: routerNames[place] ?? "router",
      data: { ...placeOf(ownNames.length + place), store: store.routerStore(), settings: plain },
      entry: settings.threadEntries?.router,
      onNote,
      wait,
    });
  return { facts, store, reach, pool: new RouterPool({ count, start, onNote, wait }) };
}

/** For initial tables and background work; nobody asks it over HTTP. */
async function openMainCore(settings: ServerSettings, { store, reach, facts }: Threads): Promise<StatorCore> {
  const gauge = createLoopGauge({ onDelay: facts.delayRecorder(mainRow) });
  const { auth, region, shared, clock, onNote } = settings;
  const engine = await store.openEngine();
  return composeStator(
    {
      auth,
      region,
      shared,
      ...dialsOf(settings),
      ...(clock === undefined ? {} : { clock }),
      storeShared: true,
      housekeeping: "byClock",
      // The gauge stops by itself when there is nothing to do.
      onBackgroundStep: () => gauge.touch(),
      onBackgroundFailure: (error) => {
        if (!reach.explains(error)) onNote(`background work failed: ${causeText(error)}`);
      },
    },
    engine,
  );
}

/** Threads can share a clock whose state is in shared memory, and the system's. */
function sharedTimeOf(clock: Clock | undefined): SharedArrayBuffer | undefined {
  if (clock === undefined) return undefined;
  const shared = "shared" in clock ? clock.shared : undefined;
  assert(shared instanceof SharedArrayBuffer, "a server in several threads needs an adjustable clock");
  return shared;
}

function routerSettings(settings: ServerSettings, tls: TlsMaterial | undefined): RouterSettings {
  const { routers = 1, auth, region, shared, corsOrigins, host, allowedHosts, log } = settings;
  const limits = shareOf({ ...defaultListenerLimits, ...settings.limits }, routers);
  return {
    auth,
    region,
    shared,
    corsOrigins,
    dials: dialsOf(settings),
    host,
    allowedHosts,
    limits,
    log,
    tls,
  };
}

/** Two of the largest requests or answers. */
const shareBytesMin = 2 * baseLimits.requestBytesMax;

/** What is bounded in bytes is bounded for the whole process. */
function shareOf(limits: ListenerLimits, routers: number): ListenerLimits {
  const share = (bytes: number): number =>
    Math.min(bytes, Math.max(shareBytesMin, Math.ceil(bytes / routers)));
  return {
    ...limits,
    bodyBytesInFlightMax: share(limits.bodyBytesInFlightMax),
    unsentBytesMax: share(limits.unsentBytesMax),
  };
}

/** `core`: absent when it could not be opened. */
async function close(
  { threads, core }: { readonly threads: Threads; readonly core?: StatorCore },
  drainMs: number,
): Promise<void> {
  await threads.pool.stop(drainMs);
  await core?.close();
  await threads.store.close();
}

function runningServer(settings: ServerSettings, opened: Opened, port: number): RunningServer {
  const { threads } = opened;
  const { onNote } = settings;
  const drainMs = settings.limits?.drainMs ?? defaultListenerLimits.drainMs;
  let closing: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    if (closing === undefined) {
      threads.facts.phase = "stopping";
      closing = close(opened, drainMs);
    }
    return closing;
  };
  const failed = threads.store.failed.then(async ({ note, message }) => {
    threads.facts.phase = "failed";
    onNote(note);
    closing ??= close(opened, Math.min(drainMs, failedDrainMs));
    await closing;
    return message;
  });
  const reloadTls = (): Promise<void> =>
    renewListenerTls(settings, (material) => threads.pool.setTls(material));
  const hasTls = settings.tls !== undefined;
  return {
    endpoint: endpointOf(settings.host, port, hasTls),
    port,
    hasTls,
    failed,
    reloadTls,
    close: stop,
    [Symbol.asyncDispose]: stop,
  };
}
