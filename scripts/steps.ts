// Runs named commands one after the other, each with a time limit, and counts what passed and what failed.
// `npm run check`, `npm test` and scripts/run-clients.ts are lists of such steps.
//
// Of a step that fails the failed tests are shown, or else the end of its output. A step that runs tests says how many;
// every other step counts as one.
import { addTallies, nothing, parseTally, tallyLines } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import {
  failureText,
  lastLines,
  parseTestReport,
  reportPathVariable,
  tallyOfReport,
} from "./vitest-report.ts";
import type { TestReport } from "./vitest-report.ts";

export interface Step {
  readonly name: string;
  /** Program and arguments; programs of node_modules/.bin are found first. */
  readonly command: readonly string[];
  readonly limitSeconds: number;
  /** "vitest": counts the tests of a vitest run. "lastLine": the step ends with "N passed, N failed". */
  readonly counts?: "vitest" | "lastLine";
  readonly env?: Readonly<Record<string, string>>;
}

interface Ended {
  readonly exitCode: number;
  readonly output: string;
  readonly timedOut: boolean;
  /** Of a vitest run that came to its end. */
  readonly report: TestReport | undefined;
}

/** The end of vitest's output is its summary; a compiler or linter says everything once, and all of it matters. */
const outputLinesMax = { vitest: 40, other: 200 } as const;

export const checkout: string = join(import.meta.dirname, "..");

/** Runs every step, also after a failure: one run shows all that is wrong. */
export async function runSteps(steps: readonly Step[]): Promise<Tally> {
  let tally = nothing;
  for (const step of steps) tally = addTallies(tally, await runStep(step));
  return tally;
}

/** Prints what was skipped, what failed and the counts, alone on the last line, and sets the exit code. */
export function finish(tally: Tally): void {
  if (tally.failed > 0 || ranNothing(tally)) process.exitCode = 1;
  console.log(tallyLines(tally).join("\n"));
}

/** Passing nothing is no success, unless it is said what was skipped and why. */
function ranNothing(tally: Tally): boolean {
  return tally.passed + tally.failed + tally.skipped.length === 0;
}

async function runStep(step: Step): Promise<Tally> {
  const startedMs = performance.now();
  const ended = await runCommand(step);
  const tally = count(step, ended);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const verdict = tally.failed > 0 ? "FAILED" : "ok";
  console.log(`${verdict.padEnd(6)} ${step.name} (${tally.passed} passed, ${seconds} s)`);
  for (const figures of figuresIn(ended.output)) console.log(figures);
  if (tally.failed > 0) console.log(textOfFailure(step, ended));
  return tally;
}

/** What a step says for the record. */
function figuresIn(output: string): readonly string[] {
  return output.split("\n").filter((line) => line.startsWith("figures: "));
}

function textOfFailure(step: Step, ended: Ended): string {
  const failures = ended.report?.failures ?? [];
  const linesMax = step.counts === "vitest" ? outputLinesMax.vitest : outputLinesMax.other;
  const found = failures.length > 0 ? failures.map(failureText) : [lastLines(ended.output, linesMax)];
  const late = ended.timedOut ? [`stopped after its limit of ${step.limitSeconds} s`] : [];
  return [`--- ${step.command.join(" ")}`, ...found, ...late, "---"].join("\n");
}

function count(step: Step, ended: Ended): Tally {
  const broken = ended.exitCode !== 0 || ended.timedOut;
  const found = countedTests(step, ended);
  // A run that ends badly without naming a failed test (a crash, no tests at all) is a failure all the same.
  const failed = (broken && found.failed === 0) || ranNothing(found) ? 1 : found.failed;
  const failedNames = failed > 0 && found.failedNames.length === 0 ? [step.name] : found.failedNames;
  return { ...found, failed, failedNames };
}

function countedTests(step: Step, ended: Ended): Tally {
  const broken = ended.exitCode !== 0 || ended.timedOut;
  if (step.counts === undefined) return { ...nothing, passed: broken ? 0 : 1 };
  if (step.counts === "vitest") return tallyOfReport(ended.report, step.name);
  return parseTally(ended.output);
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error: unknown) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function runCommand(step: Step): Promise<Ended> {
  if (step.counts !== "vitest") {
    return { ...(await runProgram(step, step.command, step.env ?? {})), report: undefined };
  }
  const scratch = mkdtempSync(join(tmpdir(), "stator-step-"));
  try {
    const path = join(scratch, "report.json");
    const reporters = ["--reporter=default", `--reporter=${join(import.meta.dirname, "vitest-reporter.ts")}`];
    const env = { ...step.env, [reportPathVariable]: path };
    const ended = await runProgram(step, [...step.command, ...reporters], env);
    return { ...ended, report: parseTestReport(readIfPresent(path)) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runProgram(
  step: Step,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Omit<Ended, "report">> {
  const [program = "", ...args] = command;
  const bin = join(checkout, "node_modules/.bin");
  const child = spawn(program, args, {
    cwd: checkout,
    env: { ...process.env, ...env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that a step that hangs is stopped with everything it started.
    detached: true,
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, step.limitSeconds * 1000);
  const exitCode = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      chunks.push(`${program}: ${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
  clearTimeout(timer);
  return { exitCode, output: chunks.join(""), timedOut };
}
