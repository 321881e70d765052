/** A store in files: this process owns it, one thread writes, and every engine has a line to that thread. */
import { claimStore, openSharedSqliteEngine, type StoreLocation } from "../../storage/sqlite/index.ts";
import { writingStateText } from "../notes.ts";
import { messagePortLine } from "./message-port-line.ts";
import type { ThreadedStore, ThreadedStoreOptions } from "./threaded-store.ts";
import { startWriter } from "./writer-handle.ts";

/** Throws a StorageError when another process owns the store. */
export function claimThreadedStore(
  location: StoreLocation,
  { settings, facts, placeOf, firstRow, onNote }: ThreadedStoreOptions,
): ThreadedStore {
  const claimed = claimStore({ location });
  const { shared } = claimed;
  const writer = startWriter({
    data: { ...placeOf(firstRow), store: shared },
    entry: settings.threadEntries?.writer,
    onWritingState: (state, reason) => {
      onNote(writingStateText(state, reason));
      if (state === "stopped") facts.phase = "failed";
    },
  });
  return {
    async openEngine() {
      await writer.opened();
      return openSharedSqliteEngine({ store: shared, port: messagePortLine(writer.line()) });
    },
    routerStore: () => ({ kind: "claimed", store: shared, writes: writer.line() }),
    failed: writer.died.then((reason) => ({
      note: `the thread that writes has died; nothing is written any more and the server stops: ${reason}`,
      message: `the thread that writes died: ${reason.split("\n", 1)[0] ?? ""}`,
    })),
    async close() {
      await writer.close();
      claimed.release();
    },
  };
}
