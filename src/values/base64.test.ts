/** Base64: the canonical text, its size, its bytes. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Bytes, base64SizeBytes, base64Text, canonicalBase64 } from "./base64.ts";

test("bytes survive the way to text and back, in memory of their own", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const text = base64Text(bytes);
      expect(canonicalBase64(text)).toBe(text);
      expect(base64SizeBytes(text)).toBe(bytes.length);
      const back = base64Bytes(text);
      expect([...back]).toEqual([...bytes]);
      expect(back.buffer.byteLength).toBe(bytes.length);
    }),
    { seed: 51, numRuns: 300 },
  );
});

test.each([
  ["stray bits before two pads", "YR==", "YQ=="],
  ["stray bits before one pad", "YWJ=", "YWI="],
  ["missing pads", "YQ", "YQ=="],
  ["the alphabet for addresses", "_-8=", "/+8="],
  ["blanks", "YW Jj", "YWJj"],
])("what is not canonical becomes so: %s", (_name, given, canonical) => {
  expect(canonicalBase64(given)).toBe(canonical);
});
