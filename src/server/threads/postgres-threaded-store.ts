/** A store in a PostgreSQL database: each thread's engine is one of its users, as those of other servers are. */
import { decideRegistry } from "../decide-registry.ts";
import { openPostgresStorage, type PostgresStorage } from "../postgres-storage.ts";
import type { ThreadedStore, ThreadedStoreOptions } from "./threaded-store.ts";

export function postgresThreadedStore(
  storage: PostgresStorage,
  { settings, clock, reach }: ThreadedStoreOptions,
): ThreadedStore {
  const { routers = 1 } = settings;
  const { store } = storage;
  const engines = routers + 1;
  return {
    // One thread tells for all; each router knows for itself whether it is ready.
    openEngine: () =>
      openPostgresStorage(storage, {
        decide: decideRegistry,
        clock,
        engines,
        onReachable: reach.tell,
      }),
    // By then the store is there.
    routerStore: () => ({ kind: "postgres", store, create: false, engines }),
    // It may be out of reach for a while; that ends no server.
    failed: new Promise(() => undefined),
    close: async () => undefined,
  };
}
