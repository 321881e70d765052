/** Packed data comes back as it was, over many messages, and what is no plain data is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDataPacker, createDataUnpacker } from "./data-packer.ts";

function roundTrip(...values: readonly unknown[]): unknown[] {
  const packer = createDataPacker();
  for (const value of values) packer.add(value);
  return createDataUnpacker().unpack(packer.take());
}

const plainData = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.uint8Array({ maxLength: 30 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 12 }).filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 4, noNullPrototype: true },
    ),
    fc
      .array(fc.tuple(fc.string({ maxLength: 12 }), tie("value")), { maxLength: 4 })
      .map((entries) => new Map(entries)),
  ),
})).value;

/** Views come back as Buffers. */
function withPlainBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(withPlainBytes);
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [key, withPlainBytes(entry)]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withPlainBytes(member)]));
}

describe("the data packer", () => {
  it("brings plain data back as it was", () => {
    fc.assert(
      fc.property(fc.array(plainData, { maxLength: 3 }), (values) => {
        expect(roundTrip(...values).map(withPlainBytes)).toStrictEqual(values);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
  });

  it("keeps the edges of numbers", () => {
    const numbers = [0, -0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 0.1, NaN, Infinity, -Infinity];
    const [back] = roundTrip(numbers);
    expect(back).toHaveLength(numbers.length);
    const differing = numbers.filter((number, index) => !Object.is((back as number[])[index], number));
    expect(differing).toEqual([]);
  });

  it("tells a name once and uses its number in later messages", () => {
    const packer = createDataPacker();
    const unpacker = createDataUnpacker();
    const first = packer.add({ partition: 1 });
    expect(packer.add({ partition: 1 })).toBeLessThan(first);
    expect(unpacker.unpack(packer.take())).toEqual([{ partition: 1 }, { partition: 1 }]);
    packer.add({ partition: 2, sort: 3 });
    expect(unpacker.unpack(packer.take())).toEqual([{ partition: 2, sort: 3 }]);
  });

  it("goes on in order after a value it refused half-way", () => {
    const packer = createDataPacker();
    const unpacker = createDataUnpacker();
    packer.add({ known: 1 });
    expect(() => packer.add({ known: 1, fresh: { bad: () => undefined } })).toThrow(/function/u);
    packer.add({ later: 2, fresh: 3, known: 4 });
    expect(unpacker.unpack(packer.take())).toEqual([{ known: 1 }, { later: 2, fresh: 3, known: 4 }]);
  });

  it("refuses cycles and a member __proto__", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => createDataPacker().add(cycle)).toThrow(/nests/u);
    expect(() => createDataPacker().add(JSON.parse('{"__proto__":1}'))).toThrow(/__proto__/u);
  });

  it("copies only the part of a buffer that is seen", () => {
    const wide = new Uint8Array(10_000).fill(7);
    expect(createDataPacker().add(wide.subarray(10, 20))).toBeLessThan(20);
  });

  it("holds more names than its dictionary", () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`name${index}`, index]));
    const packer = createDataPacker();
    const unpacker = createDataUnpacker();
    for (let round = 0; round < 2; round += 1) {
      packer.add(many);
      expect(unpacker.unpack(packer.take())).toEqual([many]);
    }
  });
});
