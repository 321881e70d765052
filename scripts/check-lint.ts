// Lints the checkout, after making sure that the type-aware rules really run: the promises that
// test/lint-canary forgets must be reported. A linter without its type information only looks satisfied.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

const checkout = join(import.meta.dirname, "..");
const expected = ["typescript(no-floating-promises)", "typescript(no-misused-promises)"];

const canary = oxlint(["-c", "test/lint-canary/oxlintrc.json", "-f", "json", "test/lint-canary"]);
const reported = canary.output;
const missed = expected.filter((rule) => !reported.includes(`"${rule}"`));
for (const rule of missed) {
  console.error(`test/lint-canary: ${rule} was not reported; is oxlint-tsgolint installed?\n${reported}`);
}

const real = oxlint([]);
process.stdout.write(real.output);
if (missed.length > 0 || real.status !== 0) process.exitCode = 1;

function oxlint(args: readonly string[]): { status: number; output: string } {
  const run = spawnSync(join(checkout, "node_modules/.bin/oxlint"), args, {
    cwd: checkout,
    encoding: "utf8",
  });
  if (run.error !== undefined) throw run.error;
  return { status: run.status ?? 1, output: run.stdout + run.stderr };
}
