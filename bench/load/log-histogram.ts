/**
 * A histogram as plain data: each bucket is 2 % wider than the one below. Coarser than those of node:perf_hooks,
 * but several processes' can be sent and added up, and percentiles of a sum are right where means of
 * percentiles are not.
 */

/** Counts by bucket; the first is up to a microsecond. */
export type LogHistogram = readonly number[];

export interface HistogramRecorder {
  recordMs(ms: number): void;
  result(): LogHistogram;
}

const growth = 1.02;
const microsPerMs = 1000;
/** More than an hour. */
const bucketsMax = 1_200;

export function createRecorder(): HistogramRecorder {
  const counts: number[] = Array.from({ length: bucketsMax }, () => 0);
  const scale = 1 / Math.log(growth);
  return {
    recordMs(ms) {
      const bucket = ms * microsPerMs <= 1 ? 0 : Math.ceil(Math.log(ms * microsPerMs) * scale);
      const index = Math.min(bucket, bucketsMax - 1);
      counts[index] = (counts[index] ?? 0) + 1;
    },
    result: () => counts.slice(0, counts.findLastIndex((count) => count > 0) + 1),
  };
}

export function addHistograms(parts: readonly LogHistogram[]): LogHistogram {
  const length = Math.max(0, ...parts.map((part) => part.length));
  return Array.from({ length }, (_, bucket) => parts.reduce((sum, part) => sum + (part[bucket] ?? 0), 0));
}

export function countOf(histogram: LogHistogram): number {
  return histogram.reduce((sum, count) => sum + count, 0);
}

/** The upper edge of the bucket in which it falls; 0 of an empty histogram. */
export function percentileMs(histogram: LogHistogram, percent: number): number {
  const wanted = Math.max(1, Math.ceil((countOf(histogram) * percent) / 100));
  let seen = 0;
  for (const [bucket, count] of histogram.entries()) {
    seen += count;
    if (seen >= wanted) return growth ** bucket / microsPerMs;
  }
  return 0;
}
