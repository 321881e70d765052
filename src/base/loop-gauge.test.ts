/** The loop gauge, over a loop of pretended time that is as late as the test says. */

import { expect, test } from "vitest";
import { AssertionFailure } from "./assert.ts";
import { monotonicMs } from "./clock.ts";
import { createLoopGauge } from "./loop-gauge.ts";

/** One timer and a clock: what the gauge sees of an event loop. */
class PretendedLoop {
  nowMs = 1000;
  #timer: { readonly dueMs: number; readonly task: () => void } | undefined;
  wakeUps = 0;

  get waiting(): boolean {
    return this.#timer !== undefined;
  }

  readonly schedule = (delayMs: number, task: () => void): (() => void) => {
    const timer = { dueMs: this.nowMs + delayMs, task };
    this.#timer = timer;
    return () => {
      this.#timer = this.#timer === timer ? undefined : this.#timer;
    };
  };

  /** Lets the timer run, so much after it was due; false when there is none. */
  wake(lateMs: number = 0): boolean {
    const timer = this.#timer;
    if (timer === undefined) {
      return false;
    }
    this.#timer = undefined;
    this.nowMs = timer.dueMs + lateMs;
    this.wakeUps += 1;
    timer.task();
    return true;
  }
}

function setUp(onDelay?: (lateMs: number) => void) {
  const loop = new PretendedLoop();
  const gauge = createLoopGauge({
    intervalMs: 10,
    nowMs: () => loop.nowMs,
    schedule: loop.schedule,
    ...(onDelay === undefined ? {} : { onDelay }),
  });
  return { loop, gauge };
}

test("has no timer until it is touched, and one only, however often", () => {
  const { loop, gauge } = setUp();
  expect(loop.waiting).toBe(false);
  gauge.touch();
  loop.nowMs += 4;
  gauge.touch();
  loop.wake();
  expect(loop.nowMs).toBe(1010);
});

test("stops by itself within two intervals after the last touch, and starts again", () => {
  const { loop, gauge } = setUp();
  gauge.touch();
  while (loop.wake()) {
    expect(loop.wakeUps).toBeLessThan(10);
  }
  expect(loop.wakeUps).toBe(2);
  gauge.touch();
  expect(loop.waiting).toBe(true);
});

test("runs on while it is touched", () => {
  const { loop, gauge } = setUp();
  for (let round = 0; round < 100; round += 1) {
    gauge.touch();
    expect(loop.wake()).toBe(true);
  }
});

test("a loop in time has no delay", () => {
  const { loop, gauge } = setUp();
  gauge.touch();
  loop.wake();
  loop.nowMs += 3;
  expect(gauge.delayMs).toBe(0);
  expect(gauge.takeMaxMs()).toBe(0);
});

test("rises at once and halves with each interval in time", () => {
  const { loop, gauge } = setUp();
  const delays = [0, 80, 0, 0, 0, 100, 60].map((lateMs) => {
    gauge.touch();
    loop.wake(lateMs);
    return gauge.delayMs;
  });
  expect(delays).toEqual([0, 80, 40, 20, 10, 100, 80]);
});

test("shows a blocked loop before the late timer has run", () => {
  const { loop, gauge } = setUp();
  gauge.touch();
  loop.nowMs += 10 + 35;
  expect(gauge.delayMs).toBe(35);
});

test("is zero when it has stopped", () => {
  const { loop, gauge } = setUp();
  gauge.touch();
  loop.wake(80);
  loop.wake();
  expect(loop.waiting).toBe(false);
  loop.nowMs += 5000;
  expect(gauge.delayMs).toBe(0);
  gauge.touch();
  expect(gauge.delayMs).toBe(0);
});

test("does not take a blocked loop for an idle one", () => {
  const { loop, gauge } = setUp();
  gauge.touch();
  loop.wake();
  loop.wake(200);
  expect(gauge.delayMs).toBe(200);
  loop.wake();
  expect(loop.waiting).toBe(false);
});

test("gives the worst lateness once, also after it has stopped", () => {
  const { loop, gauge } = setUp();
  for (const lateMs of [5, 40, 7]) {
    gauge.touch();
    loop.wake(lateMs);
  }
  loop.wake();
  expect(loop.waiting).toBe(false);
  expect(gauge.takeMaxMs()).toBe(40);
  expect(gauge.takeMaxMs()).toBe(0);
});

test("tells each measurement when it has taken it in", () => {
  const told: (readonly [number, number])[] = [];
  const { loop, gauge } = setUp((lateMs) => told.push([lateMs, gauge.delayMs]));
  gauge.touch();
  loop.wake(30);
  gauge.touch();
  loop.wake(2);
  loop.wake();
  expect(told).toEqual([
    [30, 30],
    [2, 16],
    [0, 0],
  ]);
});

test("a timer that comes early is not late", () => {
  const { loop, gauge } = setUp();
  gauge.touch();
  loop.wake(-1);
  expect([gauge.delayMs, gauge.takeMaxMs()]).toEqual([0, 0]);
});

test("closed, it has no timer and starts none", () => {
  const { loop, gauge } = setUp();
  gauge.touch();
  gauge.close();
  expect(loop.waiting).toBe(false);
  gauge.touch();
  expect(loop.waiting).toBe(false);
  expect(gauge.delayMs).toBe(0);
});

test("an interval of nothing is a mistake", () => {
  expect(() => createLoopGauge({ intervalMs: 0 })).toThrow(AssertionFailure);
});

test("by itself it measures the real loop", () => {
  const gauge = createLoopGauge({ intervalMs: 1 });
  const startMs = monotonicMs();
  gauge.touch();
  const touchedMs = monotonicMs();
  while (monotonicMs() < touchedMs + 5);
  expect(gauge.delayMs).toBeGreaterThanOrEqual(4);
  expect(gauge.delayMs).toBeLessThanOrEqual(monotonicMs() - startMs);
  gauge.close();
});
