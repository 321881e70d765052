// The engine benchmark measures what it says: a tiny run gives every figure.
import { expect, test } from "vitest";
import { engineFigures, rawGetFigure } from "./engine.bench.ts";

const sizes = { records: 200, valueBytes: 100, gets: 50, ranges: 5, groups: 2 };

test("every case of the engine benchmark gives a rate", async () => {
  const figures = [await rawGetFigure(sizes), ...(await engineFigures({ kind: "memory" }, sizes))];
  expect(figures).toHaveLength(6);
  for (const { perSecond, wallMicros } of figures) {
    expect(perSecond).toBeGreaterThan(0);
    expect(Math.abs(perSecond * wallMicros - 1e6)).toBeLessThan(1);
  }
});
