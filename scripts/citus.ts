// `node scripts/citus.ts --url postgres://USER@HOST:PORT/DATABASE [--worker HOST:PORT]...`: the tests on a Citus cluster that
// is running: the storage contract, random programs, servers end to end, and the conformance of what they answer. Each
// --worker is a server with the extension that is no node of the cluster yet: it is added, takes shards while writers
// run, is drained and removed again. The password is PGPASSWORD's. Every store is a schema of its own, dropped at the end.
//
// `npm test` cannot run it: Debian has no Citus. There the statements are watched instead (src/testing/spread-watch.ts).
import process from "node:process";
import { parseArgs } from "node:util";
import { askCoordinator, parseWorker } from "./citus/coordinator.ts";
import { finish, runSteps } from "./steps.ts";
import type { Step } from "./steps.ts";

const stepSecondsMax = 7200;

const { values } = parseArgs({
  options: { url: { type: "string" }, worker: { type: "string", multiple: true, default: [] } },
});
if (values.url === undefined)
  refuse("it needs --url postgres://USER@HOST:PORT/DATABASE of a Citus coordinator");
const { url } = values;
const workers = values.worker;
for (const worker of workers) {
  if (parseWorker(worker) === undefined) refuse(`a worker is HOST:PORT, not ${worker}`);
}

const cluster = await lookAt(url);
if (cluster.citus === undefined) {
  refuse(
    `the database has no extension citus (PostgreSQL ${cluster.postgres}): nothing was run. ` +
      "Run CREATE EXTENSION citus in it, on all nodes; see docs/deploy/citus.md",
  );
}
console.log(`PostgreSQL ${cluster.postgres}, Citus ${cluster.citus}, ${cluster.nodes} node(s)`);

const moves: readonly Step[] = [
  clusterTest("shards that move under writers", "moves", { STATOR_CITUS_WORKERS: workers.join(",") }),
];
finish(
  await runSteps([
    clusterTest("storage contract and programs", "engine"),
    ...(workers.length > 0 ? moves : []),
    storeTest("servers end to end", ["test/threads"]),
    storeTest("conformance", ["test/conformance"]),
    storeTest("model and mappers", ["test/model", "test/mappers"]),
  ]),
);

interface Cluster {
  readonly postgres: string;
  readonly citus: string | undefined;
  readonly nodes: number;
}

function lookAt(place: string): Promise<Cluster> {
  return askCoordinator(place, async (rows) => {
    const [postgres] = (await rows("SHOW server_version"))[0] ?? [];
    const [citus] = (await rows("SELECT extversion FROM pg_extension WHERE extname = 'citus'"))[0] ?? [];
    const nodes = citus === undefined ? [] : await rows("SELECT 1 FROM pg_dist_node WHERE isactive");
    return {
      postgres: postgres ?? "?",
      citus,
      nodes: nodes.length,
    };
  }).catch((error: unknown) => refuse(`the database cannot be asked: ${String(error)}`));
}

/** A test that only a cluster can run. */
function clusterTest(name: string, file: string, env: Readonly<Record<string, string>> = {}): Step {
  const config = ["--config", "scripts/citus/vitest.config.ts"];
  return {
    name,
    command: ["vitest", "run", ...config, `scripts/citus/${file}.test.ts`],
    limitSeconds: stepSecondsMax,
    counts: "vitest",
    env: { ...env, STATOR_CITUS_URL: url },
  };
}

/** Tests of the daily run, on stores of the cluster: each makes hundreds of tables. */
function storeTest(name: string, paths: readonly string[]): Step {
  const patient = ["--testTimeout=300000", "--hookTimeout=300000", "--maxWorkers=2"];
  return {
    name,
    command: ["vitest", "run", ...patient, ...paths],
    limitSeconds: stepSecondsMax,
    counts: "vitest",
    env: { STATOR_TEST_STORE: url },
  };
}

function refuse(reason: string): never {
  console.error(`scripts/citus.ts: ${reason}`);
  process.exit(1);
}
