/**
 * Reads and forgets the rest of a request that was answered early. A socket closed with unread bytes resets
 * the connection, and the client would see that reset in place of the answer.
 */
import type { IncomingMessage } from "node:http";

// Beyond this a client that goes on sending gets the reset it asked for.
const discardedBytesMax = 64 * 1024 * 1024;

/** Calls `done` once: at the end of the body, at the bound, or when the client is gone. */
export function discardRest(message: IncomingMessage, done: () => void): void {
  let leftBytes = discardedBytesMax;
  let open = true;
  const finish = (): void => {
    if (!open) return;
    open = false;
    done();
  };
  if (message.readableEnded || message.destroyed) {
    finish();
    return;
  }
  message.removeAllListeners("data");
  message.on("data", (chunk: Uint8Array) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) finish();
  });
  message.on("end", finish);
  message.on("close", finish);
  message.resume();
}
