/** Settings of connections and of the writer, chosen by measurement (docs/adr/0010-sqlite-settings.md). */

/** Writes that may wait at once on one thread; more are refused. */
export const queueMaxDefault = 10_000;

/** Page cache of a connection. The operating system caches the file as well, so a small one costs little. */
export const cacheBytesDefault: number = 64 * 1024 * 1024;

/**
 * 0.8 MB of pages: a checkpoint takes 3 ms, at the 99th percentile 8 ms, against 20 and 30 ms for 1000 frames; small
 * random writes are no slower for it. At 200 frames pauses reached 26 ms while a large table was given back (ADR 10, 13).
 */
export const checkpointFrames = 100;
