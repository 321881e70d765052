/** A thread that runs writer-worker.ts, as a test holds it. One is kept between stores: starting costs a test's time. */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { assert } from "../base/index.ts";
import type { SharedStore } from "../storage/sqlite/index.ts";
import { keepCompiledModules } from "./compiled-modules.ts";
import type { SettableTime } from "./settable-clock.ts";

export type ToTestWriter =
  | { readonly kind: "open"; readonly store: SharedStore; readonly time: SettableTime }
  | { readonly kind: "attach"; readonly port: MessagePort }
  | { readonly kind: "close" };

/** One for each message, in order. */
export type FromTestWriter = { readonly kind: "done" } | { readonly kind: "failed"; readonly error: unknown };

export interface TestWriter {
  open(store: SharedStore, time: SettableTime): Promise<void>;
  /** A line to the open store's writer. */
  line(): Promise<MessagePort>;
  /** Closes the store and gives the thread back. */
  close(): Promise<void>;
  /** Ends the thread wherever it is. */
  kill(): Promise<void>;
}

let idle: TestWriter | undefined;

export function takeTestWriter(): TestWriter {
  const taken = idle ?? startTestWriter();
  idle = undefined;
  return taken;
}

function startTestWriter(): TestWriter {
  keepCompiledModules();
  const worker = new Worker(new URL("writer-worker.ts", import.meta.url), { name: "test writer" });
  worker.unref();
  const asked: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  const fail = (error: unknown): void => {
    for (const { reject } of asked.splice(0)) reject(error);
  };
  worker.on("message", (answer: FromTestWriter) => {
    const next = asked.shift();
    assert(next !== undefined, "each answer has its message");
    if (answer.kind === "done") next.resolve();
    else next.reject(answer.error);
  });
  worker.on("error", fail);
  worker.on("exit", () => {
    fail(new Error("the test's writer thread has ended"));
  });
  const ask = (message: ToTestWriter, moved: readonly MessagePort[] = []): Promise<void> =>
    new Promise((resolve, reject) => {
      asked.push({ resolve, reject });
      worker.postMessage(message, moved);
    });
  const self: TestWriter = {
    open: (store, time) => ask({ kind: "open", store, time }),
    line: async () => {
      const { port1, port2 } = new MessageChannel();
      await ask({ kind: "attach", port: port2 }, [port2]);
      return port1;
    },
    close: async () => {
      await ask({ kind: "close" });
      idle = self;
    },
    kill: async () => {
      await worker.terminate();
    },
  };
  return self;
}
