// The memory of parsed expressions: bounded in entries and characters, kind to what is asked for.
import { expect, test } from "vitest";
import { parseCache } from "./parse-cache.ts";

test("forgets what was not asked for, keeps what was", () => {
  const cache = parseCache<number>(10);
  cache.set("kept", 1);
  for (let index = 0; index < 100; index += 1) {
    cache.set(`text ${index}`, index);
    expect(cache.get("kept")).toBe(1);
  }
  expect(cache.get("text 99")).toBe(99);
  expect(cache.get("text 0")).toBeUndefined();
});

test("never holds more entries than it may", () => {
  const cache = parseCache<number>(10);
  for (let index = 0; index < 1000; index += 1) cache.set(`text ${index}`, index);
  const held = Array.from({ length: 1000 }, (_, index) => cache.get(`text ${index}`)).filter(
    (found) => found !== undefined,
  );
  expect(held.length).toBeGreaterThanOrEqual(5);
  expect(held.length).toBeLessThanOrEqual(10);
});

test("long texts make it forget sooner", () => {
  const cache = parseCache<number>(10);
  const long = "x".repeat(1000);
  for (let index = 0; index < 4; index += 1) cache.set(`${long}${index}`, index);
  expect(cache.get(`${long}3`)).toBe(3);
  expect(cache.get(`${long}0`)).toBeUndefined();
});
