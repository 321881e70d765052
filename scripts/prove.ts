// `npm run prove`: the long proofs: hundreds of kills, failovers of a replicated database, minutes of transactions, half a
// million malformed requests, an hour of seeds.
// `npm run prove -- --seconds 7200` sets how long the seeds run. Figures are recorded with the commit they are for.
import process from "node:process";
import { parseArgs } from "node:util";
import { finish, runSteps } from "./steps.ts";
import type { Step } from "./steps.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "3600" } } });
const seconds = Number(values.seconds);

finish(
  await runSteps([
    { name: "check", command: ["node", "scripts/check.ts"], limitSeconds: 300, counts: "lastLine" },
    { name: "test", command: ["node", "scripts/test.ts"], limitSeconds: 600, counts: "lastLine" },
    { name: "Dockerfile replay", command: ["node", "scripts/replay-dockerfile.ts"], limitSeconds: 600 },
    longTest("200 kills of a writing process", "test/crash/kill.test.ts", { STATOR_KILLS: "200" }),
    longTest("100 kills of a server", "test/crash/server-kill.test.ts", { STATOR_KILL_ROUNDS: "100" }),
    longTest("100 kills of a server with indexes", "test/crash/index-kill.test.ts", {
      STATOR_KILL_ROUNDS: "100",
    }),
    longTest("100 kills of a server amid transactions", "test/crash/transaction-kill.test.ts", {
      STATOR_KILL_ROUNDS: "100",
    }),
    longTest("35 failures of servers on a replicated PostgreSQL", "test/postgres/kill-rounds.test.ts", {
      STATOR_POSTGRES: process.env["STATOR_POSTGRES"] ?? "auto",
      STATOR_PG_KILL_ROUNDS: process.env["STATOR_PG_KILL_ROUNDS"] ?? "35",
      STATOR_PG_CUT_SECONDS: "30",
    }),
    longTest("5 minutes of transactions with one order", "test/threads/transactions-history.test.ts", {
      STATOR_HISTORY_SECONDS: "75",
    }),
    longTest("500,000 changed requests", "test/fuzz", { STATOR_FUZZ_REQUESTS: "500000" }),
    {
      name: `seeds, ${seconds} s`,
      command: ["node", "scripts/seeds.ts", "--seconds", String(seconds)],
      limitSeconds: seconds + 120,
    },
  ]),
);

/** A test of the daily run, made long by its environment variable. */
function longTest(name: string, path: string, env: Readonly<Record<string, string>>): Step {
  return { name, command: ["vitest", "run", path], limitSeconds: 3600, counts: "vitest", env };
}
