/** Door of `base`: what every room may use. It knows nothing of DynamoDB but its limits. */

export { adjustableClock, type AdjustableClock, type AdjustableClockOptions } from "./adjustable-clock.ts";
export { assert, AssertionFailure, unreachable } from "./assert.ts";
export { backOffMs } from "./back-off.ts";
export { BoundedQueue } from "./bounded-queue.ts";
export { bytesEqual, compareBytes } from "./bytes.ts";
export { type CancelTimer, type Clock, monotonicMs, systemClock } from "./clock.ts";
export { crc32 } from "./crc32.ts";
export { createDataPacker, createDataUnpacker, type DataPacker, type DataUnpacker } from "./data-packer.ts";
export { digest } from "./digest.ts";
export { limits } from "./limits.ts";
export { createLoopGauge, type LoopGauge, type LoopGaugeOptions } from "./loop-gauge.ts";
export { inNextTurn, nextTurn } from "./next-turn.ts";
export { type Random, seededRandom, systemRandom } from "./prng.ts";
/** @public Admission will use it. */
export { type BucketSettings, openSharedBuckets, type SharedBuckets } from "./shared-buckets.ts";
export { type CounterRow, openSharedCounters, type SharedCounters } from "./shared-counters.ts";
export { createTurnPacer, type PacedWork, type TurnPacer, type TurnPacerOptions } from "./turn-pacer.ts";
