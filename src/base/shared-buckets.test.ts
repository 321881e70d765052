/** Token buckets: refill, debts, clocks that go back, configuring anew. Real threads: shared-threads.test.ts. */

import { expect, test } from "vitest";
import { AssertionFailure } from "./assert.ts";
import { type BucketSettings, openSharedBuckets, type SharedBuckets } from "./shared-buckets.ts";

/** An ordinary wall time, so that the size of real times is tried too. */
const startMicros = 1_790_000_000_000_000;
const secondMicros = 1_000_000;

function bucketOf(settings: BucketSettings): SharedBuckets {
  const buckets = openSharedBuckets(1);
  buckets.configure(0, settings, startMicros);
  return buckets;
}

test("refills evenly, to its capacity and no further", () => {
  const buckets = bucketOf({ perSecond: 40, capacity: 100, balance: 0 });
  const balances = [0, 0.025, 1, 2.5, 60, 3600].map((seconds) =>
    buckets.balance(0, startMicros + seconds * secondMicros),
  );
  expect(balances).toEqual([0, 1, 40, 100, 100, 100]);
});

test("what flowed over is gone: a charge is taken from a full bucket, whenever it was filled", () => {
  const buckets = bucketOf({ perSecond: 40, capacity: 100, balance: 0 });
  const later = startMicros + 3600 * secondMicros;
  buckets.charge(0, 30, later);
  expect(buckets.balance(0, later)).toBe(70);
  expect(buckets.balance(0, later + secondMicros / 2)).toBe(90);
  expect(buckets.balance(0, later + secondMicros)).toBe(100);
});

test("admits on a positive balance, however small, and not on zero", () => {
  const buckets = bucketOf({ perSecond: 10, capacity: 300, balance: 0.5 });
  expect(buckets.admit(0, startMicros)).toBe(true);
  buckets.charge(0, 0.5, startMicros);
  expect(buckets.admit(0, startMicros)).toBe(false);
  expect(buckets.admit(0, startMicros + 1)).toBe(true);
});

test("a large cost leaves a debt, which refill pays before anything is admitted", () => {
  const buckets = bucketOf({ perSecond: 10, capacity: 300, balance: 1 });
  buckets.charge(0, 51, startMicros);
  expect(buckets.balance(0, startMicros)).toBe(-50);
  expect(buckets.admit(0, startMicros + 5 * secondMicros)).toBe(false);
  expect(buckets.admit(0, startMicros + 5 * secondMicros + 1)).toBe(true);
});

test("admitting takes nothing", () => {
  const buckets = bucketOf({ perSecond: 0, capacity: 10, balance: 3 });
  for (let round = 0; round < 5; round += 1) {
    buckets.admit(0, startMicros);
  }
  expect(buckets.balance(0, startMicros)).toBe(3);
});

test("gives back, up to the capacity", () => {
  const buckets = bucketOf({ perSecond: 10, capacity: 100, balance: 90 });
  buckets.charge(0, -5, startMicros);
  expect(buckets.balance(0, startMicros)).toBe(95);
  buckets.charge(0, -50, startMicros);
  expect(buckets.balance(0, startMicros)).toBe(100);
  buckets.charge(0, 20, startMicros);
  expect(buckets.balance(0, startMicros)).toBe(80);
});

test("a burst of 300 seconds is admitted at once, then the rate", () => {
  const buckets = bucketOf({ perSecond: 60, capacity: 300 * 60, balance: 300 * 60 });
  const admittedUntil = (nowMicros: number): number => {
    let admitted = 0;
    while (buckets.admit(0, nowMicros)) {
      buckets.charge(0, 1, nowMicros);
      admitted += 1;
    }
    return admitted;
  };
  expect(admittedUntil(startMicros)).toBe(18_000);
  const perSecond = [1, 2, 3].map((second) => admittedUntil(startMicros + second * secondMicros));
  expect(perSecond).toEqual([60, 60, 60]);
});

test("a clock that goes back neither refills twice nor takes away", () => {
  const buckets = bucketOf({ perSecond: 10, capacity: 300, balance: 0 });
  const later = startMicros + 10 * secondMicros;
  buckets.charge(0, 1, later);
  for (let round = 0; round < 3; round += 1) {
    expect(buckets.balance(0, startMicros)).toBe(99);
    expect(buckets.balance(0, later)).toBe(99);
    buckets.charge(0, 0, startMicros - 3600 * secondMicros);
  }
  expect(buckets.balance(0, later + secondMicros)).toBe(109);
});

test("stays exact over years of small charges", () => {
  const buckets = bucketOf({ perSecond: 40_000, capacity: 12_000_000, balance: 12_000_000 });
  const yearMicros = 365 * 24 * 3600 * secondMicros;
  for (const years of [1, 2, 5, 10]) {
    const nowMicros = startMicros + years * yearMicros;
    for (let round = 0; round < 1000; round += 1) {
      buckets.charge(0, 0.5, nowMicros);
    }
    expect(buckets.balance(0, nowMicros)).toBe(12_000_000 - 500);
  }
});

test("configured anew, it starts from the balance given, again and again", () => {
  const buckets = bucketOf({ perSecond: 10, capacity: 300, balance: 0 });
  for (let round = 1; round <= 20; round += 1) {
    const now = startMicros + round * secondMicros;
    buckets.charge(0, 1000, now);
    buckets.configure(0, { perSecond: round, capacity: 50, balance: 7 }, now);
    expect(buckets.balance(0, now)).toBe(7);
    expect(buckets.balance(0, now + secondMicros)).toBe(7 + round);
    expect(buckets.balance(0, now + 100 * secondMicros)).toBe(50);
  }
});

test("configured with more than its capacity, it holds its capacity", () => {
  const buckets = bucketOf({ perSecond: 0, capacity: 10, balance: 25 });
  expect(buckets.balance(0, startMicros)).toBe(10);
  buckets.charge(0, 4, startMicros);
  expect(buckets.balance(0, startMicros)).toBe(6);
});

test("a configuration that was begun by a thread that died changes nothing and holds up nobody", () => {
  const buckets = bucketOf({ perSecond: 10, capacity: 300, balance: 5 });
  const begunIndex = 0;
  Atomics.add(new Int32Array(buckets.memory), begunIndex, 1);
  buckets.charge(0, 2, startMicros);
  expect(buckets.balance(0, startMicros)).toBe(3);
  buckets.configure(0, { perSecond: 10, capacity: 300, balance: 8 }, startMicros);
  expect(buckets.balance(0, startMicros)).toBe(8);
});

test("a configuration is written where nobody reads, and nobody who is slow to finish will write", () => {
  const settings = { perSecond: 10, capacity: 300, balance: 5 };
  const lineNumbers = 8;
  const linesWritten = (buckets: SharedBuckets): readonly number[] => {
    const before = new Float64Array(buckets.memory.slice(0));
    buckets.configure(0, settings, startMicros);
    const after = new Float64Array(buckets.memory);
    const changed = [...after.keys()].filter(
      (index) => index >= lineNumbers && after[index] !== before[index],
    );
    return [...new Set(changed.map((index) => Math.floor(index / lineNumbers)))];
  };
  const quick = bucketOf(settings);
  const second = linesWritten(quick);
  const third = linesWritten(quick);
  expect(second).not.toEqual(third);
  expect([second.length, third.length]).toEqual([1, 1]);

  const slow = bucketOf(settings);
  Atomics.add(new Int32Array(slow.memory), 0, 1);
  expect(linesWritten(slow)).toEqual(third);
});

test("buckets of a pool are independent, and the same for all that open one memory", () => {
  const here = openSharedBuckets(3);
  const there = openSharedBuckets(3, here.memory);
  for (const bucket of [0, 1, 2]) {
    here.configure(bucket, { perSecond: 1, capacity: 100, balance: 10 * bucket }, startMicros);
  }
  there.charge(1, 4, startMicros);
  expect([0, 1, 2].map((bucket) => here.balance(bucket, startMicros))).toEqual([0, 6, 20]);
});

test("what would poison a bucket is a mistake, and harms nothing", () => {
  const buckets = bucketOf({ perSecond: 10, capacity: 300, balance: 5 });
  const settings = { perSecond: 10, capacity: 300, balance: 5 };
  expect(() => {
    buckets.charge(0, Number.NaN, startMicros);
  }).toThrow(AssertionFailure);
  for (const wrong of [{ perSecond: -1 }, { perSecond: Number.POSITIVE_INFINITY }, { capacity: 0 }]) {
    expect(() => {
      buckets.configure(0, { ...settings, ...wrong }, startMicros);
    }).toThrow(AssertionFailure);
  }
  buckets.charge(0, 1, Number.NaN);
  expect(buckets.balance(0, startMicros)).toBe(4);
});

test("a bucket that is not there or was not configured, or another size of pool, is a mistake", () => {
  const buckets = openSharedBuckets(2);
  expect(() => buckets.admit(0, startMicros)).toThrow(AssertionFailure);
  expect(() => buckets.balance(2, startMicros)).toThrow(AssertionFailure);
  expect(() => buckets.balance(-1, startMicros)).toThrow(AssertionFailure);
  expect(() => openSharedBuckets(3, buckets.memory)).toThrow(AssertionFailure);
  expect(() => openSharedBuckets(0)).toThrow(AssertionFailure);
});
