/** Byte arrays: order, equality, checksum. */

import { expect, test } from "vitest";
import { bytesEqual, compareBytes } from "./bytes.ts";
import { crc32 } from "./crc32.ts";

const of = Uint8Array.of.bind(Uint8Array);

test.each([
  ["equal", of(1, 2), of(1, 2), 0],
  ["a prefix comes first", of(1), of(1, 0), -1],
  ["empty comes first", of(), of(0), -1],
  ["bytes are unsigned", of(0x80), of(0x7f), 1],
  ["the first difference decides", of(1, 9, 9), of(2), -1],
])("compares: %s", (_name, left, right, order) => {
  expect(Math.sign(compareBytes(left, right))).toBe(order);
  expect(Math.sign(compareBytes(right, left))).toBe(0 - order);
  expect(bytesEqual(left, right)).toBe(order === 0);
});

test("checksum is the well-known CRC-32 and can be continued", () => {
  const bytes = new TextEncoder().encode("123456789");
  expect(crc32(bytes)).toBe(0xcbf4_3926);
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf4_3926);
});
