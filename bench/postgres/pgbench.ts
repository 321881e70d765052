/** Runs pgbench, PostgreSQL's own load generator, on a table of its own: what the server does without an engine before it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PostgresPrograms } from "../../src/testing/postgres-servers/find-postgres.ts";
import type { PostgresServer } from "../../src/testing/postgres-servers/postgres-server.ts";
import { createRecorder, type LogHistogram } from "../load/log-histogram.ts";

export type PgbenchScript = "select" | "upsert";

export interface PgbenchJob {
  readonly script: PgbenchScript;
  readonly clients: number;
  readonly seconds: number;
}

export interface PgbenchReport {
  readonly operationsPerSecond: number;
  /** Of one transaction in twenty. */
  readonly latency: LogHistogram;
}

export interface Pgbench extends AsyncDisposable {
  run(job: PgbenchJob): Promise<PgbenchReport>;
}

export interface PgbenchTable {
  readonly rows: number;
  readonly valueBytes: number;
}

const run = promisify(execFile);
const threads = 2;
/** Logging every transaction would cost what is to be measured. */
const loggedShare = 0.05;
const graceMs = 30_000;

/** Undefined when it is there. */
export function pgbenchProblem({ folder }: PostgresPrograms): string | undefined {
  if (existsSync(join(folder, "pgbench"))) return undefined;
  return `no pgbench in ${folder} (Debian has it in postgresql, others in a package of contributed programs)`;
}

/** Makes and fills its table. */
export async function openPgbench(
  programs: PostgresPrograms,
  server: PostgresServer,
  { rows, valueBytes }: PgbenchTable,
): Promise<Pgbench> {
  await server.sql("CREATE TABLE pgbench_rows(id int PRIMARY KEY, value text NOT NULL)");
  await server.sql(
    `INSERT INTO pgbench_rows SELECT i, repeat('x', ${valueBytes}) FROM generate_series(1, ${rows}) AS i`,
  );
  await server.sql("VACUUM ANALYZE pgbench_rows");
  const id = `\\set id random(1, ${rows})\n`;
  const scripts: Readonly<Record<PgbenchScript, string>> = {
    select: `${id}SELECT value FROM pgbench_rows WHERE id = :id;\n`,
    upsert: `${id}INSERT INTO pgbench_rows VALUES(:id, repeat('y', ${valueBytes}))
      ON CONFLICT (id) DO UPDATE SET value = excluded.value;\n`,
  };
  const folder = await mkdtemp(join(tmpdir(), "stator-pgbench-"));
  for (const [name, text] of Object.entries(scripts)) await writeFile(join(folder, `${name}.sql`), text);
  return {
    run: (job) => runPgbench({ program: join(programs.folder, "pgbench"), server, folder }, job),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

interface PgbenchPlace {
  readonly program: string;
  readonly server: PostgresServer;
  readonly folder: string;
}

async function runPgbench(
  { program, server, folder }: PgbenchPlace,
  job: PgbenchJob,
): Promise<PgbenchReport> {
  const { script, clients, seconds } = job;
  const logPrefix = "log";
  const { stdout } = await run(
    program,
    [
      `--host=${server.host}`,
      `--port=${server.port}`,
      "--username=postgres",
      "--no-vacuum",
      "--protocol=prepared",
      `--file=${join(folder, `${script}.sql`)}`,
      `--client=${clients}`,
      `--jobs=${Math.min(threads, clients)}`,
      `--time=${seconds}`,
      "--log",
      `--log-prefix=${logPrefix}`,
      `--sampling-rate=${loggedShare}`,
      "postgres",
    ],
    { cwd: folder, timeout: seconds * 1000 + graceMs, env: { PATH: process.env["PATH"], LC_ALL: "C" } },
  );
  const rate = /^tps = ([\d.]+)/mu.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`pgbench says no rate:\n${stdout}`);
  const latency = createRecorder();
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${logPrefix}.`)) continue;
    const path = join(folder, name);
    for (const line of (await readFile(path, "utf8")).split("\n")) {
      // Client, transaction, microseconds, and more.
      const micros = line.split(" ")[2];
      if (micros !== undefined) latency.recordMs(Number(micros) / 1000);
    }
    await rm(path);
  }
  return { operationsPerSecond: Number(rate), latency: latency.result() };
}
