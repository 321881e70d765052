// kill -9 at random moments: no acknowledged write is lost, none is half there, and the store opens within a
// second. STATOR_KILLS makes it long, STATOR_SEED moves the moments.
import { spawn } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { monotonicMs, seededRandom, systemClock } from "../../src/base/index.ts";
import { openSqliteEngine, type SqliteEngine } from "../../src/storage/sqlite/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { crashDecides, findNumbers } from "./crash-program.ts";

const rounds = Number(process.env["STATOR_KILLS"] ?? 5);
const random = seededRandom(Number(process.env["STATOR_SEED"] ?? 1));
const clock = systemClock();
const pollMs = 5;
const reopenMsMax = 1000;
/** A machine that stands still for a second makes any store late, but not three times. */
const reopensMax = 3;

function open(path: string): Promise<SqliteEngine> {
  return openSqliteEngine({ location: { kind: "directory", path }, decide: crashDecides, clock });
}

interface KilledRun {
  readonly acknowledged: readonly number[];
  /** What opening the store said while its owner lived. */
  readonly whileAlive: unknown;
}

/** Lets a process write for some milliseconds, and until so many writes are acknowledged, then kills it. */
async function writeUntilKilled(
  path: string,
  { first, acknowledgedMin }: { readonly first: number; readonly acknowledgedMin: number },
): Promise<KilledRun> {
  const script = join(import.meta.dirname, "written-until-killed.ts");
  const writing = spawn(process.execPath, [script, path, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const gone = new Promise<void>((resolve) => writing.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    writing.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.startsWith("ready")) resolve();
    });
    writing.once("exit", () => reject(new Error("the writing process ended by itself")));
  });
  const whileAlive: unknown = await open(path).catch((error: unknown) => error);
  await clock.sleep(random.below(120));
  // A last line without its end was cut off by the kill: the number may be shorter than it was.
  const acknowledged = (): readonly number[] => output.split("\n").slice(1, -1).map(Number);
  while (writing.exitCode === null && acknowledged().length < acknowledgedMin) await clock.sleep(pollMs);
  writing.kill("SIGKILL");
  await gone;
  return { acknowledged: acknowledged(), whileAlive };
}

/** The least of some tries, each on a copy: who has opened a store leaves it in good order. */
async function reopenMs(path: string): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let reopens = 0; reopens < reopensMax && leastMs >= reopenMsMax; reopens += 1) {
    const copy = temporaryFolder();
    cpSync(path, copy, { recursive: true });
    const startedMs = monotonicMs();
    const engine = await open(copy);
    leastMs = Math.min(leastMs, monotonicMs() - startedMs);
    await engine.close();
    rmSync(copy, { recursive: true });
  }
  return leastMs;
}

test(`${rounds} kills lose nothing`, { timeout: 20_000 + rounds * 5000 }, async () => {
  const path = temporaryFolder();
  const acknowledged = new Set<number>();
  let first = 1;
  for (let round = 1; round <= rounds; round += 1) {
    // On a slow disk the moment may come before the first acknowledgement, but not in all rounds.
    const acknowledgedMin = Math.max(0, rounds + 1 - acknowledged.size);
    const run = await writeUntilKilled(path, { first, acknowledgedMin });
    expect(run.whileAlive).toMatchObject({ name: "StorageError", code: "locked" });
    for (const number of run.acknowledged) acknowledged.add(number);
    expect(await reopenMs(path)).toBeLessThan(reopenMsMax);
    const engine = await open(path);
    const { numbers, problems } = await findNumbers(engine);
    expect(problems).toEqual([]);
    expect([...acknowledged].filter((number) => !numbers.has(number))).toEqual([]);
    expect(await engine.verify()).toEqual([]);
    await engine.close();
    first = Math.max(0, ...numbers) + 1;
  }
  expect(acknowledged.size).toBeGreaterThan(rounds);
  rmSync(path, { recursive: true, force: true });
});
