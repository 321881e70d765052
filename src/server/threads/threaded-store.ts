/**
 * The store of a server in several threads, as its main thread holds it. Each thread has an engine of its own; what else
 * the store needs, as a thread that writes, is behind this.
 */
import type { Clock } from "../../base/index.ts";
import type { Engine } from "../../storage/contract/index.ts";
import type { Note } from "../notes.ts";
import type { ServerSettings } from "../settings.ts";
import type { StoreReach } from "../store-reach.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { RouterStore, ThreadPlace } from "./thread-messages.ts";

export interface ThreadedStore {
  /** The main thread's engine; routers open theirs afterwards. Rejects with a StorageError. */
  openEngine(): Promise<Engine>;
  /** For one router; posting it hands over what it holds. */
  routerStore(): RouterStore;
  /** Resolves when nothing can be written any more until the server is started again. */
  readonly failed: Promise<StoreFailure>;
  /** After all engines were closed; also when none was opened. */
  close(): Promise<void>;
}

export interface StoreFailure {
  /** What happened, in full. */
  readonly note: string;
  /** One line, the last that the server says. */
  readonly message: string;
}

export interface ThreadedStoreOptions {
  readonly settings: Pick<ServerSettings, "threadEntries" | "routers">;
  readonly facts: ServerFacts;
  /** Of one of the store's own threads. */
  readonly placeOf: (row: number) => ThreadPlace;
  /** Row of the first of them. */
  readonly firstRow: number;
  readonly clock: Clock;
  /** Told of a store on another machine by the main thread's engine. */
  readonly reach: StoreReach;
  readonly onNote: Note;
}
