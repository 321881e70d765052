/** Who wants to know when a shard of the log has grown. */
import type { ShardId } from "../contract/index.ts";

export class Watchers {
  readonly #wakes = new Map<ShardId, Set<() => void>>();

  /** Returns the cancel function. */
  add(shard: ShardId, wake: () => void): () => void {
    // One object per call, so that a function registered twice is also cancelled twice.
    const own = (): void => {
      wake();
    };
    const wakes = this.#wakes.get(shard) ?? new Set();
    wakes.add(own);
    this.#wakes.set(shard, wakes);
    return () => {
      wakes.delete(own);
      if (wakes.size === 0 && this.#wakes.get(shard) === wakes) {
        this.#wakes.delete(shard);
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
