/**
 * How the heads of a store lie, all on one server or spread over several, and what follows for the statements: this is the
 * only place where the engine asks for the difference.
 */
import type { CounterId, Keyspace, ShardId } from "../contract/index.ts";
import type { PostgresRow, PostgresSession } from "./driver.ts";
import type { GroupKey } from "./group-keys.ts";
import type { TakenHead } from "./group-state.ts";
import type { Head } from "./heads.ts";
import type { Ask, Readers } from "./reader.ts";
import type { ReplicaPolicy } from "./settings.ts";
import type { WriteForms } from "./write-forms.ts";

/** What a group learns by taking its heads. */
export interface TakenHeads {
  /** In order. */
  readonly heads: readonly TakenHead[];
  /** The highest of theirs. */
  readonly generation: number;
  /** Keys that are held under them. */
  readonly held: number;
  /** The database's time. */
  readonly nowMicros: number;
}

export interface PlacedShard {
  readonly head: Head;
  readonly shard: ShardId;
}

/** What is held in the store under some heads, by members that live. */
export interface HeadHolds {
  /** Names of keys, with the holds they have. */
  readonly holds: Map<string, string>;
  /** Where statements about a head cannot tell who lives: the members that do. */
  readonly livingMembers: readonly string[] | undefined;
}

/** Number of the last group under each head whose shards were looked at. */
export type SeenGroups = ReadonlyMap<Head, number>;

export const beforeAnyGroup = -1;

export interface ShardChanges {
  /** Heads, shards, their ends, and the groups that changed them. */
  readonly rows: readonly PostgresRow[];
  /** Groups up to which nothing else has changed. */
  readonly heads: readonly (readonly [Head, number])[];
}

/** Of what sends several statements, all are on their way when it returns. */
export interface Layout {
  /** How many heads a group may take. */
  readonly groupHeadsMax: number;
  readonly writes: WriteForms;
  /** Heads of a group by what one statement of a write may concern. */
  readonly sectionsOf: (heads: readonly TakenHead[]) => readonly (readonly TakenHead[])[];
  /**
   * Sent before the heads are taken: brings what the group will read into the database's memory, so that nobody waits
   * under a head for a disk.
   */
  readonly touchRecords: (session: PostgresSession, keys: readonly GroupKey[]) => Promise<unknown>;
  readonly takeHeads: (session: PostgresSession, heads: readonly Head[]) => Promise<TakenHeads>;
  /** Gives the keys their records; all lie under these heads. */
  readonly readRecords: (
    session: PostgresSession,
    heads: readonly Head[],
    keys: readonly GroupKey[],
  ) => Promise<void>;
  /** In their order; counters of dropped keyspaces are not left out. */
  readonly readCounters: (
    session: PostgresSession,
    counters: readonly CounterId[],
  ) => Promise<readonly number[]>;
  /** Rows of shard, last position, oldest, time and whether it is closed; none of a shard that was never written. */
  readonly readShards: (
    session: PostgresSession,
    shards: readonly PlacedShard[],
  ) => Promise<readonly PostgresRow[]>;
  /** The heads are taken, so that nobody places or ends a hold meanwhile. */
  readonly readHolds: (session: PostgresSession, heads: readonly Head[]) => Promise<HeadHolds>;
  readonly changedShards: (session: PostgresSession, seen: SeenGroups) => Promise<ShardChanges>;
  /** Marks a dropped keyspace as reclaimed if nothing of it is left. */
  readonly markReclaimed: (session: PostgresSession, keyspace: Keyspace) => Promise<void>;
  /** For what surely has not been committed. */
  readonly isWorthAnotherTry: (error: unknown) => boolean;
  /** Asks again where a read may have met something that passes. */
  readonly patient: (ask: Ask) => Ask;
  readonly readers: (askAlone: Ask) => Readers;
  /** Where eventually consistent reads may go, if this is wished. */
  readonly replicas: (wished: ReplicaPolicy) => ReplicaPolicy;
}
