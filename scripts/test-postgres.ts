// `npm run test:postgres`: what needs real PostgreSQL servers, which the tests start and stop themselves, on loopback.
// Without STATOR_POSTGRES it takes what it finds here; `required` makes it a failure when that is not enough.
// The three nodes with Patroni are left to `npm run prove`: their waits are those of a real cluster.
import process from "node:process";
import { finish, runSteps } from "./steps.ts";
import type { Step } from "./steps.ts";

const servers = { STATOR_POSTGRES: process.env["STATOR_POSTGRES"] ?? "auto" };
/** Servers start and fail over beside each other here. */
const patience = ["--testTimeout=60000", "--hookTimeout=60000"];

/** What opens its stores through src/testing: see store-under-test.ts there. */
const crossRoomSuites = [
  "test/clients",
  "test/conformance",
  "test/fuzz/partiql-fuzz.test.ts",
  "test/mappers",
  "test/model",
  "test/threads",
];

const steps: readonly Step[] = [
  {
    name: "the engine on real servers",
    command: [
      "vitest",
      "run",
      "--maxWorkers=100%",
      "--no-isolate",
      ...patience,
      "src/storage/postgres",
      "src/testing/postgres-servers",
    ],
    limitSeconds: 420,
    counts: "vitest",
    env: servers,
  },
  {
    name: "servers on PostgreSQL: faults, kills, failovers, histories",
    command: ["vitest", "run", ...patience, "--exclude=test/postgres/patroni.test.ts", "test/postgres"],
    limitSeconds: 420,
    counts: "vitest",
    env: servers,
  },
  {
    name: "cross-room suites on PostgreSQL",
    command: ["vitest", "run", ...patience, ...crossRoomSuites],
    limitSeconds: 480,
    counts: "vitest",
    env: { ...servers, STATOR_TEST_STORE: "postgres" },
  },
  {
    name: "real clients on PostgreSQL: boto3, AWS CLI",
    command: ["node", "scripts/run-clients.ts", "--store", "postgres"],
    limitSeconds: 240,
    counts: "lastLine",
    env: servers,
  },
];

finish(await runSteps(steps));
