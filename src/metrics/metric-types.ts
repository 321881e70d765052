/** What metrics look like to the rooms that count. */

export interface FamilyOptions {
  /** With its unit last, as Prometheus wants it: `stator_requests_total`, `..._seconds`, `..._bytes`. */
  readonly name: string;
  readonly help: string;
  /** Names of the labels; absent: one series without labels. */
  readonly labels?: readonly string[];
}

export interface HistogramOptions extends FamilyOptions {
  /** Values up to this share the first bucket. More than zero. */
  readonly lowest: number;
  /** Values above this share the last bucket. */
  readonly highest: number;
}

export interface SampledGaugeOptions {
  readonly name: string;
  readonly help: string;
  /** Called whenever the text is made. */
  readonly read: () => number;
}

/** All series of one name. Keep what `with` returns: looking a series up costs more than counting. */
export interface Family<Series> {
  /** The series with these label values, in the order of the labels; the same object for the same values. */
  with(...labelValues: readonly string[]): Series;
}

/** Only grows. */
export interface Counter {
  readonly value: number;
  /** By one, or by an amount not below zero. */
  add(amount?: number): void;
}

export interface Gauge {
  readonly value: number;
  set(value: number): void;
  /** May be negative. */
  add(amount: number): void;
}
