/** The system clock: agrees with itself, never goes back, and its timers keep nobody alive. */

import process from "node:process";
import { afterEach, expect, test, vi } from "vitest";
import { monotonicMs, systemClock } from "./clock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("microseconds never go back and lie in the millisecond of the wall", () => {
  const clock = systemClock();
  let last = 0;
  const wrong: number[] = [];
  for (let round = 0; round < 20_000; round += 1) {
    const before = clock.nowMs();
    const micros = clock.nowMicros();
    const ms = Math.floor(micros / 1000);
    if (!Number.isSafeInteger(micros) || micros < last || ms < before || ms > clock.nowMs()) {
      wrong.push(micros);
    }
    last = micros;
  }
  expect(wrong).toEqual([]);
});

test("stands still while the wall is set back, and follows when it is set forward", () => {
  const wall = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
  const clock = systemClock();
  const first = clock.nowMicros();
  expect(Math.floor(first / 1000)).toBe(1_000_000);
  wall.mockReturnValue(400_000);
  expect(clock.nowMicros()).toBe(first);
  expect(clock.nowMs()).toBe(400_000);
  wall.mockReturnValue(2_000_000);
  expect(Math.floor(clock.nowMicros() / 1000)).toBe(2_000_000);
});

test("runs a task once, unless cancelled", async () => {
  const clock = systemClock();
  const ran: string[] = [];
  const cancel = clock.schedule(0, () => ran.push("cancelled"));
  clock.schedule(0, () => ran.push("kept"));
  cancel();
  await clock.sleep(2);
  expect(ran).toEqual(["kept"]);
});

test("a delay beyond what a timer of the machine can hold does not fire at once", async () => {
  const clock = systemClock();
  let ran = false;
  const cancel = clock.schedule(2 ** 33, () => {
    ran = true;
  });
  await clock.sleep(2);
  cancel();
  expect(ran).toBe(false);
});

test("waiting does not keep the process alive", () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  const cancel = systemClock().schedule(60_000, () => undefined);
  expect(timers()).toBe(before);
  cancel();
});

test("an aborted sleep rejects with the reason, before or during", async () => {
  const clock = systemClock();
  const reason = new Error("enough");
  await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const sleeping = clock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
});

test("a sleep that ends in time ignores a later abort", async () => {
  const controller = new AbortController();
  await systemClock().sleep(0, controller.signal);
  controller.abort(new Error("late"));
});

test("durations grow", () => {
  const start = monotonicMs();
  expect(monotonicMs()).toBeGreaterThanOrEqual(start);
});
