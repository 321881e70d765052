/**
 * Runs in a thread of a test: the writer of one store at a time, with the mutations of the storage contract suite and
 * of random programs. The product's own thread is src/server/threads/writer-thread.ts.
 */
import { parentPort } from "node:worker_threads";
import { assert } from "../base/index.ts";
import { messagePortLine } from "../server/threads/message-port-line.ts";
import type { DecideRegistry } from "../storage/contract/index.ts";
import { openSqliteWriter, type SqliteWriter } from "../storage/sqlite/index.ts";
import { programDecides } from "./program-decides.ts";
import { sharedSettableClock } from "./settable-clock.ts";
import { suiteDecides } from "./storage-contract/subject.ts";
import type { FromTestWriter, ToTestWriter } from "./test-writer.ts";

const decide: DecideRegistry = new Map([...suiteDecides, ...programDecides]);
const port = parentPort;
assert(port !== null, "this module runs in a thread");
let writer: SqliteWriter | undefined;

async function handle(message: ToTestWriter): Promise<FromTestWriter> {
  switch (message.kind) {
    case "open":
      writer = await openSqliteWriter({
        store: message.store,
        decide,
        clock: sharedSettableClock(message.time),
      });
      return { kind: "done" };
    case "attach":
      writer?.attach(messagePortLine(message.port));
      return { kind: "done" };
    case "close":
      await writer?.close();
      writer = undefined;
      return { kind: "done" };
  }
}

port.on("message", (message: ToTestWriter) => {
  handle(message).then(
    (answer) => {
      port.postMessage(answer);
    },
    (error: unknown) => {
      port.postMessage({ kind: "failed", error } satisfies FromTestWriter);
    },
  );
});
