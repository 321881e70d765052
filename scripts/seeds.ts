// Runs the model tests under ever new seeds until the time is over: `node scripts/seeds.ts --seconds 60`.
//
// The first seed follows from the commit, so that a commit's check can be repeated and the next commit looks
// at other programs; `--seed N` starts from N. A failing seed is printed with the command that repeats it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { checkout } from "./steps.ts";

/** Operations against a naive model, and the storage engine against the model engine. */
const suites = ["test/model", "src/storage/sqlite/programs.test.ts"];
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "10" }, seed: { type: "string" }, runs: { type: "string" } },
});
const secondsMax = Number(values.seconds);
const firstSeed = values.seed === undefined ? seedOfCommit() : Number(values.seed);
const startedMs = performance.now();

let rounds = 0;
let programs = 0;
// Doubled while a round is short, so that most of the time goes to programs and little to starting vitest.
let runs = Number(values.runs ?? 50);
while (process.exitCode === undefined && (rounds === 0 || secondsLeft() > 1)) {
  const roundMs = runRound(firstSeed + rounds, runs);
  rounds += 1;
  programs += runs;
  const nextMs = Math.min(secondsLeft(), 20) * 1000;
  runs = Math.max(20, Math.min(runs * 2, Math.floor((runs * nextMs) / Math.max(roundMs, 500))));
}
console.log(`${programs} programs under seeds ${firstSeed} to ${firstSeed + rounds - 1}`);

function runRound(seed: number, programsMax: number): number {
  const roundStartedMs = performance.now();
  const env = {
    ...process.env,
    STATOR_SEED: String(seed),
    STATOR_MODEL_RUNS: String(programsMax),
    STATOR_PROGRAMS: String(Math.ceil(programsMax / 2)),
  };
  const vitest = join(checkout, "node_modules/.bin/vitest");
  const done = spawnSync(vitest, ["run", ...suites, "--testTimeout=120000"], {
    cwd: checkout,
    env,
    encoding: "utf8",
  });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) {
    console.error(done.stdout + done.stderr);
    console.error(`failed; again: node scripts/seeds.ts --seconds 1 --seed ${seed} --runs ${programsMax}`);
    process.exitCode = 1;
  }
  return performance.now() - roundStartedMs;
}

function secondsLeft(): number {
  return secondsMax - (performance.now() - startedMs) / 1000;
}

function seedOfCommit(): number {
  const head = spawnSync("git", ["rev-parse", "HEAD"], { cwd: checkout, encoding: "utf8" });
  const text = head.status === 0 ? head.stdout : "no commit";
  return createHash("sha256").update(text).digest().readUInt32BE(0) % 1_000_000_000;
}
