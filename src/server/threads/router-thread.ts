/** Runs in a router thread: a listener, and all of a Stator but background work and, of a store in files, writing. */
import { workerData } from "node:worker_threads";
import { assert, createLoopGauge } from "../../base/index.ts";
import { composeStator, type StatorCore } from "../create-stator.ts";
import { createHostCheck } from "../host-check.ts";
import { createListener, type Listener } from "../listener.ts";
import { createElsewhereNote, createFaultNote } from "../notes.ts";
import { openRequestLog } from "../request-log.ts";
import { createStoreReach } from "../store-reach.ts";
import { notOpened, parentOf, threadClock } from "./inside-thread.ts";
import { openRouterEngine } from "./router-engine.ts";
import { ServerFacts } from "./server-facts.ts";
import { threadRoutes } from "./thread-routes.ts";
import type { FromRouter, RouterData, ToRouter } from "./thread-messages.ts";

const data = workerData as RouterData;
const { settings } = data;
const facts = new ServerFacts(data.facts);
const counts = facts.row(data.row);
const gauge = createLoopGauge({ onDelay: facts.delayRecorder(data.row) });
const parent = parentOf<ToRouter, FromRouter>();

function onNote(line: string): void {
  parent.post({ kind: "note", line });
}

async function openCore(): Promise<StatorCore> {
  // The main thread tells people.
  const reach = createStoreReach();
  const clock = threadClock(data.time);
  const engine = await openRouterEngine(data.store, {
    clock,
    onReachable: reach.tell,
  });
  const noteFault = createFaultNote(onNote);
  const requestLog = await openRequestLog(settings.log);
  const { auth, region, shared, corsOrigins, dials } = settings;
  return composeStator(
    {
      auth,
      region,
      shared,
      ...dials,
      ...(corsOrigins === undefined ? {} : { corsOrigins }),
      clock,
      storeShared: true,
      housekeeping: "elsewhere",
      ready: () => facts.phase === "ready" && reach.isReachable,
      internalRoutes: threadRoutes(facts),
      observe(request) {
        if (!reach.explains(request.cause)) noteFault(request);
        requestLog?.(request);
      },
      onTableElsewhere: createElsewhereNote(onNote),
    },
    engine,
  );
}

function listenerOf(core: StatorCore): Promise<Listener> {
  return createListener({
    wire: core.wire,
    hostAllowed: createHostCheck(settings.host, settings.allowedHosts),
    limits: settings.limits,
    tls: settings.tls,
    load: gauge,
    counts: {
      answered: () => counts.add("answered", 1),
      refused: () => counts.add("refused", 1),
    },
  });
}

async function listen(port: number, shared: boolean): Promise<void> {
  assert(listener !== undefined, "a router opens the store before it listens");
  parent.post({ kind: "listened", outcome: await listener.listen(settings.host, port, { shared }) });
}

async function stop(): Promise<void> {
  await listener?.stop();
  await core?.close();
  gauge.close();
  parent.release();
}

async function open(): Promise<void> {
  try {
    core = await openCore();
    listener = await listenerOf(core);
    parent.post({ kind: "opened" });
  } catch (error: unknown) {
    parent.post(notOpened(error));
  }
}

let core: StatorCore | undefined;
let listener: Listener | undefined;
parent.listen((message) => {
  switch (message.kind) {
    case "open":
      void open();
      return;
    case "listen":
      void listen(message.port, message.shared);
      return;
    case "tls":
      listener?.setTls(message.material);
      return;
    case "stop":
      void stop();
  }
});
