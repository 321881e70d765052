/**
 * Requests waiting for the writer, and the turns in which it takes them. All requests that arrive in one turn of
 * the event loop share one commit; a single caller waits for nothing but its own fsync. When the writer moves
 * to its own thread, this class stays and sends its batches there.
 */
import { assert, BoundedQueue } from "../../base/index.ts";
import { StorageError } from "../contract/index.ts";
import type { GroupResult, WriteFailure, WriteReply, WriteRequest, WritingState } from "./write-messages.ts";
import type { Writer } from "./writer.ts";

/** A group takes about 30 µs a request on the thread: this many hold it for some milliseconds. */
const groupRequestsMax = 128;

/** Runs the task in the next turn of the event loop. */
export type NextTurn = (task: () => void) => void;

export interface WriteQueueOptions {
  readonly writer: Writer;
  /** Requests that may wait; more are refused. */
  readonly waitingMax: number;
  /** Frames of the write-ahead log after which it is copied into the file; 0 for a store without one. */
  readonly checkpointFrames: number;
  readonly nextTurn: NextTurn;
  /** Called after each group, when its replies are on their way. */
  readonly onGroup: (result: GroupResult) => void;
  readonly onWritingState: (state: WritingState, reason: string | undefined) => void;
}

interface Waiting {
  readonly request: WriteRequest;
  readonly resolve: (reply: WriteReply) => void;
  readonly reject: (error: unknown) => void;
}

export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #queue: BoundedQueue<Waiting>;
  /** Taken from the queue, not answered yet. */
  #batch: Waiting[] = [];
  #turnAsked = false;
  #checkpointDue = false;
  #state: WritingState = "open";
  #idleWaiters: (() => void)[] = [];

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#queue = new BoundedQueue(options.waitingMax);
  }

  /** Resolves when the request is durable or refused; rejects with a StorageError, or with a bug. */
  submit(request: WriteRequest): Promise<WriteReply> {
    return new Promise((resolve, reject) => {
      if (this.#queue.push({ request, resolve, reject })) {
        this.#askForTurn();
      } else {
        reject(new StorageError("unavailable", "too many writes are waiting"));
      }
    });
  }

  get state(): WritingState {
    return this.#state;
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#askForTurn();
    });
  }

  #askForTurn(): void {
    if (!this.#turnAsked) {
      this.#turnAsked = true;
      this.#options.nextTurn(() => {
        this.#turn();
      });
    }
  }

  #turn(): void {
    this.#turnAsked = false;
    if (this.#checkpointDue) {
      this.#checkpointDue = false;
      const failure = this.#options.writer.checkpoint(this.#options.checkpointFrames);
      if (failure !== undefined) {
        this.#setState("stopped", failure);
      }
    }
    this.#fillBatch();
    if (this.#batch.length > 0) {
      this.#runGroup();
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
    answered.forEach((waiting, index) => {
      settle(waiting, replies[index]);
    });
    this.#checkpointDue = this.#options.checkpointFrames > 0 && result.writing === "open";
    this.#options.onGroup(result);
    const failure = replies.find((reply) => reply.kind === "failed");
    this.#setState(result.writing, failure);
    if (result.writing !== "open" && failure !== undefined) {
      this.#refuseWaiting(failure);
    }
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
      settle(waiting, failure);
    }
    this.#batch = [];
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      settle(next, failure);
    }
  }
}

function settle({ resolve, reject }: Waiting, reply: WriteReply | undefined): void {
  assert(reply !== undefined, "every request is answered");
  switch (reply.kind) {
    case "failed":
      reject(new StorageError(reply.code, reply.message, { cause: reply.cause }));
      return;
    case "fault":
      reject(reply.error);
      return;
    default:
      resolve(reply);
  }
}
