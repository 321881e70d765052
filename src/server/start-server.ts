/** Starts a Stator behind an HTTP port: refusals first, then data, initial tables, and the listener last. */
import { StorageError } from "../storage/contract/index.ts";
import { createStator, type StatorCore } from "./create-stator.ts";
import { createHostCheck, isLoopback } from "./host-check.ts";
import { applyInitFiles } from "./init/apply-init.ts";
import { cannotListen, endpointOf } from "./listen-texts.ts";
import type { Listener } from "./listener.ts";
import { loadListenerTls, renewListenerTls } from "./listener-tls.ts";
import { causeText, createElsewhereNote, createFaultNote, writingStateText } from "./notes.ts";
import { openRequestLog } from "./request-log.ts";
import type { RunningServer, StartOutcome } from "./running-server.ts";
import { defaultListenerLimits, type ServerSettings } from "./settings.ts";
import { createStoreReach } from "./store-reach.ts";
import type { TlsMaterial } from "./tls-files.ts";

/** Expected obstacles (a taken port, data in use, a bad initial file) are outcomes; the rest rejects. */
export async function startServer(settings: ServerSettings): Promise<StartOutcome> {
  const refusal = refuseOpenNetwork(settings) ?? (await refuseTakenPort(settings));
  if (refusal !== undefined) return { kind: "refused", message: refusal };
  const tls = await loadListenerTls(settings);
  if (tls?.kind === "failed") return { kind: "refused", message: tls.message };
  try {
    if ((settings.routers ?? 0) === 0) return await startAlone(settings, tls?.material);
    const { startThreads } = await import("./threads/start-threads.ts");
    return await startThreads(settings, tls?.material);
  } catch (error: unknown) {
    if (error instanceof StorageError) return { kind: "refused", message: error.message };
    throw error;
  }
}

/** Everything on this thread. */
async function startAlone(settings: ServerSettings, tls: TlsMaterial | undefined): Promise<StartOutcome> {
  const state = { ready: true };
  const core = await openCore(settings, state);
  const initial = await applyInitFiles(core, settings);
  if (initial.kind === "failed") {
    await core.close();
    return { kind: "refused", message: initial.message };
  }
  return listen(settings, core, { state, tls });
}

/** Mode `open` answers everybody who can reach the port. */
function refuseOpenNetwork({ auth, host, allowOpenNetwork }: ServerSettings): string | undefined {
  if (auth.mode !== "open" || isLoopback(host) || allowOpenNetwork) return undefined;
  return (
    `refusing to listen on ${host} with --auth open: everyone who reaches this port could read and change the data. ` +
    "Use --auth signed, or say --allow-open-network."
  );
}

/** Asked before the data is opened, so that a taken port touches nothing. */
async function refuseTakenPort({ host, port }: ServerSettings): Promise<string | undefined> {
  if (port === 0) return undefined;
  const { createServer } = await import("node:net");
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      resolve(cannotListen(host, port, { code: error.code ?? "", message: error.message }));
    });
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => resolve(undefined));
    });
  });
}

interface LifeState {
  /** False while the server stops, and when it can write no more until it is started again. */
  ready: boolean;
}

async function openCore(settings: ServerSettings, state: LifeState): Promise<StatorCore> {
  const { onNote } = settings;
  const noteFault = createFaultNote(onNote);
  const reach = createStoreReach(onNote);
  const requestLog = await openRequestLog(settings.log);
  return createStator({
    ...settings,
    ready: () => state.ready && reach.isReachable,
    observe(facts) {
      if (!reach.explains(facts.cause)) noteFault(facts);
      requestLog?.(facts);
    },
    onWritingState: (writing, reason) => {
      onNote(writingStateText(writing, reason));
      if (writing === "stopped") state.ready = false;
    },
    onReachable: reach.tell,
    onBackgroundFailure: (error) => {
      if (!reach.explains(error)) onNote(`background work failed: ${causeText(error)}`);
    },
    onTableElsewhere: createElsewhereNote(onNote),
  });
}

interface ListenParts {
  readonly state: LifeState;
  readonly tls: TlsMaterial | undefined;
}

async function listen(settings: ServerSettings, core: StatorCore, parts: ListenParts): Promise<StartOutcome> {
  const { host, port } = settings;
  const { createListener } = await import("./listener.ts");
  const listener = await createListener({
    wire: core.wire,
    hostAllowed: createHostCheck(host, settings.allowedHosts),
    limits: { ...defaultListenerLimits, ...settings.limits },
    tls: parts.tls,
  });
  const outcome = await listener.listen(host, port);
  if (outcome.kind !== "listening") {
    await core.close();
    return { kind: "refused", message: cannotListen(host, port, outcome) };
  }
  const endpoint = endpointOf(host, outcome.port, parts.tls !== undefined);
  return {
    kind: "started",
    server: runningServer(settings, { core, listener, state: parts.state, endpoint, port: outcome.port }),
  };
}

interface RunningParts {
  readonly core: StatorCore;
  readonly listener: Listener;
  readonly state: LifeState;
  readonly endpoint: string;
  readonly port: number;
}

function runningServer(settings: ServerSettings, parts: RunningParts): RunningServer {
  const { core, listener, state, endpoint, port } = parts;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    state.ready = false;
    closing ??= listener.stop().then(() => core.close());
    return closing;
  };
  const reloadTls = (): Promise<void> => renewListenerTls(settings, (material) => listener.setTls(material));
  const hasTls = settings.tls !== undefined;
  // What could fail here by itself ends the process.
  const failed = new Promise<string>(() => undefined);
  return { endpoint, port, hasTls, failed, reloadTls, close, [Symbol.asyncDispose]: close };
}
