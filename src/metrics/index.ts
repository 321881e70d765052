/** Door of `metrics`: counting what happens, and the text a monitoring system reads. No global registry. */

export { createMetrics, type Metrics } from "./registry.ts";
export type {
  Counter,
  Family,
  FamilyOptions,
  Gauge,
  HistogramOptions,
  SampledGaugeOptions,
} from "./metric-types.ts";
export type { Histogram } from "./histogram.ts";
