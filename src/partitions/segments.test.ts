// Placement of items: hash, buckets and scan segments.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes } from "../base/index.ts";
import type { RangeBound, RecordKey } from "../storage/contract/index.ts";
import {
  bucketOf,
  hashOfKey,
  hashPartitionKey,
  inSlice,
  itemKey,
  segmentSlice,
  sliceRanges,
} from "./index.ts";

const table = { keyspace: 7, bucketCount: 4 };
const partitionKeys = fc.uint8Array({ minLength: 1, maxLength: 20 });

describe("hash of a partition key", () => {
  test("never changes: it is part of the storage format", () => {
    const text = (value: string): Uint8Array => Buffer.from(value);
    expect(["a", "user#1", "user#2", "\u00e9"].map((key) => hashPartitionKey(text(key))))
      .toMatchInlineSnapshot(`
      [
        3320656311,
        1246646540,
        611126104,
        1955056165,
      ]
    `);
  });

  test("spreads counted keys evenly over buckets", () => {
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 4000; index += 1) {
      const bucket = bucketOf(hashPartitionKey(Buffer.from(`key-${index}`)), 4);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe("item key", () => {
  test("orders the items of a bucket by hash and places them by its top bits", () => {
    fc.assert(
      fc.property(partitionKeys, partitionKeys, (left, right) => {
        const a = itemKey(table, left, new Uint8Array(0));
        const b = itemKey(table, right, new Uint8Array(0));
        expect(hashOfKey(a)).toBe(hashPartitionKey(left));
        expect(a.placement).toBe(bucketOf(hashPartitionKey(left), table.bucketCount));
        if (hashOfKey(a) < hashOfKey(b)) {
          expect(a.placement).toBeLessThanOrEqual(b.placement);
          expect(compareBytes(a.partition, b.partition)).toBeLessThan(0);
        }
      }),
      { seed: 1 },
    );
  });
});

describe("scan segments", () => {
  test("cover the hash space once, without gaps", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (total) => {
        let next = 0;
        for (let segment = 0; segment < total; segment += 1) {
          const slice = segmentSlice(segment, total);
          expect(slice.first).toBe(next);
          next = slice.last + 1;
        }
        expect(next).toBe(2 ** 32);
      }),
      { seed: 2, numRuns: 20 },
    );
  });

  test("every key is in the ranges of exactly its own segment", () => {
    fc.assert(
      fc.property(partitionKeys, fc.integer({ min: 1, max: 20 }), (partition, total) => {
        const key = itemKey(table, partition, new Uint8Array(0));
        const owners = [...Array(total).keys()].filter((segment) => {
          const slice = segmentSlice(segment, total);
          const covered = sliceRanges(table, slice).some((range) => within(range, key));
          expect(covered).toBe(inSlice(slice, key));
          return covered;
        });
        expect(owners).toHaveLength(1);
      }),
      { seed: 3 },
    );
  });

  test("resume after a key: neither it nor anything before it is in the ranges", () => {
    fc.assert(
      fc.property(partitionKeys, partitionKeys, (left, right) => {
        const after = itemKey(table, left, new Uint8Array(0));
        const key = itemKey(table, right, new Uint8Array(0));
        const covered = sliceRanges(table, segmentSlice(0, 1), after).some((range) => within(range, key));
        expect(covered).toBe(compareBytes(key.partition, after.partition) > 0);
      }),
      { seed: 4 },
    );
  });
});

function within(
  range: { placement: number; lower: RangeBound; upper?: RangeBound },
  key: RecordKey,
): boolean {
  if (range.placement !== key.placement) return false;
  const lower = compareBytes(key.partition, range.lower.partition);
  if (lower < 0 || (lower === 0 && !range.lower.inclusive)) return false;
  if (range.upper === undefined) return true;
  const upper = compareBytes(key.partition, range.upper.partition);
  return upper < 0 || (upper === 0 && range.upper.inclusive);
}
