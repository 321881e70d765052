/** Starts a Stator behind an HTTP port: refusals first, then data, initial tables, and the listener last. */
import { StorageError } from "../storage/contract/index.ts";
import { createStator, type StatorCore } from "./create-stator.ts";
import { createHostCheck, isLoopback } from "./host-check.ts";
import { applyInit } from "./init/apply-init.ts";
import type { Listener } from "./listener.ts";
import { causeText, createElsewhereNote, noteFault } from "./notes.ts";
import { openRequestLog } from "./request-log.ts";
import { defaultListenerLimits, type ServerSettings } from "./settings.ts";
import type { TlsMaterial, TlsOutcome } from "./tls-files.ts";

export type StartOutcome =
  | { readonly kind: "started"; readonly server: RunningServer }
  /** Nothing was left running; the message is one line for a person. */
  | { readonly kind: "refused"; readonly message: string };

export interface RunningServer extends AsyncDisposable {
  /** e.g. http://127.0.0.1:8000 */
  readonly endpoint: string;
  readonly port: number;
  readonly core: StatorCore;
  readonly hasTls: boolean;
  /** Reads certificate and key again; open connections keep the old ones. A failure changes nothing. */
  reloadTls(): Promise<void>;
  /** Stops accepting, answers what is in flight (bounded), closes the data. Idempotent. */
  close(): Promise<void>;
}

/** Expected obstacles (a taken port, data in use, a bad initial file) are outcomes; the rest rejects. */
export async function startServer(settings: ServerSettings): Promise<StartOutcome> {
  const refusal = refuseOpenNetwork(settings) ?? (await refuseTakenPort(settings));
  if (refusal !== undefined) return { kind: "refused", message: refusal };
  const tls = await loadListenerTls(settings);
  if (tls?.kind === "failed") return { kind: "refused", message: tls.message };
  const state = { stopping: false };
  const opened = await openCore(settings, state);
  if (opened.kind === "refused") return opened;
  const { core } = opened;
  const initial = await applyInit(core, {
    entries: settings.init.map((file) => ({ kind: "file", file })),
    region: settings.region,
    onNote: settings.onNote,
  });
  if (initial.kind === "failed") {
    await core.close();
    return { kind: "refused", message: initial.message };
  }
  return listen(settings, core, { state, tls: tls?.material });
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

function cannotListen(
  host: string,
  port: number,
  { code, message }: { readonly code: string; readonly message: string },
): string {
  if (code === "EADDRINUSE")
    return `port ${port} on ${host} is taken by another program; choose another with --port`;
  if (code === "EACCES")
    return `port ${port} on ${host} is reserved for the administrator; choose one above 1023`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `${host} is no address of this machine`;
  return `cannot listen on ${host} port ${port}: ${message}`;
}

async function loadListenerTls({ tls }: ServerSettings): Promise<TlsOutcome | undefined> {
  if (tls === undefined) return undefined;
  const { loadTls } = await import("./tls-files.ts");
  return loadTls(tls);
}

type OpenOutcome =
  | { readonly kind: "opened"; readonly core: StatorCore }
  | { readonly kind: "refused"; readonly message: string };

interface LifeState {
  stopping: boolean;
}

async function openCore(settings: ServerSettings, state: LifeState): Promise<OpenOutcome> {
  const { onNote } = settings;
  const requestLog = await openRequestLog(settings.log);
  try {
    const core = await createStator({
      ...settings,
      ready: () => !state.stopping,
      observe(facts) {
        noteFault(onNote, facts);
        requestLog?.(facts);
      },
      onWritingState: onNote,
      onBackgroundFailure: (error) => onNote(`background work failed: ${causeText(error)}`),
      onTableElsewhere: createElsewhereNote(onNote),
    });
    return { kind: "opened", core };
  } catch (error) {
    if (error instanceof StorageError) return { kind: "refused", message: error.message };
    throw error;
  }
}

interface ListenParts {
  readonly state: LifeState;
  readonly tls: TlsMaterial | undefined;
}

async function listen(settings: ServerSettings, core: StatorCore, parts: ListenParts): Promise<StartOutcome> {
  const { host, port } = settings;
  const { createListener } = await import("./listener.ts");
  const listener = createListener({
    wire: core.wire,
    hostAllowed: createHostCheck(host, settings.allowedHosts),
    limits: { ...defaultListenerLimits, ...settings.limits },
    tls: parts.tls,
  });
  const outcome = await listener.listen(host, port);
  if (outcome.kind === "failed") {
    await core.close();
    return { kind: "refused", message: cannotListen(host, port, outcome) };
  }
  const scheme = parts.tls === undefined ? "http" : "https";
  const endpoint = `${scheme}://${host.includes(":") ? `[${host}]` : host}:${outcome.port}`;
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
    state.stopping = true;
    closing ??= listener.stop().then(() => core.close());
    return closing;
  };
  const reloadTls = async (): Promise<void> => {
    const outcome = await loadListenerTls(settings);
    if (outcome === undefined) return;
    if (outcome.kind === "failed") {
      settings.onNote(`kept the old certificate: ${outcome.message}`);
      return;
    }
    listener.setTls(outcome.material);
    settings.onNote("took the new certificate");
  };
  const hasTls = settings.tls !== undefined;
  return { endpoint, port, core, hasTls, reloadTls, close, [Symbol.asyncDispose]: close };
}
