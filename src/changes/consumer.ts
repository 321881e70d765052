/** What a consumer of the change log is. Everything else about consuming is the runner's. */
import type { CounterId, EpochCheck, LogRecord, RecordKey, ShardId } from "../storage/contract/index.ts";

/** What applying a batch of log records writes, as data for the consumer's registered OutputDecide. */
export interface ConsumerOutput {
  /** Read at the newest state and handed to the output function in this order. */
  readonly keys: readonly RecordKey[];
  /** Likewise; the function finds their values in its context. */
  readonly counters?: readonly CounterId[];
  readonly args: unknown;
  /** The output is that of the records through this position, and the others come again; absent: of all. */
  readonly through?: number;
}

/**
 * A consumer applies the records of each of its shards in order, each exactly once, with one durable cursor per shard.
 * Shards are independent of each other. Objects are compared by identity: hand in the same one while nothing changed.
 */
export interface Consumer {
  /** Names the cursors, so it is never given to another consumer of the same store. */
  readonly id: string;
  readonly shards: readonly ShardId[];
  /** Under which the output function is registered. */
  readonly outputKind: string;
  /**
   * Log records to output; nothing: only the cursor moves. Called again for the same records until its output is
   * committed, so it may look but not touch. What it throws is told, and it is called again later: a record is never
   * skipped. A long wait inside ends when the signal is aborted.
   */
  readonly prepare: (
    records: readonly LogRecord[],
    signal: AbortSignal,
  ) => ConsumerOutput | undefined | Promise<ConsumerOutput | undefined>;
  /** A record is applied only when it is this old by the clock; 0: at once. */
  readonly delayMs: () => number;
  /** Checked by each commit. A stale one asks for the list of consumers again and prepares again. */
  readonly epochs?: readonly EpochCheck[];
}
