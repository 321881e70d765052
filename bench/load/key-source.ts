/** The key numbers that are put into a template, one after the other. */
import { seededRandom } from "../../src/base/index.ts";
import type { KeyOrder } from "./job.ts";

export interface KeyRange {
  /** So many different numbers. */
  readonly keys: number;
  readonly keyOrder: KeyOrder;
  /** The lowest of them; absent: 0. */
  readonly firstKey?: number;
}

export function keySource({ keys, keyOrder, firstKey = 0 }: KeyRange, seed: number): () => number {
  if (keyOrder === "sequential") {
    let next = 0;
    return () => firstKey + (next++ % keys);
  }
  const random = seededRandom(seed);
  return () => firstKey + random.below(keys);
}
