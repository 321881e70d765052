// Keys as one string of bytes: order, round trip, bounds of ranges, keys that are cut.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes } from "../../base/index.ts";
import type { RangeBound } from "../contract/index.ts";
import {
  headBytesMax,
  keyParts,
  lowerBound,
  storedBytes,
  type StoredBound,
  storedKey,
  upperBound,
} from "./stored-key.ts";

interface Parts {
  readonly partition: Uint8Array;
  readonly sort: Uint8Array;
}

/** Bytes that mean something to the escaping, and some that do not. */
const anyByte = fc.constantFrom(0x00, 0x01, 0x02, 0x61, 0xfe, 0xff);
const shortBytes = fc
  .uint8Array({ maxLength: 4 })
  .chain((bytes) => fc.array(anyByte, { maxLength: 6 }).map((more) => Uint8Array.from([...more, ...bytes])));
/** Around the length at which a key is cut: a few long beginnings, so that many keys have the same head. */
const longBytes = fc
  .record({
    fill: fc.constantFrom(0x00, 0x61, 0xff),
    length: fc.oneof(
      fc.constantFrom(1198, 1199, 1200, 2396, 2397, 2398, 2399, 2400, 2401),
      fc.constantFrom(2048, 3000),
    ),
    end: shortBytes,
  })
  .map(({ fill, length, end }) => new Uint8Array(Buffer.concat([Buffer.alloc(length, fill), end])));
const anyBytes = fc.oneof({ weight: 2, arbitrary: shortBytes }, { weight: 1, arbitrary: longBytes });
const anyKey: fc.Arbitrary<Parts> = fc.record({ partition: anyBytes, sort: anyBytes });
const anyBound: fc.Arbitrary<RangeBound> = fc.oneof(
  fc.record({ partition: anyBytes, sort: anyBytes, inclusive: fc.boolean() }),
  fc.record({ partition: anyBytes, inclusive: fc.boolean() }),
);
/** Two of anything, often sharing a part. */
const twoKeys = fc.oneof(
  fc.tuple(anyKey, anyKey),
  fc.tuple(anyKey, anyBytes).map(([key, sort]) => [key, { ...key, sort }] as const),
  fc.tuple(anyKey, anyBytes).map(([key, partition]) => [key, { ...key, partition }] as const),
);

function compareParts(left: Parts, right: Parts): number {
  return compareBytes(left.partition, right.partition) || compareBytes(left.sort, right.sort);
}

/** As a server compares (head, rest). */
function compareStored(
  left: Pick<StoredBound, "head" | "rest">,
  right: Pick<StoredBound, "head" | "rest">,
): number {
  return compareBytes(left.head, right.head) || compareBytes(left.rest, right.rest);
}

const runs = { numRuns: 400, seed: 20_261_121 };

describe("a stored key", () => {
  test("is ordered as its record", () => {
    fc.assert(
      fc.property(twoKeys, ([left, right]) => {
        const stored = compareStored(storedKey(left), storedKey(right));
        expect(Math.sign(stored)).toBe(Math.sign(compareParts(left, right)));
      }),
      runs,
    );
  });

  test("gives back its parts", () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const { head, rest } = storedKey(key);
        const parts = keyParts(head, rest);
        expect(compareParts(parts, key)).toBe(0);
      }),
      runs,
    );
  });

  test("is told apart by what the index holds, which has a limit", () => {
    fc.assert(
      fc.property(twoKeys, ([left, right]) => {
        const [one, other] = [storedKey(left), storedKey(right)];
        const isSame =
          compareBytes(one.head, other.head) === 0 && compareBytes(one.digest, other.digest) === 0;
        expect(isSame).toBe(compareParts(left, right) === 0);
        expect(one.head.length + one.digest.length).toBeLessThanOrEqual(headBytesMax + 16);
        expect(one.digest.length > 0).toBe(one.rest.length > 0);
      }),
      runs,
    );
  });

  test("of plain bytes, as parts of counters, keeps their order", () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (left, right) => {
        const stored = compareStored(storedBytes(left), storedBytes(right));
        expect(Math.sign(stored)).toBe(Math.sign(compareBytes(left, right)));
      }),
      runs,
    );
  });
});

describe("the bounds of a range", () => {
  /** In the contract's words. */
  function isInside(key: Parts, bound: RangeBound, side: "lower" | "upper"): boolean {
    const whole = bound.sort === undefined;
    const order = whole
      ? compareBytes(key.partition, bound.partition)
      : compareParts(key, { partition: bound.partition, sort: bound.sort ?? new Uint8Array(0) });
    if (order === 0) return bound.inclusive;
    return side === "lower" ? order > 0 : order < 0;
  }

  const keyAndBound = fc.oneof(
    fc.tuple(anyKey, anyBound),
    // Those that meet, where it is easiest to be wrong.
    fc.tuple(anyKey, fc.boolean()).map(([key, inclusive]) => [key, { ...key, inclusive }] as const),
    fc
      .tuple(anyKey, fc.boolean())
      .map(([key, inclusive]) => [key, { partition: key.partition, inclusive }] as const),
    fc
      .tuple(anyKey, anyBytes, fc.boolean())
      .map(([key, sort, inclusive]) => [key, { partition: key.partition, sort, inclusive }] as const),
  );

  test("let the same records in as a comparison of their parts", () => {
    fc.assert(
      fc.property(keyAndBound, ([key, bound]) => {
        const lower = lowerBound(bound);
        const overLower = compareStored(storedKey(key), lower);
        expect(lower.including ? overLower >= 0 : overLower > 0).toBe(isInside(key, bound, "lower"));
        const upper = upperBound(bound);
        const overUpper = compareStored(storedKey(key), upper);
        expect(upper.including ? overUpper <= 0 : overUpper < 0).toBe(isInside(key, bound, "upper"));
      }),
      { ...runs, numRuns: 800 },
    );
  });
});
