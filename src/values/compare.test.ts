/** Equality without conversion, order of scalars only. */

import { expect, test } from "vitest";
import { compareScalars, isScalar, valuesEqual } from "./compare.ts";
import type { AttributeValue } from "./types.ts";

const s = (value: string): AttributeValue => ({ type: "S", value });
const n = (value: string): AttributeValue => ({ type: "N", value });
const list = (...value: AttributeValue[]): AttributeValue => ({ type: "L", value });
const map = (...entries: (readonly [string, AttributeValue])[]): AttributeValue => ({
  type: "M",
  value: new Map(entries),
});

/** All different from each other. */
const distinct: readonly AttributeValue[] = [
  s("6"),
  s(""),
  n("6"),
  n("-6"),
  { type: "B", value: "Ng==" },
  { type: "BOOL", value: true },
  { type: "BOOL", value: false },
  { type: "NULL", value: true },
  { type: "SS", value: ["6"] },
  { type: "NS", value: ["6"] },
  { type: "BS", value: ["Ng=="] },
  { type: "SS", value: ["6", "7"] },
  { type: "SS", value: ["6", "8"] },
  list(),
  list(s("6")),
  list(s("6"), n("6")),
  list(n("6"), s("6")),
  map(),
  map(["a", s("6")]),
  map(["b", s("6")]),
  map(["a", n("6")]),
  map(["a", s("6")], ["b", s("6")]),
  map(["__proto__", s("6")]),
  map(["a", list(map(["__proto__", s("6")]))]),
];

test("every value equals itself and nothing else", () => {
  for (const [index, left] of distinct.entries()) {
    for (const [other, right] of distinct.entries()) {
      expect(valuesEqual(left, structuredClone(right)), `${index} and ${other}`).toBe(index === other);
    }
  }
});

test("sets are equal in any order, maps whatever the order of their names", () => {
  expect(valuesEqual({ type: "SS", value: ["a", "b"] }, { type: "SS", value: ["b", "a"] })).toBe(true);
  const left = map(["a", s("1")], ["b", s("2")]);
  const right = map(["b", s("2")], ["a", s("1")]);
  expect(valuesEqual(left, right)).toBe(true);
});

test("scalars of one type have an order", () => {
  expect(compareScalars(s("a"), s("b"))).toBeLessThan(0);
  expect(compareScalars(n("10"), n("9"))).toBeGreaterThan(0);
  expect(compareScalars({ type: "B", value: "/w==" }, { type: "B", value: "AAA=" })).toBeGreaterThan(0);
  expect(compareScalars(n("1"), n("1"))).toBe(0);
});

test("nothing else has", () => {
  const scalars = distinct.filter(isScalar);
  expect(scalars.map(({ type }) => type)).toEqual(["S", "S", "N", "N", "B"]);
  for (const left of distinct) {
    for (const right of distinct) {
      const ordered = isScalar(left) && left.type === right.type;
      expect(compareScalars(left, right) !== undefined).toBe(ordered);
    }
  }
});
