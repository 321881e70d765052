/** The adjustable clock: frozen, advanced, sped up, shared; timers in order. */

import { afterEach, expect, test, vi } from "vitest";
import { adjustableClock } from "./adjustable-clock.ts";
import { AssertionFailure } from "./assert.ts";
import { systemClock } from "./clock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("untouched, it shows the system's time", () => {
  const clock = adjustableClock();
  const before = systemClock().nowMs();
  const now = clock.nowMs();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(systemClock().nowMs());
  expect(clock.frozen).toBe(false);
});

test("starts at a given time and runs from there", () => {
  const wall = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
  const clock = adjustableClock({ startMs: 5000 });
  expect(clock.nowMs()).toBe(5000);
  wall.mockReturnValue(1_000_250);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(5249);
  expect(clock.nowMs()).toBeLessThanOrEqual(5251);
});

test("frozen, it stands still; resumed, it goes on from there", () => {
  const wall = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
  const clock = adjustableClock();
  clock.freeze(1_000_500);
  wall.mockReturnValue(1_900_000);
  expect(clock.nowMicros()).toBe(1_000_500_000);
  expect(clock.frozen).toBe(true);
  clock.resume();
  wall.mockReturnValue(1_900_100);
  expect(clock.frozen).toBe(false);
  expect(Math.abs(clock.nowMs() - 1_000_600)).toBeLessThanOrEqual(1);
});

test("a rate speeds it up from now on", () => {
  const wall = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
  const clock = adjustableClock();
  clock.setRate(60);
  wall.mockReturnValue(1_001_000);
  expect(Math.abs(clock.nowMs() - 1_060_000)).toBeLessThanOrEqual(60);
  clock.setRate(1);
  wall.mockReturnValue(1_002_000);
  expect(Math.abs(clock.nowMs() - 1_061_000)).toBeLessThanOrEqual(61);
});

test("cannot be frozen in its past, and is unharmed by the attempt", () => {
  const clock = adjustableClock({ startMs: 10_000 });
  expect(() => {
    clock.freeze(9000);
  }).toThrow(AssertionFailure);
  expect(clock.frozen).toBe(false);
  clock.freeze(20_000);
  expect(clock.nowMs()).toBe(20_000);
});

test("a refused first change leaves it showing the system's time", () => {
  const wall = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
  const clock = adjustableClock();
  expect(() => {
    clock.freeze(1);
  }).toThrow(AssertionFailure);
  wall.mockReturnValue(1_000_900);
  expect(clock.nowMs()).toBe(1_000_900);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("a rate of %d is a mistake", (rate) => {
  expect(() => {
    adjustableClock().setRate(rate);
  }).toThrow(AssertionFailure);
});

test("advancing runs due timers in order, each at its own moment", async () => {
  const clock = adjustableClock({ startMs: 1000 });
  clock.freeze();
  const startMs = clock.nowMs();
  const ran: (readonly [string, number])[] = [];
  const note = (name: string) => () => ran.push([name, clock.nowMs() - startMs]);
  clock.schedule(30, note("c"));
  clock.schedule(10, note("a"));
  clock.schedule(10, note("b"));
  clock.schedule(31, note("late"));
  await clock.advance(30);
  expect(ran).toEqual([
    ["a", 10],
    ["b", 10],
    ["c", 30],
  ]);
  expect(clock.nowMs() - startMs).toBe(30);
});

test("promises that a timer makes ready run before the next timer, and may add timers", async () => {
  const clock = adjustableClock({ startMs: 1000 });
  clock.freeze();
  const startMs = clock.nowMs();
  const seen: number[] = [];
  const periodic = async (): Promise<void> => {
    for (let round = 0; round < 5; round += 1) {
      await clock.sleep(10);
      await Promise.resolve();
      seen.push(clock.nowMs() - startMs);
    }
  };
  const done = periodic();
  await clock.advance(35);
  expect(seen).toEqual([10, 20, 30]);
  await clock.advance(100);
  expect(seen).toEqual([10, 20, 30, 40, 50]);
  await done;
});

test("advances asked for at once follow each other", async () => {
  const clock = adjustableClock({ startMs: 1000 });
  clock.freeze();
  const startMs = clock.nowMs();
  await Promise.all([clock.advance(10), clock.advance(5)]);
  expect(clock.nowMs() - startMs).toBe(15);
});

test("a task that throws rejects its advance and not the next", async () => {
  const clock = adjustableClock({ startMs: 1000 });
  clock.freeze();
  clock.schedule(5, () => {
    throw new Error("broken task");
  });
  await expect(clock.advance(10)).rejects.toThrow("broken task");
  await clock.advance(10);
});

test("cancelled timers do not run", async () => {
  const clock = adjustableClock({ startMs: 1000 });
  clock.freeze();
  const ran: string[] = [];
  const cancel = clock.schedule(5, () => ran.push("cancelled"));
  clock.schedule(6, () => ran.push("kept"));
  cancel();
  cancel();
  await clock.advance(10);
  expect(ran).toEqual(["kept"]);
});

test("running, timers fire by themselves, and a faster clock fires them sooner", async () => {
  const clock = adjustableClock();
  clock.setRate(100_000);
  await clock.sleep(60_000);
  await clock.sleep(0);
});

test("frozen, a timer waits, and fires after resume", async () => {
  const clock = adjustableClock({ startMs: 1000 });
  clock.freeze();
  let ran = false;
  clock.schedule(1, () => {
    ran = true;
  });
  await systemClock().sleep(5);
  expect(ran).toBe(false);
  clock.resume();
  await systemClock().sleep(10);
  expect(ran).toBe(true);
});

test("clocks over one memory show one time, and a change by one moves the timers of the other", async () => {
  const first = adjustableClock({ startMs: 1000 });
  first.freeze();
  const second = adjustableClock({ shared: first.shared });
  expect(second.nowMicros()).toBe(first.nowMicros());
  expect(second.frozen).toBe(true);
  const fired = second.sleep(3000);
  await first.advance(5000);
  await fired;
  expect(second.nowMicros()).toBe(first.nowMicros());
});

test("a change by another thread at any moment of scheduling moves the timer", async () => {
  const load = Atomics.load.bind(Atomics);
  const moments: number[] = [];
  for (let changed = true; changed;) {
    const first = adjustableClock({ startMs: 1000 });
    first.freeze();
    const second = adjustableClock({ shared: first.shared });
    let looks = 0;
    changed = false;
    // Each look at the shared memory is a moment at which the other thread may have been faster.
    vi.spyOn(Atomics, "load").mockImplementation((array, index) => {
      looks += 1;
      if (looks === moments.length + 1) {
        changed = true;
        first.resume();
      }
      return load(array, index);
    });
    let ran = false;
    second.schedule(1, () => {
      ran = true;
    });
    vi.restoreAllMocks();
    if (changed) {
      await expect.poll(() => ran, { message: `a change at look ${moments.length + 1}` }).toBe(true);
      moments.push(looks);
    }
  }
  expect(moments.length).toBeGreaterThan(4);
});

test("a start time for a shared clock is a mistake", () => {
  const { shared } = adjustableClock();
  expect(() => adjustableClock({ shared, startMs: 1 })).toThrow(AssertionFailure);
});
