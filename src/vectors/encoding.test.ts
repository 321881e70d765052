/** Stored bytes of vectors: their form never changes, and they may lie anywhere in a buffer. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { createVectorReader, decodeVector, encodeVector } from "./encoding.ts";

/** Stored data depends on these bytes; a row may be added, none may change. */
const keptForms: readonly (readonly [vector: readonly number[], hex: string])[] = [
  [[0], "00000000"],
  [[1, -2], "0000803f000000c0"],
  [[0.1, 16_777_216, 1.401298464324817e-45], "cdcccc3d0000804b01000000"],
];

test.each(keptForms)("kept form: %j", (vector, hex) => {
  const bytes = encodeVector(Float32Array.from(vector));
  expect(Buffer.from(bytes).toString("hex")).toBe(hex);
  expect(decodeVector(Buffer.from(hex, "hex"))).toEqual(Float32Array.from(vector));
});

const vectors = fc.float32Array({ minLength: 1, maxLength: 70, noNaN: true });

test("a vector comes back from any place in a buffer", () => {
  fc.assert(
    fc.property(vectors, fc.nat({ max: 9 }), (vector, before) => {
      const bytes = encodeVector(vector);
      const around = new Uint8Array(before + bytes.length + 3).fill(0xff);
      around.set(bytes, before);
      expect(decodeVector(around.subarray(before, before + bytes.length))).toEqual(vector);
    }),
    { seed: 72, numRuns: 300 },
  );
});

test("a reader reads what is stored, one vector after the other, and leaves the bytes alone", () => {
  const read = createVectorReader(2);
  const bytes = [Float32Array.of(1, -2), Float32Array.of(0.5, 3)].map(encodeVector);
  const before = bytes.map((each) => Buffer.from(each).toString("hex"));
  expect(bytes.map((each) => [...read(each)])).toEqual([
    [1, -2],
    [0.5, 3],
  ]);
  expect(bytes.map((each) => Buffer.from(each).toString("hex"))).toEqual(before);
  expect(() => read(new Uint8Array(4))).toThrow("four bytes for each dimension");
});

test("encoding part of a larger array takes that part alone, and copies it", () => {
  const all = Float32Array.of(1, 2, 3, 4);
  const bytes = encodeVector(all.subarray(1, 3));
  all.fill(9);
  expect(decodeVector(bytes)).toEqual(Float32Array.of(2, 3));
});

test("neither no dimension nor 4097 nor broken bytes are a vector", () => {
  expect(() => encodeVector(new Float32Array(0))).toThrow("1 to 4096 dimensions");
  expect(() => encodeVector(new Float32Array(4097))).toThrow("1 to 4096 dimensions");
  expect(() => decodeVector(new Uint8Array(0))).toThrow("1 to 4096 dimensions");
  expect(() => decodeVector(new Uint8Array(7))).toThrow("1 to 4096 dimensions");
  expect(decodeVector(encodeVector(new Float32Array(4096)))).toHaveLength(4096);
});
