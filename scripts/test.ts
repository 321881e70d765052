// `npm test`: what a stranger runs, in under five minutes, with nothing but Node and npm. What it cannot run
// here it names, with the reason, before the counts on the last line.
import process from "node:process";
import { finish, runSteps } from "./steps.ts";
import type { Step } from "./steps.ts";
import { addTallies, nothing } from "./tally.ts";
import type { Tally } from "./tally.ts";

/** They use all cores. */
const tests: readonly Step[] = [
  {
    name: "unit and contract tests",
    // As in `npm run check`: a new worker for each of many short files would take longer than the tests.
    command: ["vitest", "run", "--maxWorkers=100%", "--no-isolate", "src/"],
    limitSeconds: 100,
    counts: "vitest",
  },
  {
    name: "cross-room tests",
    // Many of them start processes and wait for disks, on machines that stand still for seconds now and then.
    command: [
      "vitest",
      "run",
      "--maxWorkers=100%",
      "--testTimeout=30000",
      "--hookTimeout=30000",
      // Half a minute of statements under a watch: with the real servers (test-postgres.ts).
      "--exclude=test/postgres/spread.test.ts",
      "test/",
      "bench/",
    ],
    limitSeconds: 220,
    counts: "vitest",
  },
];

/** Those of each list one after the other, the two lists beside each other: each keeps about one core busy. */
const seeds: readonly Step[] = [
  { name: "seeds, 60 s", command: ["node", "scripts/seeds.ts", "--seconds", "60"], limitSeconds: 90 },
];
const users: readonly Step[] = [
  {
    name: "packed package: import, require, Vitest, old Node",
    command: ["node", "test/package/smoke.ts"],
    limitSeconds: 90,
    counts: "lastLine",
  },
  {
    name: "real clients: boto3, AWS CLI",
    command: [
      "node",
      "scripts/run-clients.ts",
      ...(process.argv.includes("--require-clients") ? ["--require"] : []),
    ],
    limitSeconds: 240,
    counts: "lastLine",
  },
];

const startedMs = performance.now();
const built = await runSteps([{ name: "build", command: ["node", "scripts/build.ts"], limitSeconds: 60 }]);
// Some tests start the built server: without a build they would test the last one.
const tally =
  built.failed > 0 ? { ...nothing, skipped: ["everything else: the build failed"] } : await runAll();
console.log(
  `npm test took ${((performance.now() - startedMs) / 1000).toFixed(1)} s on node ${process.version}`,
);
finish(addTallies(built, tally));

async function runAll(): Promise<Tally> {
  const tested = await runSteps(tests);
  const [seeded, used] = await Promise.all([runSteps(seeds), runSteps(users)]);
  return addTallies(tested, addTallies(seeded, used));
}
