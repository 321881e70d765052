/** Percentiles of added histograms are those of all values together, within the width of a bucket. */
import { describe, expect, it } from "vitest";
import { addHistograms, countOf, createRecorder, percentileMs } from "./log-histogram.ts";

function histogramOf(values: readonly number[]): readonly number[] {
  const recorder = createRecorder();
  for (const value of values) recorder.recordMs(value);
  return recorder.result();
}

describe("a histogram with buckets that grow", () => {
  it("gives percentiles within two percent", () => {
    const values = Array.from({ length: 1_000 }, (_, index) => (index + 1) / 10);
    const histogram = histogramOf(values);
    for (const [percent, exact] of [
      [50, 50],
      [99, 99],
      [99.9, 99.9],
    ] as const) {
      const found = percentileMs(histogram, percent);
      expect(found).toBeGreaterThanOrEqual(exact * 0.999);
      expect(found).toBeLessThanOrEqual(exact * 1.021);
    }
  });

  it("adds up to that of all values", () => {
    const parts = [[0.01, 5, 700], [3], []];
    const sum = addHistograms(parts.map(histogramOf));
    expect(sum).toEqual(histogramOf(parts.flat()));
    expect(countOf(sum)).toBe(4);
  });

  it("takes values beyond both ends", () => {
    const histogram = histogramOf([0, -1, 1e12]);
    expect(countOf(histogram)).toBe(3);
    expect(percentileMs(histogram, 50)).toBeLessThanOrEqual(0.001);
    expect(percentileMs([], 99)).toBe(0);
  });
});
