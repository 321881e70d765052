/** Readings of a server's event loops over a run, and what they add up to. Pure arithmetic. */
import type { ThreadDelay } from "../thread-delays.ts";

/** The longest delays since the reading before. */
export interface DelayReading {
  /** Since the run began. */
  readonly atMs: number;
  readonly threads: readonly ThreadDelay[];
  /** How late a thread was that has nothing else to do: what the machine takes from everybody. */
  readonly controlMs: number;
  /** What one thread of the server waited for a core in this time, the one that waited most; not one stretch. */
  readonly coreWaitMs: number | undefined;
}

export interface ThreadSummary {
  readonly name: string;
  readonly readings: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  readonly worstAtMs: number;
  /** Of the reading with the worst delay. */
  readonly controlMs: number;
  readonly coreWaitMs: number | undefined;
  /** Readings whose longest delay was over each of `delayEdgesMs`. */
  readonly over: readonly number[];
}

export const delayEdgesMs: readonly number[] = [5, 10, 20];
export const delayBarMs = 20;
export interface DelayVerdict {
  readonly verdict: "ok" | "FAIL" | "unknown";
  readonly text: string;
}

/** In the order in which the server names its threads. */
export function threadSummaries(readings: readonly DelayReading[]): readonly ThreadSummary[] {
  const names = new Set(readings.flatMap(({ threads }) => threads.map(({ name }) => name)));
  return [...names].map((name) => summaryOf(name, readings));
}

function summaryOf(name: string, readings: readonly DelayReading[]): ThreadSummary {
  const mine = readings.flatMap((reading) =>
    reading.threads
      .filter((thread) => thread.name === name)
      .map(({ loopDelayMaxMs: delayMs }) => ({ delayMs, reading })),
  );
  const sorted = mine.toSorted((a, b) => a.delayMs - b.delayMs);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]?.delayMs ?? Number.NaN;
  const worst = sorted.at(-1);
  return {
    name,
    readings: mine.length,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    worstMs: worst?.delayMs ?? Number.NaN,
    worstAtMs: worst?.reading.atMs ?? Number.NaN,
    controlMs: worst?.reading.controlMs ?? Number.NaN,
    coreWaitMs: worst?.reading.coreWaitMs,
    over: delayEdgesMs.map((edgeMs) => mine.filter(({ delayMs }) => delayMs > edgeMs).length),
  };
}

export function delayVerdict(readings: readonly DelayReading[]): DelayVerdict {
  if (readings.length === 0)
    return { verdict: "unknown", text: "the delays of the threads were not measured" };
  const worstOf = ({ threads }: DelayReading): number =>
    Math.max(...threads.map(({ loopDelayMaxMs }) => loopDelayMaxMs));
  const late = readings.filter((reading) => worstOf(reading) > delayBarMs);
  const bar = `(bar: none over ${delayBarMs} ms)`;
  if (late.length === 0) {
    const worst = Math.max(...readings.map(worstOf));
    return { verdict: "ok", text: `the longest delay of an event loop was ${worst.toFixed(1)} ms ${bar}` };
  }
  const own = late.filter((reading) => worstOf(reading) - machineMs(reading) > delayBarMs);
  const text = `${late.length} of ${readings.length} readings were over ${delayBarMs} ms ${bar}`;
  if (own.length > 0) return { verdict: "FAIL", text: `${text}, ${own.length} whatever the machine did` };
  return {
    verdict: "unknown",
    text: `${text}, but for each threads waited long enough for a core to explain it`,
  };
}

/**
 * At most so much of a delay was waiting for a core. An upper bound: all waits of one thread since the reading
 * before, when a single delay can have only some of them.
 */
function machineMs({ controlMs, coreWaitMs }: DelayReading): number {
  return Math.max(controlMs, coreWaitMs ?? 0);
}
