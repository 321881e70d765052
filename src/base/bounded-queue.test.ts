/** The queue against a plain array with the same limit. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { AssertionFailure } from "./assert.ts";
import { BoundedQueue } from "./bounded-queue.ts";

test("behaves as an array that refuses to grow beyond the limit", () => {
  const steps = fc.array(fc.option(fc.integer(), { freq: 2, nil: "shift" as const }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), steps, (limit, all) => {
      const queue = new BoundedQueue<number>(limit);
      const model: number[] = [];
      for (const step of all) {
        const fits = model.length < limit;
        const expected = step === "shift" ? model.shift() : fits;
        expect(step === "shift" ? queue.shift() : queue.push(step)).toBe(expected);
        if (step !== "shift" && fits) {
          model.push(step);
        }
        expect(queue.size).toBe(model.length);
      }
    }),
    { seed: 11, numRuns: 100 },
  );
});

test.each([0, -1, 1.5])("a limit of %d is a mistake", (limit) => {
  expect(() => new BoundedQueue(limit)).toThrow(AssertionFailure);
});
