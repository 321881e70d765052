/**
 * One worker thread, as its parent sees it: messages both ways, an end that is always told, and a limit for silence.
 * A thread that does not answer a ping in time has an event loop that will not come back, and is ended.
 */
import { type MessagePort, type Transferable, Worker } from "node:worker_threads";
import { systemClock } from "../../base/index.ts";

export interface ThreadOptions<FromThread> {
  readonly name: string;
  /** Module that runs in the thread. */
  readonly entry: URL;
  /** Plain data; `workerData` in the thread. */
  readonly data: unknown;
  readonly transfer?: readonly MessagePort[];
  readonly onMessage: (message: FromThread) => void;
}

export interface Thread<ToThread> {
  post(message: ToThread, transfer?: readonly Transferable[]): void;
  /** Resolves when the thread is gone; the text says why, for a person. */
  readonly ended: Promise<string>;
  terminate(): Promise<void>;
}

/** What every thread understands beside its own messages. */
export interface Ping {
  readonly kind: "ping";
}
export interface Pong {
  readonly kind: "pong";
}

/**
 * Of a thread's heap. With V8's own limit a router under load of 1,000 connections grew to 430 MB instead of 300 and had
 * longer pauses, for the same throughput.
 */
const maxYoungGenerationSizeMb = 24;

const pingMs = 10_000;
/** The longest slice of any thread takes milliseconds, the slowest disk seconds. */
const silenceMsMax = 60_000;

export function startThread<ToThread, FromThread extends { readonly kind: string }>(
  options: ThreadOptions<FromThread>,
): Thread<ToThread> {
  const { name, entry, data, transfer = [], onMessage } = options;
  const worker = new Worker(entry, {
    name,
    workerData: data,
    transferList: [...transfer],
    resourceLimits: { maxYoungGenerationSizeMb },
  });
  const watch = watchSilence(worker);
  let reason: string | undefined;
  worker.on("message", (message: FromThread | Pong) => {
    if (message.kind === "pong") watch.heard();
    else onMessage(message as FromThread);
  });
  worker.on("error", (error: unknown) => {
    reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  const ended = new Promise<string>((resolve) => {
    worker.once("exit", (code) => {
      watch.stop();
      resolve(reason ?? (watch.silent ? `no sign of life for ${silenceMsMax} ms` : `exit code ${code}`));
    });
  });
  return {
    post: (message, moved = []) => {
      worker.postMessage(message, [...moved]);
    },
    ended,
    terminate: async () => {
      await worker.terminate();
    },
  };
}

interface SilenceWatch {
  heard(): void;
  stop(): void;
  readonly silent: boolean;
}

/** Real time, even where a test steers the clock of the data. */
function watchSilence(worker: Worker): SilenceWatch {
  const clock = systemClock();
  let unansweredMs = 0;
  let silent = false;
  const tick = (): void => {
    if (unansweredMs >= silenceMsMax) {
      silent = true;
      void worker.terminate();
      return;
    }
    unansweredMs += pingMs;
    worker.postMessage({ kind: "ping" } satisfies Ping);
    cancel = clock.schedule(pingMs, tick);
  };
  let cancel = clock.schedule(pingMs, tick);
  return {
    heard: () => {
      unansweredMs = 0;
    },
    stop: () => cancel(),
    get silent() {
      return silent;
    },
  };
}

/** The built module beside the given one, or its source where the sources run. */
export function threadEntry(name: string, importerUrl: string): URL {
  const extension = importerUrl.endsWith(".ts") ? "ts" : "js";
  return new URL(`./${name}.${extension}`, importerUrl);
}
