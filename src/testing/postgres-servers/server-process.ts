/** One run of PostgreSQL's server over its files: from the start until its process has ended, every wait with a limit. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assert } from "../../base/index.ts";
import { type Cluster, logTail } from "./cluster.ts";
import { killWithChildren } from "./processes.ts";
import { programEnvironment } from "./run-program.ts";
import { until } from "./until.ts";

/** What the server does with its clients: waits for them; ends their sessions; drops everything and recovers later. */
export type StopMode = "smart" | "fast" | "immediate";

const stopSignals: Readonly<Record<StopMode, NodeJS.Signals>> = {
  smart: "SIGTERM",
  fast: "SIGINT",
  immediate: "SIGQUIT",
};

/** After a crash the log is replayed first. */
const startMsMax = 60_000;
const stopMsMax = 30_000;

export interface ServerProcess {
  readonly pid: number;
  /** False as soon as the process has ended, whoever ended it. */
  running(): boolean;
  stop(mode: StopMode): Promise<void>;
  /** All of its processes at once, and its shared memory. */
  kill(): Promise<void>;
}

export interface ServerStart {
  readonly cluster: Cluster;
  readonly port: number;
  readonly name: string;
  /** Told the process id at once, and undefined when the process has ended. */
  readonly onPid: (pid: number | undefined) => void;
}

/** Resolves when it accepts connections; rejects with the end of its log. */
export async function startServerProcess(start: ServerStart): Promise<ServerProcess> {
  const { cluster, onPid } = start;
  const child = launch(start);
  // A server that nobody stopped does not keep the tests from ending.
  child.unref();
  onPid(child.pid);
  let ended: string | undefined;
  child.once("exit", (code, signal) => {
    ended = `it ended with ${signal ?? code}`;
    onPid(undefined);
  });
  child.once("error", (error) => {
    ended = error.message;
  });
  try {
    await until("the server accepts connections", startMsMax, () => {
      if (ended !== undefined) throw new Error(ended);
      return child.pid !== undefined && isReady(cluster, child.pid);
    });
  } catch (error: unknown) {
    if (child.pid !== undefined && ended === undefined) await killWithChildren(child.pid);
    throw new Error(`PostgreSQL did not start\n${logTail(cluster, 20)}`, { cause: error });
  }
  assert(child.pid !== undefined, "a process that is ready has an id");
  return overChild(cluster, child.pid, () => ended === undefined);
}

function launch({ cluster, port, name }: ServerStart): ChildProcess {
  const { programs, folder, dataDir, logFile } = cluster;
  const log = openSync(logFile, "a");
  // On the command line is what must not come from another server's settings when its data folder is copied.
  const args = ["-D", dataDir, "-p", String(port), "-k", folder, "-c", `cluster_name=${name}`];
  try {
    return spawn(join(programs.folder, "postgres"), args, {
      ...programs.account,
      cwd: folder,
      env: programEnvironment(),
      detached: true,
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
}

function overChild(cluster: Cluster, pid: number, running: () => boolean): ServerProcess {
  const untilEnded = (): Promise<void> => until("the server has ended", stopMsMax, () => !running());
  return {
    pid,
    running,
    stop: async (mode) => {
      if (!running()) return;
      process.kill(pid, stopSignals[mode]);
      try {
        await untilEnded();
      } catch (error: unknown) {
        await killWithChildren(pid);
        throw new Error(`PostgreSQL did not stop (${mode})\n${logTail(cluster, 20)}`, { cause: error });
      }
    },
    kill: async () => {
      if (!running()) return;
      const segment = lockLines(cluster)[6]?.trim().split(/\s+/u).at(-1);
      await killWithChildren(pid);
      await untilEnded();
      // A few bytes that mark the data folder as in use; a machine that dies loses them too. Without this every
      // killed server would leave a segment behind, of which a system has a few thousand.
      if (segment !== undefined) spawnSync("ipcrm", ["-m", segment], { timeout: 10_000 });
    },
  };
}

/** The server's own lock file: process id first, shared memory in the seventh line, its state in the eighth. */
function lockLines({ dataDir }: Cluster): readonly string[] {
  try {
    return readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
  } catch {
    // Not written yet, or already removed.
    return [];
  }
}

function isReady(cluster: Cluster, pid: number): boolean {
  const lines = lockLines(cluster);
  return lines[0] === String(pid) && lines[7]?.trim() === "ready";
}
