/**
 * Door of `changes`: what happened to items, as log records, and the framework of what reads them. A consumer gives
 * shards, a function that prepares output, and a registered one that decides it; cursors, leases, order, retries, lag
 * and trimming are the framework's. It knows nothing of what consumers do.
 */
export type { Consumer, ConsumerOutput } from "./consumer.ts";
export { type Cursor, cursorKey, cursorsKeyspace, decodeCursor, readCursor } from "./cursors.ts";
export { createDuty, type Duty } from "./duty.ts";
export { changesDecides, type OutputCommit, type OutputDecide } from "./decides.ts";
export { decodeItemChange, encodeItemChange, type ItemChange } from "./item-change.ts";
export { itemShard, itemShardParts } from "./item-shard.ts";
export {
  type Acknowledged,
  acknowledgeMutation,
  type AcknowledgeResult,
  beginReaderMutation,
  hasBegun,
  type LogReader,
  newReaderCursor,
  readerCursors,
  readerKeptMs,
} from "./log-reader.ts";
export type { ConsumerLag } from "./lag.ts";
export {
  type ConsumerRunner,
  type ConsumerRunnerOptions,
  createConsumerRunner,
  type DrainOutcome,
} from "./runner.ts";
