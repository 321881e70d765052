/** Starts the load process and hands it jobs, each with a time limit. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { LoadJob, LoadReport } from "./job.ts";
import type { LoadReply } from "./load-process.ts";

export interface LoadDriver {
  /** Rejects when the job cannot be run to its end: the server went away, or time ran out. */
  run(job: LoadJob): Promise<LoadReport>;
  close(): void;
}

/** What a job may take beyond its warm-up and window. */
const graceMs = 20_000;

export function startLoadDriver(): LoadDriver {
  const child = fork(join(import.meta.dirname, "load-process.ts"), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return {
    run: (job) => runIn(child, job),
    close: () => void child.kill("SIGKILL"),
  };
}

async function runIn(child: ChildProcess, job: LoadJob): Promise<LoadReport> {
  const limitMs = job.warmUpMs + job.windowMs + graceMs;
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      action();
    };
    const onMessage = (reply: LoadReply): void => {
      settle(() => ("report" in reply ? resolve(reply.report) : reject(new Error(reply.error))));
    };
    const onExit = (): void => settle(() => reject(new Error("the load process ended")));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no result within ${limitMs} ms`))),
      limitMs,
    );
    child.on("message", onMessage);
    child.once("exit", onExit);
    child.send(job);
  });
}
