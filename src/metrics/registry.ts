/** A set of metrics: makes families of counters, gauges and histograms, and writes them all as text. */

import { assert } from "../base/index.ts";
import { createHistogram, type Histogram } from "./histogram.ts";
import type {
  Counter,
  Family,
  FamilyOptions,
  Gauge,
  HistogramOptions,
  SampledGaugeOptions,
} from "./metric-types.ts";
import { type FamilyText, histogramLines, valueLine, writeExposition } from "./text-exposition.ts";

export interface Metrics {
  counter(options: FamilyOptions): Family<Counter>;
  gauge(options: FamilyOptions): Family<Gauge>;
  /** A gauge without labels whose value is asked for when the text is made. */
  sampledGauge(options: SampledGaugeOptions): void;
  histogram(options: HistogramOptions): Family<Histogram>;
  /** Everything, in the text format 0.0.4 of Prometheus. */
  expose(): string;
}

/**
 * Label values can come from clients (a table name), so their number is bounded: what comes after is counted
 * together under this label value.
 */
const seriesMax = 1000;
const otherLabel = "other";

const namePattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function createMetrics(): Metrics {
  const families = new Map<string, FamilyText>();
  const add = (text: FamilyText): void => {
    assert(namePattern.test(text.name), "a metric's name has letters, digits and underscores");
    assert(!families.has(text.name), "a metric is made once");
    families.set(text.name, text);
  };
  return {
    counter: (options) => {
      const family = new SeriesFamily(options, () => new NumberCounter());
      add({ ...options, type: "counter", lines: () => family.lines(numberLines(options.name)) });
      return family;
    },
    gauge: (options) => {
      const family = new SeriesFamily(options, () => new NumberGauge());
      add({ ...options, type: "gauge", lines: () => family.lines(numberLines(options.name)) });
      return family;
    },
    sampledGauge: ({ name, help, read }) => {
      add({ name, help, type: "gauge", lines: () => [valueLine(name, [], read())] });
    },
    histogram: (options) => {
      const family = new SeriesFamily(options, () => createHistogram(options.lowest, options.highest));
      const lines = (labels: Labels, series: Histogram): readonly string[] =>
        histogramLines(options.name, labels, series);
      add({ ...options, type: "histogram", lines: () => family.lines(lines) });
      return family;
    },
    expose: () => writeExposition([...families.values()]),
  };
}

type Labels = readonly (readonly [name: string, value: string])[];

function numberLines(
  name: string,
): (labels: Labels, series: { readonly value: number }) => readonly string[] {
  return (labels, series) => [valueLine(name, labels, series.value)];
}

class SeriesFamily<Series> implements Family<Series> {
  readonly #labelNames: readonly string[];
  readonly #create: () => Series;
  readonly #series = new Map<string, { readonly labels: Labels; readonly series: Series }>();

  constructor({ labels = [] }: FamilyOptions, create: () => Series) {
    this.#labelNames = labels;
    this.#create = create;
  }

  with(...labelValues: readonly string[]): Series {
    assert(labelValues.length === this.#labelNames.length, "each label has a value");
    // One label is its own key; several are joined by a character that separates them for certain.
    const key = labelValues.length === 1 ? (labelValues[0] ?? "") : JSON.stringify(labelValues);
    const known = this.#series.get(key);
    if (known !== undefined) {
      return known.series;
    }
    const values = labelValues.map((value) => (this.#series.size < seriesMax - 1 ? value : otherLabel));
    if (values.some((value, index) => value !== labelValues[index])) {
      return this.with(...values);
    }
    const labels = this.#labelNames.map((name, index) => [name, values[index] ?? ""] as const);
    const series = this.#create();
    this.#series.set(key, { labels, series });
    return series;
  }

  lines(linesOf: (labels: Labels, series: Series) => readonly string[]): readonly string[] {
    return [...this.#series.values()].flatMap(({ labels, series }) => linesOf(labels, series));
  }
}

class NumberCounter implements Counter {
  value = 0;

  add(amount: number = 1): void {
    assert(amount >= 0, "a counter only grows");
    this.value += amount;
  }
}

class NumberGauge implements Gauge {
  value = 0;

  set(value: number): void {
    this.value = value;
  }

  add(amount: number): void {
    this.value += amount;
  }
}
