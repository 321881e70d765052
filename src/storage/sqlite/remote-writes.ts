/**
 * Writes of an engine whose writer is on another thread. What is submitted in one turn of the event loop travels as
 * one message; replies come back in the order of the requests, a message per group. Bounded three ways, each
 * refused before anything was sent: requests and bytes without a reply, and the age of the oldest of them.
 */
import {
  assert,
  BoundedQueue,
  createDataPacker,
  createDataUnpacker,
  inNextTurn,
  monotonicMs,
} from "../../base/index.ts";
import { StorageError } from "../contract/index.ts";
import { type GroupNews, readReply, type WriteReply, type WriteRequest } from "./write-messages.ts";
import type { WritePort } from "./write-port.ts";
import { settle, tooManyWrites, type Waiter, type Writes } from "./writes.ts";

export interface RemoteWritesOptions {
  readonly port: WritePort;
  /** Requests without a reply. */
  readonly waitingMax?: number;
  /** Their bytes as messages. */
  readonly waitingBytesMax?: number;
  /** While the oldest of them has waited longer, no more are taken: the writer does not keep up. */
  readonly waitMsMax?: number;
  /** Told of each group of the writer, whoever asked for it, before its replies. */
  readonly onNews: (news: GroupNews) => void;
}

const waitingMaxDefault = 4096;
const waitingBytesMaxDefault = 64 * 1024 * 1024;
const waitMsMaxDefault = 2000;

interface Waiting extends Waiter {
  readonly request: WriteRequest["kind"];
  readonly sinceMs: number;
  readonly bytes: number;
}

export class RemoteWrites implements Writes {
  readonly #options: RemoteWritesOptions;
  readonly #port: WritePort;
  readonly #waiting: BoundedQueue<Waiting>;
  readonly #packer = createDataPacker();
  readonly #unpacker = createDataUnpacker();
  #waitingBytes = 0;
  #flushAsked = false;
  #writerGone = false;
  #onIdle: (() => void) | undefined;

  constructor(options: RemoteWritesOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#waiting = new BoundedQueue(options.waitingMax ?? waitingMaxDefault);
    this.#port.listen({
      message: (message) => {
        this.#receive(message);
      },
      closed: () => {
        this.#lose();
      },
    });
  }

  submit(request: WriteRequest): Promise<WriteReply> {
    return new Promise((resolve, reject) => {
      if (this.#writerGone) {
        reject(writerGone());
        return;
      }
      if (this.#isFull()) {
        reject(tooManyWrites());
        return;
      }
      const bytes = this.#packer.add(request);
      this.#waitingBytes += bytes;
      this.#waiting.push({ resolve, reject, request: request.kind, sinceMs: monotonicMs(), bytes });
      this.#askForFlush();
    });
  }

  async close(): Promise<void> {
    if (this.#waiting.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    this.#port.close();
  }

  #isFull(): boolean {
    const { waitingBytesMax = waitingBytesMaxDefault, waitMsMax = waitMsMaxDefault } = this.#options;
    const oldest = this.#waiting.peek();
    if (oldest === undefined) return false;
    return (
      this.#waiting.size === this.#waiting.limit ||
      this.#waitingBytes >= waitingBytesMax ||
      monotonicMs() - oldest.sinceMs > waitMsMax
    );
  }

  #askForFlush(): void {
    if (this.#flushAsked) return;
    this.#flushAsked = true;
    inNextTurn(() => {
      this.#flushAsked = false;
      if (!this.#writerGone) this.#port.post(this.#packer.take());
    });
  }

  #receive(message: Uint8Array): void {
    const [news, ...replies] = this.#unpacker.unpack(message);
    this.#options.onNews(news as GroupNews);
    for (const reply of replies) {
      const waiting = this.#waiting.shift();
      assert(waiting !== undefined, "each reply has its request");
      this.#waitingBytes -= waiting.bytes;
      settle(waiting, readReply(reply));
    }
    if (this.#waiting.size === 0) this.#onIdle?.();
  }

  /** What was sent may have been committed or not, and nobody is left to ask. */
  #lose(): void {
    if (this.#writerGone) return;
    this.#writerGone = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.request === "mutate") next.resolve({ kind: "outcome", outcome: { kind: "unknown" } });
      else next.reject(writerGone());
    }
    this.#waitingBytes = 0;
    this.#onIdle?.();
  }
}

function writerGone(): StorageError {
  return new StorageError("unavailable", "the thread that writes has ended");
}
