/**
 * Keys that mutations with a hold keep to themselves, from their acceptance to their answer. In memory of who has accepted
 * them: a hold belongs to a mutation that waits there, and ends with it.
 */
import { keyName } from "./key-names.ts";
import type { RecordKey } from "./types.ts";

const none: readonly number[] = [];

export class KeyHolds {
  /** Names of keys. No two mutations hold one, since the second of them is refused. */
  readonly #held = new Set<string>();

  /** Positions of the keys that are held. While nothing is held, this costs one comparison. */
  conflicts(keys: readonly RecordKey[]): readonly number[] {
    if (this.#held.size === 0) return none;
    const positions: number[] = [];
    for (const [position, key] of keys.entries()) {
      if (this.#held.has(keyName(key))) positions.push(position);
    }
    return positions;
  }

  held(keys: readonly RecordKey[]): readonly boolean[] {
    return keys.map((key) => this.#held.size > 0 && this.#held.has(keyName(key)));
  }

  /** None of the keys is held. Returns what `release` wants. */
  take(keys: readonly RecordKey[]): readonly string[] {
    const names = keys.map(keyName);
    for (const name of names) this.#held.add(name);
    return names;
  }

  release(names: readonly string[]): void {
    for (const name of names) this.#held.delete(name);
  }
}
