/** Picks how a server in several threads holds its store. */
import type { StorageChoice } from "../settings.ts";
import { claimThreadedStore } from "./claimed-threaded-store.ts";
import { postgresThreadedStore } from "./postgres-threaded-store.ts";
import type { ThreadedStore, ThreadedStoreOptions } from "./threaded-store.ts";

/** Threads the store needs beside those that have an engine, in the order of their rows in the facts. */
export function storeThreadNames({ kind }: StorageChoice): readonly string[] {
  return kind === "postgres" ? [] : ["writer"];
}

/** Throws a StorageError when the store is in use. Its threads begin to load at once. */
export function startStore(storage: StorageChoice, options: ThreadedStoreOptions): ThreadedStore {
  return storage.kind === "postgres"
    ? postgresThreadedStore(storage, options)
    : claimThreadedStore(storage, options);
}
