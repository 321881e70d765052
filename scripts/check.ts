// `npm run check`: what must hold before anything is committed, in under a minute on two cores.
import process from "node:process";
import { finish, runSteps } from "./steps.ts";
import { addTallies } from "./tally.ts";

const startedMs = performance.now();

/** The two lists beside each other: neither keeps two cores busy. */
const [read, walked] = await Promise.all([
  runSteps([
    { name: "format", command: ["oxfmt", "--check"], limitSeconds: 20 },
    { name: "lint", command: ["node", "scripts/check-lint.ts"], limitSeconds: 60 },
    { name: "types", command: ["tsc", "-p", "tsconfig.json"], limitSeconds: 60 },
  ]),
  runSteps([
    { name: "rooms", command: ["node", "scripts/check-rooms.ts"], limitSeconds: 60 },
    { name: "dead code", command: ["knip"], limitSeconds: 60 },
    { name: "seeds, 10 s", command: ["node", "scripts/seeds.ts", "--seconds", "10"], limitSeconds: 40 },
  ]),
]);
const tested = await runSteps([
  {
    name: "unit, contract and tidy tests",
    // Left to itself vitest keeps one core free, which on two cores is half of them, and makes a new worker for each of
    // many short files, which takes longer than the tests.
    command: ["vitest", "run", "--maxWorkers=100%", "--no-isolate", "src", "test/tidy.test.ts"],
    limitSeconds: 120,
    counts: "vitest",
  },
]);
console.log(`check took ${((performance.now() - startedMs) / 1000).toFixed(1)} s on node ${process.version}`);
finish(addTallies(addTallies(read, walked), tested));
