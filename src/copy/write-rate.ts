/** Holds writes down to a number of write units a second, so that a copy leaves the target's other users their share. */
import { type Clock, limits, monotonicMs } from "../base/index.ts";
import { itemBytes } from "./canonical-item.ts";
import type { Json } from "./end.ts";

export interface WriteRate {
  /** Resolves when these items may be written; the first to ask goes first. */
  take(items: readonly Json[], signal: AbortSignal): Promise<void>;
}

const noLimit: WriteRate = { take: async () => undefined };

/** Units of the table alone; its indexes cost as much again for each. */
export function createWriteRate(
  unitsPerSecond: number | undefined,
  clock: Clock,
  nowMs: () => number = monotonicMs,
): WriteRate {
  if (unitsPerSecond === undefined) return noLimit;
  let freeAtMs = nowMs();
  return {
    async take(items, signal) {
      const units = items.reduce((sum, item) => sum + unitsOf(item), 0);
      const startMs = Math.max(freeAtMs, nowMs());
      freeAtMs = startMs + (units * 1000) / unitsPerSecond;
      const waitMs = startMs - nowMs();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    },
  };
}

function unitsOf(item: Json): number {
  return Math.max(1, Math.ceil(itemBytes(item) / limits.writeUnitBytes));
}
