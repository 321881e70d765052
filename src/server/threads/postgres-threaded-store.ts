/**
 * A store in a PostgreSQL database. Each thread's engine reads as those of other servers do; the main thread's writes for
 * all of them. Writes of a process then share groups, where engines beside each other would wait for each other's locks.
 */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { WriteHost } from "../../storage/remote/index.ts";
import { decideRegistry } from "../decide-registry.ts";
import { openPostgresStorage, type PostgresStorage } from "../postgres-storage.ts";
import { messagePortLine } from "./message-port-line.ts";
import type { ThreadedStore, ThreadedStoreOptions } from "./threaded-store.ts";

export function postgresThreadedStore(
  storage: PostgresStorage,
  { settings, clock, reach }: ThreadedStoreOptions,
): ThreadedStore {
  const { routers = 1 } = settings;
  const { store } = storage;
  const engines = routers + 1;
  let host: WriteHost | undefined;
  /** Of routers that began before the store was open; what they send waits in them. */
  const early: MessagePort[] = [];
  const attach = (port: MessagePort): void => {
    if (host === undefined) early.push(port);
    else host.attach(messagePortLine(port));
  };
  return {
    async openEngine() {
      const engine = await openPostgresStorage(storage, {
        decide: decideRegistry,
        clock,
        engines,
        // One thread tells for all; each router knows for itself whether it is ready.
        onReachable: reach.tell,
      });
      host = new WriteHost(engine);
      for (const port of early.splice(0)) attach(port);
      return engine;
    },
    routerStore: () => {
      const { port1, port2 } = new MessageChannel();
      attach(port2);
      // By then the store is there.
      return { kind: "postgres", store, create: false, engines, writes: port1 };
    },
    // It may be out of reach for a while; that ends no server.
    failed: new Promise(() => undefined),
    close: async () => {
      host?.close();
      for (const port of early) port.close();
    },
  };
}
