/** Starts processes with an engine each and hands them their orders, each with a time limit. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { addHistograms } from "../load/log-histogram.ts";
import type { StoreJob, StoreOrder, StorePlace, StoreReply, StoreReport } from "./store-job.ts";

export interface StoreProcess {
  fill(keys: number): Promise<void>;
  run(job: StoreJob): Promise<StoreReport>;
  /** Closes the store and ends the process. */
  close(): Promise<void>;
}

/** Beyond what a job takes by itself. */
const graceMs = 30_000;
const fillMsMax = 180_000;

export async function startStoreProcess(place: StorePlace): Promise<StoreProcess> {
  const child = fork(join(import.meta.dirname, "store-process.ts"), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    await order(child, { kind: "open", place }, graceMs);
  } catch (error: unknown) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    fill: async (keys) => {
      await order(child, { kind: "fill", keys }, fillMsMax);
    },
    run: async (job) => {
      const reply = await order(child, { kind: "run", job }, job.warmUpMs + job.windowMs + graceMs);
      if (reply.kind !== "report") throw new Error("the process answered another order");
      return reply.report;
    },
    close: async () => {
      try {
        await order(child, { kind: "close" }, graceMs);
      } finally {
        child.kill("SIGKILL");
      }
    },
  };
}

/** What several processes did in the same time, as one. */
export function together(reports: readonly StoreReport[]): StoreReport {
  const sum = (part: (report: StoreReport) => number): number =>
    reports.reduce((total, report) => total + part(report), 0);
  return {
    operations: sum(({ operations }) => operations),
    seconds: sum(({ seconds }) => seconds) / reports.length,
    latency: addHistograms(reports.map(({ latency }) => latency)),
    cpuMicros: sum(({ cpuMicros }) => cpuMicros),
    // Each has seen the same server.
    serverCpuMicros: reports[0]?.serverCpuMicros,
    groups: {
      committed: sum(({ groups }) => groups.committed),
      rolledBack: sum(({ groups }) => groups.rolledBack),
      statements: sum(({ groups }) => groups.statements),
      sessionsOpened: sum(({ groups }) => groups.sessionsOpened),
    },
    outcomes: {
      committed: sum(({ outcomes }) => outcomes.committed),
      refused: sum(({ outcomes }) => outcomes.refused),
      conflict: sum(({ outcomes }) => outcomes.conflict),
      staleEpoch: sum(({ outcomes }) => outcomes.staleEpoch),
      unknown: sum(({ outcomes }) => outcomes.unknown),
      failed: sum(({ outcomes }) => outcomes.failed),
    },
  };
}

/** Rejects when the order fails, the process ends, or time runs out. */
function order(child: ChildProcess, message: StoreOrder, limitMs: number): Promise<StoreReply> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      action();
    };
    const onMessage = (reply: StoreReply): void =>
      settle(() => (reply.kind === "error" ? reject(new Error(reply.error)) : resolve(reply)));
    const onExit = (): void => settle(() => reject(new Error("a process with a store ended")));
    const timer = setTimeout(() => settle(() => reject(new Error(`no reply within ${limitMs} ms`))), limitMs);
    child.on("message", onMessage);
    child.once("exit", onExit);
    child.send(message);
  });
}
