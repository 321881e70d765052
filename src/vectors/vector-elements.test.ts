// From a stored vector back to the attribute value, and when a value holds a vector.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AttributeValue } from "../values/index.ts";
import { vectorElements } from "./vector-elements.ts";
import { holdsVector, vectorOf } from "./vector-of.ts";

test.each([
  [0.1, "0.1"],
  [-2, "-2"],
  [0, "0"],
  [1e-7, "0.0000001"],
  [16_777_216, "16777216"],
  [3.402_823_5e38, "340282350000000000000000000000000000000"],
])("%d is written as %s", (component, text) => {
  expect(vectorElements(Float32Array.of(component)).value).toEqual([{ type: "N", value: text }]);
});

test("every vector is the same again after the way to a list of numbers and back", () => {
  fc.assert(
    fc.property(
      fc.float32Array({ minLength: 1, maxLength: 8, noNaN: true, noDefaultInfinity: true }),
      (floats) => {
        const vector = floats.map((component) => component + 0);
        const list = vectorElements(vector);
        expect(holdsVector(list, vector.length)).toBe(true);
        expect(vectorOf(list, vector.length)).toEqual(vector);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

const numbers = fc.oneof(
  fc.constantFrom(
    "1",
    "-0.5",
    "9".repeat(38),
    "3" + "0".repeat(38),
    "4" + "0".repeat(38),
    "-4" + "0".repeat(38),
  ),
  fc.integer().map(String),
);
const element: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 5, arbitrary: numbers.map((value) => ({ type: "N", value }) as const) },
  fc.constant({ type: "S", value: "1" } as const),
);

test("what holds a vector is what a vector can be made of", () => {
  fc.assert(
    fc.property(fc.array(element, { maxLength: 4 }), fc.integer({ min: 1, max: 4 }), (value, dimensions) => {
      const list = { type: "L", value } as const;
      const made = vectorOf(list, dimensions);
      expect(holdsVector(list, dimensions)).toBe(made instanceof Float32Array);
    }),
    { seed: 6, numRuns: 500 },
  );
  expect(holdsVector(undefined, 1)).toBe(false);
  expect(holdsVector({ type: "NS", value: ["1"] }, 1)).toBe(false);
});
