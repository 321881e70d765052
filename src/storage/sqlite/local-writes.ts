/** Writes of an engine that shares its thread with the writer. */
import type { WriteReply, WriteRequest } from "./write-messages.ts";
import type { WriteQueue } from "./write-queue.ts";
import { settle, tooManyWrites, type Writes } from "./writes.ts";

export function localWrites(queue: WriteQueue, finish: () => void): Writes {
  return {
    submit: (request: WriteRequest): Promise<WriteReply> =>
      new Promise((resolve, reject) => {
        const waiter = { resolve, reject };
        if (!queue.submit(request, (reply) => settle(waiter, reply))) reject(tooManyWrites());
      }),
    close: async () => {
      await queue.idle();
      finish();
    },
  };
}
