/**
 * How late this thread's event loop is: a timer is asked for every few milliseconds, and what it comes late by,
 * every request of this thread waits too. The timer runs only while the gauge is used, so that an idle server is
 * never woken. What to do about a late loop is decided elsewhere.
 *
 * Timers of the machine count whole milliseconds: a lateness of one or two says nothing.
 */

import { assert } from "./assert.ts";
import { type CancelTimer, monotonicMs, scheduleReal } from "./clock.ts";

export interface LoopGauge {
  /**
   * The recent lateness: follows a rise at once, even before the late timer has run, and goes half the way down
   * with each interval. Zero when the timer does not run.
   */
  readonly delayMs: number;
  /** To be called at each request: starts the timer, or keeps it running. */
  touch(): void;
  /** The worst single lateness measured since this was last asked. */
  takeMaxMs(): number;
  /** Stops the timer for good. */
  close(): void;
}

export interface LoopGaugeOptions {
  readonly intervalMs?: number;
  /** Told each measurement, after the gauge has taken it in. */
  readonly onDelay?: (lateMs: number) => void;
  /** A clock that is never set. For tests. */
  readonly nowMs?: () => number;
  /** Real timers. For tests. */
  readonly schedule?: (delayMs: number, task: () => void) => CancelTimer;
}

const intervalMsDefault = 10;

export function createLoopGauge(options: LoopGaugeOptions = {}): LoopGauge {
  return new TimerGauge(options);
}

class TimerGauge implements LoopGauge {
  readonly #intervalMs: number;
  readonly #onDelay: ((lateMs: number) => void) | undefined;
  readonly #nowMs: () => number;
  readonly #schedule: (delayMs: number, task: () => void) => CancelTimer;
  #cancel: CancelTimer | undefined;
  #dueMs = 0;
  #touched = false;
  #closed = false;
  #delayMs = 0;
  #maxMs = 0;

  constructor(options: LoopGaugeOptions) {
    const { intervalMs = intervalMsDefault, nowMs = monotonicMs, schedule = scheduleReal } = options;
    assert(intervalMs > 0 && Number.isFinite(intervalMs), "a gauge measures at intervals of more than zero");
    this.#intervalMs = intervalMs;
    this.#onDelay = options.onDelay;
    this.#nowMs = nowMs;
    this.#schedule = schedule;
  }

  get delayMs(): number {
    return this.#cancel === undefined ? 0 : Math.max(this.#delayMs, this.#nowMs() - this.#dueMs);
  }

  touch(): void {
    this.#touched = true;
    if (this.#cancel === undefined && !this.#closed) {
      this.#arm();
    }
  }

  takeMaxMs(): number {
    const maxMs = this.#maxMs;
    this.#maxMs = 0;
    return maxMs;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #arm(): void {
    this.#dueMs = this.#nowMs() + this.#intervalMs;
    this.#cancel = this.#schedule(this.#intervalMs, () => {
      this.#measure();
    });
  }

  #measure(): void {
    const lateMs = Math.max(0, this.#nowMs() - this.#dueMs);
    this.#maxMs = Math.max(this.#maxMs, lateMs);
    this.#delayMs = Math.max(lateMs, (this.#delayMs + lateMs) / 2);
    // While the loop was blocked nobody could touch the gauge: that is no sign of idleness.
    if (this.#touched || lateMs > this.#intervalMs) {
      this.#touched = false;
      this.#arm();
    } else {
      this.#stop();
    }
    this.#onDelay?.(lateMs);
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#delayMs = 0;
  }
}
