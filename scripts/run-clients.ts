// `npm run clients`: the built server against clients that other people wrote: boto3 and the AWS CLI.
//
// Each suite of test/clients/ runs on a fresh in-memory server, finds it through STATOR_ENDPOINT, and prints
// "N passed, N failed" as its last line. A client that is not installed is skipped with its reason, or, with
// --require, is a failure.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { startBuiltServer } from "./built-server.ts";
import { finish, runSteps } from "./steps.ts";
import { addTallies, nothing } from "./tally.ts";
import type { Tally } from "./tally.ts";

interface ClientSuite {
  readonly name: string;
  /** Programs to try, in this order: the first for which the probe succeeds has the client. */
  readonly programs: readonly string[];
  readonly probe: readonly string[];
  /** File of test/clients/ and what runs it; absent: the program that has the client. */
  readonly script: string;
  readonly runner?: string;
  /** What follows `stator serve`. */
  readonly serve: readonly string[];
}

/** The one key a signed server knows; the suite signs with it. */
const signingKey = { STATOR_ACCESS_KEY_ID: "AKIDSUITE", STATOR_SECRET_ACCESS_KEY: "a secret for tests" };

const onOneThread = ["--memory", "--routers", "0"];
const withRouters = ["--memory", "--routers", "2"];

const boto3 = {
  // Debian installs boto3 for its own Python, which need not be the first one.
  programs: ["python3", "/usr/bin/python3"],
  probe: ["-c", "import boto3"],
};

/** The cheap suite runs on both kinds of server, the others on the one that most people have. */
const suites: readonly ClientSuite[] = [
  { ...boto3, name: "boto3, one thread", script: "test/clients/boto3_suite.py", serve: onOneThread },
  { ...boto3, name: "boto3, two routers", script: "test/clients/boto3_suite.py", serve: withRouters },
  {
    ...boto3,
    name: "boto3 signatures, two routers",
    script: "test/clients/boto3_signatures.py",
    serve: [...withRouters, "--auth", "signed"],
  },
  {
    name: "AWS CLI, two routers",
    programs: ["aws"],
    probe: ["--version"],
    script: "test/clients/aws-cli-suite.ts",
    runner: process.execPath,
    serve: withRouters,
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
  const program = programOf(suite);
  if (program === undefined) {
    const missing = "it is not installed here";
    console.log(`${required ? "FAILED" : "skip  "} ${suite.name}: ${missing}`);
    return required ? { ...nothing, failed: 1 } : { ...nothing, skipped: [`${suite.name}: ${missing}`] };
  }
  const server = await startBuiltServer({
    args: suite.serve,
    env: signingKey,
    readyWithinMs: 20_000,
  });
  try {
    return await runSteps([
      {
        name: suite.name,
        command: [suite.runner ?? program, suite.script],
        limitSeconds: 240,
        counts: "lastLine",
        env: { ...credentials, ...signingKey, STATOR_ENDPOINT: server.endpoint },
      },
    ]);
  } finally {
    await server.stop();
  }
}

function programOf({ programs, probe }: ClientSuite): string | undefined {
  return programs.find((program) => spawnSync(program, probe, { timeout: 60_000 }).status === 0);
}
