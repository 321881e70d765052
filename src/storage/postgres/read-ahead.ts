/**
 * Brings records into the database's memory before a mutation reads them: one that names many would read them one after the
 * other from the disk while everybody else waits for its group.
 */
import type { RecordKey } from "../contract/index.ts";
import { GroupKey } from "./group-keys.ts";
import type { HeadMap } from "./heads.ts";

export interface ReadAheadOptions {
  readonly map: HeadMap;
  /** Resolves when they were read. */
  readonly touch: (keys: readonly GroupKey[]) => Promise<unknown>;
}

/** What one statement reads, it reads one after the other; several go side by side. */
const statementKeysMax = 8;

export class ReadAhead {
  readonly #options: ReadAheadOptions;
  /** The objects that were given: a mutation names its keys with the same ones. */
  readonly #read = new WeakSet<RecordKey>();

  constructor(options: ReadAheadOptions) {
    this.#options = options;
  }

  async read(keys: readonly RecordKey[]): Promise<void> {
    const { map, touch } = this.#options;
    const statements: Promise<unknown>[] = [];
    for (let from = 0; from < keys.length; from += statementKeysMax) {
      const some = keys.slice(from, from + statementKeysMax);
      statements.push(touch(some.map((key) => new GroupKey(key, map.ofPlacement(key.placement)))));
    }
    // What could not be read now fails where it is needed.
    await Promise.allSettled(statements);
    for (const key of keys) this.#read.add(key);
  }

  has(key: RecordKey): boolean {
    return this.#read.has(key);
  }
}
