/** Counters in rows: each thread its own, summed by whoever reads. Real threads: shared-threads.test.ts. */

import { expect, test } from "vitest";
import { AssertionFailure } from "./assert.ts";
import { openSharedCounters } from "./shared-counters.ts";

const names = ["requests", "bytes", "waitingMax"] as const;

test("start at zero", () => {
  const counters = openSharedCounters(names, 2);
  expect(counters.total("requests")).toBe(0);
  expect(counters.highest("waitingMax")).toBe(0);
});

test("are kept per thread and summed over all", () => {
  const counters = openSharedCounters(names, 3);
  counters.row(0).add("requests", 1);
  counters.row(0).add("requests", 2);
  counters.row(2).add("requests", 10);
  counters.row(2).add("bytes", 0.5);
  expect([0, 1, 2].map((thread) => counters.of(thread, "requests"))).toEqual([3, 0, 10]);
  expect(counters.total("requests")).toBe(13);
  expect(counters.total("bytes")).toBe(0.5);
  expect(counters.total("waitingMax")).toBe(0);
});

test("can be set, down too", () => {
  const counters = openSharedCounters(names, 2);
  counters.row(1).set("requests", 7);
  counters.row(1).set("requests", 4);
  expect(counters.total("requests")).toBe(4);
});

test("a high-water mark keeps the largest value, and the server's is the largest of all threads", () => {
  const counters = openSharedCounters(names, 2);
  const row = counters.row(0);
  for (const waiting of [3, 9, 5]) {
    row.max("waitingMax", waiting);
  }
  counters.row(1).max("waitingMax", 6);
  expect(counters.of(0, "waitingMax")).toBe(9);
  expect(counters.highest("waitingMax")).toBe(9);
});

test("are the same numbers for all that open one memory", () => {
  const here = openSharedCounters(names, 2);
  const there = openSharedCounters(names, 2, here.memory);
  here.row(0).add("requests", 1);
  there.row(1).add("requests", 2);
  expect([here.total("requests"), there.total("requests")]).toEqual([3, 3]);
});

test("a row does not share a cache line with the next, wherever the memory starts", () => {
  const many = Array.from({ length: 8 }, (_, index) => `counter${index}`);
  const counters = openSharedCounters(many, 2);
  counters.row(0).set("counter7", 1);
  counters.row(1).set("counter0", 1);
  const numbers = [...new Float64Array(counters.memory)].slice(8);
  expect(numbers.lastIndexOf(1) - numbers.indexOf(1)).toBeGreaterThan(64 / 8);
});

test("names or threads that differ from those of the memory are a mistake", () => {
  const { memory } = openSharedCounters(names, 2);
  expect(() => openSharedCounters(["bytes", "requests", "waitingMax"], 2, memory)).toThrow(AssertionFailure);
  expect(() => openSharedCounters(names, 1, memory)).toThrow(AssertionFailure);
  expect(() => openSharedCounters(names, 2, new SharedArrayBuffer(8))).toThrow(AssertionFailure);
});

test("a name twice, no thread, or a thread beyond the last is a mistake", () => {
  expect(() => openSharedCounters(["a", "a"], 1)).toThrow(AssertionFailure);
  expect(() => openSharedCounters(names, 0)).toThrow(AssertionFailure);
  expect(() => openSharedCounters(names, 2).row(2)).toThrow(AssertionFailure);
  expect(() => openSharedCounters<string>(names, 2).total("__proto__")).toThrow(AssertionFailure);
});
