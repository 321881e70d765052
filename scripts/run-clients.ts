// `npm run clients`: the built server against clients that other people wrote: boto3 and the AWS CLI.
//
// Each suite of test/clients/ runs on a fresh server, finds it through STATOR_ENDPOINT, and prints "N passed, N failed" as
// its last line. A client that is not installed is skipped with its reason, or, with --require, is a failure. Servers are
// in memory, and then, where STATOR_POSTGRES asks for it, on PostgreSQL; --store memory or --store postgres is one of them.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";
import { postgresForTests } from "../src/testing/postgres-servers/postgres-for-tests.ts";
import { sharedPostgres } from "../src/testing/postgres-servers/shared-postgres.ts";
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
  /** What follows `stator serve` and says where the data is. */
  readonly serve: readonly string[];
}

type StoreKind = "memory" | "postgres";

/** The one key a signed server knows; the suite signs with it. */
const signingKey = { STATOR_ACCESS_KEY_ID: "AKIDSUITE", STATOR_SECRET_ACCESS_KEY: "a secret for tests" };

const onOneThread = ["--routers", "0"];
const withRouters = ["--routers", "2"];

const boto3 = {
  // Debian installs boto3 for its own Python, which need not be the first one.
  programs: ["python3", "/usr/bin/python3"],
  probe: ["-c", "import boto3"],
};

const awsCli = {
  programs: ["aws"],
  probe: ["--version"],
  script: "test/clients/aws-cli-suite.ts",
  runner: process.execPath,
};

/** The cheap suite runs on both kinds of server, the others on the one that most people have. */
const suites: Readonly<Record<StoreKind, readonly ClientSuite[]>> = {
  memory: [
    { ...boto3, name: "boto3, one thread", script: "test/clients/boto3_suite.py", serve: onOneThread },
    { ...boto3, name: "boto3, two routers", script: "test/clients/boto3_suite.py", serve: withRouters },
    {
      ...boto3,
      name: "boto3 signatures, two routers",
      script: "test/clients/boto3_signatures.py",
      serve: [...withRouters, "--auth", "signed"],
    },
    { ...awsCli, name: "AWS CLI, two routers", serve: withRouters },
  ],
  postgres: [
    {
      ...boto3,
      name: "boto3 on PostgreSQL, two routers",
      script: "test/clients/boto3_suite.py",
      serve: withRouters,
    },
    { ...awsCli, name: "AWS CLI on PostgreSQL, two routers", serve: withRouters },
  ],
};

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

const { values } = parseArgs({ options: { require: { type: "boolean" }, store: { type: "string" } } });
const required = values.require ?? false;
let tally = nothing;
for (const kind of kindsOf(values.store)) tally = addTallies(tally, await runKind(kind));
finish(tally);

function kindsOf(store: string | undefined): readonly StoreKind[] {
  if (store === undefined) return ["memory", "postgres"];
  if (store === "memory" || store === "postgres") return [store];
  throw new Error(`--store is memory or postgres, not ${store}`);
}

async function runKind(kind: StoreKind): Promise<Tally> {
  let storeOptions = async (): Promise<readonly string[]> => ["--memory"];
  if (kind === "postgres") {
    const postgres = postgresForTests();
    if (postgres.kind === "skipped") {
      return { ...nothing, skipped: [`real clients on PostgreSQL: ${postgres.reason}`] };
    }
    const shared = await sharedPostgres(postgres.programs);
    storeOptions = async () => ["--store", (await shared.newDatabase()).url];
  }
  let found = nothing;
  for (const suite of suites[kind]) found = addTallies(found, await runSuite(suite, storeOptions));
  return found;
}

async function runSuite(suite: ClientSuite, storeOptions: () => Promise<readonly string[]>): Promise<Tally> {
  const program = programOf(suite);
  if (program === undefined) {
    const missing = "it is not installed here";
    console.log(`${required ? "FAILED" : "skip  "} ${suite.name}: ${missing}`);
    return required ? { ...nothing, failed: 1 } : { ...nothing, skipped: [`${suite.name}: ${missing}`] };
  }
  const server = await startBuiltServer({
    args: [...(await storeOptions()), ...suite.serve],
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
