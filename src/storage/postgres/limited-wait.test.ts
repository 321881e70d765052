// Waiting with a limit.
import { expect, test } from "vitest";
import { settableClock } from "../../testing/index.ts";
import { endOrLimit } from "./limited-wait.ts";

test("waiting ends with the work, however it ends", async () => {
  const clock = settableClock(0);
  let late = 0;
  const wait = { timers: clock, limitMs: 10, onLate: () => (late += 1) };
  await endOrLimit(Promise.resolve(), wait);
  await endOrLimit(Promise.reject(new Error("badly")), wait);
  await clock.advance(100);
  expect(late).toBe(0);
});

test("waiting ends with its limit, and that is told", async () => {
  const clock = settableClock(0);
  let late = 0;
  const waiting = endOrLimit(new Promise(() => undefined), {
    timers: clock,
    limitMs: 10,
    onLate: () => (late += 1),
  });
  await clock.advance(10);
  await waiting;
  expect(late).toBe(1);
});
