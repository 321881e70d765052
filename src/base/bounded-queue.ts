/**
 * A first-in first-out queue that cannot grow beyond its limit: a full queue says so, and the caller decides
 * what to refuse. Shifting costs constant time.
 */

import { assert } from "./assert.ts";

const slotsInitial = 16;

export class BoundedQueue<T> {
  readonly limit: number;
  #slots: (T | undefined)[];
  #head = 0;
  #size = 0;

  constructor(limit: number) {
    assert(Number.isSafeInteger(limit) && limit > 0, "a queue's limit is a positive integer");
    this.limit = limit;
    this.#slots = Array.from({ length: Math.min(limit, slotsInitial) });
  }

  get size(): number {
    return this.#size;
  }

  /** False, with nothing changed, when the queue is full. */
  push(value: T): boolean {
    if (this.#size === this.limit) {
      return false;
    }
    if (this.#size === this.#slots.length) {
      this.#grow();
    }
    this.#slots[(this.#head + this.#size) % this.#slots.length] = value;
    this.#size += 1;
    return true;
  }

  /** The oldest value, which stays; undefined when the queue is empty. */
  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#head];
  }

  /** Takes the oldest value; undefined when the queue is empty. */
  shift(): T | undefined {
    if (this.#size === 0) {
      return undefined;
    }
    const value = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#slots.length;
    this.#size -= 1;
    return value;
  }

  #grow(): void {
    const slots: (T | undefined)[] = Array.from({ length: Math.min(this.limit, this.#slots.length * 2) });
    for (let index = 0; index < this.#size; index += 1) {
      slots[index] = this.#slots[(this.#head + index) % this.#slots.length];
    }
    this.#slots = slots;
    this.#head = 0;
  }
}
