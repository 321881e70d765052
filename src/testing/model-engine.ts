/**
 * The oracle: a storage engine of Maps and full scans, too simple to be wrong. A ModelStore outlives the engines
 * opened on it, as a disk does. Everything happens at once inside the call, so that only mutations which hold their keys
 * for a time can be lost in a crash. Slow on purpose; never used outside tests.
 */
import { assert, type CancelTimer, type Clock, compareBytes } from "../base/index.ts";
import {
  checkCommit,
  type Commit,
  type CounterId,
  type CounterPart,
  type CounterPartsRequest,
  type DecideRegistry,
  type Engine,
  type EngineCapabilities,
  type Keyspace,
  type Lease,
  type LogEnd,
  type LogPage,
  type LogRecord,
  type Mutation,
  type MutationOutcome,
  type RangeBound,
  type RangePage,
  type RangeRequest,
  type ReclaimProgress,
  type RecordKey,
  type ShardId,
  signalledShardsMax,
  StorageError,
  type StoredRecord,
} from "../storage/contract/index.ts";

interface ModelShard {
  readonly records: readonly LogRecord[];
  readonly oldest: number;
  readonly closed: boolean;
}

/** An accepted mutation that is decided later. */
interface ModelWaiting {
  readonly owner: Engine;
  readonly mutation: Mutation;
  readonly cancel: CancelTimer;
  readonly decide: () => void;
}

/** What a disk would hold, and what waits in the memory of whoever writes it. */
export interface ModelStore {
  readonly records: Map<string, StoredRecord>;
  readonly counters: Map<string, number>;
  readonly shards: Map<ShardId, ModelShard>;
  readonly epochs: Map<Keyspace, number>;
  readonly dropped: Set<Keyspace>;
  readonly leases: Map<string, Lease>;
  readonly waiting: Set<ModelWaiting>;
  lastVersion: number;
}

export function modelStore(): ModelStore {
  return {
    records: new Map(),
    counters: new Map(),
    shards: new Map(),
    epochs: new Map(),
    dropped: new Set(),
    leases: new Map(),
    waiting: new Set(),
    lastVersion: 0,
  };
}

/** As a crash: what was accepted and not answered is lost, and nobody is told. */
export function loseWaiting(store: ModelStore): void {
  for (const { cancel } of store.waiting) {
    cancel();
  }
  store.waiting.clear();
}

export interface ModelEngineOptions {
  readonly decide: DecideRegistry;
  readonly clock: Clock;
  /** Absent: a new one. */
  readonly store?: ModelStore;
}

export function openModelEngine(options: ModelEngineOptions): Engine {
  return new ModelEngine(options);
}

interface ModelWatcher {
  readonly shard: ShardId;
  readonly wake: () => void;
}

const noShard: ModelShard = { records: [], oldest: 1, closed: false };

class ModelEngine implements Engine {
  readonly capabilities: EngineCapabilities = { durable: true, replicas: false, multiProcess: false };
  readonly #store: ModelStore;
  readonly #decides: DecideRegistry;
  readonly #clock: Clock;
  readonly #watchers = new Set<ModelWatcher>();
  #closed = false;

  constructor({ decide, clock, store }: ModelEngineOptions) {
    this.#decides = decide;
    this.#clock = clock;
    this.#store = store ?? modelStore();
  }

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    this.#assertOpen();
    return this.#get(key);
  }

  async getMany(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    this.#assertOpen();
    return keys.map((key) => this.#get(key));
  }

  async range(request: RangeRequest): Promise<RangePage> {
    this.#assertOpen();
    const inRange = [...this.#store.records.values()]
      .filter(({ key }) => key.keyspace === request.keyspace && key.placement === request.placement)
      .filter(({ key }) => !this.#store.dropped.has(key.keyspace))
      .filter(({ key }) => aboveLower(key, request.lower) && belowUpper(key, request.upper))
      .toSorted((left, right) => compareKeys(left.key, right.key));
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const record of request.reverse ? inRange.toReversed() : inRange) {
      records.push(record);
      bytes += record.value.length;
      if (records.length === request.recordsMax || bytes >= request.bytesMax) {
        return { records, more: true };
      }
    }
    return { records, more: false };
  }

  async mutate(mutation: Mutation): Promise<MutationOutcome> {
    this.#assertOpen();
    const held = this.#held(mutation.keys);
    const keys = [...mutation.keys.keys()].filter((position) => held[position] === true);
    if (keys.length > 0) {
      return { kind: "conflict", keys };
    }
    const ms = mutation.hold?.ms ?? 0;
    return ms === 0 ? this.#decide(mutation) : this.#decideLater(mutation, ms);
  }

  #decideLater(mutation: Mutation, ms: number): Promise<MutationOutcome> {
    return new Promise((resolve) => {
      const decide = (): void => {
        this.#store.waiting.delete(waiting);
        resolve(this.#decide(mutation));
      };
      const waiting: ModelWaiting = {
        owner: this,
        mutation,
        cancel: this.#clock.schedule(ms, decide),
        decide,
      };
      this.#store.waiting.add(waiting);
    });
  }

  async #decide(mutation: Mutation): Promise<MutationOutcome> {
    for (const { keyspace, epoch } of mutation.epochs) {
      const current = this.#store.epochs.get(keyspace) ?? 0;
      if (epoch < current || this.#store.dropped.has(keyspace)) {
        return { kind: "staleEpoch", keyspace, epoch: current };
      }
    }
    const decide = this.#decides.get(mutation.kind);
    assert(decide !== undefined, `a decide function is registered for ${mutation.kind}`);
    const nowMicros = this.#clock.nowMicros();
    const decision = decide(
      mutation.args,
      mutation.keys.map((key) => this.#get(key)),
      { nowMicros, counters: (mutation.counters ?? []).map((counter) => this.#counter(counter)) },
    );
    if (decision.kind === "refuse") {
      return { kind: "refused", result: decision.result };
    }
    this.#check(decision.commit);
    const timeMicros = this.#apply(decision.commit, nowMicros);
    return { kind: "committed", result: decision.result, timeMicros };
  }

  async readAhead(): Promise<void> {
    this.#assertOpen();
  }

  async held(keys: readonly RecordKey[]): Promise<readonly boolean[]> {
    this.#assertOpen();
    return this.#held(keys);
  }

  async counter(counter: CounterId): Promise<number> {
    this.#assertOpen();
    return this.#counter(counter);
  }

  async counterParts(request: CounterPartsRequest): Promise<readonly CounterPart[]> {
    this.#assertOpen();
    if (this.#store.dropped.has(request.keyspace)) {
      return [];
    }
    const prefix = counterName({ ...request, part: new Uint8Array(0) });
    return [...this.#store.counters]
      .filter(([name, value]) => name.startsWith(prefix) && value !== 0)
      .map(([name, value]) => ({
        part: new Uint8Array(Buffer.from(name.slice(prefix.length), "hex")),
        value,
      }))
      .filter(({ part }) => request.after === undefined || compareBytes(part, request.after) > 0)
      .toSorted((left, right) => compareBytes(left.part, right.part))
      .slice(0, request.countMax);
  }

  async readLog(shard: ShardId, after: number, recordsMax: number): Promise<LogPage> {
    this.#assertOpen();
    const { records, oldest, closed } = this.#shard(shard);
    if (after + 1 < oldest) {
      return { kind: "trimmed", oldest };
    }
    const page = records.slice(after, after + recordsMax);
    return { kind: "records", records: page, closed: closed && after + page.length >= records.length };
  }

  /** As the SQLite engine's. */
  async keyspaces(after: Keyspace | undefined, countMax: number): Promise<readonly Keyspace[]> {
    const { records, epochs, counters, dropped } = this.#store;
    const used = new Set([
      ...Array.from(records.values(), ({ key }) => key.keyspace),
      ...Array.from(counters.keys(), (name) => Number(name.split("/", 1)[0])),
      ...epochs.keys(),
    ]);
    return firstAfter(
      [...used].filter((keyspace) => !dropped.has(keyspace)),
      after,
      countMax,
    );
  }

  /** As the SQLite engine's. */
  async logShards(
    after: ShardId | undefined,
    countMax: number,
  ): Promise<readonly (LogEnd & { readonly shard: ShardId })[]> {
    const shards = firstAfter([...this.#store.shards.keys()], after, countMax);
    return Promise.all(shards.map(async (shard) => ({ shard, ...(await this.logEnd(shard)) })));
  }

  async logEnd(shard: ShardId): Promise<LogEnd> {
    this.#assertOpen();
    const { records, oldest, closed } = this.#shard(shard);
    return { last: records.length, oldest, closed };
  }

  async trimLog(shard: ShardId, through: number): Promise<void> {
    this.#assertOpen();
    const { records, oldest, closed } = this.#shard(shard);
    const trimmed = Math.max(oldest, Math.min(through, records.length) + 1);
    this.#store.shards.set(shard, { records, oldest: trimmed, closed });
  }

  logSignal(shard: ShardId): number {
    assert(shard < signalledShardsMax, `only shards below ${signalledShardsMax} have a signal`);
    return this.#shard(shard).records.length + (this.#shard(shard).closed ? 1 : 0);
  }

  watchLog(shard: ShardId, wake: () => void): () => void {
    this.#assertOpen();
    const watcher = { shard, wake };
    this.#watchers.add(watcher);
    this.#wake(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  async lease(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    this.#assertOpen();
    const nowMs = this.#clock.nowMs();
    const last = this.#store.leases.get(name);
    const held = last !== undefined && last.expiresMs > nowMs;
    if (held && last.owner !== owner) {
      return undefined;
    }
    const token = held ? last.token : (last?.token ?? 0) + 1;
    const lease = { name, owner, token, expiresMs: nowMs + ttlMs };
    this.#store.leases.set(name, lease);
    return lease;
  }

  async releaseLease(lease: Lease): Promise<void> {
    this.#assertOpen();
    const last = this.#store.leases.get(lease.name);
    if (last !== undefined && last.owner === lease.owner && last.token === lease.token) {
      this.#store.leases.set(lease.name, { ...last, expiresMs: 0 });
    }
  }

  async reclaim(): Promise<ReclaimProgress> {
    this.#assertOpen();
    let recordsRemoved = 0;
    for (const [name, { key }] of this.#store.records) {
      if (this.#store.dropped.has(key.keyspace)) {
        this.#store.records.delete(name);
        recordsRemoved += 1;
      }
    }
    return { recordsRemoved, done: true };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { owner, cancel, decide } of this.#store.waiting) {
      if (owner === this) {
        cancel();
        decide();
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #get(key: RecordKey): StoredRecord | undefined {
    return this.#store.dropped.has(key.keyspace) ? undefined : this.#store.records.get(keyName(key));
  }

  #held(keys: readonly RecordKey[]): readonly boolean[] {
    const held = new Set([...this.#store.waiting].flatMap(({ mutation }) => mutation.keys.map(keyName)));
    return keys.map((key) => held.has(keyName(key)));
  }

  #counter(counter: CounterId): number {
    const dropped = this.#store.dropped.has(counter.keyspace);
    return dropped ? 0 : (this.#store.counters.get(counterName(counter)) ?? 0);
  }

  #shard(shard: ShardId): ModelShard {
    return this.#store.shards.get(shard) ?? noShard;
  }

  #check(commit: Commit): void {
    checkCommit(commit);
    const { dropped, epochs } = this.#store;
    assert(
      commit.records.every(({ key }) => !dropped.has(key.keyspace)),
      "a dropped keyspace is not written",
    );
    assert(
      (commit.counters ?? []).every(({ counter }) => !dropped.has(counter.keyspace)),
      "a dropped keyspace is not counted",
    );
    assert(
      (commit.log ?? []).every(({ shard }) => !this.#shard(shard).closed),
      "a closed shard takes no records",
    );
    assert(
      (commit.setEpochs ?? []).every(({ keyspace, epoch }) => epoch >= (epochs.get(keyspace) ?? 0)),
      "an epoch never goes back",
    );
  }

  #apply(commit: Commit, nowMicros: number): number {
    const store = this.#store;
    for (const write of commit.records) {
      if (write.kind === "put") {
        store.lastVersion += 1;
        const record = { key: write.key, version: store.lastVersion, value: write.value.slice() };
        store.records.set(keyName(write.key), record);
      } else {
        store.records.delete(keyName(write.key));
      }
    }
    for (const { counter, delta } of commit.counters ?? []) {
      store.counters.set(counterName(counter), this.#counter(counter) + delta);
    }
    const timeMicros = this.#append(commit, nowMicros);
    for (const { keyspace, epoch } of commit.setEpochs ?? []) {
      store.epochs.set(keyspace, epoch);
    }
    for (const keyspace of commit.dropKeyspaces ?? []) {
      store.dropped.add(keyspace);
    }
    return timeMicros;
  }

  #append(commit: Commit, nowMicros: number): number {
    const appends = commit.log ?? [];
    const times = appends.map(({ shard }) => this.#shard(shard).records.at(-1)?.timeMicros ?? 0);
    const timeMicros = Math.max(nowMicros, ...times);
    for (const { shard, value } of appends) {
      const head = this.#shard(shard);
      const record = { position: head.records.length + 1, timeMicros, value: value.slice() };
      this.#store.shards.set(shard, { ...head, records: [...head.records, record] });
    }
    for (const shard of commit.closeShards ?? []) {
      this.#store.shards.set(shard, { ...this.#shard(shard), closed: true });
    }
    for (const shard of commit.trimShards ?? []) {
      const head = this.#shard(shard);
      this.#store.shards.set(shard, { ...head, oldest: head.records.length + 1 });
    }
    const grown = new Set([...appends.map(({ shard }) => shard), ...(commit.closeShards ?? [])]);
    for (const watcher of this.#watchers) {
      if (grown.has(watcher.shard)) {
        this.#wake(watcher);
      }
    }
    return timeMicros;
  }

  #wake(watcher: ModelWatcher): void {
    queueMicrotask(() => {
      if (this.#watchers.has(watcher)) {
        watcher.wake();
      }
    });
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new StorageError("closed", "the store is closed");
    }
  }
}

/** One text per key; equal for equal keys only. */
export function keyName({ keyspace, placement, partition, sort }: RecordKey): string {
  return `${keyspace}/${placement}/${Buffer.from(partition).toString("hex")}/${Buffer.from(sort).toString("hex")}`;
}

function counterName({ keyspace, index, part }: CounterId): string {
  return part === undefined
    ? `${keyspace}/${index}`
    : `${keyspace}/${index}/${Buffer.from(part).toString("hex")}`;
}

function firstAfter(numbers: readonly number[], after: number | undefined, countMax: number): number[] {
  const later = numbers.filter((number) => after === undefined || number > after);
  return later.toSorted((left, right) => left - right).slice(0, countMax);
}

function compareKeys(left: RecordKey, right: RecordKey): number {
  return compareBytes(left.partition, right.partition) || compareBytes(left.sort, right.sort);
}

function aboveLower(key: RecordKey, bound: RangeBound | undefined): boolean {
  if (bound === undefined) {
    return true;
  }
  const order = compareToBound(key, bound);
  return order > 0 || (order === 0 && bound.inclusive);
}

function belowUpper(key: RecordKey, bound: RangeBound | undefined): boolean {
  if (bound === undefined) {
    return true;
  }
  const order = compareToBound(key, bound);
  return order < 0 || (order === 0 && bound.inclusive);
}

/** A bound without `sort` is equal to all keys of its partition. */
function compareToBound(key: RecordKey, { partition, sort }: RangeBound): number {
  const order = compareBytes(key.partition, partition);
  return order !== 0 || sort === undefined ? order : compareBytes(key.sort, sort);
}
