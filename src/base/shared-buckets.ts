/**
 * Token buckets in shared memory: how many units per second may be used, by all threads together. A bucket
 * admits while its balance is more than zero; the exact cost is charged afterwards and may leave it negative,
 * as DynamoDB does it. What is in which bucket, and what a refusal means, is the caller's business.
 *
 * Nobody ever waits for another thread. A lock would make them: a thread that is taken off its core, or dies,
 * between locking and unlocking holds up every request of the others for milliseconds or for ever, and a bound
 * on that wait ends in breaking the lock of a thread that is merely slow. So what changes in a bucket is one
 * number. Since units are made evenly, those made until now follow from the time alone, and only the units taken
 * are stored: balance = made - taken, at most the capacity; what flows over counts as taken. A charge replaces
 * `taken` by compare-and-exchange and tries again when another thread's charge was first. Questions write
 * nothing. Because nothing is ever added for time passed, a clock that goes back cannot refill twice.
 *
 * The rest of a bucket changes only when it is configured, which writes into a line no thread reads yet and
 * then publishes its number.
 */

import { assert } from "./assert.ts";

export interface BucketSettings {
  /** Units made per second, evenly. */
  readonly perSecond: number;
  /** The most units that are kept: the burst. */
  readonly capacity: number;
  /** Units at the moment of configuring; what exceeds the capacity flows over. */
  readonly balance: number;
}

/**
 * Times are microseconds of one clock that all threads share; only differences count. Until a clock that was set
 * back has caught up with the latest charge, a bucket is not refilled: whoever sets clocks configures anew.
 */
export interface SharedBuckets {
  /** For another thread's `openSharedBuckets`, with the same number of buckets. */
  readonly memory: SharedArrayBuffer;
  readonly buckets: number;
  /**
   * Starts a bucket, or starts it anew. From any thread; of two at once the one that began later holds. Another
   * thread's charge at the same moment may fall before it, and is then forgotten with the old balance.
   */
  configure(bucket: number, settings: BucketSettings, nowMicros: number): void;
  /** True while the balance is more than zero. Takes nothing. */
  admit(bucket: number, nowMicros: number): boolean;
  /** Takes units, below zero when it must be; a negative number gives back, up to the capacity. */
  charge(bucket: number, units: number, nowMicros: number): void;
  balance(bucket: number, nowMicros: number): number;
}

/**
 * Layout of a bucket, in lines of 64 bytes: one with the 32-bit numbers of the configuration that was begun last
 * and of the one that holds, then a ring of lines, each with one configuration and its `taken`.
 *
 * A thread that fell asleep within a call may wake over a line that was written again meanwhile. With four lines it
 * has to sleep through four configurations of its bucket. Then one answer may be wrong or one charge lost; when it
 * slept while configuring, the bucket may hold a mixture until it is configured again.
 */
const lineBytes = 64;
const ringLines = 4;
const bucketBytes = (1 + ringLines) * lineBytes;
const wordBytes = 4;
const begunIndex = 0;
const holdsIndex = 1;

/** 64-bit floats of a ring line. The atomic exchange sees `taken` as a 64-bit integer with the same bits. */
const numberBytes = 8;
const perSecondIndex = 0;
const capacityIndex = 1;
const startIndex = 2;
const latestIndex = 3;
const takenIndex = 4;

export function openSharedBuckets(buckets: number, given?: SharedArrayBuffer): SharedBuckets {
  assert(Number.isSafeInteger(buckets) && buckets > 0, "a pool has one bucket or more");
  return new BucketPool(buckets, given ?? new SharedArrayBuffer(buckets * bucketBytes));
}

class BucketPool implements SharedBuckets {
  readonly memory: SharedArrayBuffer;
  readonly buckets: number;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #bits: BigInt64Array;
  /** Turns a float into its bits and back; of this thread alone. */
  readonly #float = new Float64Array(1);
  readonly #floatBits: BigInt64Array = new BigInt64Array(this.#float.buffer);

  constructor(buckets: number, memory: SharedArrayBuffer) {
    assert(
      memory.byteLength === buckets * bucketBytes,
      "all threads open a pool with the same number of buckets",
    );
    this.memory = memory;
    this.buckets = buckets;
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#bits = new BigInt64Array(memory);
  }

  configure(bucket: number, settings: BucketSettings, nowMicros: number): void {
    const { perSecond, capacity, balance } = settings;
    assert(perSecond >= 0 && Number.isFinite(perSecond), "a bucket's rate is a number from zero up");
    assert(capacity > 0 && Number.isFinite(capacity), "a bucket's capacity is more than zero");
    assert(Number.isFinite(balance) && Number.isFinite(nowMicros), "balance and time are numbers");
    const head = this.#headOf(bucket);
    const ours = Atomics.add(this.#words, head + begunIndex, 1) + 1;
    const line = lineOf(bucket, ours);
    this.#numbers[line + perSecondIndex] = perSecond;
    this.#numbers[line + capacityIndex] = capacity;
    this.#numbers[line + startIndex] = nowMicros;
    this.#numbers[line + latestIndex] = nowMicros;
    this.#numbers[line + takenIndex] = -balance;
    // Publishes all of the above, unless a later configuration has been quicker.
    let holds = Atomics.load(this.#words, head + holdsIndex);
    while (holds < ours) {
      holds = Atomics.compareExchange(this.#words, head + holdsIndex, holds, ours);
    }
  }

  admit(bucket: number, nowMicros: number): boolean {
    return this.balance(bucket, nowMicros) > 0;
  }

  balance(bucket: number, nowMicros: number): number {
    const line = this.#lineThatHolds(bucket);
    const left = this.#made(line, nowMicros) - (this.#numbers[line + takenIndex] ?? 0);
    return Math.min(left, this.#numbers[line + capacityIndex] ?? 0);
  }

  charge(bucket: number, units: number, nowMicros: number): void {
    assert(Number.isFinite(units), "units are a number");
    const line = this.#lineThatHolds(bucket);
    // Two threads may store here at once and the earlier time stay, as little earlier as their calls are apart.
    // Nothing is lost by it: units made are computed from the start, never from the last time.
    if (nowMicros > (this.#numbers[line + latestIndex] ?? 0)) {
      this.#numbers[line + latestIndex] = nowMicros;
    }
    for (;;) {
      const before = Atomics.load(this.#bits, line + takenIndex);
      this.#floatBits[0] = before;
      const taken = this.#float[0] ?? 0;
      const flowedOver = this.#made(line, nowMicros) - (this.#numbers[line + capacityIndex] ?? 0);
      this.#float[0] = Math.max(taken, flowedOver) + units;
      const after = this.#floatBits[0];
      if (Atomics.compareExchange(this.#bits, line + takenIndex, before, after) === before) {
        return;
      }
    }
  }

  /** Units made since the configuration, at the latest time any charge has named. */
  #made(line: number, nowMicros: number): number {
    const latestMicros = this.#numbers[line + latestIndex] ?? 0;
    const untilMicros = nowMicros > latestMicros ? nowMicros : latestMicros;
    const passedMicros = untilMicros - (this.#numbers[line + startIndex] ?? 0);
    return (passedMicros * (this.#numbers[line + perSecondIndex] ?? 0)) / 1_000_000;
  }

  #lineThatHolds(bucket: number): number {
    const holds = Atomics.load(this.#words, this.#headOf(bucket) + holdsIndex);
    assert(holds > 0, `bucket ${bucket} was never configured`);
    return lineOf(bucket, holds);
  }

  /** Where the bucket's 32-bit numbers start. */
  #headOf(bucket: number): number {
    assert(
      Number.isSafeInteger(bucket) && bucket >= 0 && bucket < this.buckets,
      `there is no bucket ${bucket} of ${this.buckets}`,
    );
    return (bucket * bucketBytes) / wordBytes;
  }
}

/** Where the 64-bit numbers of a configuration start. */
function lineOf(bucket: number, configuration: number): number {
  return (bucket * bucketBytes + (1 + (configuration % ringLines)) * lineBytes) / numberBytes;
}
