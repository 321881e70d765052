/**
 * Keys that mutations with a hold keep to themselves, from their acceptance to their answer. In memory of the thread that
 * writes: a hold belongs to a mutation that waits there, and ends with it.
 */
import type { RecordKey } from "../contract/index.ts";

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

/** One text per key: a byte a character, which is cheaper than any other form, and the lengths that keep parts apart. */
function keyName({ keyspace, placement, partition, sort }: RecordKey): string {
  return `${keyspace}/${placement}/${partition.length}/${latin1(partition)}${latin1(sort)}`;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
