/** Runs one of PostgreSQL's programs to its end, as the user who may, with a limit. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { PostgresPrograms } from "./find-postgres.ts";

const run = promisify(execFile);

/** The longest is a copy of a whole data folder. */
const runMsMax = 120_000;

/** Rejects with what the program wrote when it fails. */
export async function runProgram(
  programs: PostgresPrograms,
  name: "initdb" | "pg_basebackup" | "pg_rewind",
  args: readonly string[],
): Promise<void> {
  const options = { ...programs.account, cwd: "/", env: programEnvironment(), timeout: runMsMax };
  await run(join(programs.folder, name), args, options);
}

/** Nothing of the user's own PGHOST and PGDATA, and messages in English. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
}
