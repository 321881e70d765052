/** Waits of mutations that are to be decided later, a test's dial. */
import type { CancelTimer, Clock } from "../../base/index.ts";

interface Waiting {
  readonly owner: object | undefined;
  readonly cancel: CancelTimer;
}

/** Waits on the clock of the data, until they are hurried. */
export class Delays {
  readonly #clock: Clock;
  readonly #waiting = new Map<() => void, Waiting>();
  readonly #hurried = new WeakSet<object>();
  #isHurried = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(ms: number, owner?: object): Promise<void> {
    if (this.#isHurried || (owner !== undefined && this.#hurried.has(owner))) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.get(done)?.cancel();
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.set(done, { owner, cancel: this.#clock.schedule(ms, done) });
    });
  }

  /** From now on nobody waits, or nobody of this owner. */
  hurry(owner?: object): void {
    if (owner === undefined) this.#isHurried = true;
    else this.#hurried.add(owner);
    for (const [done, waiting] of this.#waiting) {
      if (owner === undefined || waiting.owner === owner) done();
    }
  }
}
