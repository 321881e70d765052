// The sum does not depend on the order, and carries.
import { expect, test } from "vitest";
import { ChecksumBuilder } from "./checksum.ts";
import { itemFingerprint } from "./fingerprint.ts";

function sumOf(...fingerprints: readonly Uint32Array[]): unknown {
  const builder = new ChecksumBuilder();
  for (const fingerprint of fingerprints) builder.add(fingerprint);
  return builder.result();
}

test("adds modulo 2^128", () => {
  const one = Uint32Array.of(9, 9, 9, 9, 0, 0, 0, 1);
  const most = new Uint32Array(8).fill(0xffff_ffff);
  expect(sumOf()).toEqual({ items: 0, sum: "0".repeat(32) });
  expect(sumOf(most)).toEqual({ items: 1, sum: "f".repeat(32) });
  expect(sumOf(most, one)).toEqual({ items: 2, sum: "0".repeat(32) });
  expect(sumOf(most, one, one)).toEqual({ items: 3, sum: `${"0".repeat(31)}1` });
  expect(sumOf(most, most)).toEqual({ items: 2, sum: `${"f".repeat(31)}e` });
});

test("is what arithmetic with large numbers says", () => {
  const prints = Array.from({ length: 100 }, (_, index) => itemFingerprint({ pk: { S: `k${index}` } }));
  let sum = 0n;
  for (const print of prints) {
    const hex = [...print].map((word) => word.toString(16).padStart(8, "0")).join("");
    sum += BigInt(`0x${hex}`);
  }
  const expected = (sum % (1n << 128n)).toString(16).padStart(32, "0");
  expect(sumOf(...prints)).toEqual({ items: 100, sum: expected });
  expect(sumOf(...prints.toReversed())).toEqual({ items: 100, sum: expected });
});
