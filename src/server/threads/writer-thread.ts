/** Runs in the writer thread: the only place of a server where its store is changed. */
import { workerData } from "node:worker_threads";
import { createLoopGauge } from "../../base/index.ts";
import type { WritePort } from "../../storage/remote/index.ts";
import { openSqliteWriter } from "../../storage/sqlite/index.ts";
import { decideRegistry } from "../decide-registry.ts";
import { notOpened, parentOf, threadClock } from "./inside-thread.ts";
import { messagePortLine } from "./message-port-line.ts";
import { ServerFacts } from "./server-facts.ts";
import type { FromWriter, ToWriter, WriterData } from "./thread-messages.ts";

const { facts, row, store, time } = workerData as WriterData;
const parent = parentOf<ToWriter, FromWriter>();
const gauge = createLoopGauge({ onDelay: new ServerFacts(facts).delayRecorder(row) });

/** The gauge runs while there is something to write. */
function measured(port: WritePort): WritePort {
  return {
    ...port,
    listen: ({ message, closed }) => {
      port.listen({
        message: (bytes) => {
          gauge.touch();
          message(bytes);
        },
        closed,
      });
    },
  };
}

try {
  const writer = await openSqliteWriter({
    store,
    decide: decideRegistry,
    clock: threadClock(time),
    onWritingState: (state, reason) => {
      parent.post({ kind: "writing", state, reason });
    },
  });
  parent.listen((message) => {
    if (message.kind === "attach") {
      writer.attach(measured(messagePortLine(message.port)));
      return;
    }
    void writer.close().then(() => {
      gauge.close();
      parent.post({ kind: "closed" });
      parent.release();
    });
  });
  parent.post({ kind: "opened" });
} catch (error: unknown) {
  parent.post(notOpened(error));
}
