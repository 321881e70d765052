/** Everything a Stator can be told when it starts. The command line and the library both end up here. */
import { type Clock, limits, type Random } from "../base/index.ts";
import type { Namespace } from "../catalog/index.ts";
import type { IndexLags } from "../indexes/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import type { PostgresStorage } from "./postgres-storage.ts";
import type { WritingState } from "../storage/sqlite/index.ts";
import type { AuthMode, CorsOrigins, InternalRoutes, RequestFacts } from "../wire/index.ts";
import type { HousekeepingPace } from "./housekeeping.ts";

/** Where the data lives. */
export type StorageChoice =
  /** Gone when closed. */
  | { readonly kind: "memory" }
  /** A private temporary folder, removed at close; not durable. */
  | { readonly kind: "temporary" }
  /** A folder, made when missing; every acknowledged write is durable. */
  | { readonly kind: "directory"; readonly path: string }
  /** A schema of a PostgreSQL database, which other servers may use at the same time. */
  | PostgresStorage;

/** How long tables stay in a transitional status. */
export interface StatusDelays {
  readonly createMs: number;
  readonly updateMs: number;
  readonly deleteMs: number;
}

/** One Stator without a socket. */
export interface StatorSettings extends CoreSettings {
  readonly storage: StorageChoice;
  /** The engine stopped writing, waits for disk space, or goes on. */
  readonly onWritingState?: (state: WritingState, reason: string | undefined) => void;
  /** A store on another machine can no longer be reached, or can again. */
  readonly onReachable?: (reachable: boolean, reason: string | undefined) => void;
}

/** What brings DynamoDB's timing and limits, or spares a test of them; each thread of a server has the same. */
export interface Dials {
  readonly delays: StatusDelays;
  /** How far global indexes stay behind; absent: `none` in a user's process, `natural` in a server. */
  readonly indexLags?: IndexLags;
  /** How long write transactions hold their items before they are decided, up to 10 minutes; absent: 0. */
  readonly transactionHoldMs?: number;
  /** Of one partition key in a table with local indexes; absent: DynamoDB's 10 GB. */
  readonly collectionBytesMax?: number;
}

/** What is put together over an engine. */
export interface CoreSettings extends Dials {
  readonly auth: AuthMode;
  /** Region of the initial tables and of the one namespace when `shared` is set. */
  readonly region: string;
  /** All regions and accounts see the same tables. */
  readonly shared: boolean;
  readonly corsOrigins?: CorsOrigins;
  /** Absent: the system's. */
  readonly clock?: Clock;
  /** Absent: the system's. */
  readonly random?: Random;
  /** False while stopping; absent: always ready. */
  readonly ready?: () => boolean;
  readonly internalRoutes?: InternalRoutes;
  /**
   * Other threads have engines of the same store, through which its tables may change too. Of an engine for several
   * processes that is known without being told.
   */
  readonly storeShared?: boolean;
  /** When space of dropped tables is given back; absent: by the clock. */
  readonly housekeeping?: HousekeepingPace;
  /** Called once per answered request. */
  readonly observe?: (facts: RequestFacts) => void;
  /** A step of background work is about to be taken. */
  readonly onBackgroundStep?: () => void;
  /** Background work failed; it will be tried again. */
  readonly onBackgroundFailure?: (error: unknown) => void;
  /**
   * Looks at the store when nothing works on it any more, before it is closed: tests look for contradictions. When it
   * rejects, so does closing, after the store was closed.
   */
  readonly inspect?: (engine: Engine) => Promise<void>;
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

/** Bounds of the HTTP listener, each with a default. Those on bytes hold for each listener by itself. */
export interface ListenerLimits {
  /** Request line and headers. */
  readonly headerBytesMax: number;
  /** From the first byte to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMs: number;
  /**
   * Who sends nothing for so long in the middle of a body is given up, and so is who takes nothing of an answer.
   * Answers go out in pieces of 256 KiB: a client that takes each piece in time may take as long as it likes.
   */
  readonly stallTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Beyond this the newest is closed at once. */
  readonly connectionsMax: number;
  /** Requests received as a whole and not answered; beyond it new ones are refused with 503. */
  readonly requestsInFlightMax: number;
  /**
   * Of the bodies of those requests: beyond it new ones are refused with 503. As many bytes again may be held of
   * bodies still being received: beyond it the one that began first is given up with 408, and nobody else is turned
   * away. At least the largest body (16 MiB).
   */
  readonly bodyBytesInFlightMax: number;
  /**
   * Answers that clients have not taken, with the requests they have sent meanwhile: beyond it the connection without
   * progress for the longest time is ended, until it fits.
   */
  readonly unsentBytesMax: number;
  /** While the event loop is later than this, a part of the new requests is refused with 503. */
  readonly shedDelayMsMax: number;
  /** At stop: how long requests in flight may take. */
  readonly drainMs: number;
  /** At stop: an idle connection is ended when it has been quiet for so long; one in use is told to leave. */
  readonly drainQuietMs: number;
}

export interface ServerSettings extends Omit<
  StatorSettings,
  "observe" | "ready" | "onTableElsewhere" | "onWritingState" | "onReachable" | "onBackgroundFailure"
> {
  /**
   * Threads that answer requests; with any, the store is not in memory and the clock in shared memory. 0 or absent:
   * everything on the caller's thread.
   */
  readonly routers?: number;
  /** Modules to run in place of the product's threads; for tests of what happens when one fails. */
  readonly threadEntries?: { readonly writer?: URL; readonly router?: URL };
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
  stallTimeoutMs: 20_000,
  // Longer than the idle time of common load balancers (60 s), so that they close first.
  keepAliveTimeoutMs: 75_000,
  connectionsMax: 20_000,
  requestsInFlightMax: 4096,
  // Eight of the largest requests (16 MiB); ten thousands of ordinary ones.
  bodyBytesInFlightMax: 128 * 1024 * 1024,
  unsentBytesMax: 128 * 1024 * 1024,
  shedDelayMsMax: 1000,
  drainMs: 10_000,
  drainQuietMs: 500,
};

export function dialsOf({ delays, indexLags, collectionBytesMax, transactionHoldMs }: Dials): Dials {
  return {
    delays,
    ...(indexLags === undefined ? {} : { indexLags }),
    ...(collectionBytesMax === undefined ? {} : { collectionBytesMax }),
    ...(transactionHoldMs === undefined ? {} : { transactionHoldMs }),
  };
}
