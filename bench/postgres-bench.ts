/** `npm run bench postgres`: the PostgreSQL engine beside pgbench on the same server, in the same minutes. */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { migratePostgresStore } from "../src/storage/postgres/index.ts";
import type { PostgresServer } from "../src/testing/postgres-servers/postgres-server.ts";
import { type LogHistogram, percentileMs } from "./load/log-histogram.ts";
import { positive, wholeNumber } from "./option-values.ts";
import { benchPrograms, settingsOf, startBenchServer } from "./postgres/bench-server.ts";
import { type Measured, type Measurement, measurements } from "./postgres/measurements.ts";
import { openPgbench, type Pgbench } from "./postgres/pgbench.ts";
import { barReport, medianReport, outcomeReport, roundReport } from "./postgres/report.ts";
import { startServerCpu } from "./postgres/server-cpu.ts";
import { valueBytes } from "./postgres/store-load.ts";
import { startStoreProcess, type StoreProcess, together } from "./postgres/store-processes.ts";
import { storeSettings } from "./postgres/store-settings.ts";
import { writeResults } from "./results.ts";

const keys = 50_000;
const warmUpMs = 500;

export const postgresHelp: string = `npm run bench postgres -- [options]

Starts a PostgreSQL server of its own, durable, and measures on it, interleaved in rounds, 1 KB values of ${keys} keys:
- get of the engine against a select by primary key with pgbench
- put, and update with a condition and a log record, against an upsert with pgbench
- two processes with an engine each: updates of 20 hot keys against updates of all
Engines run in processes of their own, as a server would. It installs nothing: the programs of a PostgreSQL server
with pgbench must be there (Debian: apt-get install postgresql; or STATOR_POSTGRES_BIN=FOLDER).

  --seconds N       of each measurement (default 4)
  --rounds N        default 3
  --heads N         of the store (default: the product's)
  --record          write the JSON file to bench/records/ instead of bench/results/`;

interface Plan {
  readonly seconds: number;
  readonly rounds: number;
  readonly heads: number | undefined;
  readonly record: boolean;
}

export async function postgresBench(args: readonly string[]): Promise<void> {
  const plan = parsePlan(args);
  const found = benchPrograms();
  if (found.kind === "missing") {
    console.error(`This benchmark needs the programs of a PostgreSQL server with pgbench: ${found.reason}`);
    process.exitCode = 1;
    return;
  }
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startBenchServer(found.programs));
  const settings = await settingsOf(server);
  console.log(settingsText(settings));
  const pgbench = stack.use(await openPgbench(found.programs, server, { rows: keys, valueBytes }));
  const place = { host: server.host, port: server.port, schema: "stator" };
  const heads = plan.heads === undefined ? {} : { heads: plan.heads };
  await migratePostgresStore({ settings: storeSettings(place), ...heads });
  const processes: StoreProcess[] = [];
  for (let index = 0; index < 2; index += 1) {
    const started = await startStoreProcess(place);
    stack.defer(() => started.close());
    processes.push(started);
  }
  await processes[0]?.fill(keys);
  await server.sql("CHECKPOINT");
  const measured = await measureRounds({ plan, server, pgbench, processes });
  console.log(`\nmedians of ${plan.rounds} rounds\n${medianReport(measured)}`);
  console.log(`\n${outcomeReport(measured)}\n\n${barReport(measured)}`);
  const path = writeResults({ name: "postgres", record: plan.record, figures: { plan, settings, measured } });
  console.error(`\nfigures in ${path}`);
}

interface Bench {
  readonly plan: Plan;
  readonly server: PostgresServer;
  readonly pgbench: Pgbench;
  readonly processes: readonly StoreProcess[];
}

async function measureRounds(bench: Bench): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (let round = 0; round < bench.plan.rounds; round += 1) {
    const measured: Measured[] = [];
    for (const measurement of measurements) measured.push(await measure(bench, measurement, round));
    const load = loadavg().map((average) => average.toFixed(1));
    console.log(`\nround ${round + 1}, load averages ${load.join(", ")}\n${roundReport(measured)}`);
    all.push(...measured);
  }
  return all;
}

async function measure(bench: Bench, measurement: Measurement, round: number): Promise<Measured> {
  const { name } = measurement;
  if (measurement.kind === "pgbench") return { round, name, ...(await measurePgbench(bench, measurement)) };
  return { round, name, ...(await measureStore(bench, measurement, round)) };
}

type Figures = Omit<Measured, "round" | "name">;

async function measurePgbench(
  { plan, server, pgbench }: Bench,
  { script, clients }: Extract<Measurement, { kind: "pgbench" }>,
): Promise<Figures> {
  const serverCpu = startServerCpu(server.pid);
  const report = await pgbench.run({ script, clients, seconds: plan.seconds });
  const perSecond = report.operationsPerSecond;
  return {
    perSecond,
    ...percentiles(report.latency),
    ...perOperation("serverCpuMicros", serverCpu(), perSecond * plan.seconds),
  };
}

async function measureStore(
  { plan, server, processes }: Bench,
  measurement: Extract<Measurement, { kind: "store" }>,
  round: number,
): Promise<Figures> {
  const { load } = measurement;
  const loaded = processes.slice(0, measurement.processes);
  const reports = loaded.map((each, index) =>
    each.run({
      load,
      callers: measurement.callers / loaded.length,
      keys: measurement.keys ?? keys,
      warmUpMs,
      windowMs: plan.seconds * 1000,
      seed: round * loaded.length + index,
      serverPid: server.pid,
    }),
  );
  const report = together(await Promise.all(reports));
  const { operations, seconds, groups, outcomes } = report;
  return {
    perSecond: operations / seconds,
    ...percentiles(report.latency),
    ...perOperation("ownCpuMicros", report.cpuMicros, operations),
    ...perOperation("serverCpuMicros", report.serverCpuMicros, operations),
    ...(load === "get" ? {} : { groups, groupSize: operations / Math.max(1, groups.committed), outcomes }),
  };
}

function percentiles(latency: LogHistogram): Pick<Figures, "p50Ms" | "p99Ms"> {
  return { p50Ms: percentileMs(latency, 50), p99Ms: percentileMs(latency, 99) };
}

function perOperation(
  name: "ownCpuMicros" | "serverCpuMicros",
  micros: number | undefined,
  operations: number,
): Partial<Figures> {
  return micros === undefined ? {} : { [name]: micros / operations };
}

function settingsText({ server_version: version, ...settings }: Readonly<Record<string, string>>): string {
  const list = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return `PostgreSQL ${version}: ${list.join(", ")}`;
}

function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "4" },
      rounds: { type: "string", default: "3" },
      heads: { type: "string" },
      record: { type: "boolean", default: false },
    },
  });
  const heads = values.heads === undefined ? undefined : wholeNumber("heads", values.heads, 1000);
  if (heads === 0) throw new Error("--heads must be at least 1");
  return {
    // pgbench counts in whole ones.
    seconds: Math.ceil(positive("seconds", values.seconds, 600)),
    rounds: positive("rounds", values.rounds, 100),
    heads,
    record: values.record,
  };
}
