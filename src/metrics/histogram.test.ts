/** Histograms: bounds belong below, quantiles are within an eighth, nothing is lost. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { AssertionFailure } from "../base/index.ts";
import { createHistogram } from "./histogram.ts";

test("counts values up to each bound, bounds included", () => {
  const histogram = createHistogram(1, 8);
  for (const value of [0, 0.5, 1, 1.1, 2, 2.001, 8, 9, 1000]) {
    histogram.record(value);
  }
  expect(histogram.cumulative()).toEqual([
    { bound: 1, count: 3 },
    { bound: 2, count: 5 },
    { bound: 4, count: 6 },
    { bound: 8, count: 7 },
  ]);
  expect(histogram.count).toBe(9);
  expect(histogram.sum).toBeCloseTo(1023.601);
});

test("a quantile is not below the value and at most an eighth above it", () => {
  const values = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), {
    minLength: 1,
    maxLength: 100,
  });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
      const histogram = createHistogram(0.001, 1000);
      for (const value of all) {
        histogram.record(value);
      }
      const sorted = all.toSorted((left, right) => left - right);
      const exact = sorted[Math.max(0, Math.ceil(part * all.length) - 1)] ?? 0;
      const estimate = histogram.quantile(part);
      expect(estimate).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
      expect(estimate).toBeLessThanOrEqual(exact * 1.1251);
    }),
    { seed: 91, numRuns: 300 },
  );
});

test("an empty one has no quantile but zero", () => {
  expect(createHistogram(1, 10).quantile(0.5)).toBe(0);
});

test("values above all bounds give the highest bound", () => {
  const histogram = createHistogram(1, 8);
  histogram.record(1e9);
  expect(histogram.quantile(0.99)).toBe(8);
});

test.each([
  [0, 1],
  [-1, 1],
  [2, 2],
  [2, 1],
])("bounds %d to %d are a mistake", (lowest, highest) => {
  expect(() => createHistogram(lowest, highest)).toThrow(AssertionFailure);
});
