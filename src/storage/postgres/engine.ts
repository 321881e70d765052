/** The engine's methods over sessions of a PostgreSQL server. */
import { assert, type Clock, type Random, systemClock } from "../../base/index.ts";
import {
  type Consistency,
  type CounterId,
  type CounterPart,
  type CounterPartsRequest,
  type EngineCapabilities,
  KeyHolds,
  type Keyspace,
  type Lease,
  type ListedEngine,
  type LogEnd,
  type LogPage,
  type Mutation,
  type MutationOutcome,
  type RangePage,
  type RangeRequest,
  type ReclaimProgress,
  type RecordKey,
  settle,
  type ShardEnd,
  type ShardId,
  StorageError,
  type StoredRecord,
  tooManyWrites,
  type Watchers,
} from "../contract/index.ts";
import { storageFailure } from "./failures.ts";
import type { GroupWriter } from "./group-writer.ts";
import { Delays } from "./delays.ts";
import { HoldReleases } from "./hold-releases.ts";
import type { Members } from "./members.ts";
import type { ReadAhead } from "./read-ahead.ts";
import type { Ask, Reader, Readers } from "./reader.ts";
import type { Reclaimer } from "./reclaimer.ts";
import type { Standbys } from "./standbys.ts";
import { sql } from "./statements.ts";
import { verifyPostgresStore } from "./verify-store.ts";
import { numberOf } from "./wire-values.ts";
import type { WriteReply, WriteRequest } from "./write-requests.ts";

export interface PostgresEngine extends ListedEngine {
  /** Looks for contradictions in the whole store; nobody writes meanwhile. One sentence each. */
  verify(): Promise<readonly string[]>;
  /** Eventually consistent reads so far, by who answered. */
  readonly eventualReads: { readonly standby: number; readonly primary: number };
  /** `owner`: whom it is made for, when it is to be hurried with others of his. */
  mutate(mutation: Mutation, owner?: object): Promise<MutationOutcome>;
  /** What is held back for this owner is decided at once, now and from now on. */
  hurry(owner: object): void;
  /** As a killed process would leave it: nothing is finished. For tests. */
  abandon(): void;
}

export interface EngineParts extends Readers {
  /** On the primary, and where eventual reads may go. */
  readonly ask: Readonly<Record<Consistency, Ask>>;
  /** On a session that nobody else uses meanwhile. */
  readonly askAlone: Ask;
  readonly writer: GroupWriter;
  readonly readAhead: ReadAhead;
  readonly members: Members;
  readonly reclaimer: Reclaimer;
  readonly clock: Clock;
  /** Commits and leases go by `clock`, not by the database's time. */
  readonly hasOwnTime: boolean;
  readonly random: Random;
  readonly hasReplicas: boolean;
  readonly standbys: Standbys;
  /** After the last use of any session. */
  readonly closeSessions: () => Promise<void>;
  readonly destroySessions: () => void;
}

export class SessionEngine implements PostgresEngine {
  readonly capabilities: EngineCapabilities;
  readonly #parts: EngineParts;
  readonly #watchers: Watchers;
  readonly #holds = new KeyHolds();
  readonly #delays: Delays;
  readonly #releases: HoldReleases;
  /** Holds on their way into the store. */
  readonly #placing = new Set<Promise<unknown>>();
  /** Mutations that were accepted and are not answered. */
  readonly #accepted = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(parts: EngineParts, watchers: Watchers) {
    this.capabilities = { durable: true, replicas: parts.hasReplicas, multiProcess: true };
    this.#parts = parts;
    this.#watchers = watchers;
    this.#delays = new Delays(parts.clock);
    this.#releases = new HoldReleases({
      timers: systemClock(),
      release: (holdId, keys) => this.#submit({ kind: "releaseHold", keys, holdId }),
    });
  }

  get eventualReads(): PostgresEngine["eventualReads"] {
    return this.#parts.standbys.counts;
  }

  get(key: RecordKey, consistency: Consistency): Promise<StoredRecord | undefined> {
    return this.#read((reader) => reader.get(this.#parts.ask[consistency], key));
  }

  getMany(
    keys: readonly RecordKey[],
    consistency: Consistency,
  ): Promise<readonly (StoredRecord | undefined)[]> {
    const { ask, getTogether } = this.#parts;
    if (consistency === "strong" && getTogether !== undefined) return this.#read(() => getTogether(keys));
    return this.#read((reader) => reader.getMany(ask[consistency], keys));
  }

  range(request: RangeRequest): Promise<RangePage> {
    return this.#read((reader) => reader.range(this.#parts.ask[request.consistency], request));
  }

  counter(counter: CounterId): Promise<number> {
    return this.#read((reader) => reader.counter(this.#parts.ask.strong, counter));
  }

  counterParts(request: CounterPartsRequest): Promise<readonly CounterPart[]> {
    return this.#read((reader) => reader.counterParts(this.#parts.ask.strong, request));
  }

  readLog(shard: ShardId, after: number, recordsMax: number): Promise<LogPage> {
    return this.#read((reader) => reader.readLog(this.#parts.ask.strong, { shard, after, recordsMax }));
  }

  logEnd(shard: ShardId): Promise<LogEnd> {
    return this.#read((reader) => reader.logEnd(this.#parts.ask.strong, shard));
  }

  logShards(after: ShardId | undefined, countMax: number): Promise<readonly ShardEnd[]> {
    return this.#read((reader) => reader.logShards(this.#parts.ask.strong, after, countMax));
  }

  keyspaces(after: Keyspace | undefined, countMax: number): Promise<readonly Keyspace[]> {
    return this.#read((reader) => reader.keyspaces(this.#parts.ask.strong, after, countMax));
  }

  verify(): Promise<readonly string[]> {
    return this.#read(() => verifyPostgresStore(this.#parts.askAlone));
  }

  async readAhead(keys: readonly RecordKey[]): Promise<void> {
    this.#assertOpen();
    await this.#parts.readAhead.read(keys);
  }

  async held(keys: readonly RecordKey[]): Promise<readonly boolean[]> {
    const own = this.#holds.held(keys);
    // Who asks here and then elsewhere is to find there what was found here.
    await Promise.all(this.#placing);
    const placed = await this.#read((reader) => reader.held(this.#parts.ask.strong, keys));
    return own.map((isOwn, index) => isOwn || placed.has(index));
  }

  async mutate(mutation: Mutation, owner?: object): Promise<MutationOutcome> {
    this.#assertOpen();
    const keys = this.#holds.conflicts(mutation.keys);
    if (keys.length > 0) return { kind: "conflict", keys };
    const answered = mutation.hold === undefined ? this.#decide(mutation) : this.#hold(mutation, owner);
    this.#accepted.add(answered);
    try {
      return await answered;
    } finally {
      this.#accepted.delete(answered);
    }
  }

  async trimLog(shard: ShardId, through: number): Promise<void> {
    this.#assertOpen();
    await this.#submit({ kind: "trimLog", shard, through });
  }

  logSignal(shard: ShardId): number {
    return this.#parts.members.signal(shard);
  }

  watchLog(shard: ShardId, wake: () => void): () => void {
    this.#assertOpen();
    return this.#watchers.add(shard, wake);
  }

  async lease(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    return this.#read(async () => {
      const parameters = [name, owner, ttlMs, this.#ownTimeMs()];
      const { rows } = await this.#parts.askAlone((session) => session.query(sql.takeLease, parameters));
      const [row] = rows;
      return row && { name, owner, token: numberOf(row[0]), expiresMs: numberOf(row[1]) };
    });
  }

  async releaseLease({ name, owner, token }: Lease): Promise<void> {
    await this.#read(() =>
      this.#parts.askAlone((session) => session.query(sql.releaseLease, [name, owner, token])),
    );
  }

  reclaim(): Promise<ReclaimProgress> {
    return this.#read(() => this.#parts.reclaimer.step());
  }

  hurry(owner: object): void {
    this.#delays.hurry(owner);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  abandon(): void {
    this.#closing = Promise.resolve();
    this.#releases.close();
    this.#parts.members.destroy();
    this.#parts.destroySessions();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#releases.close();
    this.#delays.hurry();
    await Promise.allSettled(this.#accepted);
    await this.#parts.writer.finish();
    await this.#parts.members.close();
    await this.#parts.closeSessions();
  }

  /**
   * Between mutations of this process a hold lives in memory, from acceptance to answer. One that is to last is placed in
   * the store as well, where other processes see it; one that is decided at once needs no more than the locks it takes:
   * to other processes it is accepted when it has them.
   */
  async #hold(mutation: Mutation, owner: object | undefined): Promise<MutationOutcome> {
    const held = this.#holds.take(mutation.keys);
    try {
      const ms = mutation.hold?.ms ?? 0;
      return ms === 0 ? await this.#decide(mutation) : await this.#decideLater(mutation, ms, owner);
    } finally {
      this.#holds.release(held);
    }
  }

  async #decideLater(mutation: Mutation, ms: number, owner: object | undefined): Promise<MutationOutcome> {
    const due = this.#delays.wait(ms, owner);
    const holdId = this.#parts.random.uuid();
    const placing = this.#submit({ kind: "placeHold", keys: mutation.keys, holdId });
    const settled = placing.catch(() => undefined);
    this.#placing.add(settled);
    let isReleased = false;
    try {
      const placed = await placing.finally(() => this.#placing.delete(settled));
      if (placed.kind === "outcome") {
        isReleased = true;
        return placed.outcome;
      }
      await due;
      const outcome = await this.#decide(mutation, holdId);
      isReleased = outcome.kind !== "unknown";
      return outcome;
    } finally {
      if (!isReleased) this.#releases.add(holdId, mutation.keys);
    }
  }

  async #decide(mutation: Mutation, holdId?: string): Promise<MutationOutcome> {
    const hold = holdId === undefined ? {} : { holdId };
    const reply = await this.#submit({ kind: "mutate", mutation, ...hold });
    assert(reply.kind === "outcome", "a mutation is answered with its outcome");
    return reply.outcome;
  }

  #submit(request: WriteRequest): Promise<WriteReply> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (!this.#parts.writer.submit(request, (reply) => settle(waiter, reply))) reject(tooManyWrites());
    });
  }

  async #read<T>(read: (reader: Reader) => Promise<T>): Promise<T> {
    this.#assertOpen();
    try {
      return await read(this.#parts.reader);
    } catch (error: unknown) {
      this.#assertOpen();
      throw storageFailure(error, "reading the store");
    }
  }

  #ownTimeMs(): number | null {
    return this.#parts.hasOwnTime ? this.#parts.clock.nowMs() : null;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StorageError("closed", "the store is closed");
  }
}
