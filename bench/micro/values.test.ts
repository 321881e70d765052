/** The benchmark runs and measures what it says: each case once, results checked. */

import { expect, test } from "vitest";
import { writeItemJson } from "../../src/values/index.ts";
import { itemJson, valuesCases } from "./values.bench.ts";

test("the item of the benchmark is canonical, of ten attributes and about 1 KB", () => {
  const cases = new Map(valuesCases().map(({ name, run }) => [name, run]));
  expect(cases.get("writeItemJson")?.()).toBe(itemJson);
  const item = cases.get("parseItem")?.() as ReadonlyMap<string, never>;
  expect(item.size).toBe(10);
  expect(writeItemJson(item)).toBe(itemJson);
  expect(cases.get("decodeItem")?.()).toEqual(item);
  expect(Math.abs(itemJson.length - 1024)).toBeLessThan(150);
});

test("every case gives a result", () => {
  const without = valuesCases().filter(({ run }) => run() === undefined);
  expect(without.map(({ name }) => name)).toEqual([]);
});
