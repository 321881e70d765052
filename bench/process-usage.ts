/** CPU time and memory of another process and of the machine, from /proc. Undefined where there is no /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts process times in hundredths of a second on every platform Node runs on. */
const microsPerTick = 10_000;

/** User plus system time of all threads, ended ones included. */
export function processCpuMicros(pid: number): number | undefined {
  const stat = readProc(`${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold blanks; fields 14 and 15 are wanted.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * microsPerTick;
}

export interface CpuUse {
  readonly serverCpuMicros?: number;
  /** All cores together, whoever used them; time taken by other machines on the same host included. */
  readonly machineBusyMicros?: number;
}

/** Tells what a process and the machine have used since then. */
export function startCpuUse(pid: number | undefined): () => CpuUse {
  const read = (): readonly [number | undefined, number | undefined] => [
    pid === undefined ? undefined : processCpuMicros(pid),
    machineBusyMicros(),
  ];
  const [serverBefore, machineBefore] = read();
  return () => {
    const [server, machine] = read();
    return {
      ...(server === undefined || serverBefore === undefined
        ? {}
        : { serverCpuMicros: server - serverBefore }),
      ...(machine === undefined || machineBefore === undefined
        ? {}
        : { machineBusyMicros: machine - machineBefore }),
    };
  };
}

const nanosPerMs = 1e6;

/**
 * Each call tells what one thread of the process waited for a core since the last, although it had work: the
 * thread that waited most. Undefined where the kernel does not count it.
 */
export function createCoreWait(pid: number | undefined): () => number | undefined {
  let before = new Map<string, number>();
  return () => {
    const now = pid === undefined ? undefined : coreWaits(pid);
    if (now === undefined) return undefined;
    const waited = [...now].map(([thread, nanos]) => nanos - (before.get(thread) ?? 0));
    before = now;
    return Math.max(0, ...waited) / nanosPerMs;
  };
}

/** Nanoseconds by thread. */
function coreWaits(pid: number): Map<string, number> | undefined {
  const threads = listProc(`${pid}/task`);
  if (threads === undefined) return undefined;
  const waits = new Map<string, number>();
  for (const thread of threads) {
    // Time on a core, time waiting for one, times it got one.
    const [, waited] = readProc(`${pid}/task/${thread}/schedstat`)?.split(" ") ?? [];
    if (waited !== undefined) waits.set(thread, Number(waited));
  }
  return waits;
}

export interface MemoryUse {
  readonly residentBytes: number;
  readonly peakResidentBytes: number;
}

export function processMemory(pid: number): MemoryUse | undefined {
  const status = readProc(`${pid}/status`);
  if (status === undefined) return undefined;
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "mu").exec(status)?.[1] ?? 0);
  return { residentBytes: kibibytes("VmRSS") * 1024, peakResidentBytes: kibibytes("VmHWM") * 1024 };
}

/** Time that was not idle, all cores together; what the host gave to other machines counts as busy. */
function machineBusyMicros(): number | undefined {
  const [, ...fields] = readProc("stat")?.split("\n", 1)[0]?.split(/ +/u) ?? [];
  if (fields.length < 8) return undefined;
  // user nice system idle iowait irq softirq steal
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields.map(Number);
  return (user + nice + system + irq + softirq + steal) * microsPerTick;
}

function readProc(file: string): string | undefined {
  return unlessGone(() => readFileSync(`/proc/${file}`, "utf8"));
}

function listProc(folder: string): readonly string[] | undefined {
  return unlessGone(() => readdirSync(`/proc/${folder}`));
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error: unknown) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
