/**
 * Orders of a test to threads of the server it started: die, or stand still until the test lets them go on. All threads
 * of a process hear a channel, those of other tests' servers too, so each test has one of its own.
 */
import process from "node:process";
import { BroadcastChannel, threadId, threadName } from "node:worker_threads";

export type ThreadOrder =
  | { readonly kind: "die"; readonly thread: string }
  /** Says so in the second word, does nothing more while the first one is 0, and dies or goes on then. */
  | {
      readonly kind: "stand";
      readonly thread: string;
      readonly words: SharedArrayBuffer;
      readonly thenDie: boolean;
    };

/** Who is loaded first is the test, in its own thread; the threads that it starts inherit its variables. */
process.env["STATOR_TEST_ORDERS"] ??= `thread ${threadId}`;
const channelName = `stator test: orders of ${process.env["STATOR_TEST_ORDERS"]}`;

/** In the thread: obeys from now on. Keeps nothing alive. */
export function obeyOrders(): void {
  const channel = new BroadcastChannel(channelName);
  channel.unref();
  channel.onmessage = (event) => {
    const order = (event as { readonly data: ThreadOrder }).data;
    if (order.thread !== threadName) return;
    if (order.kind === "stand") stand(new Int32Array(order.words));
    if (order.kind === "die" || order.thenDie) throw new Error(`${threadName} was told to die`);
  };
}

/** In the test. */
export function giveOrder(order: ThreadOrder): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(order);
  channel.close();
}

/** Resolves when the thread stands still, with what lets it go. */
export async function haveStand(
  thread: string,
  { thenDie }: { readonly thenDie: boolean },
): Promise<() => void> {
  const words = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  giveOrder({ kind: "stand", thread, words: words.buffer, thenDie });
  await Atomics.waitAsync(words, 1, 0).value;
  return () => {
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
  };
}

function stand(words: Int32Array): void {
  Atomics.store(words, 1, 1);
  Atomics.notify(words, 1);
  Atomics.wait(words, 0, 0);
}
