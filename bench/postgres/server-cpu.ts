/** CPU time of a PostgreSQL server: its main process and all that it has started. */
import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts in hundredths of a second. */
const microsPerTick = 10_000;

/** Tells what the server has used since then. */
export function startServerCpu(pid: number | undefined): () => number | undefined {
  const read = (): number | undefined => (pid === undefined ? undefined : serverCpuMicros(pid));
  const before = read();
  return () => {
    const now = read();
    return now === undefined || before === undefined ? undefined : now - before;
  };
}

/** With all its sessions, those that have ended too; undefined where there is no /proc. */
function serverCpuMicros(pid: number): number | undefined {
  const main = statOf(pid);
  if (main === undefined) return undefined;
  let ticks = main.ownTicks + main.endedTicks;
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/u.test(name) ? statOf(Number(name)) : undefined;
    if (stat?.parent === pid) ticks += stat.ownTicks;
  }
  return ticks * microsPerTick;
}

interface ProcessStat {
  readonly parent: number;
  readonly ownTicks: number;
  /** Of children that have ended. */
  readonly endedTicks: number;
}

function statOf(pid: number): ProcessStat | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It has ended since the folder was listed, or this system has no such folder.
    return undefined;
  }
  // The second field is the program's name in parentheses and may hold blanks; the third comes first here.
  const fields = line
    .slice(line.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, parent = 0, , , , , , , , , , user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields;
  return { parent, ownTicks: user + system, endedTicks: endedUser + endedSystem };
}
