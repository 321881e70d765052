/** Ties processes to cores with taskset, where there is one (Linux). Elsewhere they run where they like. */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

export interface Program {
  readonly path: string;
  /** Before the program's own arguments. */
  readonly args: readonly string[];
}

/** Node, as a program on these cores only; undefined: on any. */
export function nodeOn(cores: readonly number[] | undefined): Program {
  if (cores === undefined) return { path: process.execPath, args: [] };
  return { path: "taskset", args: ["-c", cores.join(","), process.execPath] };
}

/** Why processes cannot be tied to cores here; undefined when they can. */
export function pinningProblem(): string | undefined {
  if (process.platform !== "linux") return `there is no taskset on ${process.platform}`;
  if (cpus().length < 2) return "there is one core only";
  const done = spawnSync("taskset", ["-c", "0,1", "true"], { encoding: "utf8" });
  if (done.error !== undefined) return `taskset does not run: ${done.error.message}`;
  return done.status === 0 ? undefined : `taskset: ${done.stderr.trim()}`;
}
