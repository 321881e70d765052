/**
 * Gives back the space of dropped keyspaces and trimmed logs, one short step at a time, inside the writer's
 * transaction. Space means pages of the file: free pages beyond a reserve go back to the disk.
 */
import { monotonicMs } from "../../base/index.ts";
import { type Keyspace, keyspacePhases, type ReclaimProgress, type ShardId } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import type { KeyspaceStates } from "./keyspace-states.ts";
import type { ShardHeads } from "./shard-heads.ts";
import { sql } from "./statements.ts";

/** Deleted between two looks at the time; eight of the largest items have 400 pages to give back. */
const chunkRecords = 8;
/** They are small and lie side by side. */
const chunkCounters = 50;
/** With its commit a step then takes 0.5 ms, at the 99th percentile 4 to 6 ms (values of 200 B, 4 KB, 400 KB). */
const stepMsMax = 2;
/** Also bounds what the commit has to write: a deleted record or counter leaves up to one changed page. */
const stepRowsMax = 200;
/** Pages moved and cut off in one step, about 0.5 ms; the checkpoint that follows makes the file shorter, which costs more. */
const vacuumPages = 32;
/** Free pages kept for the next writes: growing the file again is not free either. */
const freePagesKept = 256;

/** What one chunk removed. */
interface KeyspaceRows {
  readonly records: number;
  readonly counters: number;
}

export class Reclaimer {
  readonly #connection: SqliteConnection;
  readonly #keyspaces: KeyspaceStates;
  readonly #heads: ShardHeads;
  readonly #nextDropped: SqliteStatement;
  readonly #nextTrimmed: SqliteStatement;
  readonly #deleteRecords: SqliteStatement;
  readonly #deleteCounters: SqliteStatement;
  readonly #deletePartCounters: SqliteStatement;
  readonly #deleteLog: SqliteStatement;
  readonly #countFreePages: SqliteStatement;

  constructor(connection: SqliteConnection, keyspaces: KeyspaceStates, heads: ShardHeads) {
    this.#connection = connection;
    this.#keyspaces = keyspaces;
    this.#heads = heads;
    this.#nextDropped = connection.prepare(sql.nextDropped);
    this.#nextTrimmed = connection.prepare(sql.nextTrimmed);
    this.#countFreePages = connection.prepare(sql.countFreePages);
    for (const statement of [this.#nextDropped, this.#nextTrimmed, this.#countFreePages]) {
      statement.setReturnArrays(true);
    }
    this.#deleteRecords = connection.prepare(sql.deleteSomeRecords);
    this.#deleteCounters = connection.prepare(sql.deleteCounters);
    this.#deletePartCounters = connection.prepare(sql.deleteSomePartCounters);
    this.#deleteLog = connection.prepare(sql.deleteLog);
  }

  /** One step; keyspaces whose last record went are added to `reclaimed`. */
  step(reclaimed: Keyspace[]): ReclaimProgress {
    // Trimming done earlier in this group must be seen by the statements below.
    this.#heads.write();
    const endMs = monotonicMs() + stepMsMax;
    let recordsRemoved = 0;
    let countersRemoved = 0;
    while (recordsRemoved + countersRemoved < stepRowsMax && monotonicMs() < endMs) {
      const keyspace = firstColumn(this.#nextDropped.get());
      const shard = keyspace === undefined ? firstColumn(this.#nextTrimmed.get()) : undefined;
      if (keyspace !== undefined) {
        const { records, counters } = this.#emptyKeyspace(keyspace, reclaimed);
        recordsRemoved += records;
        countersRemoved += counters;
      } else if (shard !== undefined) {
        recordsRemoved += this.#emptyShard(shard);
      } else {
        return { recordsRemoved, done: this.#vacuum() };
      }
    }
    return { recordsRemoved, done: false };
  }

  #emptyKeyspace(keyspace: Keyspace, reclaimed: Keyspace[]): KeyspaceRows {
    const records = Number(this.#deleteRecords.run(keyspace, chunkRecords).changes);
    if (records > 0) {
      return { records, counters: 0 };
    }
    const counters = Number(this.#deletePartCounters.run(keyspace, chunkCounters).changes);
    if (counters === 0) {
      this.#deleteCounters.run(keyspace);
      this.#keyspaces.setPhase(keyspace, keyspacePhases.reclaimed);
      reclaimed.push(keyspace);
    }
    return { records, counters };
  }

  #emptyShard(shard: ShardId): number {
    const head = this.#heads.head(shard);
    const kept = Math.min(head.kept + chunkRecords, head.oldest);
    const removed = Number(this.#deleteLog.run(shard, kept).changes);
    this.#heads.change(shard, { ...head, kept });
    this.#heads.write();
    return removed;
  }

  /** True when no more than the reserve is free. */
  #vacuum(): boolean {
    const free = this.#freePages();
    if (free > freePagesKept) {
      this.#connection.exec(`PRAGMA incremental_vacuum(${Math.min(vacuumPages, free - freePagesKept)})`);
    }
    return this.#freePages() <= freePagesKept;
  }

  #freePages(): number {
    return firstColumn(this.#countFreePages.get()) ?? 0;
  }
}

function firstColumn(row: unknown): number | undefined {
  return row === undefined ? undefined : (row as readonly [number])[0];
}
