/**
 * Requests waiting for the writer, on its thread, and the turns in which it takes them. All requests that arrive in
 * one turn of the event loop share one commit; a single caller waits for nothing but its own fsync. Here a mutation is
 * accepted, so here is what accepted mutations hold.
 */
import { assert, BoundedQueue, type Clock, inNextTurn } from "../../base/index.ts";
import { KeyHolds, type MutationHold, type RecordKey, type WriteFailure } from "../contract/index.ts";
import type { WriteReply, WriteRequest } from "../remote/index.ts";
import { HeldBack } from "./held-back.ts";
import type { GroupResult, WritingState } from "./group-result.ts";
import type { Writer } from "./writer.ts";

/** A group takes about 30 µs a request on the thread: this many hold it for some milliseconds. */
const groupRequestsMax = 128;

/** Runs the task in the next turn of the event loop. */
export type NextTurn = (task: () => void) => void;

export interface WriteQueueOptions {
  readonly writer: Writer;
  /** For mutations that are decided later. */
  readonly clock: Clock;
  /** Requests that may wait; more are refused. */
  readonly waitingMax: number;
  /** Frames of the write-ahead log after which it is copied into the file; 0 for a store without one. */
  readonly checkpointFrames: number;
  readonly nextTurn?: NextTurn | undefined;
  /** Called when a group is durable and nobody has been answered. */
  readonly onCommitted: (result: GroupResult) => void;
  /** Called when each request of the group was answered. */
  readonly onAnswered: (result: GroupResult) => void;
  readonly onWritingState: (state: WritingState, reason: string | undefined) => void;
}

interface Waiting {
  readonly request: WriteRequest;
  readonly settle: (reply: WriteReply) => void;
  /** What it holds until it is answered. */
  readonly holds: readonly string[] | undefined;
}

export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #nextTurn: NextTurn;
  readonly #queue: BoundedQueue<Waiting>;
  /** Taken from the queue, not answered yet. */
  #batch: Waiting[] = [];
  readonly #holds = new KeyHolds();
  readonly #heldBack: HeldBack<Waiting>;
  #finishing = false;
  #turnAsked = false;
  #checkpointDue = false;
  #state: WritingState = "open";
  #idleWaiters: (() => void)[] = [];

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#nextTurn = options.nextTurn ?? inNextTurn;
    this.#queue = new BoundedQueue(options.waitingMax);
    this.#heldBack = new HeldBack(options.clock, (waiting) => {
      this.#enqueue(waiting);
    });
  }

  /**
   * Calls back when the request is durable or refused: in the order of submission, but for a mutation that wants what
   * another one holds, which is answered before this returns, and one that is held back. False, and no call: full.
   * `owner`: for whom it is done, as `hurry` wants to know.
   */
  submit(request: WriteRequest, settle: (reply: WriteReply) => void, owner?: unknown): boolean {
    const mutation = request.kind === "mutate" ? request.mutation : undefined;
    const keys = mutation === undefined ? [] : this.#holds.conflicts(mutation.keys);
    if (keys.length > 0) {
      settle({ kind: "outcome", outcome: { kind: "conflict", keys } });
      return true;
    }
    if (this.#queue.size + this.#heldBack.size >= this.#options.waitingMax) {
      return false;
    }
    if (mutation?.hold === undefined) {
      this.#enqueue({ request, settle, holds: undefined });
    } else {
      this.#accept({ request, settle, holds: this.#holds.take(mutation.keys) }, mutation.hold, owner);
    }
    return true;
  }

  /** Now, whatever waits. */
  held(keys: readonly RecordKey[]): readonly boolean[] {
    return this.#holds.held(keys);
  }

  /** Lets what is held back for this owner be decided at once. */
  hurry(owner: unknown): void {
    this.#heldBack.hurry(owner);
  }

  get state(): WritingState {
    return this.#state;
  }

  /** Resolves when nothing waits any more; what is held back is decided at once. */
  finish(): Promise<void> {
    this.#finishing = true;
    this.#heldBack.hurry();
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#askForTurn();
    });
  }

  #accept(waiting: Waiting, { ms }: MutationHold, owner: unknown): void {
    if (ms > 0 && !this.#finishing) {
      this.#heldBack.add(waiting, ms, owner);
    } else {
      this.#enqueue(waiting);
    }
  }

  #enqueue(waiting: Waiting): void {
    const accepted = this.#queue.push(waiting);
    assert(accepted, "there is room for what was accepted");
    this.#askForTurn();
  }

  #askForTurn(): void {
    if (!this.#turnAsked) {
      this.#turnAsked = true;
      this.#nextTurn(() => {
        this.#turn();
      });
    }
  }

  #turn(): void {
    this.#turnAsked = false;
    // A turn that copied the log does nothing else, so that neither adds to the other's time.
    if (!this.#checkpoint()) {
      this.#fillBatch();
      if (this.#batch.length > 0) {
        this.#runGroup();
      }
    }
    if (this.#batch.length > 0 || this.#queue.size > 0 || this.#checkpointDue) {
      this.#askForTurn();
      return;
    }
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) {
      resolve();
    }
  }

  /** True when something was copied. */
  #checkpoint(): boolean {
    if (!this.#checkpointDue) {
      return false;
    }
    this.#checkpointDue = false;
    const { copied, failure } = this.#options.writer.checkpoint(this.#options.checkpointFrames);
    if (failure !== undefined) {
      this.#setState("stopped", failure);
    }
    return copied;
  }

  #fillBatch(): void {
    // On a full disk one request tries whether there is space again, before work is done for many.
    const requestsMax = this.#state === "full" ? 1 : groupRequestsMax;
    while (this.#batch.length < requestsMax) {
      const next = this.#queue.shift();
      if (next === undefined) {
        return;
      }
      this.#batch.push(next);
    }
  }

  #runGroup(): void {
    const result = this.#options.writer.runGroup(this.#batch.map(({ request }) => request));
    const { replies } = result;
    assert(
      replies.length > 0 && replies.length <= this.#batch.length,
      "a group answers some of its requests",
    );
    const answered = this.#batch.slice(0, replies.length);
    this.#batch = this.#batch.slice(replies.length);
    this.#options.onCommitted(result);
    answered.forEach((waiting, index) => {
      const reply = replies[index];
      assert(reply !== undefined, "every request is answered");
      this.#answer(waiting, reply);
    });
    this.#checkpointDue = this.#options.checkpointFrames > 0 && result.writing === "open";
    const failure = replies.find((reply) => reply.kind === "failed");
    this.#setState(result.writing, failure);
    if (result.writing !== "open" && failure !== undefined) {
      this.#refuseWaiting(failure);
    }
    this.#options.onAnswered(result);
  }

  #answer({ settle, holds }: Waiting, reply: WriteReply): void {
    if (holds !== undefined) {
      this.#holds.release(holds);
    }
    settle(reply);
  }

  #setState(state: WritingState, failure: WriteFailure | undefined): void {
    if (state !== this.#state) {
      this.#state = state;
      this.#options.onWritingState(state, failure?.message);
    }
  }

  /** What waits behind a full disk or a stopped writer would meet the same failure. */
  #refuseWaiting(failure: WriteFailure): void {
    for (const waiting of this.#batch) {
      this.#answer(waiting, failure);
    }
    this.#batch = [];
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#answer(next, failure);
    }
  }
}
