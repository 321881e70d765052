// Arrays in PostgreSQL's binary form, read back by its description: header, then each element behind its length.
import fc from "fast-check";
import { expect, test } from "vitest";
import { byteaArray, int4Array, int8Array } from "./wire-arrays.ts";

interface ReadArray {
  readonly type: number;
  readonly elements: readonly Buffer[];
}

function read(array: Uint8Array): ReadArray {
  const bytes = Buffer.from(array);
  expect([bytes.readInt32BE(0), bytes.readInt32BE(4), bytes.readInt32BE(16)]).toEqual([1, 0, 1]);
  const elements: Buffer[] = [];
  let at = 20;
  while (at < bytes.length) {
    const length = bytes.readInt32BE(at);
    elements.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  expect([elements.length, at]).toEqual([bytes.readInt32BE(12), bytes.length]);
  return { type: bytes.readInt32BE(8), elements };
}

test("numbers of four bytes", () => {
  const { type, elements } = read(int4Array([0, 7, -1, 2_147_483_647, -2_147_483_648]));
  expect(type).toBe(23);
  expect(elements.map((element) => element.readInt32BE())).toEqual([0, 7, -1, 2_147_483_647, -2_147_483_648]);
});

test("safe integers in eight bytes", () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (numbers) => {
      const { type, elements } = read(int8Array(numbers));
      expect(type).toBe(20);
      expect(elements.map((element) => element.readBigInt64BE())).toEqual(numbers.map(BigInt));
    }),
    { seed: 20_261_121 },
  );
});

test("byte strings as they are", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), (parts) => {
      const { type, elements } = read(byteaArray(parts));
      expect(type).toBe(17);
      expect(elements.map((element) => new Uint8Array(element))).toEqual(parts);
    }),
    { seed: 20_261_121 },
  );
});
