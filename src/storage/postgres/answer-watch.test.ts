// When a missing answer is noticed, on a clock that moves when told.
import { afterEach, beforeEach, expect, test } from "vitest";
import { settableClock, type SettableClock } from "../../testing/index.ts";
import { AnswerWatch } from "./answer-watch.ts";

const answerMs = 800;
const tickMs = answerMs / 8;

let clock: SettableClock;
let silences: number;
let timers: number;
let watch: AnswerWatch;

beforeEach(() => {
  clock = settableClock(1_700_000_000_000);
  silences = 0;
  timers = 0;
  watch = new AnswerWatch({
    clock: {
      schedule: (delayMs, task) => {
        timers += 1;
        return clock.schedule(delayMs, task);
      },
    },
    answerMs,
    onSilence: () => {
      silences += 1;
    },
  });
});

afterEach(() => {
  watch.stop();
});

async function passMs(ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= tickMs) {
    await clock.advance(Math.min(leftMs, tickMs));
  }
}

test("an answer that is missing for the limit is noticed once, at most an eighth later", async () => {
  watch.sent();
  await passMs(answerMs);
  expect(silences).toBe(0);
  await passMs(tickMs);
  expect(silences).toBe(1);
  await passMs(3 * answerMs);
  expect(silences).toBe(1);
});

test("answers that keep coming do not excuse one that is late", async () => {
  watch.sent();
  watch.sent();
  watch.answered();
  await passMs(tickMs);
  for (let tick = 0; tick < 8; tick += 1) {
    watch.sent();
    await passMs(tickMs);
  }
  expect(silences).toBe(1);
});

test("a pipeline that is never empty and always answered in time goes on", async () => {
  watch.sent();
  for (let tick = 0; tick < 40; tick += 1) {
    watch.sent();
    watch.answered();
    await passMs(tickMs);
  }
  expect(silences).toBe(0);
});

test("nothing outstanding needs no timer", async () => {
  watch.sent();
  watch.answered();
  await passMs(2 * answerMs);
  expect(timers).toBe(1);
  watch.sent();
  expect(timers).toBe(2);
});

test("a process that stood still reads its answers before it judges", async () => {
  watch.sent();
  await clock.advance(tickMs);
  clock.set(clock.nowMs() + 100 * answerMs);
  watch.answered();
  await passMs(2 * answerMs);
  expect(silences).toBe(0);
});

test("a pause is excused, and what is missing after it is not", async () => {
  const goOn = watch.pause();
  watch.sent();
  await passMs(3 * answerMs);
  goOn();
  await passMs(answerMs);
  expect(silences).toBe(0);
  await passMs(tickMs);
  expect(silences).toBe(1);
});

test("a watch that was stopped says nothing", async () => {
  watch.sent();
  watch.stop();
  await passMs(3 * answerMs);
  expect(silences).toBe(0);
});
