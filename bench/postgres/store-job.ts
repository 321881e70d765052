/** What a process with an engine is asked to do, and what it reports: plain data that crosses processes. */
import type { LogHistogram } from "../load/log-histogram.ts";

/** Where the store is; whoever comes from this machine is let in. */
export interface StorePlace {
  readonly host: string;
  readonly port: number;
  readonly schema: string;
}

/**
 * `put` replaces a record whatever is there. `update` replaces one that must be there, and appends a log record of the
 * same size: what an UpdateItem with a condition comes to on a table whose changes somebody follows.
 */
export type StoreLoad = "get" | "put" | "update";

export interface StoreJob {
  readonly load: StoreLoad;
  /** Each asks again as soon as it is answered. */
  readonly callers: number;
  /** Chosen from at random; the first of those that were filled. */
  readonly keys: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly seed: number;
  /** Main process of the database's server. */
  readonly serverPid: number | undefined;
}

export interface StoreReport {
  readonly operations: number;
  readonly seconds: number;
  readonly latency: LogHistogram;
  /** Of the whole process, collecting garbage included. */
  readonly cpuMicros: number;
  /** Of the database's server with all its sessions, whoever used them. */
  readonly serverCpuMicros: number | undefined;
  readonly groups: GroupCounts;
  readonly outcomes: OutcomeCounts;
}

export interface GroupCounts {
  readonly committed: number;
  /** Every one was tried again, since nothing here is refused. */
  readonly rolledBack: number;
  /** All that was sent: of groups, reads and background work. */
  readonly statements: number;
  readonly sessionsOpened: number;
}

/** Of mutations; `failed` are those that rejected. */
export interface OutcomeCounts {
  readonly committed: number;
  readonly refused: number;
  readonly conflict: number;
  readonly staleEpoch: number;
  readonly unknown: number;
  readonly failed: number;
}

export type StoreOrder =
  | { readonly kind: "open"; readonly place: StorePlace }
  | { readonly kind: "fill"; readonly keys: number }
  | { readonly kind: "run"; readonly job: StoreJob }
  | { readonly kind: "close" };

export type StoreReply =
  | { readonly kind: "done" }
  | { readonly kind: "report"; readonly report: StoreReport }
  | { readonly kind: "error"; readonly error: string };
