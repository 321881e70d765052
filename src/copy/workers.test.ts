// Work side by side.
import { expect, test } from "vitest";
import { eachOf } from "./workers.ts";

const never = new AbortController().signal;

test("does everything, in order, so many at a time", async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  await eachOf([1, 2, 3, 4, 5], { workersMax: 2, signal: never }, async (thing) => {
    begun.push(thing);
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  });
  expect([begun, most]).toEqual([[1, 2, 3, 4, 5], 2]);
});

test("a failure stops the others and waits for them", async () => {
  const ended: number[] = [];
  const work = eachOf([1, 2, 3, 4], { workersMax: 2, signal: never }, async (thing, signal) => {
    if (thing === 1) throw new Error("first");
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    ended.push(thing);
    signal.throwIfAborted();
  });
  await expect(work).rejects.toThrow("first");
  expect(ended).toEqual([2]);
});

test("an abort from outside is the failure", async () => {
  const outer = new AbortController();
  const done: number[] = [];
  const work = eachOf([1, 2, 3], { workersMax: 1, signal: outer.signal }, async (thing) => {
    done.push(thing);
    if (thing === 2) outer.abort(new Error("enough"));
  });
  await expect(work).rejects.toThrow("enough");
  expect(done).toEqual([1, 2]);
});
