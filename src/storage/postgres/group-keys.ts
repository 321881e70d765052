/**
 * Keys of one group. What is computed of a key is computed once, although the mutation, the statements and the commit
 * each name it, often with the same object.
 */
import { assert } from "../../base/index.ts";
import { keyName, type RecordKey, type Version } from "../contract/index.ts";
import type { PostgresResult } from "./driver.ts";
import type { Head, HeadMap } from "./heads.ts";
import { type StoredKey, storedKey } from "./stored-key.ts";
import { bytesOf, numberOf } from "./wire-values.ts";

export class GroupKey {
  readonly key: RecordKey;
  readonly head: Head;
  readonly stored: StoredKey;
  /** As it was read, or as the group has left it. */
  record: { readonly version: Version; readonly value: Uint8Array } | undefined;

  constructor(key: RecordKey, head: Head) {
    this.key = key;
    this.head = head;
    this.stored = storedKey(key);
  }
}

export class GroupKeys {
  readonly #map: HeadMap;
  readonly #byKey = new Map<RecordKey, GroupKey>();
  readonly #byName = new Map<string, GroupKey>();

  constructor(map: HeadMap) {
    this.#map = map;
  }

  /** Each key once, in the order in which they were named first. */
  get all(): readonly GroupKey[] {
    return [...this.#byName.values()];
  }

  of(key: RecordKey): GroupKey {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const name = keyName(key);
    let named = this.#byName.get(name);
    if (named === undefined) {
      named = new GroupKey(key, this.#map.ofPlacement(key.placement));
      this.#byName.set(name, named);
    }
    this.#byKey.set(key, named);
    return named;
  }
}

/** Records to the keys that were asked for, by their places in the list. */
export function giveRecords(keys: readonly GroupKey[], { rows }: PostgresResult): void {
  for (const [place, version, value] of rows) {
    const key = keys[numberOf(place) - 1];
    assert(key !== undefined, "a server answers what it was asked");
    key.record = { version: numberOf(version), value: bytesOf(value) };
  }
}
