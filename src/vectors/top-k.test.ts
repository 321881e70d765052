/** The nearest k of many: the same as sorting all, in whatever order they come. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBytes } from "../base/index.ts";
import type { DistanceFunction } from "./distances.ts";
import { createTopK } from "./top-k.ts";

interface Offer {
  readonly score: number;
  readonly key: Uint8Array;
}

/** Few different scores, so that ties are common; zeros of both signs, which are equal. */
const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(-0), fc.double({ noNaN: true }));

const offers = fc.uniqueArray(fc.record({ score, key: fc.uint8Array({ minLength: 1, maxLength: 2 }) }), {
  maxLength: 250,
  selector: ({ key }) => Buffer.from(key).toString("hex"),
});

function nearest(all: readonly Offer[], k: number, distance: DistanceFunction): readonly Offer[] {
  const sign = distance === "DOT_PRODUCT" ? -1 : 1;
  const sorted = all.toSorted((left, right) => {
    if (left.score === right.score) return compareBytes(left.key, right.key);
    return left.score < right.score ? -sign : sign;
  });
  return sorted.slice(0, k);
}

function kept(all: readonly Offer[], k: number, distance: DistanceFunction): readonly Offer[] {
  const top = createTopK<number>({ k, distance });
  for (const [position, { score, key }] of all.entries()) {
    // A candidate that is not accepted must not be missed.
    if (top.accepts(score)) top.offer(score, key, position);
  }
  return top.result().map(({ score, key, value }) => {
    expect(all[value]).toEqual({ score, key });
    return { score, key };
  });
}

test.each(["COSINE", "EUCLIDEAN", "DOT_PRODUCT"] as const)("%s: the first k of all in order", (distance) => {
  fc.assert(
    fc.property(offers, fc.integer({ min: 1, max: 100 }), (all, k) => {
      const expected = nearest(all, k, distance);
      expect(kept(all, k, distance)).toEqual(expected);
      expect(kept(all.toReversed(), k, distance)).toEqual(expected);
    }),
    { seed: 75, numRuns: 200 },
  );
});

const key = (byte: number): Uint8Array => Uint8Array.of(byte);

test("asking for the result does not end it", () => {
  const top = createTopK<string>({ k: 2, distance: "COSINE" });
  expect(top.result()).toEqual([]);
  top.offer(0.5, key(1), "b");
  top.offer(0.9, key(2), "c");
  expect(top.result().map(({ value }) => value)).toEqual(["b", "c"]);
  top.offer(0.1, key(3), "a");
  expect(top.result().map(({ value }) => value)).toEqual(["a", "b"]);
});

test("a score as good as the worst kept is accepted: its key may be lower", () => {
  const top = createTopK<string>({ k: 1, distance: "DOT_PRODUCT" });
  top.offer(3, key(2), "second");
  expect(top.accepts(2.9)).toBe(false);
  expect(top.accepts(3)).toBe(true);
  top.offer(3, key(1), "first");
  expect(top.result()).toEqual([{ score: 3, key: key(1), value: "first" }]);
});

test.each([0, 101, 1.5])("k is not %s", (k) => {
  expect(() => createTopK({ k, distance: "COSINE" })).toThrow("k is 1 to 100");
});

test("a score that is no number is a mistake", () => {
  const top = createTopK<string>({ k: 1, distance: "COSINE" });
  expect(() => top.offer(Number.NaN, key(1), "a")).toThrow("a score is a number");
});
