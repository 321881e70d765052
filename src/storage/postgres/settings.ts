/** Where a PostgreSQL store is and how its engine behaves towards it. */
import type { PostgresHost } from "./driver.ts";

/** Which servers answer eventually consistent reads. */
export type ReplicaPolicy =
  /** The primary, as for all else. */
  | "primary"
  /** The standby that answers soonest. */
  | "nearest"
  /** Any standby. */
  | "random";

/** How the connection is protected; the words are libpq's `sslmode`. */
export type PostgresTlsMode = "disable" | "require" | "verify-ca" | "verify-full";

export interface PostgresTls {
  readonly mode: PostgresTlsMode;
  /** PEM; absent: the system's authorities. */
  readonly certificateAuthority?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** Who logs in where. */
export interface PostgresAddress {
  /** Of one primary and its standbys, in any order. */
  readonly hosts: readonly PostgresHost[];
  readonly database: string;
  readonly user: string;
  /** Asked before each login, so that a changed password file counts without a restart. */
  readonly password: () => Promise<string | undefined>;
  readonly tls: PostgresTls;
  /** The store's own schema. */
  readonly schema: string;
}

/** Bounds, each with a default. */
export interface PostgresLimits {
  /** Sessions that write; as many groups of mutations are on their way at once. */
  readonly writeSessionsMax: number;
  /** Sessions that read from the primary, and as many for each standby. */
  readonly readSessionsMax: number;
  readonly connectMs: number;
  /** A statement without answer for so long ends its session. */
  readonly answerMs: number;
  /** How long the engine tries to learn whether a commit landed whose answer was lost. */
  readonly resolveMs: number;
  /** Mutations waiting for their group. */
  readonly waitingMax: number;
  /** A server that is not heard of for so long is no longer waited for when the catalog changes, and knows it. */
  readonly membershipMs: number;
  /** An eventually consistent read is never older than this. */
  readonly staleMsMax: number;
}

export const defaultPostgresLimits: PostgresLimits = {
  writeSessionsMax: 6,
  readSessionsMax: 6,
  connectMs: 3000,
  answerMs: 6000,
  resolveMs: 6000,
  waitingMax: 10_000,
  membershipMs: 4000,
  staleMsMax: 5000,
};

export interface PostgresSettings {
  readonly address: PostgresAddress;
  readonly replicas: ReplicaPolicy;
  readonly limits?: Partial<PostgresLimits>;
}
