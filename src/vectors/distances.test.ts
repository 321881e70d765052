/** The three distance functions: known values, their ranges, and what is nearer. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { createScorer, type DistanceFunction, isNearer } from "./distances.ts";

const score = (distance: DistanceFunction, left: readonly number[], right: readonly number[]): number =>
  createScorer(distance, Float32Array.from(left))(Float32Array.from(right));

const known: readonly (readonly [DistanceFunction, readonly number[], readonly number[], number])[] = [
  // Published by AWS: the magnitude matters to one and not to the other.
  ["COSINE", [1, 0, 0, 0], [10, 0, 0, 0], 0],
  ["EUCLIDEAN", [1, 0, 0, 0], [10, 0, 0, 0], 9],
  ["COSINE", [1, 2], [-2, -4], 2],
  ["COSINE", [1, 0], [0, 7], 1],
  ["COSINE", [1, 1], [1, 0], 1 - Math.SQRT1_2],
  ["COSINE", [0, 0], [3, 4], 1],
  ["COSINE", [3, 4], [0, 0], 1],
  ["COSINE", [0, 0], [0, 0], 1],
  ["EUCLIDEAN", [1, 2], [4, 6], 5],
  ["EUCLIDEAN", [0, 0], [0, 0], 0],
  ["DOT_PRODUCT", [1, 2, 3], [4, -5, 6], 12],
  ["DOT_PRODUCT", [1, 2, 3], [-1, -2, -3], -14],
  ["DOT_PRODUCT", [0], [5], 0],
];

test.each(known)("%s of %j and %j is %d", (distance, left, right, expected) => {
  expect(score(distance, left, right)).toBeCloseTo(expected, 15);
});

const largest = 3.402_823_466_385_288_6e38;
const smallest = 1.401_298_464_324_817e-45;

test("the largest and smallest floats neither overflow nor vanish", () => {
  const large = new Float32Array(4096).fill(largest);
  const small = new Float32Array(4096).fill(-smallest);
  expect(createScorer("COSINE", large)(large)).toBe(0);
  expect(createScorer("COSINE", small)(small)).toBe(0);
  expect(createScorer("COSINE", large)(small)).toBe(2);
  const apart = createScorer("EUCLIDEAN", large)(large.map((value) => -value));
  expect(apart / (largest * 128)).toBeCloseTo(1, 12);
  expect(createScorer("DOT_PRODUCT", small)(small)).toBe(smallest * smallest * 4096);
});

const dimensions = 9;
const component = fc.float({ noNaN: true, noDefaultInfinity: true });
const vector = fc
  .array(component, { minLength: dimensions, maxLength: dimensions })
  .map((values) => Float32Array.from(values));

test.each(["COSINE", "EUCLIDEAN", "DOT_PRODUCT"] as const)(
  "%s does not mind which vector searches",
  (distance) => {
    fc.assert(
      fc.property(vector, vector, (left, right) => {
        const score = createScorer(distance, left)(right);
        expect(score).toBe(createScorer(distance, right)(left));
        expect(Number.isFinite(score)).toBe(true);
      }),
      { seed: 73, numRuns: 300 },
    );
  },
);

test("COSINE of a vector and itself is exactly 0, and stays between 0 and 2 for all others", () => {
  fc.assert(
    fc.property(vector, vector, (left, right) => {
      fc.pre(left.some((value) => value !== 0));
      expect(createScorer("COSINE", left)(left)).toBe(0);
      const score = createScorer("COSINE", left)(right);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(2);
    }),
    { seed: 74, numRuns: 300 },
  );
});

test("near is low for two functions and high for the third", () => {
  expect(isNearer("COSINE", 0.1, 0.2)).toBe(true);
  expect(isNearer("EUCLIDEAN", 0.1, 0.2)).toBe(true);
  expect(isNearer("DOT_PRODUCT", 0.1, 0.2)).toBe(false);
  expect(isNearer("DOT_PRODUCT", 0.2, -0.3)).toBe(true);
  expect(isNearer("COSINE", 0.1, 0.1)).toBe(false);
  expect(isNearer("DOT_PRODUCT", 0.1, 0.1)).toBe(false);
});

test("vectors of different dimensions are never compared", () => {
  expect(() => score("COSINE", [1, 2], [1])).toThrow("same dimensions");
});
