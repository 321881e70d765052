/** Settings of connections and of the writer, chosen by measurement (docs/adr/0010-sqlite-settings.md). */

/** Writes that may wait at once on one thread; more are refused. */
export const queueMaxDefault = 10_000;

/** Page cache of a connection. The operating system caches the file as well, so a small one costs little. */
export const cacheBytesDefault: number = 64 * 1024 * 1024;

/** 8 MB of pages: a checkpoint of 10 to 20 ms. Fewer cost throughput, more cost latency (ADR 0010). */
export const checkpointFrames = 1000;
