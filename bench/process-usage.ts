/** CPU time and memory of another process, from /proc. Undefined where there is no /proc. */
import { readFileSync } from "node:fs";

/** The kernel counts process times in hundredths of a second on every platform Node runs on. */
const microsPerTick = 10_000;

/** User plus system time of all threads, ended ones included. */
export function processCpuMicros(pid: number): number | undefined {
  const stat = readProc(pid, "stat");
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold blanks; fields 14 and 15 are wanted.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * microsPerTick;
}

export interface MemoryUse {
  readonly residentBytes: number;
  readonly peakResidentBytes: number;
}

export function processMemory(pid: number): MemoryUse | undefined {
  const status = readProc(pid, "status");
  if (status === undefined) return undefined;
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "mu").exec(status)?.[1] ?? 0);
  return { residentBytes: kibibytes("VmRSS") * 1024, peakResidentBytes: kibibytes("VmHWM") * 1024 };
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error: unknown) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
