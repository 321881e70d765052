/**
 * The two ways to say what a group writes: packed, a list in one parameter, for a store on one server, and row by row for a
 * store that is spread.
 */
import type { CounterId } from "../contract/index.ts";
import type { PostgresParameter, PostgresStatement } from "./driver.ts";
import type { GroupKey } from "./group-keys.ts";
import type { LogAppend } from "./group-state.ts";
import type { Head } from "./heads.ts";
import type { ShardState } from "./shard-cache.ts";
import type { StoredKey } from "./stored-key.ts";

export type SendWrite = (statement: PostgresStatement, parameters: readonly PostgresParameter[]) => void;

/** One that is put. */
export interface RecordPut {
  readonly key: GroupKey;
  readonly version: number;
  readonly value: Uint8Array;
}

export interface ChangedShard extends ShardState {
  readonly head: Head;
  /** Number of the group under the head. */
  readonly n: number;
  readonly shard: number;
}

export interface PlacedHold {
  readonly head: Head;
  readonly holdId: string;
  readonly memberId: string;
  /** Digests of the names of keys. */
  readonly keys: readonly Uint8Array[];
}

export interface ReleasedHolds {
  readonly head: Head;
  readonly holdIds: readonly string[];
  /** As `HeadHolds` has them. */
  readonly livingMembers: readonly string[] | undefined;
}

export interface CounterChange {
  readonly head: Head;
  readonly counter: CounterId;
  readonly delta: number;
}

export interface PartChange extends CounterChange {
  /** Its part. */
  readonly stored: StoredKey;
}

/** Lists are never empty. In a spread store all of a list is under one head. */
export interface WriteForms {
  readonly deleteRecords: (send: SendWrite, keys: readonly GroupKey[]) => void;
  readonly putRecords: (send: SendWrite, puts: readonly RecordPut[]) => void;
  readonly appendLog: (send: SendWrite, appends: readonly LogAppend[]) => void;
  readonly putShards: (send: SendWrite, shards: readonly ChangedShard[]) => void;
  readonly placeHolds: (send: SendWrite, hold: PlacedHold) => void;
  /** With what the dead have held. */
  readonly releaseHolds: (send: SendWrite, holds: ReleasedHolds) => void;
  readonly addCounters: (send: SendWrite, changes: readonly CounterChange[]) => void;
  /** Those that come to 0 go. */
  readonly addPartCounters: (send: SendWrite, changes: readonly PartChange[]) => void;
}
