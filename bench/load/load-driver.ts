/** Starts load processes and hands them jobs, each with a time limit. */
import { type ChildProcess, fork } from "node:child_process";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { nodeOn } from "../pinned.ts";
import type { LoadJob, LoadReport } from "./job.ts";
import type { LoadOrder, LoadReply } from "./load-process.ts";
import { addReports, type MixJob, type MixReport, shareOf } from "./mix-job.ts";

export interface LoadDriver {
  /** Rejects when the job cannot be run to its end: the server went away, or time ran out. */
  run(job: LoadJob): Promise<LoadReport>;
  runMix(job: MixJob): Promise<MixReport>;
  close(): void;
}

export interface LoadDriverOptions {
  /** Where its processes run; absent: anywhere. */
  readonly cores?: readonly number[];
  /** A mix is shared between so many; other jobs are the first one's. */
  readonly processes?: number;
  /** Get a core only where nobody else wants it: for what is measured on the server and not on the load. */
  readonly yields?: boolean;
}

/** What a job may take beyond its warm-up and window. */
const graceMs = 20_000;

export function startLoadDriver(options: LoadDriverOptions = {}): LoadDriver {
  const { cores, processes = 1, yields = false } = options;
  const program = nodeOn(cores);
  const start = (): ChildProcess => {
    const child = fork(join(import.meta.dirname, "load-process.ts"), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execPath: program.path,
      execArgv: [...program.args],
    });
    if (yields && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    return child;
  };
  const first = start();
  const children = [first, ...Array.from({ length: processes - 1 }, start)];
  return {
    async run(job) {
      const reply = await order(first, { kind: "one", job }, job.warmUpMs + job.windowMs + graceMs);
      if (reply.kind !== "one") throw new Error(errorOf(reply));
      return reply.report;
    },
    async runMix(job) {
      const limitMs = job.warmUpMs + job.windowMs + job.waitMsMax + job.limitMs + graceMs;
      const replies = await Promise.all(
        children.map(async (child, index) =>
          order(child, { kind: "mix", job: shareOf(job, index, processes) }, limitMs),
        ),
      );
      return addReports(
        replies.map((reply) => {
          if (reply.kind !== "mix") throw new Error(errorOf(reply));
          return reply.report;
        }),
      );
    },
    close() {
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

function errorOf(reply: LoadReply): string {
  return reply.kind === "error" ? reply.error : "the load process answered another job";
}

async function order(child: ChildProcess, message: LoadOrder, limitMs: number): Promise<LoadReply> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      action();
    };
    const onMessage = (reply: LoadReply): void => settle(() => resolve(reply));
    const onExit = (): void => settle(() => reject(new Error("the load process ended")));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no result within ${limitMs} ms`))),
      limitMs,
    );
    child.on("message", onMessage);
    child.once("exit", onExit);
    child.send(message);
  });
}
