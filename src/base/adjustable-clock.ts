/**
 * A clock that can be frozen, advanced and sped up. Its state is in shared memory: give `shared` of one clock
 * to another thread, make a clock over it there, and both show the same time. Timers belong to the clock object
 * they were scheduled on and run on its thread.
 */

import { assert } from "./assert.ts";
import { type CancelTimer, type Clock, microtasksDone, scheduleReal, sleepOn, wallMicros } from "./clock.ts";
import { openSharedTime, type SharedTime, type TimeLine } from "./shared-time.ts";
import { type Timer, TimerList } from "./timer-list.ts";

export interface AdjustableClock extends Clock {
  /** The state; another thread's clock over it shows the same time. */
  readonly shared: SharedArrayBuffer;
  readonly frozen: boolean;
  /** Stops the time, now or at a later moment (an earlier one is an assertion failure: clocks do not go back). */
  freeze(atMs?: number): void;
  /**
   * Moves the time forward, running each timer that becomes due at its own moment, in order, and all promises
   * that became ready before the next. Calls at once follow each other. Rejects with what a task throws.
   */
  advance(ms: number): Promise<void>;
  /** Ends a freeze; time goes on from where it stood. */
  resume(): void;
  /** Clock time per real time, more than zero; 1 at first. */
  setRate(rate: number): void;
}

export interface AdjustableClockOptions {
  /** Time to start from; the system's time when absent. Not with `shared`. */
  readonly startMs?: number;
  /** State of a clock made elsewhere. */
  readonly shared?: SharedArrayBuffer;
}

export function adjustableClock(options: AdjustableClockOptions = {}): AdjustableClock {
  return new SteppedClock(options);
}

/** Class, as a clock has a life-cycle of timers and watches its shared state. */
class SteppedClock implements AdjustableClock {
  readonly #time: SharedTime;
  readonly #realMicros = wallMicros();
  readonly #timers = new TimerList();
  #lastMicros = 0;
  #cancelReal: CancelTimer | undefined;
  #watching = false;
  #advances: Promise<void> = Promise.resolve();

  constructor(options: AdjustableClockOptions) {
    assert(
      options.startMs === undefined || options.shared === undefined,
      "a shared clock has started already",
    );
    this.#time = openSharedTime(options.shared);
    const { startMs } = options;
    if (startMs !== undefined) {
      this.#move((line) => ({ ...line, clockMicros: Math.round(startMs * 1000) }));
    }
  }

  get shared(): SharedArrayBuffer {
    return this.#time.memory;
  }

  get frozen(): boolean {
    return this.#time.read().frozen;
  }

  nowMs(): number {
    return Math.floor(this.nowMicros() / 1000);
  }

  nowMicros(): number {
    const micros = this.#time.clockMicrosAt(this.#realMicros());
    this.#lastMicros = Math.max(this.#lastMicros, micros);
    return this.#lastMicros;
  }

  freeze(atMs?: number): void {
    this.#move((line) => {
      const atMicros = atMs === undefined ? line.clockMicros : Math.round(atMs * 1000);
      assert(
        atMicros >= Math.floor(line.clockMicros / 1000) * 1000,
        "a clock cannot go back: freeze it at a later time, or start it earlier with startMs",
      );
      return { ...line, clockMicros: Math.max(atMicros, line.clockMicros), frozen: true };
    });
  }

  resume(): void {
    this.#move((line) => ({ ...line, frozen: false }));
  }

  setRate(rate: number): void {
    assert(rate > 0 && Number.isFinite(rate), "a clock's rate is more than zero");
    this.#move((line) => ({ ...line, rate }));
  }

  advance(ms: number): Promise<void> {
    assert(ms >= 0 && Number.isFinite(ms), "a clock advances by zero or more milliseconds");
    const advanced = this.#advances.then(() => this.#advanceNow(ms));
    // The next call waits for this one but does not inherit its failure, which belongs to this caller.
    this.#advances = advanced.catch(() => undefined);
    return advanced;
  }

  schedule(delayMs: number, task: () => void): CancelTimer {
    const dueMicros = this.nowMicros() + Math.round(Math.max(0, delayMs) * 1000);
    const timer: Timer = { dueMicros, task };
    this.#timers.insert(timer);
    // Watched first: a change after the look at the time, and before the watch began, would never be heard of.
    this.#watch();
    this.#arm();
    return () => {
      this.#timers.remove(timer);
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn((delayMs, task) => this.schedule(delayMs, task), ms, signal);
  }

  async #advanceNow(ms: number): Promise<void> {
    await microtasksDone();
    const targetMicros = this.nowMicros() + Math.round(ms * 1000);
    for (;;) {
      const timer = this.#timers.takeDue(targetMicros);
      if (timer === undefined) {
        break;
      }
      this.#moveTo(timer.dueMicros);
      timer.task();
      await microtasksDone();
    }
    this.#moveTo(targetMicros);
    await microtasksDone();
  }

  #moveTo(micros: number): void {
    this.#move((line) => ({ ...line, clockMicros: Math.max(line.clockMicros, micros) }));
  }

  /** Applies a change to the time line as it stands now, with the present as its origin. */
  #move(next: (line: TimeLine) => TimeLine): void {
    const realMicros = this.#realMicros();
    this.#time.change((line) => {
      const passed = line.frozen ? 0 : (realMicros - line.realMicros) * line.rate;
      return next({ ...line, realMicros, clockMicros: Math.floor(line.clockMicros + passed) });
    });
    this.#arm();
  }

  /** Keeps one real timer for the earliest task; none while the clock is frozen before it. */
  #arm(): void {
    this.#cancelReal?.();
    this.#cancelReal = undefined;
    const first = this.#timers.first();
    if (first === undefined) {
      return;
    }
    const waitMicros = first.dueMicros - this.nowMicros();
    const { frozen, rate } = this.#time.read();
    if (frozen && waitMicros > 0) {
      return;
    }
    this.#cancelReal = scheduleReal(Math.ceil(Math.max(0, waitMicros) / rate / 1000), () => {
      this.#runDue();
    });
  }

  #runDue(): void {
    this.#cancelReal = undefined;
    const timer = this.#timers.takeDue(this.nowMicros());
    this.#arm();
    timer?.task();
  }

  /** While tasks wait, another thread's change of the clock must move the real timer too. */
  #watch(): void {
    if (this.#watching) {
      return;
    }
    this.#watching = true;
    void this.#time.changed().then(() => {
      this.#watching = false;
      if (this.#timers.first() !== undefined) {
        this.#watch();
        this.#arm();
      }
    });
  }
}
