/** Writes of an engine that shares its thread with the writer. */
import { settle, type ShardId, tooManyWrites } from "../contract/index.ts";
import type { WriteReply, WriteRequest, Writes } from "../remote/index.ts";
import type { WriteQueue } from "./write-queue.ts";

export interface LocalWritesOptions {
  readonly queue: WriteQueue;
  readonly onGrown: (shards: readonly ShardId[]) => void;
  /** After the last write. */
  readonly finish: () => void;
}

export function localWrites({ queue, onGrown, finish }: LocalWritesOptions): Writes {
  return {
    submit: (request: WriteRequest): Promise<WriteReply> =>
      new Promise((resolve, reject) => {
        const waiter = { resolve, reject };
        if (!queue.submit(request, (reply) => settle(waiter, reply))) reject(tooManyWrites());
      }),
    held: async (keys) => queue.held(keys),
    // All growth is told here.
    watch: (shard) => onGrown([shard]),
    unwatch: () => undefined,
    close: async () => {
      await queue.finish();
      finish();
    },
  };
}
