/** Which shards are kept for readers that nobody runs here, and for whom. */
import type { ShardId } from "../storage/contract/index.ts";
import type { LogReader } from "./log-reader.ts";

export class HeldShards {
  #readers: readonly LogReader[] = [];
  readonly #idsByShard = new Map<ShardId, string[]>();

  get readers(): readonly LogReader[] {
    return this.#readers;
  }

  has(shard: ShardId): boolean {
    return this.#idsByShard.has(shard);
  }

  /** Ids of the readers of a shard. */
  readersOf(shard: ShardId): readonly string[] {
    return this.#idsByShard.get(shard) ?? [];
  }

  /** These and no others; answers the shards that have lost their last reader. */
  set(readers: readonly LogReader[]): readonly ShardId[] {
    if (sameIds(this.#readers, readers)) return [];
    const before = [...this.#idsByShard.keys()];
    this.#readers = readers;
    this.#idsByShard.clear();
    for (const { id, shards } of readers) {
      for (const shard of shards) {
        const ids = this.#idsByShard.get(shard);
        if (ids === undefined) this.#idsByShard.set(shard, [id]);
        else ids.push(id);
      }
    }
    return before.filter((shard) => !this.has(shard));
  }
}

/** A reader's shards never change. */
function sameIds(left: readonly LogReader[], right: readonly LogReader[]): boolean {
  return left.length === right.length && left.every(({ id }, index) => id === right[index]?.id);
}
