/**
 * One consumer on one shard: reads what follows its cursor, has it prepared, and commits output and cursor together. A
 * step is one batch. Knows nothing of other lanes, of when to step, or of what to do when a step fails.
 */
import { assert, type Clock, type PacedWork, type TurnPacer } from "../base/index.ts";
import {
  type Engine,
  type LogRecord,
  type MutationOutcome,
  type ShardId,
  StorageError,
} from "../storage/contract/index.ts";
import type { Consumer, ConsumerOutput } from "./consumer.ts";
import { type Cursor, cursorKey, readCursor } from "./cursors.ts";
import { consumeMutation, type CursorResult, takeCursorMutation, type TakeRefusal } from "./decides.ts";

export interface LaneServices {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly pacer: TurnPacer;
  readonly owner: string;
  readonly leaseMs: number;
  /** Nobody else can have the store open: a lease found at the beginning is that of a process which is gone. */
  readonly exclusive: boolean;
  /** Aborted at the end: nothing is written afterwards. */
  readonly signal: AbortSignal;
}

export type StepOutcome =
  /** The cursor has moved or is taken; there may be more. */
  | { readonly kind: "advanced" }
  | { readonly kind: "caughtUp" }
  /** The next record is younger than the consumer wants it. */
  | { readonly kind: "notDue"; readonly untilMs: number }
  /** Another runner has the cursor. */
  | { readonly kind: "heldElsewhere"; readonly untilMs: number }
  /** Nothing was applied; the next step finds out more. */
  | { readonly kind: "overtaken" | "conflict" | "staleEpoch" | "stopped" }
  /** May pass: to be tried again. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** Will not pass: going on would skip records. */
  | { readonly kind: "broken"; readonly error: unknown };

interface Batch {
  readonly consumer: Consumer;
  readonly cursor: Cursor;
  readonly position: number;
  readonly output: ConsumerOutput | undefined;
  /** The log held no more when it was read. */
  readonly isLast: boolean;
}

type Prepared =
  | { readonly kind: "prepared"; readonly batch: Batch }
  /** There are records to apply, and the cursor is not this runner's. */
  | { readonly kind: "untaken" }
  | StepOutcome;

type Page =
  | { readonly kind: "records"; readonly records: readonly LogRecord[]; readonly after: number }
  /** The log does not go on where it should. */
  | { readonly kind: "gap"; readonly after: number; readonly next: number };

interface Found {
  readonly cursor: Cursor | undefined;
  readonly records: readonly LogRecord[];
  /** The position before them. */
  readonly after: number;
  /** As many were asked for. */
  readonly recordsMax: number;
}

/** One batch: about a millisecond of preparing, and as much of the writer's time. */
const batchRecordsMax = 100;
const batchBytesMax = 256 * 1024;

export class Lane {
  readonly shard: ShardId;
  consumer: Consumer;
  readonly #services: LaneServices;
  /** As read or written last; absent: not known, or there is none. */
  #cursor: Cursor | undefined;
  #through = 0;
  #dueThrough = 0;
  #recordsMax = batchRecordsMax;
  /** Whoever took the cursor from this runner is alive. */
  #overtaken = false;

  constructor(shard: ShardId, consumer: Consumer, services: LaneServices) {
    this.shard = shard;
    this.consumer = consumer;
    this.#services = services;
  }

  /** Nothing is left to apply through this position, as far as is known here: it may be further. */
  get through(): number {
    return this.#through;
  }

  /** Records through this position are applied whatever their age. */
  applyThrough(position: number): void {
    this.#dueThrough = Math.max(this.#dueThrough, position);
  }

  /** Never rejects, and never two at once. */
  async step(): Promise<StepOutcome> {
    try {
      const prepared = await this.#prepareInTurn();
      if (prepared.kind === "prepared") {
        const { keys = [] } = prepared.batch.output ?? {};
        if (keys.length > 0) await this.#services.engine.readAhead(keys);
      }
      if (this.#services.signal.aborted) return { kind: "stopped" };
      if (prepared.kind === "untaken") return await this.#take();
      return prepared.kind === "prepared" ? await this.#commit(prepared.batch) : prepared;
    } catch (error: unknown) {
      // What is stored is the truth; after a failure it is asked again.
      this.#cursor = undefined;
      return { kind: "failed", error };
    }
  }

  /** Lets another runner have the cursor at once. For a lane that steps no more; rejects with a StorageError. */
  async release(): Promise<void> {
    const cursor = this.#cursor;
    const { engine, clock, owner } = this.#services;
    if (cursor === undefined || !this.#isOwn(cursor) || cursor.leaseUntilMs <= clock.nowMs()) return;
    const args = { key: cursorKey(this.consumer.id, this.shard), owner, leaseMs: 0 };
    await engine.mutate(takeCursorMutation(args, this.consumer.epochs ?? []));
  }

  async #prepareInTurn(): Promise<Prepared> {
    const work = this.#services.pacer.resume();
    try {
      await nextTurnOf(work);
      return await this.#prepare(work);
    } finally {
      work.end();
    }
  }

  async #prepare(work: PacedWork): Promise<Prepared> {
    const { consumer } = this;
    const found = await this.#lookBehindCursor();
    if (!("records" in found)) return found;
    const { cursor, after } = found;
    const [first] = found.records;
    if (first === undefined) {
      this.#through = after;
      return { kind: "caughtUp" };
    }
    const records = this.#dueOf(found.records);
    if (records.length === 0) {
      return { kind: "notDue", untilMs: Math.ceil(first.timeMicros / 1000) + consumer.delayMs() };
    }
    if (cursor === undefined || !this.#isOwn(cursor)) return { kind: "untaken" };
    if (work.sliceOver()) await nextTurnOf(work);
    const output = await consumer.prepare(records, this.#services.signal);
    const position = output?.through ?? after + records.length;
    assert(
      position > after && position <= after + records.length,
      "an output is that of the first record at least, and of no more records than were given",
    );
    const isLast = position === after + found.records.length && found.records.length < found.recordsMax;
    return { kind: "prepared", batch: { consumer, cursor, position, output, isLast } };
  }

  /** An own cursor is known without reading: if it is not as it was left, the commit is refused. */
  async #currentCursor(): Promise<Cursor | undefined> {
    if (this.#cursor !== undefined && this.#isOwn(this.#cursor)) return this.#cursor;
    this.#cursor = await readCursor(this.#services.engine, this.consumer.id, this.shard);
    this.#through = Math.max(this.#through, this.#cursor?.position ?? 0);
    return this.#cursor;
  }

  #isOwn(cursor: Cursor): boolean {
    return cursor.owner === this.#services.owner;
  }

  /** Whoever else has the cursor may have moved it, and trimmed the log behind it, since it was looked at here. */
  async #lookBehindCursor(): Promise<Found | StepOutcome> {
    let brokenAt: number | undefined;
    for (;;) {
      const cursor = await this.#currentCursor();
      const position = cursor?.position ?? 0;
      const recordsMax = this.#recordsMax;
      const page = await this.#readPage(position);
      if (page.kind === "records") {
        return { cursor, records: page.records, after: page.after, recordsMax };
      }
      if (brokenAt === position) return { kind: "broken", error: this.#gapError(page.after, page.next) };
      brokenAt = position;
      this.#cursor = undefined;
    }
  }

  async #readPage(position: number): Promise<Page> {
    let after = position;
    let page = await this.#services.engine.readLog(this.shard, after, this.#recordsMax);
    while (page.kind === "trimmed") {
      if (position > 0) return { kind: "gap", after, next: page.oldest };
      after = page.oldest - 1;
      page = await this.#services.engine.readLog(this.shard, after, this.#recordsMax);
    }
    const { records } = page;
    for (const [index, record] of records.entries()) {
      const before = after + index;
      if (record.position !== before + 1) return { kind: "gap", after: before, next: record.position };
    }
    return { kind: "records", records, after };
  }

  #gapError(after: number, next: number): StorageError {
    return new StorageError(
      "corrupted",
      `${this.consumer.id} has applied shard ${this.shard} of the change log through position ${after}, ` +
        `and the log goes on at position ${next}: records are missing`,
    );
  }

  /** The first records, as many as are old enough and make no more than one batch. */
  #dueOf(records: readonly LogRecord[]): readonly LogRecord[] {
    const delayMs = this.consumer.delayMs();
    const dueMicros = this.#services.clock.nowMicros() - delayMs * 1000;
    let count = 0;
    let bytes = 0;
    for (const { position, timeMicros, value } of records) {
      const due = delayMs <= 0 || timeMicros <= dueMicros || position <= this.#dueThrough;
      if (!due) return records.slice(0, count);
      bytes += value.length;
      if (bytes > batchBytesMax && count > 0) {
        // Large records: what is read in vain would be read again.
        this.#recordsMax = count;
        return records.slice(0, count);
      }
      count += 1;
    }
    this.#recordsMax = Math.min(batchRecordsMax, this.#recordsMax * 2);
    return records;
  }

  async #take(): Promise<StepOutcome> {
    const { engine, owner, leaseMs, exclusive } = this.#services;
    const lease = exclusive && !this.#overtaken ? this.#cursor : undefined;
    const args = {
      key: cursorKey(this.consumer.id, this.shard),
      owner,
      leaseMs,
      ...(lease === undefined ? {} : { evictToken: lease.token }),
    };
    const outcome = await engine.mutate(takeCursorMutation(args, this.consumer.epochs ?? []));
    if (outcome.kind === "refused") {
      const { leftMs } = outcome.result as TakeRefusal;
      return { kind: "heldElsewhere", untilMs: this.#services.clock.nowMs() + leftMs };
    }
    return this.#moved(outcome);
  }

  async #commit({ consumer, cursor, position, output, isLast }: Batch): Promise<StepOutcome> {
    const outcome = await this.#services.engine.mutate(
      consumeMutation({
        key: cursorKey(consumer.id, this.shard),
        epochs: consumer.epochs ?? [],
        keys: output?.keys ?? [],
        counters: output?.counters,
        args: {
          expected: { owner: cursor.owner, token: cursor.token, position: cursor.position },
          position,
          leaseMs: this.#services.leaseMs,
          ...(output === undefined ? {} : { output: { kind: consumer.outputKind, args: output.args } }),
        },
      }),
    );
    if (outcome.kind === "refused") {
      this.#overtaken = true;
      this.#cursor = undefined;
      return { kind: "overtaken" };
    }
    const moved = this.#moved(outcome);
    // Whatever has come since it was read wakes the lane again.
    const isDone = moved.kind === "advanced" && isLast && this.#dueThrough <= this.#through;
    return isDone ? { kind: "caughtUp" } : moved;
  }

  #moved(outcome: Exclude<MutationOutcome, { readonly kind: "refused" }>): StepOutcome {
    if (outcome.kind === "committed") {
      this.#cursor = outcome.result as CursorResult;
      this.#through = Math.max(this.#through, this.#cursor.position);
      return { kind: "advanced" };
    }
    if (outcome.kind !== "unknown") return { kind: outcome.kind };
    this.#cursor = undefined;
    const message = "whether a consumer's commit has happened is not known";
    return { kind: "failed", error: new StorageError("unavailable", message) };
  }
}

/** Lets others in; background work is never refused its turn. */
export async function nextTurnOf(work: PacedWork): Promise<void> {
  const outcome = await work.turn();
  assert(outcome === "granted", "work that was resumed is not refused");
}
