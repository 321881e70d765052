/** One router thread as the main thread holds it. */
import type { ListenOutcome } from "../listener.ts";
import type { TlsMaterial } from "../tls-files.ts";
import { assertOpened, type Ended } from "./opening.ts";
import { startThread, type Thread, threadEntry } from "./thread.ts";
import type { FromRouter, RouterData, ToRouter } from "./thread-messages.ts";

export interface RouterHandle {
  readonly name: string;
  /** Once the main thread has opened the store. Rejects with a StorageError when the thread cannot read it. */
  open(): Promise<void>;
  listen(port: number, shared: boolean): Promise<ListenOutcome>;
  setTls(material: TlsMaterial): void;
  /** Resolves, with the reason, when the thread has ended, asked or not. */
  readonly ended: Promise<string>;
  /** Answers what is in flight, then ends; is ended when that takes longer than `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

export interface RouterOptions {
  readonly name: string;
  readonly data: RouterData;
  /** Absent: the product's own; tests give a module that misbehaves. */
  readonly entry?: URL | undefined;
  readonly onNote: (line: string) => void;
  /** Resolves after so many milliseconds of real time. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Begins to load the thread's modules at once. */
export function startRouter(options: RouterOptions): RouterHandle {
  const { name, data } = options;
  const { store } = data;
  const waiting: ((message: FromRouter) => void)[] = [];
  const thread: Thread<ToRouter> = startThread<ToRouter, FromRouter>({
    name,
    entry: options.entry ?? threadEntry("router-thread", import.meta.url),
    data,
    transfer: [store.writes],
    onMessage: (message) => {
      if (message.kind === "note") options.onNote(message.line);
      else waiting.shift()?.(message);
    },
  });
  const ending = thread.ended.then((reason) => ({ kind: "ended", reason }) as const);
  const answer = (): Promise<FromRouter | Ended> =>
    Promise.race([new Promise<FromRouter>((resolve) => waiting.push(resolve)), ending]);
  return {
    name,
    ended: thread.ended,
    open: async () => {
      thread.post({ kind: "open" });
      assertOpened(await answer(), `thread ${name}`);
    },
    listen: async (port, shared) => {
      thread.post({ kind: "listen", port, shared });
      const outcome = await answer();
      if (outcome.kind === "listened") return outcome.outcome;
      return { kind: "failed", code: "ended", message: `thread ${name} ended`, cannotShare: false };
    },
    setTls: (material) => {
      thread.post({ kind: "tls", material });
    },
    stop: async (limitMs) => {
      thread.post({ kind: "stop" });
      const inTime = await Promise.race([
        thread.ended.then(() => true),
        options.wait(limitMs).then(() => false),
      ]);
      if (!inTime) {
        options.onNote(`${name} did not stop within ${limitMs} ms and was ended`);
        await thread.terminate();
      }
    },
  };
}
