// `npm run prove`: the long proofs. `npm run prove -- --seconds 7200` sets how long the seeds run; an hour by default.
import { parseArgs } from "node:util";
import { finish, runSteps } from "./steps.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "3600" } } });
const seconds = Number(values.seconds);

finish(
  await runSteps([
    { name: "check", command: ["node", "scripts/check.ts"], limitSeconds: 300, counts: "lastLine" },
    { name: "test", command: ["node", "scripts/test.ts"], limitSeconds: 600, counts: "lastLine" },
    { name: "Dockerfile replay", command: ["node", "scripts/replay-dockerfile.ts"], limitSeconds: 600 },
    {
      name: `seeds, ${seconds} s`,
      command: ["node", "scripts/seeds.ts", "--seconds", String(seconds)],
      limitSeconds: seconds + 120,
    },
  ]),
);
