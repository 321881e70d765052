/**
 * The newest state as the mutations of one group see it: what was read under the heads, and what the group itself has
 * decided so far. Knows nothing of sessions; what it lacks it names, and is given.
 */
import { assert } from "../../base/index.ts";
import {
  checkCommitOn,
  type Commit,
  type CounterDelta,
  type CounterId,
  type EpochCheck,
  firstStale,
  isDropped,
  type Keyspace,
  keyspacePhases,
  type KeyspaceState,
  type Mutation,
  newKeyspace,
  type ShardId,
  type StoredRecord,
} from "../contract/index.ts";
import type { GroupKey, GroupKeys } from "./group-keys.ts";
import type { Head, HeadMap } from "./heads.ts";
import { counterName } from "./key-names.ts";
import { emptyShard, type ShardState } from "./shard-cache.ts";

/** A head as the group found it. */
export interface TakenHead {
  readonly head: Head;
  /** Number of this group under the head. */
  readonly n: number;
}

export interface LogAppend {
  readonly head: Head;
  readonly shard: ShardId;
  readonly position: number;
  readonly timeMicros: number;
  readonly value: Uint8Array;
}

export interface ChangedCounter {
  readonly counter: CounterId;
  /**
   * By the head of the commit that changed it, so that a part's changes up and down meet in one row, which goes when it
   * is 0.
   */
  readonly deltas: Map<Head, number>;
}

/** Versions of one group under one head: far more than it can write. Part of the format. */
const groupVersions = 65_536;

export interface GroupStateParts {
  readonly map: HeadMap;
  /** Those that were read have their records. */
  readonly keys: GroupKeys;
  readonly heads: readonly TakenHead[];
  readonly keyspaces: Map<Keyspace, KeyspaceState>;
  /** What is known of shards without asking. */
  readonly knownShard: (shard: ShardId) => ShardState | undefined;
}

export class GroupState {
  readonly #map: HeadMap;
  readonly #keys: GroupKeys;
  readonly #n = new Map<Head, number>();
  readonly #firstHead: Head;
  readonly #keyspaces: Map<Keyspace, KeyspaceState>;
  readonly #knownShard: (shard: ShardId) => ShardState | undefined;
  readonly #shards = new Map<ShardId, ShardState>();
  readonly #counters = new Map<string, number>();
  readonly changedRecords: Set<GroupKey> = new Set();
  readonly changedCounters: Map<string, ChangedCounter> = new Map();
  readonly changedKeyspaces: Map<Keyspace, KeyspaceState> = new Map();
  readonly changedShards: Set<ShardId> = new Set();
  readonly appends: LogAppend[] = [];
  /** Shards that grew or were closed. */
  readonly grownShards: Set<ShardId> = new Set();
  #versionsUsed = 0;
  bytes = 0;

  constructor({ map, keys, heads, keyspaces, knownShard }: GroupStateParts) {
    this.#map = map;
    this.#keys = keys;
    this.#firstHead = heads[0]?.head ?? 0;
    for (const { head, n } of heads) this.#n.set(head, n);
    this.#keyspaces = keyspaces;
    this.#knownShard = knownShard;
  }

  get isUnchanged(): boolean {
    return (
      this.changedRecords.size +
        this.changedCounters.size +
        this.changedKeyspaces.size +
        this.changedShards.size ===
      0
    );
  }

  /** Whether all heads that a commit needs are taken. */
  covers({ records, log, closeShards, trimShards, setEpochs, dropKeyspaces }: Commit): boolean {
    const isOfAll = (setEpochs?.length ?? 0) + (dropKeyspaces?.length ?? 0) > 0;
    if (isOfAll && this.#n.size < this.#map.count) return false;
    const isShardTaken = (shard: ShardId): boolean => this.#n.has(this.#map.ofShard(shard));
    return (
      records.every(({ key }) => this.#n.has(this.#keys.of(key).head)) &&
      (log === undefined || log.every(({ shard }) => isShardTaken(shard))) &&
      (closeShards === undefined || closeShards.every(isShardTaken)) &&
      (trimShards === undefined || trimShards.every(isShardTaken))
    );
  }

  /** Whether something that a commit names has to be looked up first. */
  lacksAnyOf(commit: Commit): boolean {
    const { records, counters, log, closeShards, trimShards, setEpochs, dropKeyspaces } = commit;
    return (
      records.some(({ key }) => this.lacksKeyspace(key.keyspace)) ||
      (counters !== undefined && counters.some(({ counter }) => this.lacksKeyspace(counter.keyspace))) ||
      (log !== undefined && log.some(({ shard }) => this.lacksShard(shard))) ||
      (closeShards ?? trimShards ?? setEpochs ?? dropKeyspaces) !== undefined
    );
  }

  lacksKeyspace(keyspace: Keyspace): boolean {
    return !this.#keyspaces.has(keyspace);
  }

  lacksShard(shard: ShardId): boolean {
    return this.#stateOf(shard) === undefined;
  }

  giveCounter(counter: CounterId, value: number): void {
    this.#counters.set(counterName(counter), value);
  }

  giveKeyspace(keyspace: Keyspace, state: KeyspaceState | undefined): void {
    this.#keyspaces.set(keyspace, state ?? newKeyspace);
  }

  giveShard(shard: ShardId, state: ShardState | undefined): void {
    this.#shards.set(shard, state ?? emptyShard);
  }

  keyspace(keyspace: Keyspace): KeyspaceState {
    const state = this.changedKeyspaces.get(keyspace) ?? this.#keyspaces.get(keyspace);
    assert(state !== undefined, "a keyspace is looked up before it is used");
    return state;
  }

  isDropped(keyspace: Keyspace): boolean {
    return isDropped(this.keyspace(keyspace));
  }

  shard(shard: ShardId): ShardState {
    const state = this.#stateOf(shard);
    assert(state !== undefined, "a shard is looked up before it is used");
    return state;
  }

  /** Shards that were looked up or changed, as the group leaves them. */
  get shards(): ReadonlyMap<ShardId, ShardState> {
    return this.#shards;
  }

  firstStale(checks: readonly EpochCheck[]): EpochCheck | undefined {
    return firstStale(checks, (keyspace) => this.keyspace(keyspace));
  }

  recordsOf({ keys }: Mutation): (StoredRecord | undefined)[] {
    return keys.map((key) => {
      if (this.isDropped(key.keyspace)) return undefined;
      const { record } = this.#keys.of(key);
      return record && { key, version: record.version, value: record.value };
    });
  }

  countersOf({ counters = [] }: Mutation): number[] {
    return counters.map((counter) => {
      if (this.isDropped(counter.keyspace)) return 0;
      const name = counterName(counter);
      const deltas = this.changedCounters.get(name)?.deltas.values() ?? [];
      return [...deltas].reduce((sum, delta) => sum + delta, this.#counters.get(name) ?? 0);
    });
  }

  /** Programmer errors are found before the first change. All shards and keyspaces named have been given. */
  check(commit: Commit): void {
    const isClosed = (shard: ShardId): boolean => this.shard(shard).closed;
    checkCommitOn({ keyspace: (keyspace) => this.keyspace(keyspace), isClosed }, commit);
  }

  /** Returns the time of the commit, which no shard it appends to has passed yet. */
  apply(commit: Commit, nowMicros: number): number {
    for (const write of commit.records) {
      const key = this.#keys.of(write.key);
      key.record = write.kind === "put" ? this.#put(key, write.value) : undefined;
      this.changedRecords.add(key);
    }
    if (commit.counters !== undefined) this.#count(commit.counters, this.#headOf(commit));
    const timeMicros = this.#append(commit, nowMicros);
    for (const { keyspace, epoch } of commit.setEpochs ?? []) {
      this.changedKeyspaces.set(keyspace, { ...this.keyspace(keyspace), epoch });
    }
    for (const keyspace of commit.dropKeyspaces ?? []) this.#drop(keyspace);
    return timeMicros;
  }

  trim(shard: ShardId, through: number): void {
    const known = this.shard(shard);
    const oldest = Math.min(through, known.last) + 1;
    if (oldest > known.oldest) this.#change(shard, { ...known, oldest });
  }

  #put({ head }: GroupKey, value: Uint8Array): GroupKey["record"] {
    const n = this.#n.get(head);
    assert(n !== undefined, "the heads of all that is written are taken");
    this.#versionsUsed += 1;
    assert(this.#versionsUsed < groupVersions, "a group has versions enough");
    this.bytes += value.length;
    return { version: n * groupVersions + this.#versionsUsed, value };
  }

  /** Of what the commit writes; one that only counts may count anywhere. */
  #headOf({ records, log = [] }: Commit): Head {
    const [record] = records;
    if (record !== undefined) return this.#keys.of(record.key).head;
    const [append] = log;
    return append === undefined ? this.#firstHead : this.#map.ofShard(append.shard);
  }

  #count(changes: readonly CounterDelta[], head: Head): void {
    for (const { counter, delta } of changes) {
      const name = counterName(counter);
      let change = this.changedCounters.get(name);
      if (change === undefined) {
        change = { counter, deltas: new Map() };
        this.changedCounters.set(name, change);
      }
      change.deltas.set(head, (change.deltas.get(head) ?? 0) + delta);
    }
  }

  #append(commit: Commit, nowMicros: number): number {
    const appends = commit.log ?? [];
    const timeMicros = appends.reduce(
      (time, { shard }) => Math.max(time, this.shard(shard).timeMicros),
      nowMicros,
    );
    for (const { shard, value } of appends) {
      const known = this.shard(shard);
      const position = known.last + 1;
      this.appends.push({ head: this.#map.ofShard(shard), shard, position, timeMicros, value });
      this.#change(shard, { ...known, last: position, timeMicros });
      this.grownShards.add(shard);
      this.bytes += value.length;
    }
    for (const shard of commit.closeShards ?? []) {
      this.#change(shard, { ...this.shard(shard), closed: true });
      this.grownShards.add(shard);
    }
    for (const shard of commit.trimShards ?? []) this.trim(shard, this.shard(shard).last);
    return timeMicros;
  }

  #drop(keyspace: Keyspace): void {
    const known = this.keyspace(keyspace);
    if (isDropped(known)) return;
    this.changedKeyspaces.set(keyspace, { ...known, phase: keyspacePhases.dropped });
    // What the group has counted so far would be left behind.
    for (const [name, { counter }] of this.changedCounters) {
      if (counter.keyspace === keyspace) this.changedCounters.delete(name);
    }
    for (const changed of this.changedRecords) {
      if (changed.key.keyspace === keyspace) this.changedRecords.delete(changed);
    }
  }

  #stateOf(shard: ShardId): ShardState | undefined {
    return this.#shards.get(shard) ?? this.#knownShard(shard);
  }

  #change(shard: ShardId, state: ShardState): void {
    this.#shards.set(shard, state);
    this.changedShards.add(shard);
  }
}
