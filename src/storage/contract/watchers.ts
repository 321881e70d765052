/** Who wants to know when a shard of the log has grown. */
import type { ShardId } from "./types.ts";

export interface WatchedShards {
  /** A shard has its first watcher; it must be woken when its watching has begun. */
  watch(shard: ShardId): void;
  /** Its last watcher has gone. */
  unwatch(shard: ShardId): void;
}

export class Watchers {
  readonly #shards: WatchedShards;
  readonly #wakes = new Map<ShardId, Set<() => void>>();

  constructor(shards: WatchedShards) {
    this.#shards = shards;
  }

  /** Returns the cancel function. */
  add(shard: ShardId, wake: () => void): () => void {
    const wakes = this.#wakes.get(shard) ?? new Set();
    // One object per call, so that a function registered twice is also cancelled twice.
    const own = (): void => {
      // It may have been cancelled since it was due.
      if (wakes.has(own)) wake();
    };
    wakes.add(own);
    if (wakes.size > 1) {
      queueMicrotask(own);
    } else {
      this.#wakes.set(shard, wakes);
      this.#shards.watch(shard);
    }
    return () => {
      if (wakes.delete(own) && wakes.size === 0) {
        this.#wakes.delete(shard);
        this.#shards.unwatch(shard);
      }
    };
  }

  /** Wakes after the current task, so that what a watcher throws cannot reach the writer. */
  wake(shards: readonly ShardId[]): void {
    if (this.#wakes.size === 0) {
      return;
    }
    for (const shard of shards) {
      for (const wake of this.#wakes.get(shard) ?? []) {
        queueMicrotask(wake);
      }
    }
  }
}
