/** A writer thread that a test can end: the product's own, which obeys orders. */
import "../../src/server/threads/writer-thread.ts";
import { obeyOrders } from "./thread-orders.ts";

obeyOrders();
