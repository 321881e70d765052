/**
 * Time as a value. The system clock follows the machine; every room gets its Clock through a constructor and
 * asks nobody else, so that a test can step time (see adjustable-clock.ts). Durations use `monotonicMs`.
 *
 * All timers are unreferenced: waiting for one never keeps a user's process alive.
 */

import { clearTimeout, setImmediate, setTimeout } from "node:timers";

/** Cancels a scheduled task; harmless after it ran. */
export type CancelTimer = () => void;

export interface Clock {
  /** Wall time in whole milliseconds since 1970. */
  nowMs(): number;
  /** Wall time in whole microseconds since 1970. Never goes back on one clock object. */
  nowMicros(): number;
  /** Runs the task once, `delayMs` of this clock's time from now. */
  schedule(delayMs: number, task: () => void): CancelTimer;
  /** Resolves after `ms` of this clock's time; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Node fires longer timers at once, so longer waits are done in pieces. */
const timerMsMax = 2_147_483_647;

/** Milliseconds of a clock that is never set: for durations only, its zero means nothing. */
export function monotonicMs(): number {
  return performance.now();
}

export function systemClock(): Clock {
  const nowMicros = wallMicros();
  const schedule = (delayMs: number, task: () => void): CancelTimer => scheduleReal(delayMs, task);
  return {
    nowMs: () => Date.now(),
    nowMicros,
    schedule,
    sleep: (ms, signal) => sleepOn(schedule, ms, signal),
  };
}

/**
 * The wall clock in microseconds. Date.now gives whole milliseconds; the fraction is carried by the monotonic
 * clock and clamped into the millisecond Date.now names. So both always agree, a clock set by the operator is
 * followed at once, and only a step back makes this one stand still until the wall has caught up.
 */
export function wallMicros(): () => number {
  let wallMs = Date.now();
  let monotonicAtMs = performance.now();
  let lastMicros = 0;
  return () => {
    const nowMs = Date.now();
    const monotonic = performance.now();
    let estimateMs = wallMs + (monotonic - monotonicAtMs);
    if (estimateMs < nowMs || estimateMs >= nowMs + 1) {
      estimateMs = estimateMs < nowMs ? nowMs : nowMs + 0.999;
      wallMs = estimateMs;
      monotonicAtMs = monotonic;
    }
    const micros = Math.floor(estimateMs * 1000);
    lastMicros = micros > lastMicros ? micros : lastMicros;
    return lastMicros;
  };
}

/** A timer of the machine, whatever a clock says. For clocks only. */
export function scheduleReal(delayMs: number, task: () => void): CancelTimer {
  let leftMs = delayMs;
  const run = (): void => {
    leftMs -= timerMsMax;
    if (leftMs <= 0) {
      task();
      return;
    }
    timer = setTimeout(run, Math.min(leftMs, timerMsMax)).unref();
  };
  let timer = setTimeout(run, Math.min(leftMs, timerMsMax)).unref();
  return () => {
    clearTimeout(timer);
  };
}

/** Resolves when every promise that is ready now, and all that follow from it, have been handled. */
export function microtasksDone(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The one implementation of `sleep`, over any clock's `schedule`. */
export function sleepOn(schedule: Clock["schedule"], ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal === undefined) {
      schedule(ms, resolve);
      return;
    }
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const aborted = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = schedule(ms, () => {
      signal.removeEventListener("abort", aborted);
      resolve();
    });
    signal.addEventListener("abort", aborted, { once: true });
  });
}
