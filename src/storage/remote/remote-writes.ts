/**
 * Writes of an engine whose writer is on another thread. What is submitted in one turn of the event loop travels as
 * one message; replies come back with the numbers of their requests, a message per group and one for what needs no
 * group. Bounded three ways, each refused before anything was sent: requests and bytes without a reply, and the age of
 * the oldest of them.
 */
import { assert, createDataPacker, createDataUnpacker, inNextTurn, monotonicMs } from "../../base/index.ts";
import {
  type RecordKey,
  settle,
  type ShardId,
  StorageError,
  tooManyWrites,
  type Waiter,
} from "../contract/index.ts";
import { AwaitedReplies } from "./awaited-replies.ts";
import {
  type GroupNews,
  type HoldQuestion,
  type PortNote,
  readReply,
  type WriteReply,
  type WriteRequest,
} from "./write-messages.ts";
import type { WritePort } from "./write-port.ts";
import type { Writes } from "./writes.ts";

export interface RemoteWritesOptions {
  readonly port: WritePort;
  /** Requests without a reply, and as many questions. */
  readonly waitingMax?: number;
  /** Their bytes as messages. */
  readonly waitingBytesMax?: number;
  /** While the oldest of them has waited longer, no more are taken: the writer does not keep up. */
  readonly waitMsMax?: number;
  /** Told what watched shards have grown, whoever wrote, before the replies of the same group. */
  readonly onNews: (news: GroupNews) => void;
}

const waitingMaxDefault = 4096;
const waitingBytesMaxDefault = 64 * 1024 * 1024;
const waitMsMaxDefault = 2000;

interface Waiting extends Waiter<WriteReply> {
  readonly kind: WriteRequest["kind"] | HoldQuestion["kind"];
  readonly sinceMs: number;
  readonly bytes: number;
}

export class RemoteWrites implements Writes {
  readonly #options: RemoteWritesOptions;
  readonly #port: WritePort;
  readonly #waitingMax: number;
  readonly #waiting = new AwaitedReplies<Waiting>();
  #questions = 0;
  /** Shards whose watching began or ended in this turn. */
  readonly #watchChanges = new Map<ShardId, boolean>();
  readonly #packer = createDataPacker();
  readonly #unpacker = createDataUnpacker();
  #waitingBytes = 0;
  #flushAsked = false;
  #writerGone = false;
  #closed = false;
  #onIdle: (() => void) | undefined;

  constructor(options: RemoteWritesOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#waitingMax = options.waitingMax ?? waitingMaxDefault;
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
      this.#send(request, { resolve, reject });
    });
  }

  /** Not refused because of writes that wait: none of them is waited for. */
  async held(keys: readonly RecordKey[]): Promise<readonly boolean[]> {
    if (this.#writerGone) throw writerGone();
    if (this.#questions >= this.#waitingMax) throw tooManyWrites();
    const reply = await new Promise<WriteReply>((resolve, reject) => {
      this.#send({ kind: "held", keys }, { resolve, reject });
    });
    assert(reply.kind === "held", "a question for holds is answered with them");
    return reply.held;
  }

  watch(shard: ShardId): void {
    this.#changeWatch(shard, true);
  }

  unwatch(shard: ShardId): void {
    this.#changeWatch(shard, false);
  }

  async close(): Promise<void> {
    if (this.#waiting.size > 0) {
      this.#tell({ kind: "hurry" });
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    this.#closed = true;
    this.#port.close();
  }

  #isFull(): boolean {
    const { waitingBytesMax = waitingBytesMaxDefault, waitMsMax = waitMsMaxDefault } = this.#options;
    const writes = this.#waiting.size - this.#questions;
    if (writes === 0) return false;
    const { oldest } = this.#waiting;
    return (
      writes >= this.#waitingMax ||
      this.#waitingBytes >= waitingBytesMax ||
      (oldest !== undefined && monotonicMs() - oldest.sinceMs > waitMsMax)
    );
  }

  #send(message: WriteRequest | HoldQuestion, { resolve, reject }: Waiter<WriteReply>): void {
    const { kind } = message;
    const bytes = this.#packer.add(message);
    this.#waitingBytes += bytes;
    if (kind === "held") this.#questions += 1;
    // A question is answered at once, and a mutation held back says nothing about how the writer keeps up.
    const heldBack = kind === "mutate" && (message.mutation.hold?.ms ?? 0) > 0;
    const waiting: Waiting = { resolve, reject, kind, sinceMs: monotonicMs(), bytes };
    this.#waiting.add(waiting, kind === "held" || heldBack ? "apart" : "inTurn");
    this.#askForFlush();
  }

  #tell(note: PortNote): void {
    this.#packer.add(note);
    this.#askForFlush();
  }

  #changeWatch(shard: ShardId, begins: boolean): void {
    if (this.#writerGone) return;
    this.#watchChanges.set(shard, begins);
    this.#askForFlush();
  }

  #tellWatches(): void {
    if (this.#watchChanges.size === 0) return;
    const changes = [...this.#watchChanges];
    this.#watchChanges.clear();
    const begin = changes.filter(([, begins]) => begins).map(([shard]) => shard);
    const end = changes.filter(([, begins]) => !begins).map(([shard]) => shard);
    this.#packer.add({ kind: "watch", begin, end } satisfies PortNote);
  }

  #askForFlush(): void {
    if (this.#flushAsked) return;
    this.#flushAsked = true;
    inNextTurn(() => {
      this.#flushAsked = false;
      if (this.#writerGone || this.#closed) return;
      this.#tellWatches();
      this.#port.post(this.#packer.take());
    });
  }

  #receive(message: Uint8Array): void {
    const [news, ...replies] = this.#unpacker.unpack(message);
    this.#options.onNews(news as GroupNews);
    for (let index = 0; index < replies.length; index += 2) {
      const waiting = this.#waiting.take(replies[index] as number);
      assert(waiting !== undefined, "each reply has its request");
      this.#waitingBytes -= waiting.bytes;
      if (waiting.kind === "held") this.#questions -= 1;
      settle(waiting, readReply(replies[index + 1]));
    }
    if (this.#waiting.size === 0) this.#onIdle?.();
  }

  /** What was sent may have been committed or not, and nobody is left to ask. */
  #lose(): void {
    if (this.#writerGone) return;
    this.#writerGone = true;
    for (const { kind, resolve, reject } of this.#waiting.takeAll()) {
      if (kind === "mutate") resolve({ kind: "outcome", outcome: { kind: "unknown" } });
      else reject(writerGone());
    }
    this.#waitingBytes = 0;
    this.#questions = 0;
    this.#onIdle?.();
  }
}

function writerGone(): StorageError {
  return new StorageError("unavailable", "the thread that writes has ended");
}
