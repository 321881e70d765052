// Runs named commands one after the other, each with a time limit, and counts what passed and what failed.
// `npm run check`, `npm test` and scripts/run-clients.ts are lists of such steps.
//
// A step's output is shown when it fails. A step that runs tests says how many; every other step counts as one.
import { addTallies, nothing } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { parseVitestReport } from "./vitest-report.ts";

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
}

export const checkout: string = join(import.meta.dirname, "..");

/** Runs every step, also after a failure: one run shows all that is wrong. */
export async function runSteps(steps: readonly Step[]): Promise<Tally> {
  let tally = nothing;
  for (const step of steps) tally = addTallies(tally, await runStep(step));
  return tally;
}

/** Prints what was skipped and the counts, alone on the last line, and sets the exit code. */
export function finish(tally: Tally): void {
  for (const reason of tally.skipped) console.log(`skipped: ${reason}`);
  if (tally.failed > 0 || ranNothing(tally)) process.exitCode = 1;
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
}

/** Passing nothing is no success, unless it is said what was skipped and why. */
function ranNothing(tally: Tally): boolean {
  return tally.passed + tally.failed + tally.skipped.length === 0;
}

async function runStep(step: Step): Promise<Tally> {
  const startedMs = performance.now();
  const scratch = mkdtempSync(join(tmpdir(), "stator-step-"));
  try {
    const report = join(scratch, "vitest.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const command = step.counts === "vitest" ? [...step.command, ...reporters] : step.command;
    const ended = await runCommand(command, step);
    const tally = count(step, ended, report);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const verdict = tally.failed > 0 ? "FAILED" : "ok";
    console.log(`${verdict.padEnd(6)} ${step.name} (${tally.passed} passed, ${seconds} s)`);
    if (tally.failed > 0) console.log(failureText(step, ended));
    return tally;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function failureText(step: Step, ended: Ended): string {
  const late = ended.timedOut ? `\nstopped after its limit of ${step.limitSeconds} s` : "";
  return `--- ${step.command.join(" ")}\n${ended.output.trimEnd()}${late}\n---`;
}

function count(step: Step, ended: Ended, report: string): Tally {
  const broken = ended.exitCode !== 0 || ended.timedOut;
  const found = countedTests(step, ended, report);
  // A run that ends badly without naming a failed test (a crash, no tests at all) is a failure all the same.
  if (broken && found.failed === 0) return { ...found, failed: 1 };
  if (ranNothing(found)) return { ...found, failed: 1 };
  return found;
}

function countedTests(step: Step, ended: Ended, report: string): Tally {
  const broken = ended.exitCode !== 0 || ended.timedOut;
  if (step.counts === undefined) return { ...nothing, passed: broken ? 0 : 1 };
  if (step.counts === "vitest") return parseVitestReport(readIfPresent(report), step.name);
  const match = /(\d+) passed, (\d+) failed\s*$/u.exec(ended.output);
  const skipped = [...ended.output.matchAll(/^skipped: (.+)$/gmu)].map((line) => line[1] ?? "");
  return { passed: Number(match?.[1] ?? 0), failed: Number(match?.[2] ?? 0), skipped };
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error: unknown) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function runCommand(command: readonly string[], step: Step): Promise<Ended> {
  const [program = "", ...args] = command;
  const bin = join(checkout, "node_modules/.bin");
  const child = spawn(program, args, {
    cwd: checkout,
    env: { ...process.env, ...step.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` },
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
