/** Runs one mix: opens the connections, warms up, counts what is decided in the window, waits for the rest. */
import { performance } from "node:perf_hooks";
import { type CpuUse, startCpuUse } from "../process-usage.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { addHistograms, createRecorder } from "./log-histogram.ts";
import type { MixJob, MixReport } from "./mix-job.ts";
import { mixRequests } from "./mix-requests.ts";
import { closedSchedule, openSchedule, type Schedule } from "./open-schedule.ts";
import { noOutcomes, outcomeOf, subtractOutcomes } from "./outcomes.ts";

/** Beyond what a request may wait and take: then an answer is not coming any more. */
const drainMs = 5_000;
const statusOk = 200;
const failureCharactersMax = 2_000;

export async function runMix(job: MixJob): Promise<MixReport> {
  const run = createRun(job);
  try {
    const connected = await run.pool.open();
    run.start();
    await sleep(job.warmUpMs);
    const window = run.openWindow();
    await sleep(job.windowMs);
    const figures = window.close();
    const unanswered = await run.drain();
    return { ...figures, ...run.result(), unanswered, connected };
  } finally {
    run.close();
  }
}

type WindowFigures = CpuUse &
  Pick<MixReport, "due" | "window" | "seconds" | "driverCpuMicros" | "driverBusy">;
type WholeFigures = Pick<
  MixReport,
  | "whole"
  | "wholeDue"
  | "reconnects"
  | "latency"
  | "partLatencies"
  | "latencyMsMax"
  | "lateness"
  | "firstFailure"
>;

interface Run {
  readonly pool: ConnectionPool;
  start(): void;
  openWindow(): { close(): WindowFigures };
  /** Sends what still waits, and waits for answers; returns how many did not come. */
  drain(): Promise<number>;
  result(): WholeFigures;
  close(): void;
}

function createRun(job: MixJob): Run {
  const requests = mixRequests(job);
  const whole = { ...noOutcomes };
  const latencies = job.mix.map(() => createRecorder());
  const lateness = createRecorder();
  let latencyMsMax = 0;
  let counting = false;
  let firstFailure: string | undefined;
  let schedule = nothingDue();
  let timer: NodeJS.Timeout | undefined;

  const pool = new ConnectionPool(job, {
    answered(slot, { status, text }) {
      const latencyMs = performance.now() - (slot.dueMs ?? Number.NaN);
      const outcome = outcomeOf({ status, text, latencyMs }, job.limitMs);
      whole[outcome]++;
      if (outcome === "failed") firstFailure ??= text;
      if (!counting || status !== statusOk) return;
      latencies[slot.part]?.recordMs(latencyMs);
      latencyMsMax = Math.max(latencyMsMax, latencyMs);
    },
    broken(_slot, reason) {
      whole.broken++;
      firstFailure ??= reason;
    },
    free: () => sendDue(),
  });

  const sendDue = (): void => {
    let nowMs = performance.now();
    whole.unsent += schedule.expire(nowMs);
    while (schedule.waits(nowMs)) {
      const slot = pool.take();
      if (slot?.connection === undefined) return;
      const dueMs = schedule.take(nowMs) ?? nowMs;
      slot.dueMs = dueMs;
      const { bytes, part } = requests.next(slot.requests);
      slot.part = part;
      slot.connection.send(bytes);
      nowMs = performance.now();
      if (counting) lateness.recordMs(nowMs - Math.max(dueMs, slot.freeSinceMs));
    }
  };

  return {
    pool,
    start() {
      schedule = scheduleOf(job);
      // A timer fires at best each millisecond; how late that makes a request is reported as lateness.
      timer = setInterval(sendDue, 1);
      sendDue();
    },
    openWindow() {
      const startMs = performance.now();
      const dueBefore = schedule.due(startMs);
      const before = { ...whole };
      const cpuUse = startCpuUse(job.serverPid);
      const cpu = process.cpuUsage();
      const loop = performance.eventLoopUtilization();
      counting = true;
      return {
        close() {
          const endMs = performance.now();
          counting = false;
          const used = process.cpuUsage(cpu);
          schedule.end(endMs);
          return {
            due: schedule.due(endMs) - dueBefore,
            window: subtractOutcomes(whole, before),
            seconds: (endMs - startMs) / 1000,
            ...cpuUse(),
            driverCpuMicros: used.user + used.system,
            driverBusy: performance.eventLoopUtilization(loop).utilization,
          };
        },
      };
    },
    async drain() {
      const deadlineMs = performance.now() + job.waitMsMax + job.limitMs + drainMs;
      const over = (nowMs: number): boolean => !schedule.waits(nowMs) && pool.underWay() === 0;
      while (performance.now() < deadlineMs && !over(performance.now())) await sleep(5);
      return pool.underWay();
    },
    result() {
      const partLatencies = latencies.map((recorder) => recorder.result());
      return {
        whole,
        wholeDue: schedule.due(performance.now()),
        reconnects: pool.reconnects,
        latency: addHistograms(partLatencies),
        partLatencies,
        latencyMsMax,
        lateness: lateness.result(),
        ...(firstFailure === undefined ? {} : { firstFailure: firstFailure.slice(0, failureCharactersMax) }),
      };
    },
    close() {
      clearInterval(timer);
      schedule = nothingDue();
      pool.close();
    },
  };
}

/** Before the load begins and after it. */
function nothingDue(): Schedule {
  return openSchedule({ startMs: Number.POSITIVE_INFINITY, requestsPerSecond: 1, waitMsMax: 0 });
}

function scheduleOf({ pace, waitMsMax }: MixJob): Schedule {
  if (pace.kind === "closed") return closedSchedule();
  const { requestsPerSecond } = pace;
  return openSchedule({ startMs: performance.now(), requestsPerSecond, waitMsMax });
}

async function sleep(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}
