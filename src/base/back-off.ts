/** How long to wait after failures: twice as long each time, up to a limit, and never in step with others. */
import type { Random } from "./prng.ts";

export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** `attempt`: how many have failed, from 1. At least half of the full wait, by chance up to all of it. */
export function backOffMs(attempt: number, { firstMs, longestMs }: BackOff, random: Random): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 20));
  return fullMs / 2 + random.below(fullMs / 2 + 1);
}
