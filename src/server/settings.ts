/** Everything a Stator can be told when it starts. The command line and the library both end up here. */
import { type Clock, limits, type Random } from "../base/index.ts";
import type { Namespace } from "../catalog/index.ts";
import type { AuthMode, CorsOrigins, InternalRoutes, RequestFacts } from "../wire/index.ts";
import type { HousekeepingPace } from "./housekeeping.ts";

/** Where the data lives. */
export type StorageChoice =
  /** Gone when closed. */
  | { readonly kind: "memory" }
  /** A private temporary folder, removed at close; not durable. */
  | { readonly kind: "temporary" }
  /** A folder, made when missing; every acknowledged write is durable. */
  | { readonly kind: "directory"; readonly path: string };

/** How long tables stay in a transitional status. */
export interface StatusDelays {
  readonly createMs: number;
  readonly updateMs: number;
  readonly deleteMs: number;
}

/** One Stator without a socket. */
export interface StatorSettings {
  readonly storage: StorageChoice;
  readonly auth: AuthMode;
  /** Region of the initial tables and of the one namespace when `shared` is set. */
  readonly region: string;
  /** All regions and accounts see the same tables. */
  readonly shared: boolean;
  readonly corsOrigins?: CorsOrigins;
  readonly delays: StatusDelays;
  /** Absent: the system's. */
  readonly clock?: Clock;
  /** Absent: the system's. */
  readonly random?: Random;
  /** False while stopping; absent: always ready. */
  readonly ready?: () => boolean;
  readonly internalRoutes?: InternalRoutes;
  /** When space of dropped tables is given back; absent: by the clock. */
  readonly housekeeping?: HousekeepingPace;
  /** Called once per answered request. */
  readonly observe?: (facts: RequestFacts) => void;
  /** The engine stopped writing, waits for disk space, or goes on; the text is for a person. */
  readonly onWritingState?: (text: string) => void;
  /** Background work failed; it will be tried again. */
  readonly onBackgroundFailure?: (error: unknown) => void;
  /** A table is missing where it was asked for, but others of that name exist. */
  readonly onTableElsewhere?: (name: string, asked: Namespace, found: readonly Namespace[]) => void;
}

/** Who may ask: the wire's modes under the name the command line uses. */
export type ServerAuth = AuthMode;

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface LogSettings {
  /** One line per request. */
  readonly requests: boolean;
  /** Requests that took at least this long get a line even without `requests`. */
  readonly slowMs?: number;
}

/** A file given with --init; `table` names the table of item lines that do not name one. */
export interface InitFile {
  readonly path: string;
  readonly table?: string;
}

/** Bounds of the HTTP listener, each with a default. */
export interface ListenerLimits {
  /** Request line and headers. */
  readonly headerBytesMax: number;
  /** From the first byte to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly connectionsMax: number;
  readonly requestsInFlightMax: number;
  /** Bodies received and not answered yet. */
  readonly bodyBytesInFlightMax: number;
  /** At stop: how long requests in flight may take. */
  readonly drainMs: number;
}

export interface ServerSettings extends Omit<
  StatorSettings,
  "observe" | "ready" | "onTableElsewhere" | "onWritingState" | "onBackgroundFailure"
> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Mode `open` answers everybody, so other addresses than loopback need this. */
  readonly allowOpenNetwork: boolean;
  /** Host names served beside the loopback ones. */
  readonly allowedHosts: readonly string[];
  readonly tls?: TlsFiles;
  readonly init: readonly InitFile[];
  readonly log: LogSettings;
  readonly limits?: Partial<ListenerLimits>;
  /** Receives plain lines for a person: what initial files did, faults, missing tables found elsewhere. */
  readonly onNote: (line: string) => void;
}

export const defaultListenerLimits: ListenerLimits = {
  headerBytesMax: limits.headerBytesMax,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  // Longer than the idle time of common load balancers (60 s), so that they close first.
  keepAliveTimeoutMs: 75_000,
  connectionsMax: 20_000,
  requestsInFlightMax: 4096,
  bodyBytesInFlightMax: 512 * 1024 * 1024,
  drainMs: 10_000,
};
