// Values as a server writes and reads them.
import { expect, test } from "vitest";
import { arrayText, booleanOf, bytesOf, numberOf } from "./wire-values.ts";

test("an array is text in braces", () => {
  expect(arrayText([])).toBe("{}");
  expect(arrayText(new Set([1, -2, 3]))).toBe("{1,-2,3}");
});

test("columns are read from their text", () => {
  expect(bytesOf("\\x00ff61")).toEqual(Uint8Array.from([0, 255, 97]));
  expect(bytesOf("\\x")).toEqual(new Uint8Array(0));
  expect(numberOf("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  expect([booleanOf("t"), booleanOf("f")]).toEqual([true, false]);
});

test.each([
  [() => bytesOf("00ff")],
  [() => bytesOf(null)],
  [() => numberOf("9007199254740993")],
  [() => numberOf(null)],
])("a column of another kind is a bug: %s", (read) => {
  expect(read).toThrow("a column of");
});
