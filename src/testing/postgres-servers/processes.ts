/**
 * Ends a program and all its children at one moment, as a machine that dies would. A signal to a process group does
 * not reach PostgreSQL's children, since each makes a session of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { until } from "./until.ts";

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** One letter: T stands still, Z has ended and waits for somebody to ask how. */
  readonly state: string;
}

/** The state of a process that does not exist. */
const gone = "";
const goneMsMax = 10_000;

/** Resolves when none of them is left. */
export async function killWithChildren(pid: number): Promise<void> {
  // A parent that stands still makes no child while the list is read, and does not tidy up after those killed.
  if (!signal(pid, "SIGSTOP")) return;
  await until("the server stands still", goneMsMax, () => ["T", "Z", gone].includes(stateOf(pid)));
  const family = [pid, ...processTable().flatMap((row) => (row.parent === pid ? [row.pid] : []))];
  for (const member of family.toReversed()) signal(member, "SIGKILL");
  await until("the server's processes are gone", goneMsMax, () =>
    family.every((member) => ["Z", gone].includes(stateOf(member))),
  );
}

/** False when there is no such process. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error: unknown) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

function stateOf(pid: number): string {
  if (existsSync("/proc/self/stat")) return rowOf(pid)?.state ?? gone;
  return psTable().find((row) => row.pid === pid)?.state ?? gone;
}

function processTable(): readonly ProcessRow[] {
  if (!existsSync("/proc/self/stat")) return psTable();
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.map(rowOf).filter((row) => row !== undefined);
}

/** The name of the program stands in parentheses and may contain anything; the state and the parent follow. */
function rowOf(pid: number): ProcessRow | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state = "", parent = ""] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return { pid, parent: Number(parent), state };
  } catch {
    // It has ended since the folder was listed.
    return undefined;
  }
}

function psTable(): readonly ProcessRow[] {
  const { stdout } = spawnSync("ps", ["-axo", "pid=,ppid=,state="], { encoding: "utf8", timeout: 10_000 });
  return stdout.split("\n").map((line) => {
    const [pid = "", parent = "", state = ""] = line.trim().split(/\s+/u);
    return { pid: Number(pid), parent: Number(parent), state: state.slice(0, 1) };
  });
}
