/** What the main thread and its threads say to each other. Plain data; ports are handed over beside it. */
import type { MessagePort } from "node:worker_threads";
import type { SharedStore, WritingState } from "../../storage/sqlite/index.ts";
import type { StorageErrorCode } from "../../storage/contract/index.ts";
import type { ListenOutcome } from "../listener.ts";
import type { PostgresStorage } from "../postgres-storage.ts";
import type { Dials, ListenerLimits, LogSettings, ServerAuth } from "../settings.ts";
import type { TlsMaterial } from "../tls-files.ts";
import type { ServerFactsMemory } from "./server-facts.ts";

/** Of every thread. */
export interface ThreadPlace {
  readonly facts: ServerFactsMemory;
  /** The thread's row in the facts. */
  readonly row: number;
  /** State of the clock of the data; absent: the system's clock. */
  readonly time: SharedArrayBuffer | undefined;
}

export interface WriterData extends ThreadPlace {
  readonly store: SharedStore;
}

export type ToWriter =
  | { readonly kind: "attach"; readonly port: MessagePort }
  /** All engines have been closed. */
  | { readonly kind: "close" };

export type FromWriter =
  | Opened
  | { readonly kind: "writing"; readonly state: WritingState; readonly reason: string | undefined }
  | { readonly kind: "closed" };

/** Whether a thread has opened the store. */
export type Opened =
  | { readonly kind: "opened" }
  | { readonly kind: "notOpened"; readonly code: StorageErrorCode; readonly message: string };

export interface RouterData extends ThreadPlace {
  readonly store: RouterStore;
  readonly settings: RouterSettings;
}

/** What a router opens its engine of. */
export type RouterStore =
  /** Owned by the main thread; `writes` leads to the writer. */
  | { readonly kind: "claimed"; readonly store: SharedStore; readonly writes: MessagePort }
  /** `engines`: how many this server has of it. `writes` leads to the main thread's. */
  | (Omit<PostgresStorage, "engine"> & { readonly engines: number; readonly writes: MessagePort });

/** The plain part of the server's settings. */
export interface RouterSettings {
  readonly auth: ServerAuth;
  readonly region: string;
  readonly shared: boolean;
  readonly corsOrigins: readonly string[] | undefined;
  readonly dials: Dials;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly limits: ListenerLimits;
  readonly log: LogSettings;
  readonly tls: TlsMaterial | undefined;
}

export type ToRouter =
  /** The writer has opened the store; until then a router only loads its modules. */
  | { readonly kind: "open" }
  | { readonly kind: "listen"; readonly port: number; readonly shared: boolean }
  | { readonly kind: "tls"; readonly material: TlsMaterial }
  /** Answer what is in flight, close everything, end. */
  | { readonly kind: "stop" };

export type FromRouter =
  | Opened
  | { readonly kind: "listened"; readonly outcome: ListenOutcome }
  | { readonly kind: "note"; readonly line: string };
