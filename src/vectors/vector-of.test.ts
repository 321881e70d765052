/** Attribute values to 32-bit vectors: what is rounded, what is refused, and with which text. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { AttributeValue } from "../values/index.ts";
import { type VectorIssue, vectorIssueText } from "./issues.ts";
import { vectorOf, vectorOfElements } from "./vector-of.ts";

const number = (value: string): AttributeValue => ({ type: "N", value });
const list = (...value: readonly AttributeValue[]): AttributeValue => ({ type: "L", value });

/** Bits of the float a number becomes: they tell 0 from -0. */
function bitsOf(text: string): string {
  const vector = vectorOf(list(number(text)), 1);
  if (!(vector instanceof Float32Array)) return vector.code;
  const [bits = 0] = new Uint32Array(vector.buffer);
  return bits.toString(16).padStart(8, "0");
}

/** Of the format's definition: sign, 8 bits of exponent, 23 of fraction. */
const roundings: readonly (readonly [what: string, text: string, bits: string])[] = [
  ["one", "1", "3f800000"],
  ["a negative power of two", "-0.5", "bf000000"],
  ["what has no exact float, to the nearest one", "0.1", "3dcccccd"],
  ["the last whole number with a float of its own", "16777216", "4b800000"],
  ["half-way between two, to the even one below", "16777217", "4b800000"],
  ["half-way between two, to the even one above", "16777219", "4b800002"],
  ["38 digits", "0.33333333333333333333333333333333333333", "3eaaaaab"],
  ["the largest float", "340282346638528859811704183484516925440", "7f7fffff"],
  ["a little more than the largest float, to it", "340282350000000000000000000000000000000", "7f7fffff"],
  [
    "half-way from the largest float to the next power of two",
    "340282356779733661637539395458142568448",
    "overflow",
  ],
  ["far too much", `1${"0".repeat(125)}`, "overflow"],
  ["far too little", `-1${"0".repeat(125)}`, "overflow"],
  ["the smallest float", `0.${"0".repeat(44)}14012984643248170709`, "00000001"],
  ["less than half the smallest float", `0.${"0".repeat(45)}7`, "00000000"],
  ["a tiny negative number, to a zero without sign", `-0.${"0".repeat(129)}1`, "00000000"],
  ["zero", "0", "00000000"],
];

test.each(roundings)("rounds %s", (_what, text, bits) => {
  expect(bitsOf(text)).toBe(bits);
});

test("numbers that are 32-bit floats stay what they are", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (float) => {
      const text = (float + 0).toLocaleString("en", { useGrouping: false, maximumSignificantDigits: 21 });
      expect(vectorOfElements([number(text)])).toEqual(Float32Array.of(float + 0));
    }),
    { seed: 71, numRuns: 500 },
  );
});

test("a vector has as many elements as the list, in its order", () => {
  expect(vectorOf(list(number("1"), number("-2.5"), number("0")), 3)).toEqual(Float32Array.of(1, -2.5, 0));
});

const owner = { attribute: "embedding", indexName: "byMeaning" };
const text: AttributeValue = { type: "S", value: "1" };
const refusals: readonly (readonly [what: string, value: AttributeValue, text: string])[] = [
  ["one element too few", list(number("1")), "Invalid size for parameter embedding, Expected: 2, Actual: 1"],
  [
    "one element too many",
    list(number("1"), number("2"), number("3")),
    "Invalid size for parameter embedding, Expected: 2, Actual: 3",
  ],
  ["an empty list", list(), "Invalid size for parameter embedding, Expected: 2, Actual: 0"],
  ["a number", number("1"), "Invalid type for parameter embedding, Expected: L, Actual: N"],
  [
    "a number set",
    { type: "NS", value: ["1", "2"] },
    "Invalid type for parameter embedding, Expected: L, Actual: NS",
  ],
  ["NULL", { type: "NULL", value: true }, "Invalid type for parameter embedding, Expected: L, Actual: NULL"],
  [
    "an element that is text",
    list(number("1"), text),
    "Invalid type for parameter embedding[1], Expected: N, Actual: S",
  ],
  [
    "an element that is a list",
    list(list(number("1")), text),
    "Invalid type for parameter embedding[0], Expected: N, Actual: L",
  ],
  [
    "an element no float holds",
    list(number("1"), number(`1${"0".repeat(39)}`)),
    "Invalid value for parameter embedding[1], Expected: 32-bit floating point number",
  ],
  [
    "a wrong number of elements before wrong elements",
    list(text),
    "Invalid size for parameter embedding, Expected: 2, Actual: 1",
  ],
];

test.each(refusals)("refuses %s", (_what, value, detail) => {
  const issue = vectorOf(value, 2);
  expect(issue).toMatchObject({ kind: "vectorIssue" });
  expect(vectorIssueText(issue as VectorIssue, owner)).toBe(
    `One or more parameter values were invalid: ${detail}. IndexName: byMeaning`,
  );
});

test.each([0, -1, 1.5, 4097, Number.NaN])("no index has %s dimensions", (dimensions) => {
  expect(() => vectorOf(list(), dimensions)).toThrow("1 to 4096 dimensions");
});

test("4096 dimensions are a vector", () => {
  const vector = vectorOf(list(...Array.from({ length: 4096 }, (_, index) => number(String(index)))), 4096);
  expect(vector).toEqual(Float32Array.from({ length: 4096 }, (_, index) => index));
});
