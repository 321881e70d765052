/** Strings by their UTF-8 bytes; lone surrogates by their WTF-8 bytes. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { compareStrings, stringBytes, stringSizeBytes } from "./text.ts";

/** Any code units, surrogates in any arrangement; some long enough for the paths of long strings. */
const units = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd7f0, max: 0xe00f }),
    ),
    { maxLength: 40 },
  )
  .map((codes) => String.fromCharCode(...codes));

/** Straight from the definition of WTF-8, by code points. */
function generalizedUtf8(text: string): number[] {
  return Array.from(text).flatMap((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return [code];
    if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
    const low = [0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
    return code < 0x1_0000
      ? [0xe0 | (code >> 12), ...low]
      : [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), ...low];
  });
}

test("bytes, size and order follow the definition", () => {
  fc.assert(
    fc.property(units, units, (left, right) => {
      const bytes = stringBytes(left);
      expect([...bytes]).toEqual(generalizedUtf8(left));
      expect(bytes.buffer.byteLength).toBe(bytes.length);
      expect(stringSizeBytes(left)).toBe(bytes.length);
      expect(Math.sign(compareStrings(left, right))).toBe(
        Buffer.compare(Buffer.from(generalizedUtf8(left)), Buffer.from(generalizedUtf8(right))),
      );
    }),
    { seed: 41, numRuns: 500 },
  );
});

test("order of strings that share a beginning", () => {
  fc.assert(
    fc.property(units, units, units, (shared, left, right) => {
      expect(Math.sign(compareStrings(shared + left, shared + right))).toBe(
        Buffer.compare(stringBytes(shared + left), stringBytes(shared + right)),
      );
    }),
    { seed: 42, numRuns: 1000 },
  );
});

test.each([
  ["upper case before lower case", "A", "a"],
  ["U+00BF after z", "z", "\u00bf"],
  ["a prefix first", "a", "aa"],
  ["UTF-16 would have it the other way", "\uffff", "\u{10000}"],
  ["a lone surrogate before U+E000", "\udfff", "\ue000"],
  ["a lone high surrogate before a pair that begins with it", "\ud800", "\ud800\udc00"],
  ["a high surrogate before a letter, before a pair", "\ud800a", "\ud800\udc00"],
  ["a high surrogate before a late letter, before a pair", "\ud800\uffff", "\ud800\udc00"],
])("order: %s", (_name, left, right) => {
  expect(compareStrings(left, right)).toBeLessThan(0);
  expect(compareStrings(right, left)).toBeGreaterThan(0);
  expect(compareStrings(left, left)).toBe(0);
});

test.each([
  ["a", 1],
  ["\u00e9", 2],
  ["\u20ac", 3],
  ["\u{1f600}", 4],
  ["\ud83d", 3],
  ["\u00e9".repeat(100), 200],
  ["", 0],
])("size of %j is %d", (text, sizeBytes) => {
  expect(stringSizeBytes(text)).toBe(sizeBytes);
});
