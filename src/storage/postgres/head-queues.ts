/**
 * Requests waiting for their heads. Under one head a process has one group at a time; requests of a head are taken in
 * their order, and one that needs several heads when it is the first under all of them.
 */
import { assert } from "../../base/index.ts";
import type { Head } from "./heads.ts";
import type { Waiting } from "./write-requests.ts";

/** A group takes some microseconds a request, and all of them wait for the slowest. */
const groupRequestsMax = 256;

export interface Batch {
  /** In the order in which locks are taken. */
  readonly heads: readonly Head[];
  readonly waiting: readonly Waiting[];
}

class HeadQueue {
  #items: Waiting[] = [];
  #first = 0;
  isBusy = false;

  get length(): number {
    return this.#items.length - this.#first;
  }

  peek(): Waiting | undefined {
    return this.#items[this.#first];
  }

  push(waiting: Waiting): void {
    this.#items.push(waiting);
  }

  unshift(waiting: Waiting): void {
    if (this.#first > 0) {
      this.#first -= 1;
      this.#items[this.#first] = waiting;
    } else {
      this.#items.unshift(waiting);
    }
  }

  /** Most often there are none, and it costs a comparison each. */
  takeLate(beforeMs: number): readonly Waiting[] {
    const waiting = this.#items.slice(this.#first);
    const late = waiting.filter(({ sinceMs }) => sinceMs < beforeMs);
    if (late.length > 0) {
      this.#items = waiting.filter(({ sinceMs }) => sinceMs >= beforeMs);
      this.#first = 0;
    }
    return late;
  }

  shift(): void {
    this.#first += 1;
    if (this.#first === this.#items.length) {
      this.#items = [];
      this.#first = 0;
    } else if (this.#first > compactAt && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
  }
}

const compactAt = 1024;
const ascending = (left: number, right: number): number => left - right;

export class HeadQueues {
  readonly #queues = new Map<Head, HeadQueue>();
  /** Heads with something waiting and nothing on its way. */
  readonly #ready = new Set<Head>();
  readonly #apart = new Set<Head>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(waiting: Waiting): void {
    this.#size += 1;
    for (const head of waiting.heads) {
      this.#queue(head).push(waiting);
      this.#look(head);
    }
  }

  /** Back to the front, in the same order: before everything that came later. */
  putBack(waiting: readonly Waiting[]): void {
    for (const each of waiting.toReversed()) {
      this.#size += 1;
      for (const head of each.heads) {
        this.#queue(head).unshift(each);
        this.#look(head);
      }
    }
  }

  /** Of heads that are free: how many have something waiting, how much, and since when. */
  get ready(): { readonly heads: number; readonly requests: number; readonly sinceMs: number } {
    let requests = 0;
    let sinceMs = Infinity;
    for (const head of this.#ready) {
      const queue = this.#queue(head);
      requests += queue.length;
      sinceMs = Math.min(sinceMs, queue.peek()?.sinceMs ?? Infinity);
    }
    return { heads: this.#ready.size, requests, sinceMs };
  }

  /**
   * The next batch, under as many heads or under those of its first request. All of them are free; they are busy until
   * `done`.
   */
  next(headsMax = 1): Batch | undefined {
    const heads: Head[] = [];
    const waiting: Waiting[] = [];
    for (const head of this.#ready) {
      if (waiting.length >= groupRequestsMax) break;
      const first = this.#queue(head).peek();
      assert(first !== undefined, "something waits under a head that is ready");
      if (!this.#isFirst(first)) {
        // The last of its heads to be free will find it.
        this.#ready.delete(head);
      } else if (
        heads.length === 0 ||
        (heads.length + first.heads.length <= headsMax && !this.#isApart(first))
      ) {
        this.#take(first, waiting);
        heads.push(...first.heads);
        if (this.#isApart(first)) break;
      }
    }
    this.#size -= waiting.length;
    return heads.length === 0 ? undefined : { heads: heads.toSorted(ascending), waiting };
  }

  /** These share no batch from now on: under one of them somebody may wait for long. */
  keepApart(heads: readonly Head[]): void {
    for (const head of heads) this.#apart.add(head);
  }

  /** Nobody waited long. */
  mayShare(heads: readonly Head[]): void {
    for (const head of heads) this.#apart.delete(head);
  }

  done({ heads }: Batch): void {
    for (const head of heads) this.#queue(head).isBusy = false;
    for (const head of heads) this.#look(head);
  }

  /** All that waits, in no order; nothing waits afterwards. */
  clear(): readonly Waiting[] {
    return this.takeLate(Infinity);
  }

  /** All that came before this moment, in no order. */
  takeLate(beforeMs: number): readonly Waiting[] {
    const taken = new Set<Waiting>();
    for (const [head, queue] of this.#queues) {
      const late = queue.takeLate(beforeMs);
      if (late.length === 0) continue;
      for (const waiting of late) taken.add(waiting);
      this.#ready.delete(head);
      this.#look(head);
    }
    this.#size -= taken.size;
    return [...taken];
  }

  #isApart({ heads }: Waiting): boolean {
    return this.#apart.size > 0 && heads.some((head) => this.#apart.has(head));
  }

  #isFirst(waiting: Waiting): boolean {
    return waiting.heads.every((head) => {
      const queue = this.#queue(head);
      return !queue.isBusy && queue.peek() === waiting;
    });
  }

  /** The first, and those behind it that need nothing more. */
  #take(first: Waiting, waiting: Waiting[]): void {
    const { heads } = first;
    let next: Waiting | undefined = first;
    while (next !== undefined) {
      waiting.push(next);
      for (const head of next.heads) this.#queue(head).shift();
      next = waiting.length < groupRequestsMax ? this.#nextWithin(heads) : undefined;
    }
    for (const head of heads) {
      this.#queue(head).isBusy = true;
      this.#ready.delete(head);
    }
  }

  #nextWithin(heads: readonly Head[]): Waiting | undefined {
    for (const head of heads) {
      const next = this.#queue(head).peek();
      if (next !== undefined && next.heads.every((each) => heads.includes(each)) && this.#isFirst(next)) {
        return next;
      }
    }
    return undefined;
  }

  #look(head: Head): void {
    const queue = this.#queue(head);
    const first = queue.peek();
    if (queue.isBusy || first === undefined) return;
    this.#ready.add(head);
  }

  #queue(head: Head): HeadQueue {
    let queue = this.#queues.get(head);
    if (queue === undefined) {
      queue = new HeadQueue();
      this.#queues.set(head, queue);
    }
    return queue;
  }
}
