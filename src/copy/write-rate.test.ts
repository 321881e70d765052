// Write units a second.
import { expect, test } from "vitest";
import { systemClock } from "../base/index.ts";
import { createWriteRate } from "./write-rate.ts";

const never = new AbortController().signal;

test("whoever comes waits for the units of those before", async () => {
  let nowMs = 1000;
  const waits: number[] = [];
  const clock = {
    ...systemClock(),
    sleep: async (ms: number) => {
      waits.push(ms);
    },
  };
  const rate = createWriteRate(100, clock, () => nowMs);
  const small = { pk: { S: "a" } };
  const large = { pk: { S: "a" }, text: { S: "x".repeat(5000) } };
  await rate.take([small, small], never);
  await rate.take([large], never);
  await rate.take([small], never);
  expect(waits).toEqual([20, 70]);
  // What was not used before is not saved up.
  nowMs = 60_000;
  await rate.take([large], never);
  await rate.take([small], never);
  expect(waits).toEqual([20, 70, 50]);
});

test("without a limit nothing is measured", async () => {
  const rate = createWriteRate(undefined, systemClock());
  await rate.take([{ pk: { N: "no number" } }], never);
});
