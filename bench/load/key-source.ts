/** The key numbers that are put into a template, one after the other. */
import { seededRandom } from "../../src/base/index.ts";
import type { KeyOrder } from "./job.ts";

export interface KeyRange {
  /** Key numbers are 0 up to this. */
  readonly keys: number;
  readonly keyOrder: KeyOrder;
}

export function keySource({ keys, keyOrder }: KeyRange, seed: number): () => number {
  if (keyOrder === "sequential") {
    let next = 0;
    return () => next++ % keys;
  }
  const random = seededRandom(seed);
  return () => random.below(keys);
}
