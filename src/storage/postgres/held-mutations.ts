/**
 * Mutations that hold their keys. Between those of this process a hold lives in memory, from acceptance to answer. One that
 * is to last is placed in the store as well, where other processes see it; one that is decided at once needs no more than
 * the locks it takes: to other processes it is accepted when it has them.
 */
import type { CancelTimer, Clock } from "../../base/index.ts";
import type { Mutation, RecordKey } from "../contract/index.ts";
import { keyName } from "./key-names.ts";

export class KeyHolds {
  /** No two mutations hold one key, since the second of them is refused. */
  readonly #held = new Set<string>();

  /** Positions of the keys that are held. While nothing is held, this costs one comparison. */
  conflicts(keys: readonly RecordKey[]): readonly number[] {
    if (this.#held.size === 0) return [];
    return [...keys.entries()].flatMap(([position, key]) => (this.#held.has(keyName(key)) ? [position] : []));
  }

  isHeld(key: RecordKey): boolean {
    return this.#held.has(keyName(key));
  }

  /** None of the keys is held. Returns the function that ends the hold. */
  take({ keys }: Mutation): () => void {
    const names = keys.map(keyName);
    for (const name of names) this.#held.add(name);
    return () => {
      for (const name of names) this.#held.delete(name);
    };
  }
}

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
