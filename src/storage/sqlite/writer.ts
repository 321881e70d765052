/**
 * The one place where anything is written. Takes a batch of requests, decides each on the newest state
 * (committed plus what this group has written so far) inside one SQLite transaction, and answers them all
 * after its commit: refusals too, since they may have seen what was not yet durable.
 *
 * When a commit fails with an I/O error nobody can know what reached the disk: its mutations are answered
 * `unknown`, and writing stops until the store is opened again, so that no fsync is ever repeated as if nothing
 * had happened. A full disk is different: nothing was applied, and the next request may try again.
 */
import { assert, type Clock, unreachable } from "../../base/index.ts";
import {
  afterLostCommit,
  checkCommit,
  checkCommitOn,
  type Commit,
  type CounterId,
  type DecidedState,
  type DecideRegistry,
  type Decision,
  firstStale,
  type Keyspace,
  keyspacePhases,
  type Mutation,
  type ReclaimProgress,
  type ShardId,
  StorageError,
  type WriteFailure,
  writeFailureOf,
} from "../contract/index.ts";
import type { WriteReply, WriteRequest } from "../remote/index.ts";
import { CounterSums } from "./counter-sums.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { KeyspaceStates } from "./keyspace-states.ts";
import { Leases } from "./leases.ts";
import { Reclaimer } from "./reclaimer.ts";
import { RecordWrites } from "./record-writes.ts";
import { ShardHeads } from "./shard-heads.ts";
import { isBusy, isDiskFull, isFatal, sqliteResult, storageFailure } from "./sqlite-failure.ts";
import { sql } from "./statements.ts";
import { VersionSource } from "./version-source.ts";
import type { GroupResult, WritingState } from "./group-result.ts";

/** A group ends after the request that reaches this many bytes: bounds memory, and a commit to a few milliseconds. */
const groupBytesMax = 1024 * 1024;
/** Or that many records read and written, a few milliseconds of work: consumers of the log have hundreds in a mutation. */
const groupRecordsMax = 500;

const noCounters: readonly number[] = [];

export interface WriterOptions {
  readonly connection: SqliteConnection;
  readonly decide: DecideRegistry;
  readonly clock: Clock;
}

export class Writer {
  readonly #connection: SqliteConnection;
  readonly #decides: DecideRegistry;
  readonly #clock: Clock;
  readonly #begin: SqliteStatement;
  readonly #commit: SqliteStatement;
  readonly #walFrames: SqliteStatement;
  readonly #checkpoint: SqliteStatement;
  readonly #appendLog: SqliteStatement;
  readonly #records: RecordWrites;
  readonly #versions: VersionSource;
  readonly #keyspaces: KeyspaceStates;
  readonly #heads: ShardHeads;
  readonly #decided: DecidedState;
  readonly #counters: CounterSums;
  readonly #leases: Leases;
  readonly #reclaimer: Reclaimer;
  #stopped: WriteFailure | undefined;
  // Of the open group.
  #bytes = 0;
  /** Records read and written. */
  #touched = 0;
  #grown = new Set<ShardId>();
  #dropped: Keyspace[] = [];
  #reclaimed: Keyspace[] = [];

  constructor({ connection, decide, clock }: WriterOptions) {
    this.#connection = connection;
    this.#decides = decide;
    this.#clock = clock;
    this.#begin = connection.prepare(sql.begin);
    this.#commit = connection.prepare(sql.commit);
    this.#walFrames = connection.prepare(sql.walFrames);
    this.#walFrames.setReturnArrays(true);
    this.#checkpoint = connection.prepare(sql.checkpoint);
    this.#appendLog = connection.prepare(sql.appendLog);
    this.#records = new RecordWrites(connection);
    this.#versions = new VersionSource(connection);
    this.#keyspaces = new KeyspaceStates(connection);
    this.#heads = new ShardHeads(connection);
    this.#decided = {
      keyspace: (keyspace) => this.#keyspaces.state(keyspace),
      isClosed: (shard) => this.#heads.head(shard).closed,
    };
    this.#counters = new CounterSums(connection);
    this.#leases = new Leases(connection);
    this.#reclaimer = new Reclaimer(connection, this.#keyspaces, this.#heads);
  }

  /** One transaction. Answers a first part of the batch, at least one request of it. */
  runGroup(requests: readonly WriteRequest[]): GroupResult {
    const stopped = this.#stopped;
    if (stopped !== undefined) {
      return this.#result(
        requests.map(() => stopped),
        "stopped",
      );
    }
    const replies: WriteReply[] = [];
    let committing = false;
    try {
      this.#begin.run();
      for (const request of requests) {
        replies.push(this.#handle(request));
        if (this.#bytes >= groupBytesMax || this.#touched >= groupRecordsMax) {
          break;
        }
      }
      this.#counters.write();
      this.#heads.write();
      committing = true;
      this.#commit.run();
    } catch (error: unknown) {
      const attempted = committing ? replies : requests.slice(0, replies.length + 1).map(() => undefined);
      return this.#failed(error, attempted, committing);
    }
    return this.#committed(replies);
  }

  /**
   * Copies the write-ahead log into the file when it has grown by `framesMax`. An I/O error there stops writing;
   * why it has stopped is handed back.
   */
  checkpoint(framesMax: number): { readonly copied: boolean; readonly failure: WriteFailure | undefined } {
    let copied = false;
    if (this.#stopped === undefined) {
      try {
        const row = this.#walFrames.get() as readonly [busy: number, frames: number, copied: number];
        copied = row[1] - row[2] >= framesMax;
        if (copied) {
          this.#checkpoint.get();
        }
      } catch (error: unknown) {
        // Without space the log simply stays longer; the next write finds out whether it can go on.
        if (!isDiskFull(error) && !isBusy(error)) {
          this.#stop(error);
        }
      }
    }
    return { copied, failure: this.#stopped };
  }

  #handle(request: WriteRequest): WriteReply {
    switch (request.kind) {
      case "mutate":
        return this.#mutate(request.mutation);
      case "trimLog":
        this.#trim(request.shard, request.through);
        return { kind: "done" };
      case "lease":
        return { kind: "lease", lease: this.#leases.take(request, this.#clock.nowMs()) };
      case "releaseLease":
        this.#leases.release(request.lease);
        return { kind: "done" };
      case "reclaim":
        return { kind: "progress", progress: this.#reclaim() };
      default:
        return unreachable(request);
    }
  }

  /** Not in the group of a drop: a reader that knows nothing of the drop yet would miss what is gone already. */
  #reclaim(): ReclaimProgress {
    if (this.#dropped.length > 0) {
      return { recordsRemoved: 0, done: false };
    }
    return this.#reclaimer.step(this.#reclaimed);
  }

  #mutate(mutation: Mutation): WriteReply {
    const stale = firstStale(mutation.epochs, this.#decided.keyspace);
    if (stale !== undefined) {
      return { kind: "outcome", outcome: { kind: "staleEpoch", ...stale } };
    }
    const records = mutation.keys.map((key) =>
      this.#keyspaces.isDropped(key.keyspace) ? undefined : this.#records.get(key),
    );
    const counters = mutation.counters === undefined ? noCounters : this.#counterValues(mutation.counters);
    this.#touched += records.length;
    const nowMicros = this.#clock.nowMicros();
    let decision: Decision;
    try {
      const decide = this.#decides.get(mutation.kind);
      assert(decide !== undefined, `a decide function is registered for mutation kind ${mutation.kind}`);
      decision = decide(mutation.args, records, { nowMicros, counters });
      if (decision.kind === "commit") {
        // Everything that could be wrong with a commit is found before the first of its writes.
        checkCommit(decision.commit);
        checkCommitOn(this.#decided, decision.commit);
      }
    } catch (error: unknown) {
      // Checking looks up shards and keyspaces: a failing disk concerns the whole group, a bug this mutation only.
      if (sqliteResult(error) !== undefined) {
        throw error;
      }
      return { kind: "fault", error };
    }
    if (decision.kind === "refuse") {
      return { kind: "outcome", outcome: { kind: "refused", result: decision.result } };
    }
    const timeMicros = this.#apply(decision.commit, nowMicros);
    return { kind: "outcome", outcome: { kind: "committed", result: decision.result, timeMicros } };
  }

  #counterValues(counters: readonly CounterId[]): readonly number[] {
    return counters.map((counter) =>
      this.#keyspaces.isDropped(counter.keyspace) ? 0 : this.#counters.value(counter),
    );
  }

  /** Returns the time of the commit, which no shard it appends to has passed yet. */
  #apply(commit: Commit, nowMicros: number): number {
    this.#touched += commit.records.length;
    for (const write of commit.records) {
      if (write.kind === "put") {
        this.#records.put(write.key, this.#versions.next(), write.value);
        this.#bytes += write.value.length;
      } else {
        this.#records.delete(write.key);
      }
    }
    for (const delta of commit.counters ?? []) {
      this.#counters.add(delta);
    }
    const timeMicros = this.#append(commit, nowMicros);
    for (const { keyspace, epoch } of commit.setEpochs ?? []) {
      this.#keyspaces.setEpoch(keyspace, epoch);
    }
    for (const keyspace of commit.dropKeyspaces ?? []) {
      this.#drop(keyspace);
    }
    return timeMicros;
  }

  #append(commit: Commit, nowMicros: number): number {
    const appends = commit.log ?? [];
    let timeMicros = nowMicros;
    for (const { shard } of appends) {
      timeMicros = Math.max(timeMicros, this.#heads.head(shard).timeMicros);
    }
    for (const { shard, value } of appends) {
      const head = this.#heads.head(shard);
      const last = head.last + 1;
      this.#appendLog.run(shard, last, timeMicros, value);
      this.#heads.change(shard, { ...head, last, timeMicros });
      this.#grown.add(shard);
      this.#bytes += value.length;
    }
    for (const shard of commit.closeShards ?? []) {
      this.#heads.change(shard, { ...this.#heads.head(shard), closed: true });
      this.#grown.add(shard);
    }
    for (const shard of commit.trimShards ?? []) {
      this.#trim(shard, this.#heads.head(shard).last);
    }
    return timeMicros;
  }

  #drop(keyspace: Keyspace): void {
    if (!this.#keyspaces.isDropped(keyspace)) {
      this.#keyspaces.setPhase(keyspace, keyspacePhases.dropped);
      this.#counters.forget(keyspace);
      this.#dropped.push(keyspace);
    }
  }

  #trim(shard: ShardId, through: number): void {
    const head = this.#heads.head(shard);
    const oldest = Math.min(through, head.last) + 1;
    if (oldest > head.oldest) {
      this.#heads.change(shard, { ...head, oldest });
    }
  }

  #committed(replies: readonly WriteReply[]): GroupResult {
    this.#versions.committed();
    this.#keyspaces.committed();
    this.#heads.committed();
    this.#counters.clear();
    return this.#result(replies, "open");
  }

  /** `attempted`: what the requests would have been answered, as far as they got. */
  #failed(error: unknown, attempted: readonly (WriteReply | undefined)[], committing: boolean): GroupResult {
    this.#rollBack();
    const failure = writeFailure(error, "writing to the store");
    const lost = failure !== undefined && committing && !isDiskFull(error) && !isBusy(error);
    if (!lost) {
      this.#forgetNews();
    }
    if (failure === undefined) {
      return this.#result(
        attempted.map(() => ({ kind: "fault", error })),
        "open",
      );
    }
    if (lost || isFatal(error)) {
      this.#stop(error);
    }
    const replies = attempted.map((reply) => (lost ? afterLostCommit(reply, failure) : failure));
    const state = this.#stopped !== undefined ? "stopped" : isDiskFull(error) ? "full" : "open";
    return this.#result(replies, state);
  }

  #rollBack(): void {
    this.#versions.rolledBack();
    this.#keyspaces.rolledBack();
    this.#heads.rolledBack();
    this.#counters.clear();
    try {
      if (this.#connection.isTransaction) {
        this.#connection.exec(sql.rollback);
      }
    } catch (error: unknown) {
      this.#stop(error);
    }
  }

  #stop(error: unknown): void {
    const cause = storageFailure(error, "writing to the store");
    const why = cause instanceof Error ? cause.message : String(error);
    this.#stopped ??= {
      kind: "failed",
      code: cause instanceof StorageError ? cause.code : "unavailable",
      message: `writing has stopped until the store is opened again, since an earlier write failed: ${why}`,
      cause: error,
    };
  }

  #result(replies: readonly WriteReply[], writing: WritingState): GroupResult {
    const result: GroupResult = {
      replies,
      grownShards: [...this.#grown],
      droppedKeyspaces: this.#dropped,
      reclaimedKeyspaces: this.#reclaimed,
      writing,
    };
    this.#bytes = 0;
    this.#touched = 0;
    this.#forgetNews();
    return result;
  }

  /** What a group that wrote nothing would have told. One whose commit is in doubt tells it: it may be on the disk. */
  #forgetNews(): void {
    this.#grown.clear();
    this.#dropped = [];
    this.#reclaimed = [];
  }
}

/** Undefined for an error that is not SQLite's: a bug. */
function writeFailure(error: unknown, doing: string): WriteFailure | undefined {
  return writeFailureOf(storageFailure(error, doing), error);
}
