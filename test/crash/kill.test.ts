// kill -9 at random moments: no acknowledged write is lost, none is half there, and the store opens within a
// second. STATOR_KILLS makes it long, STATOR_SEED moves the moments.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { monotonicMs, seededRandom, systemClock } from "../../src/base/index.ts";
import { openSqliteEngine, type SqliteEngine } from "../../src/storage/sqlite/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { crashDecides, findNumbers } from "./crash-program.ts";

const rounds = Number(process.env["STATOR_KILLS"] ?? 5);
const random = seededRandom(Number(process.env["STATOR_SEED"] ?? 1));
const clock = systemClock();
const reopenMsMax = 1000;

function open(path: string): Promise<SqliteEngine> {
  return openSqliteEngine({ location: { kind: "directory", path }, decide: crashDecides, clock });
}

interface KilledRun {
  readonly acknowledged: readonly number[];
  /** What opening the store said while its owner lived. */
  readonly whileAlive: unknown;
}

/** Lets a process write for some milliseconds after its first acknowledgements, then kills it. */
async function writeUntilKilled(path: string, first: number): Promise<KilledRun> {
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
  writing.kill("SIGKILL");
  await gone;
  // A last line without its end was cut off by the kill: the number may be shorter than it was.
  const lines = output.split("\n").slice(1, -1);
  return { acknowledged: lines.map(Number), whileAlive };
}

test(`${rounds} kills lose nothing`, { timeout: 20_000 + rounds * 5000 }, async () => {
  const path = temporaryFolder();
  const acknowledged = new Set<number>();
  let first = 1;
  for (let round = 1; round <= rounds; round += 1) {
    const run = await writeUntilKilled(path, first);
    expect(run.whileAlive).toMatchObject({ name: "StorageError", code: "locked" });
    for (const number of run.acknowledged) acknowledged.add(number);
    const startedMs = monotonicMs();
    const engine = await open(path);
    const reopenMs = monotonicMs() - startedMs;
    expect(reopenMs).toBeLessThan(reopenMsMax);
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
