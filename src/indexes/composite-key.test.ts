// Keys of index entries: order of several values in one run of bytes. A storage format.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes } from "../base/index.ts";
import { compareScalars, encodeKeyValue, type ScalarValue } from "../values/index.ts";
import { compositeKey, openKeyBytes } from "./index.ts";

const s = (value: string): ScalarValue => ({ type: "S", value });
const n = (value: string): ScalarValue => ({ type: "N", value });
const b = (bytes: readonly number[]): ScalarValue => ({
  type: "B",
  value: Buffer.from(bytes).toString("base64"),
});

/** Bytes with many zeros, where escaping matters. */
const binary = fc
  .array(fc.constantFrom(0, 0, 1, 2, 0xfe, 0xff), { minLength: 1, maxLength: 4 })
  .map((bytes) => b(bytes));
const number = fc.constantFrom("0", "-1", "1", "-0.5", "1000000", "-1000000", "12", "120").map(n);
const text = fc.constantFrom("a", "a\0", "a\0b", "ab", "\u0001", "b").map(s);

describe("composite key", () => {
  test("is a storage format: these bytes never change", () => {
    const key = compositeKey([s("a\0b"), n("-12"), b([0, 255])]);
    expect(Buffer.from(key).toString("hex")).toBe("6100ff6200013ef2ff000100ffff0001");
  });

  test("orders as the values do, the first ones first", () => {
    const rows = fc.array(fc.tuple(text, number, binary), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(rows, ([left, right]) => {
        if (left === undefined || right === undefined) return;
        const byValues = [0, 1, 2].map((at) => order(left[at], right[at])).find((sign) => sign !== 0) ?? 0;
        expect(Math.sign(compareBytes(compositeKey(left), compositeKey(right)))).toBe(byValues);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  test("begins with the open bytes of every prefix of its first value", () => {
    fc.assert(
      fc.property(binary, binary, (prefix, rest) => {
        const whole = b([...encodeKeyValue(prefix), ...encodeKeyValue(rest)]);
        const open = openKeyBytes(encodeKeyValue(prefix));
        expect(
          Buffer.from(compositeKey([whole]))
            .subarray(0, open.length)
            .equals(open),
        ).toBe(true);
      }),
      { seed: 6 },
    );
  });
});

function order(left: ScalarValue | undefined, right: ScalarValue | undefined): number {
  if (left === undefined || right === undefined) throw new Error("rows have three values");
  return Math.sign(compareScalars(left, right) ?? 0);
}
