// `npm run clients`: the built server against clients that other people wrote: boto3 and the AWS CLI.
//
// Each suite of test/clients/ runs on a fresh in-memory server, finds it through STATOR_ENDPOINT, and prints
// "N passed, N failed" as its last line. A client that is not installed is skipped with its reason, or, with
// --require, is a failure.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { startBuiltServer } from "./built-server.ts";
import { addTallies, checkout, finish, nothing, runSteps } from "./steps.ts";
import type { Tally } from "./steps.ts";

interface ClientSuite {
  readonly name: string;
  /** Succeeds when the client is installed. */
  readonly probe: readonly string[];
  readonly command: readonly string[];
}

const suites: readonly ClientSuite[] = [
  {
    name: "boto3",
    probe: ["python3", "-c", "import boto3"],
    command: ["python3", "test/clients/boto3_suite.py"],
  },
  {
    name: "AWS CLI",
    probe: ["aws", "--version"],
    command: ["node", "test/clients/aws-cli-suite.ts"],
  },
];

/** Clients refuse to send anything without these; an open server ignores what they are. */
const credentials = {
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_PAGER: "",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

const required = process.argv.includes("--require");
let tally = nothing;
for (const suite of suites) tally = addTallies(tally, await runSuite(suite));
finish(tally);

async function runSuite(suite: ClientSuite): Promise<Tally> {
  const missing = reasonToSkip(suite);
  if (missing !== undefined) {
    console.log(`${required ? "FAILED" : "skip  "} ${suite.name}: ${missing}`);
    return required ? { ...nothing, failed: 1 } : { ...nothing, skipped: [`${suite.name}: ${missing}`] };
  }
  const server = await startBuiltServer({ args: ["--memory"], readyWithinMs: 20_000 });
  try {
    return await runSteps([
      {
        name: suite.name,
        command: suite.command,
        limitSeconds: 240,
        counts: "lastLine",
        env: { ...credentials, STATOR_ENDPOINT: server.endpoint },
      },
    ]);
  } finally {
    await server.stop();
  }
}

function reasonToSkip(suite: ClientSuite): string | undefined {
  const [program = "", ...args] = suite.probe;
  const probe = spawnSync(program, args, { encoding: "utf8", timeout: 60_000 });
  if (probe.error !== undefined || probe.status !== 0) return `${suite.name} is not installed here`;
  const script = suite.command.at(-1) ?? "";
  return existsSync(join(checkout, script)) ? undefined : `${script} does not exist`;
}
