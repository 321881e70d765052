/** Key bytes: their order is the order of the values, and their form never changes. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBytes } from "../base/index.ts";
import { base64Text } from "./base64.ts";
import { compareScalars } from "./compare.ts";
import { parseDecimal } from "./decimal.ts";
import { encodeKeyValue } from "./key-bytes.ts";
import type { ScalarType, ScalarValue } from "./types.ts";

function decimal(text: string): string {
  const parsed = parseDecimal(text);
  return parsed.kind === "decimal" ? parsed.text : "0";
}

/** Near each other often: few digits and exponents, so that pairs, prefixes and signs meet. */
const closeNumbers = fc
  .tuple(fc.constantFrom("", "-"), fc.stringMatching(/^[0-9]{1,6}$/), fc.integer({ min: -4, max: 4 }))
  .map(([sign, digits, exponent]) => decimal(`${sign}${digits}e${exponent}`));

const wideNumbers = fc
  .tuple(fc.constantFrom("", "-"), fc.stringMatching(/^[0-9]{1,38}$/), fc.integer({ min: -168, max: 125 }))
  .map(([sign, digits, exponent]) => decimal(`${sign}${digits}e${exponent}`));

const text = fc
  .array(fc.oneof(fc.constantFrom(0x61, 0x62, 0xd800, 0xdc00, 0xe000), fc.integer({ min: 0, max: 0xffff })), {
    maxLength: 6,
  })
  .map((codes) => String.fromCharCode(...codes));

const binary = fc.uint8Array({ maxLength: 6, max: 255 }).map(base64Text);

const values: Readonly<Record<ScalarType, fc.Arbitrary<string>>> = {
  S: text,
  N: fc.oneof(closeNumbers, wideNumbers),
  B: binary,
};

test.each(["S", "N", "B"] as const)("order of bytes is order of values: %s", (type) => {
  const value = values[type].map((content): ScalarValue => ({ type, value: content }));
  fc.assert(
    fc.property(value, value, (left, right) => {
      const order = compareBytes(encodeKeyValue(left), encodeKeyValue(right));
      expect(order).toBe(Math.sign(compareScalars(left, right) ?? Number.NaN));
    }),
    { seed: 61, numRuns: 1000 },
  );
});

test("every exponent has its place, on both sides of zero", () => {
  const ascending = [];
  for (let exponent = -130; exponent <= 125; exponent += 1) {
    ascending.push(decimal(`1e${exponent}`), decimal(`1.5e${exponent}`), decimal(`9e${exponent}`));
  }
  const all = [...ascending.map((number) => `-${number}`).toReversed(), "0", ...ascending];
  const bytes = all.map((value) => encodeKeyValue({ type: "N", value }));
  const misplaced = [];
  for (let index = 1; index < bytes.length; index += 1) {
    const [left = new Uint8Array(0), right = new Uint8Array(0)] = [bytes[index - 1], bytes[index]];
    if (compareBytes(left, right) >= 0) {
      misplaced.push(all[index]);
    }
  }
  expect(misplaced).toEqual([]);
});

test("no number needs more than 22 bytes", () => {
  fc.assert(
    fc.property(wideNumbers, (value) => {
      expect(encodeKeyValue({ type: "N", value }).length).toBeLessThanOrEqual(22);
    }),
    { seed: 62, numRuns: 300 },
  );
});

/** Stored data depends on these bytes; a row may be added, none may change. */
const keptForms: readonly (readonly [ScalarType, string, string])[] = [
  ["S", "", ""],
  ["S", "abc", "616263"],
  ["S", "\u00e9\u20ac\u{1f600}", "c3a9e282acf09f9880"],
  ["S", "a\ud83d", "61eda0bd"],
  ["B", "", ""],
  ["B", "AP+A", "00ff80"],
  ["N", "0", "80"],
  ["N", "1", "c101"],
  ["N", "-1", "3efdff"],
  ["N", "12", "c10c"],
  ["N", "123", "c20117"],
  ["N", "1.5", "c10132"],
  ["N", "-1.5", "3efdccff"],
  ["N", "0.5", "c032"],
  ["N", "0.05", "c005"],
  ["N", "0.001", "bf0a"],
  ["N", `1${"0".repeat(125)}`, "ff0a"],
  ["N", `-1${"0".repeat(125)}`, "00f4ff"],
  ["N", `0.${"0".repeat(129)}1`, "8001"],
  ["N", `-0.${"0".repeat(129)}1`, "7ffdff"],
  ["N", "9".repeat(38), `d3${"63".repeat(19)}`],
];

test.each(keptForms)("kept form: %s %s", (type, value, hex) => {
  expect(Buffer.from(encodeKeyValue({ type, value })).toString("hex")).toBe(hex);
});

test("long strings and binaries are whole", () => {
  const long = "\u00e9".repeat(1000);
  expect(Buffer.from(encodeKeyValue({ type: "S", value: long })).toString("utf8")).toBe(long);
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index);
  expect([...encodeKeyValue({ type: "B", value: base64Text(bytes) })]).toEqual([...bytes]);
});
