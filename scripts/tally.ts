// How many tests passed and failed, and what did not run.
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What did not run, each with its reason. */
  readonly skipped: readonly string[];
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: [] };

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: [...a.skipped, ...b.skipped],
  };
}
