/** Latencies of one job, gathered and summed up. */
import type { RecordableHistogram } from "node:perf_hooks";
import type { LatencySummary } from "./job.ts";

const nanosPerMs = 1e6;
const nanosPerMicro = 1e3;

export function recordLatency(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * nanosPerMs)));
}

export function latencySummary(histogram: RecordableHistogram): LatencySummary {
  if (histogram.count === 0) return { mean: 0, p50: 0, p99: 0, p999: 0, max: 0 };
  const micros = (nanos: number): number => Math.round(nanos / nanosPerMicro);
  return {
    mean: micros(histogram.mean),
    p50: micros(histogram.percentile(50)),
    p99: micros(histogram.percentile(99)),
    p999: micros(histogram.percentile(99.9)),
    max: micros(histogram.max),
  };
}
