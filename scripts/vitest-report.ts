// What a vitest run says about itself: written by vitest-reporter.ts inside vitest, read by steps.ts outside.
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { nothing } from "./tally.ts";
import type { Tally } from "./tally.ts";

/** The variable that tells the reporter which file to write. */
export const reportPathVariable = "STATOR_TEST_REPORT";

export interface TestReport {
  readonly passed: number;
  /** Failed tests, failed hooks and files that cannot be loaded, and errors that nobody caught. */
  readonly failures: readonly Failure[];
  readonly skipped: readonly SkippedTests[];
}

export interface Failure {
  /** `file > group > test` */
  readonly name: string;
  /** Only of tests: one that ran as long as its limit tells of a machine that is slow, or of a wait without an end. */
  readonly durationMs?: number;
  readonly errors: readonly FailureError[];
}

/** The parts of an error that vitest hands to its reporters. */
export interface FailureError {
  readonly message: string;
  readonly diff?: string | undefined;
  readonly cause?: FailureError | undefined;
  readonly stacks?: readonly StackFrame[] | undefined;
}

interface StackFrame {
  readonly file: string;
  readonly line: number;
}

interface SkippedTests {
  readonly file: string;
  readonly names: readonly string[];
}

const checkout = join(import.meta.dirname, "..");

/** So much of one failure is shown that ten of them fit into the end of a log. */
const shown = { errors: 3, messageLines: 12, diffLines: 12, frames: 3, lineLength: 240 } as const;

export function parseTestReport(text: string | undefined): TestReport | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as TestReport);
}

/** No report at all means that vitest did not get as far as running anything, or did not come to its end. */
export function tallyOfReport(report: TestReport | undefined, step: string): Tally {
  if (report === undefined) return { ...nothing, failed: 1, failedNames: [`${step} (no report)`] };
  const skipped = report.skipped.map(
    ({ file, names }) => `${step}: ${names.length} in ${file} (it says why): ${names.join("; ")}`,
  );
  const failedNames = report.failures.map((failure) => failure.name);
  return { passed: report.passed, failed: report.failures.length, failedNames, skipped };
}

/** `FAILED name`, then the start of each message and diff, then where: what a reader needs before running it again. */
export function failureText(failure: Failure): string {
  const duration = failure.durationMs === undefined ? "" : ` (${Math.round(failure.durationMs)} ms)`;
  const errors = failure.errors.slice(0, shown.errors).flatMap(errorLines);
  return [`FAILED ${failure.name}${duration}`, ...errors.map((line) => `  ${line}`.trimEnd())].join("\n");
}

/** The last lines of a program's output, without colours. */
export function lastLines(output: string, linesMax: number): string {
  return stripVTControlCharacters(output).trimEnd().split("\n").slice(-linesMax).map(shortened).join("\n");
}

function errorLines(error: FailureError): readonly string[] {
  const frames = (error.stacks ?? []).slice(0, shown.frames);
  return [
    ...firstLines(error.message, shown.messageLines),
    ...firstLines(error.diff ?? "", shown.diffLines),
    ...frames.map((frame) => `at ${relative(checkout, frame.file)}:${frame.line}`),
    ...firstLines(error.cause === undefined ? "" : `caused by: ${error.cause.message}`, shown.messageLines),
  ];
}

function firstLines(text: string, linesMax: number): readonly string[] {
  if (text === "") return [];
  const lines = stripVTControlCharacters(text).trimEnd().split("\n").map(shortened);
  const rest = lines.length - linesMax;
  return rest > 0 ? [...lines.slice(0, linesMax), `... ${rest} more lines`] : lines;
}

function shortened(line: string): string {
  return line.length > shown.lineLength ? `${line.slice(0, shown.lineLength)}...` : line;
}
