// Reads the JSON report of a vitest run into counts and a list of skipped tests.
import { join, relative } from "node:path";
import type { Tally } from "./tally.ts";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

const checkout = join(import.meta.dirname, "..");

/** No report at all means that vitest did not get as far as running anything. */
export function parseVitestReport(text: string | undefined, step: string): Tally {
  if (text === undefined) return { passed: 0, failed: 1, skipped: [] };
  const report = JSON.parse(text) as Report;
  // A file that cannot be loaded has no tests of its own, so that it would otherwise count for nothing.
  const unloadable = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const skipped = report.testResults.flatMap((file) => {
    const names = file.assertionResults
      .filter((test) => test.status !== "passed" && test.status !== "failed")
      .map((test) => test.fullName);
    return names.length === 0
      ? []
      : [`${step}: ${names.length} in ${relative(checkout, file.name)} (it says why): ${names.join("; ")}`];
  });
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloadable.length, skipped };
}
