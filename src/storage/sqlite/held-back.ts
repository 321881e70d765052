/**
 * Accepted mutations that are to be decided later, a test's dial: each has a timer of the writer's clock and an owner,
 * whose end brings it forward.
 */
import type { CancelTimer, Clock } from "../../base/index.ts";

export class HeldBack<T> {
  readonly #clock: Clock;
  readonly #onDue: (value: T) => void;
  readonly #waiting = new Map<T, { readonly owner: unknown; readonly cancel: CancelTimer }>();

  constructor(clock: Clock, onDue: (value: T) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(value: T, ms: number, owner: unknown): void {
    const cancel = this.#clock.schedule(ms, () => {
      this.#release(value);
    });
    this.#waiting.set(value, { owner, cancel });
  }

  /** Makes due what waits for this owner; without one, everything. */
  hurry(owner?: unknown): void {
    for (const [value, waiting] of this.#waiting) {
      if (owner !== undefined && waiting.owner !== owner) continue;
      waiting.cancel();
      this.#release(value);
    }
  }

  #release(value: T): void {
    this.#waiting.delete(value);
    this.#onDue(value);
  }
}
