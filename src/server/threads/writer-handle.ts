/** The writer thread as the main thread holds it. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { WritingState } from "../../storage/sqlite/index.ts";
import { assertOpened } from "./opening.ts";
import { startThread, type Thread, threadEntry } from "./thread.ts";
import type { FromWriter, ToWriter, WriterData } from "./thread-messages.ts";

export interface WriterHandle {
  /** Rejects with a StorageError when the store cannot be opened. */
  opened(): Promise<void>;
  /** A line to the writer, to be handed to whoever opens an engine. */
  line(): MessagePort;
  /** Resolves, with the reason, when the thread ends without having been asked to. */
  readonly died: Promise<string>;
  /** After all engines of the store were closed. */
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly data: WriterData;
  /** Absent: the product's own; tests give a module that misbehaves. */
  readonly entry?: URL | undefined;
  readonly onWritingState: (state: WritingState, reason: string | undefined) => void;
}

/** The thread begins to open the store at once. */
export function startWriter(options: WriterOptions): WriterHandle {
  let closing = false;
  let opened: (message: FromWriter) => void = () => undefined;
  const first = new Promise<FromWriter>((resolve) => {
    opened = resolve;
  });
  const thread: Thread<ToWriter> = startThread<ToWriter, FromWriter>({
    name: "writer",
    entry: options.entry ?? threadEntry("writer-thread", import.meta.url),
    data: options.data,
    onMessage: (message) => {
      if (message.kind === "writing") options.onWritingState(message.state, message.reason);
      else opened(message);
    },
  });
  const ending = thread.ended.then((reason) => ({ kind: "ended", reason }) as const);
  return {
    opened: async () => {
      assertOpened(await Promise.race([first, ending]), "the thread that writes");
    },
    line: () => {
      const { port1, port2 } = new MessageChannel();
      thread.post({ kind: "attach", port: port2 }, [port2]);
      return port1;
    },
    died: new Promise((resolve) => {
      void thread.ended.then((reason) => {
        if (!closing) resolve(reason);
      });
    }),
    close: async () => {
      closing = true;
      thread.post({ kind: "close" });
      await thread.ended;
    },
  };
}
