/** Waits of mutations that are to be decided later, a test's dial. */
import type { CancelTimer, Clock } from "../../base/index.ts";

/** Waits on the clock of the data, until it is hurried. */
export class Delays {
  readonly #clock: Clock;
  readonly #waiting = new Map<() => void, CancelTimer>();
  #isHurried = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(ms: number): Promise<void> {
    if (this.#isHurried) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.get(done)?.();
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.set(done, this.#clock.schedule(ms, done));
    });
  }

  /** From now on nobody waits. */
  hurry(): void {
    this.#isHurried = true;
    for (const done of this.#waiting.keys()) done();
  }
}
