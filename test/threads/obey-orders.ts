/**
 * Loaded by node before the command (`--import`), in its main thread and in each of its threads: the main thread passes
 * on orders that a test sends to the process, the others obey.
 */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { giveOrder, obeyOrders, type ThreadOrder } from "./thread-orders.ts";

if (isMainThread) {
  process.on("message", (order) => giveOrder(order as ThreadOrder));
  // What the test may send keeps nobody alive.
  process.channel?.unref();
  // A test that is stopped in the middle leaves no server behind.
  process.once("disconnect", () => process.exit(1));
} else {
  obeyOrders();
}
