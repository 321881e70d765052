// How many tests passed and failed, which failed, and what did not run.
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** The names of what failed, as far as they are known. */
  readonly failedNames: readonly string[];
  /** What did not run, each with its reason. */
  readonly skipped: readonly string[];
}

export const nothing: Tally = { passed: 0, failed: 0, failedNames: [], skipped: [] };

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    failedNames: [...a.failedNames, ...b.failedNames],
    skipped: [...a.skipped, ...b.skipped],
  };
}

/** What is printed after everything else. The counts are alone on the last line; steps.ts and .ci/run read these lines. */
export function tallyLines(tally: Tally): readonly string[] {
  return [
    ...tally.skipped.map((reason) => `skipped: ${reason}`),
    ...tally.failedNames.map((name) => `failed: ${name}`),
    `${tally.passed} passed, ${tally.failed} failed`,
  ];
}

/** The tally of a command that ends with `tallyLines`; one that does not has counted nothing. */
export function parseTally(output: string): Tally {
  const counts = /(\d+) passed, (\d+) failed\s*$/u.exec(output);
  return {
    passed: Number(counts?.[1] ?? 0),
    failed: Number(counts?.[2] ?? 0),
    failedNames: linesAfter("failed: ", output),
    skipped: linesAfter("skipped: ", output),
  };
}

function linesAfter(prefix: string, output: string): readonly string[] {
  const lines = output.split("\n").filter((line) => line.startsWith(prefix));
  return lines.map((line) => line.slice(prefix.length).trimEnd());
}
