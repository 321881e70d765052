/**
 * The storage contract: the only thing the rest of the house knows about storage. Small enough to
 * implement in a week, strong enough that no operation needs more. An engine stores opaque bytes; it
 * knows nothing of items, tables or DynamoDB.
 *
 * Order: records of one (keyspace, placement) are ordered by `partition` bytes, then by `sort` bytes, both
 * compared as unsigned bytes, a shorter prefix first.
 */

/** A number standing for a table, an index, or a catalog area. Allocated by the catalog, never reused. */
export type Keyspace = number;

/** Where a record lives: for an item its bucket. Records of one placement can be committed together cheaply. */
export type Placement = number;

export interface RecordKey {
  readonly keyspace: Keyspace;
  readonly placement: Placement;
  /** For items: 4 bytes of hash, then the partition key's ordered bytes. */
  readonly partition: Uint8Array;
  /** Empty for records without a sort key. */
  readonly sort: Uint8Array;
}

/** Opaque, ordered per key only; never repeats for a key that was deleted and made again. */
export type Version = number;

export interface StoredRecord {
  readonly key: RecordKey;
  readonly version: Version;
  readonly value: Uint8Array;
}

/** `strong` sees every acknowledged write; `eventual` may be served by a replica. */
export type Consistency = "strong" | "eventual";

/** A bound inside one (keyspace, placement). An absent `sort` stands for the whole partition. */
export interface RangeBound {
  readonly partition: Uint8Array;
  readonly sort?: Uint8Array;
  readonly inclusive: boolean;
}

export interface RangeRequest {
  readonly keyspace: Keyspace;
  readonly placement: Placement;
  /** First record in byte order; absent: from the start. */
  readonly lower?: RangeBound;
  /** Last record in byte order; absent: to the end. */
  readonly upper?: RangeBound;
  /** Walk from upper to lower. */
  readonly reverse: boolean;
  /** At most this many records (>= 1). */
  readonly recordsMax: number;
  /** Stop after the record that reaches this many value bytes (that record is included). */
  readonly bytesMax: number;
  readonly consistency: Consistency;
}

/**
 * `more`: false when the range is exhausted; true when a limit stopped it (resume after the last record), even if
 * that record was the last one.
 */
export interface RangePage {
  readonly records: readonly StoredRecord[];
  readonly more: boolean;
}

/** Shards of the change log: one open shard per partition. Positions are gapless from 1. */
export type ShardId = number;

/**
 * The placement a shard belongs to: who commits records of that placement together with log records of the shard touches
 * one place of the store. Part of the format of stores that are spread.
 */
export function placementOfShard(shard: ShardId): Placement {
  return shard % placementsMax;
}

/** Placements are below this number. */
export const placementsMax = 65_536;

/** Shards below this number have a signal; they are for what every user of a store must follow, as the catalog. */
export const signalledShardsMax = 16;

export interface LogRecord {
  readonly position: number;
  /** Never goes back within a shard; one time for a whole commit. */
  readonly timeMicros: number;
  readonly value: Uint8Array;
}

export type LogPage =
  /** May hold fewer records than asked for. `closed`: the shard is closed and nothing follows these records. */
  | { readonly kind: "records"; readonly records: readonly LogRecord[]; readonly closed: boolean }
  /** The position asked for is gone; `oldest` is the first position still there. */
  | { readonly kind: "trimmed"; readonly oldest: number };

export interface LogEnd {
  /** Position of the last record ever appended, 0 when none. */
  readonly last: number;
  /** First position still readable. */
  readonly oldest: number;
  readonly closed: boolean;
}

/** Refuses a mutation decided with an old description: the epoch the caller knows of one keyspace. */
export interface EpochCheck {
  readonly keyspace: Keyspace;
  readonly epoch: number;
}

/**
 * A write as plain, structured-cloneable data. `kind` picks a registered decide function; `keys` are read
 * at the newest state (committed plus pending) and handed to it in the same order.
 */
export interface Mutation {
  readonly kind: string;
  readonly epochs: readonly EpochCheck[];
  readonly keys: readonly RecordKey[];
  readonly args: unknown;
  /** Read where and when `keys` are, but without a conflict: `DecideContext.counters`, in the same order. */
  readonly counters?: readonly CounterId[];
  /** Present: the mutation holds its keys (see `MutationHold`). */
  readonly hold?: MutationHold;
}

/**
 * A mutation with a hold keeps its keys to itself from its acceptance by the store until its answer: any other mutation
 * that names one of them in `keys` is answered `conflict` at once, through whichever engine it comes. Mutations accepted
 * before it are not disturbed: it is decided after them. Reads never notice a hold.
 */
export interface MutationHold {
  /** Decided only this long after its acceptance, on the store's clock, or when its engine closes. Usually 0. */
  readonly ms: number;
}

export type RecordWrite =
  | { readonly kind: "put"; readonly key: RecordKey; readonly value: Uint8Array }
  | { readonly kind: "delete"; readonly key: RecordKey };

/** All writes of one commit: all or nothing, over any keyspaces. */
export interface Commit {
  readonly records: readonly RecordWrite[];
  /** Commutative, never conflicting. */
  readonly counters?: readonly CounterDelta[];
  readonly log?: readonly { readonly shard: ShardId; readonly value: Uint8Array }[];
  readonly closeShards?: readonly ShardId[];
  /** Forgets all records of these shards, those of this commit too. Their positions go on. */
  readonly trimShards?: readonly ShardId[];
  /** Takes effect with the commit: later mutations naming an older epoch are answered `staleEpoch`. */
  readonly setEpochs?: readonly EpochCheck[];
  /**
   * Logically gone with the commit, counters too; space is given back by `reclaim`. From then on a mutation that
   * names the keyspace's epoch is answered `staleEpoch`, and a commit that writes it is a programmer error.
   */
  readonly dropKeyspaces?: readonly Keyspace[];
}

export interface CounterDelta {
  readonly counter: CounterId;
  readonly delta: number;
}

/** A counter that was never changed is 0. */
export interface CounterId {
  readonly keyspace: Keyspace;
  /** Which of the keyspace's counters (items, bytes...). */
  readonly index: number;
  /**
   * Present: the counter of one part of the keyspace, as an item collection; absent: of the whole keyspace. One with a
   * part takes no space while it is 0.
   */
  readonly part?: Uint8Array;
}

/** Asks for counters that have a part, in order of the part's bytes; those that are 0 are left out. */
export interface CounterPartsRequest {
  readonly keyspace: Keyspace;
  readonly index: number;
  /** Only parts greater than this one. */
  readonly after?: Uint8Array;
  /** At most this many (1 to 10,000); fewer are answered only when no more are there. */
  readonly countMax: number;
}

export interface CounterPart {
  readonly part: Uint8Array;
  readonly value: number;
}

export type Decision =
  | { readonly kind: "commit"; readonly commit: Commit; readonly result: unknown }
  /** Nothing is written; the result says why (a failed condition...). */
  | { readonly kind: "refuse"; readonly result: unknown };

export interface DecideContext {
  /** Time of this commit, from the injected clock. */
  readonly nowMicros: number;
  /** Values of the mutation's `counters`, in their order; empty when it names none. */
  readonly counters: readonly number[];
}

/**
 * Pure: same arguments and records, same decision. The engine runs it where the newest state is, as often
 * as it must. Throws only on programmer errors; the mutation then rejects and nothing is written.
 */
export type DecideFunction = (
  args: unknown,
  records: readonly (StoredRecord | undefined)[],
  context: DecideContext,
) => Decision;

/** Decide functions by mutation kind, handed to the engine when it is opened. */
export type DecideRegistry = ReadonlyMap<string, DecideFunction>;

export type MutationOutcome =
  /** `timeMicros`: what DecideContext said, or later when a log shard had passed that already. */
  | { readonly kind: "committed"; readonly result: unknown; readonly timeMicros: number }
  | { readonly kind: "refused"; readonly result: unknown }
  /** `keys`: positions, in the mutation's `keys`, of those that another mutation holds. Nothing was applied. */
  | { readonly kind: "conflict"; readonly keys: readonly number[] }
  | { readonly kind: "staleEpoch"; readonly keyspace: Keyspace; readonly epoch: number }
  /** May or may not have been applied (its commit failed half-way); never retried blindly. */
  | { readonly kind: "unknown" };

export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Fencing token: grows whenever the lease changes hands. */
  readonly token: number;
  readonly expiresMs: number;
}

/** What an engine can do beyond the minimum; a missing capability is refused up front. */
export interface EngineCapabilities {
  /** Survives a restart. */
  readonly durable: boolean;
  /** `eventual` reads may lag behind. */
  readonly replicas: boolean;
  /** Several processes may use one store. */
  readonly multiProcess: boolean;
}

/** One bounded step of giving back the space of dropped keyspaces and trimmed logs. */
export interface ReclaimProgress {
  readonly recordsRemoved: number;
  readonly done: boolean;
}

/**
 * A store. Every method rejects with a StorageError only, programmer errors aside; expected results are values. Nothing is visible
 * to any reader before it is durable, and any answer that saw pending state waits for the commit it saw.
 */
export interface Engine extends AsyncDisposable {
  readonly capabilities: EngineCapabilities;
  get(key: RecordKey, consistency: Consistency): Promise<StoredRecord | undefined>;
  /**
   * Answers in the order of the keys; all of one moment. An engine whose data lies on several servers may answer `eventual`
   * reads of one moment for each placement.
   */
  getMany(
    keys: readonly RecordKey[],
    consistency: Consistency,
  ): Promise<readonly (StoredRecord | undefined)[]>;
  range(request: RangeRequest): Promise<RangePage>;
  /** The one way to write. Rejects with `unavailable` when the write queue is full or writing has stopped. */
  mutate(mutation: Mutation): Promise<MutationOutcome>;
  /**
   * A hint that a mutation will read these: where that may mean a disk, it is waited for here, and not in the mutation, where
   * others wait for it, too. Does nothing where it is of no use; that it could not be done is no error.
   */
  readAhead(keys: readonly RecordKey[]): Promise<void>;
  /** Which of the keys an accepted mutation holds now. Waits for no commit, and works when nothing can be written. */
  held(keys: readonly RecordKey[]): Promise<readonly boolean[]>;
  counter(counter: CounterId): Promise<number>;
  /** For walking all of them, as a check of a store does. */
  counterParts(request: CounterPartsRequest): Promise<readonly CounterPart[]>;
  /** Records with position > after, oldest first. */
  readLog(shard: ShardId, after: number, recordsMax: number): Promise<LogPage>;
  logEnd(shard: ShardId): Promise<LogEnd>;
  /** Forgets positions <= through. Idempotent. */
  trimLog(shard: ShardId, through: number): Promise<void>;
  /**
   * Has changed by the time a commit that appended to the shard is answered, whichever engine object of the store it
   * went through; may change more often. From memory, so that one can ask before each request. Only shards below
   * `signalledShardsMax`.
   */
  logSignal(shard: ShardId): number;
  /**
   * A hint that the shard may have grown; returns the cancel function. Watching begins at some moment after the call,
   * and then wakes once, so that one who reads at every wake misses nothing.
   */
  watchLog(shard: ShardId, wake: () => void): () => void;
  /** Takes or renews a lease; undefined while another owner holds it. */
  lease(name: string, owner: string, ttlMs: number): Promise<Lease | undefined>;
  releaseLease(lease: Lease): Promise<void>;
  /** One step of at most a few milliseconds. */
  reclaim(): Promise<ReclaimProgress>;
  /** Finishes what was accepted, then closes. Idempotent. */
  close(): Promise<void>;
}

export interface ShardEnd extends LogEnd {
  readonly shard: ShardId;
}

/** A store that can say what it has, for checks of all of it. */
export interface ListedEngine extends Engine {
  /** Shards of the log that were ever used, in order of their numbers; absent `after`: from the first. */
  logShards(after: ShardId | undefined, countMax: number): Promise<readonly ShardEnd[]>;
  /** Keyspaces that have an epoch, records or counters, in order of their numbers; absent `after`: from the first. */
  keyspaces(after: Keyspace | undefined, countMax: number): Promise<readonly Keyspace[]>;
}
