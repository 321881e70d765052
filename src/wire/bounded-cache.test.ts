// A cache that forgets rather than grows.
import { describe, expect, it } from "vitest";
import { createBoundedCache } from "./bounded-cache.ts";

describe("bounded cache", () => {
  it("keeps what was used lately and forgets the rest", () => {
    const cache = createBoundedCache<number>(8);
    cache.set("kept", 1);
    for (let index = 0; index < 100; index++) {
      cache.set(`key ${index}`, index);
      expect(cache.get("kept")).toBe(1);
    }
    const known = Array.from({ length: 100 }, (_, index) => cache.get(`key ${index}`));
    expect(known.filter((value) => value !== undefined).length).toBeLessThanOrEqual(8);
    expect(cache.get("key 99")).toBe(99);
  });

  it("replaces a value, also when it is full", () => {
    const cache = createBoundedCache<number>(2);
    cache.set("a", 1);
    cache.set("a", 2);
    expect(cache.get("a")).toBe(2);
  });

  it("takes any text as key", () => {
    const cache = createBoundedCache<number>(2);
    expect(cache.get("__proto__")).toBeUndefined();
    cache.set("__proto__", 1);
    expect(cache.get("__proto__")).toBe(1);
  });
});
