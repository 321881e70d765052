/**
 * A histogram with log-linear buckets: every doubling of the value is cut into eight equal steps, so that a
 * quantile is known to an eighth over any range at the cost of one array.
 */

import { assert } from "../base/index.ts";

const stepsPerDoubling = 8;

export interface Histogram {
  readonly count: number;
  readonly sum: number;
  record(value: number): void;
  /** An upper bound of the value below which this part (0 to 1) of all lies, exact to an eighth; 0 when empty. */
  quantile(part: number): number;
  /** How many values were at most each bound; bounds are a doubling apart, from `lowest` up. */
  cumulative(): readonly { readonly bound: number; readonly count: number }[];
}

/** `lowest` and `highest` bound the first and the last bucket; what is higher only counts in the total. */
export function createHistogram(lowest: number, highest: number): Histogram {
  assert(lowest > 0 && highest > lowest, "a histogram's bounds are more than zero and in order");
  return new LogLinearHistogram(lowest, Math.ceil(Math.log2(highest / lowest)));
}

class LogLinearHistogram implements Histogram {
  readonly #lowest: number;
  /** Bucket k holds values up to lowest * stepBound(k); the last one those above all bounds. */
  readonly #counts: Float64Array;
  #count = 0;
  #sum = 0;

  constructor(lowest: number, doublings: number) {
    this.#lowest = lowest;
    this.#counts = new Float64Array(doublings * stepsPerDoubling + 2);
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  record(value: number): void {
    const index = Math.min(bucketOf(value / this.#lowest), this.#counts.length - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
  }

  quantile(part: number): number {
    const wanted = Math.max(1, Math.ceil(part * this.#count));
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index += 1) {
      seen += this.#counts[index] ?? 0;
      if (seen >= wanted) {
        return this.#lowest * stepBound(Math.min(index, this.#counts.length - 2));
      }
    }
    return 0;
  }

  cumulative(): readonly { readonly bound: number; readonly count: number }[] {
    const bounds: { bound: number; count: number }[] = [];
    let count = 0;
    for (let index = 0; index < this.#counts.length - 1; index += 1) {
      count += this.#counts[index] ?? 0;
      if (index % stepsPerDoubling === 0) {
        bounds.push({ bound: this.#lowest * stepBound(index), count });
      }
    }
    return bounds;
  }
}

/** Of a value relative to the lowest bound; a value equal to a bound belongs below it. */
function bucketOf(ratio: number): number {
  if (!(ratio > 1)) {
    return 0;
  }
  const doublings = Math.floor(Math.log2(ratio));
  return doublings * stepsPerDoubling + Math.ceil((ratio / 2 ** doublings - 1) * stepsPerDoubling);
}

function stepBound(index: number): number {
  const doublings = Math.floor(index / stepsPerDoubling);
  return 2 ** doublings * (1 + (index % stepsPerDoubling) / stepsPerDoubling);
}
