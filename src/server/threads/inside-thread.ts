/** What the modules that run in threads have in common: their first message, pings, and their clock. */
import { parentPort } from "node:worker_threads";
import { adjustableClock, assert, type Clock, systemClock } from "../../base/index.ts";
import { StorageError } from "../../storage/contract/index.ts";
import type { Ping } from "./thread.ts";
import type { Opened } from "./thread-messages.ts";

export interface Parent<ToThread, FromThread> {
  post(message: FromThread): void;
  listen(onMessage: (message: ToThread) => void): void;
  /** The thread may end now. */
  release(): void;
}

export function parentOf<ToThread extends { readonly kind: string }, FromThread>(): Parent<
  ToThread,
  FromThread
> {
  const port = parentPort;
  assert(port !== null, "this module runs in a thread");
  return {
    post: (message) => {
      port.postMessage(message);
    },
    listen: (onMessage) => {
      port.on("message", (message: ToThread | Ping) => {
        if (message.kind === "ping") port.postMessage({ kind: "pong" });
        else onMessage(message as ToThread);
      });
    },
    release: () => {
      port.close();
    },
  };
}

export function threadClock(time: SharedArrayBuffer | undefined): Clock {
  return time === undefined ? systemClock() : adjustableClock({ shared: time });
}

/** For a store that cannot be opened; other errors are bugs and end the thread. */
export function notOpened(error: unknown): Opened {
  if (!(error instanceof StorageError)) throw error;
  return { kind: "notOpened", code: error.code, message: error.message };
}
