// Prefixes and parts: as the bytes have them, and in time that grows with the lengths only.
import fc from "fast-check";
import { expect, test } from "vitest";
import { monotonicMs } from "../base/index.ts";
import { binaryIncludes, binaryStartsWith, textIncludes, textStartsWith } from "./substrings.ts";

/** UTF-8, lone surrogates as three bytes each. */
function bytesOf(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const lone = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
    const bytes = code >= 0xd800 && code <= 0xdfff ? Buffer.from(lone) : Buffer.from(character);
    return bytes.toString("hex").replace(/../g, "<$&>");
  }).join("");
}

/** Few characters, so that they meet often: surrogates alone and in pairs among them. */
const text = fc
  .array(fc.constantFrom("a", "b", "\u00e9", "\ud83d", "\ude00", "\u{1F600}"), { maxLength: 8 })
  .map((parts) => parts.join(""));
const repeated = fc.tuple(text, fc.constantFrom(1, 60)).map(([part, times]) => part.repeat(times));

test("texts compare as their bytes do", () => {
  fc.assert(
    fc.property(repeated, repeated, text, (part, before, after) => {
      for (const whole of [before + part + after, before + after, part + after]) {
        expect(textIncludes(whole, part)).toBe(bytesOf(whole).includes(bytesOf(part)));
        expect(textStartsWith(whole, part)).toBe(bytesOf(whole).startsWith(bytesOf(part)));
      }
    }),
    { seed: 61, numRuns: 200 },
  );
});

test("binaries compare byte by byte", () => {
  const bytes = fc.uint8Array({ max: 3, maxLength: 6 });
  const base64 = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString("base64");
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.constantFrom(1, 60), (part, before, after, times) => {
      const long = Array.from({ length: times }, () => part);
      for (const whole of [
        [before, ...long, after],
        [before, after],
        [...long, after],
      ]) {
        const hex = `,${Buffer.concat(whole).join(",")},`;
        const wanted = long.every(({ length }) => length === 0) ? "," : `,${Buffer.concat(long).join(",")},`;
        expect(binaryIncludes(base64(whole), base64(long))).toBe(hex.includes(wanted));
        expect(binaryStartsWith(base64(whole), base64(long))).toBe(hex.startsWith(wanted));
      }
    }),
    { seed: 62, numRuns: 200 },
  );
});

test("a search made to be slow is not", () => {
  const whole = "a".repeat(400_000);
  const part = `${"a".repeat(100_000)}b${"a".repeat(100_000)}`;
  const startMs = monotonicMs();
  expect(textIncludes(whole, part)).toBe(false);
  expect(binaryIncludes(btoa(whole), btoa(part))).toBe(false);
  // It took 5,000 ms each with the engine's own search.
  expect(monotonicMs() - startMs).toBeLessThan(1000);
});
