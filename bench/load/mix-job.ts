/** Several kinds of requests at once, with a time limit for each: what is asked for, and what came of it. */
import type { Pace } from "./job.ts";
import type { KeyRange } from "./key-source.ts";
import { addHistograms, type LogHistogram } from "./log-histogram.ts";
import { addOutcomes, type OutcomeCounts } from "./outcomes.ts";

export interface MixPart extends KeyRange {
  readonly operation: string;
  readonly template: string;
  /** Of the sum of all parts' weights. */
  readonly weight: number;
}

export interface MixJob {
  readonly host: string;
  readonly port: number;
  /** Process whose CPU time is read; absent: not measured. */
  readonly serverPid?: number;
  readonly mix: readonly MixPart[];
  /** Each has one request under way at a time, as those of an SDK do. */
  readonly connections: number;
  readonly pace: Pace;
  /** A request for which no connection becomes free within this is given up. */
  readonly waitMsMax: number;
  /** From the time a request was due to its answer. */
  readonly limitMs: number;
  /** Not counted; longer than `waitMsMax`, so that what waits is counted as it is in the long run. */
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly seed: number;
}

export interface MixReport {
  /** Became due in the window. */
  readonly due: number;
  /** Decided in the window; what was due before it is among them, what is undecided at its end is not. */
  readonly window: OutcomeCounts;
  /** Over the whole job, warm-up and the wait for the last answers included. */
  readonly whole: OutcomeCounts;
  /** Became due in the whole job: the sum of `whole` and `unanswered`. */
  readonly wholeDue: number;
  /** Sent, and neither answered nor broken long after the window. */
  readonly unanswered: number;
  readonly reconnects: number;
  /** Connections that were open when the load began; the others were not accepted. */
  readonly connected: number;
  readonly seconds: number;
  /** Of 200 answers in the window, late ones included, since they were due. */
  readonly latency: LogHistogram;
  /** The same, of each part of the mix. */
  readonly partLatencies: readonly LogHistogram[];
  readonly latencyMsMax: number;
  /** How long a request stayed unsent although it was due and a connection was free. */
  readonly lateness: LogHistogram;
  readonly driverCpuMicros: number;
  readonly serverCpuMicros?: number;
  /** All cores together, whoever used them. */
  readonly machineBusyMicros?: number;
  /** Share of the window in which the driver's event loop was not waiting. */
  readonly driverBusy: number;
  readonly firstFailure?: string;
}

/** Several processes' reports as one. */
export function addReports(reports: readonly MixReport[]): MixReport {
  const sum = (pick: (report: MixReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  const max = (pick: (report: MixReport) => number): number => Math.max(...reports.map(pick));
  const firstFailure = reports.find((report) => report.firstFailure !== undefined)?.firstFailure;
  return {
    due: sum(({ due }) => due),
    window: addOutcomes(reports.map(({ window }) => window)),
    whole: addOutcomes(reports.map(({ whole }) => whole)),
    wholeDue: sum(({ wholeDue }) => wholeDue),
    unanswered: sum(({ unanswered }) => unanswered),
    reconnects: sum(({ reconnects }) => reconnects),
    connected: sum(({ connected }) => connected),
    seconds: max(({ seconds }) => seconds),
    latency: addHistograms(reports.map(({ latency }) => latency)),
    partLatencies: (reports[0]?.partLatencies ?? []).map((_, part) =>
      addHistograms(reports.map(({ partLatencies }) => partLatencies[part] ?? [])),
    ),
    latencyMsMax: max(({ latencyMsMax }) => latencyMsMax),
    lateness: addHistograms(reports.map(({ lateness }) => lateness)),
    driverCpuMicros: sum(({ driverCpuMicros }) => driverCpuMicros),
    // Each process read the same counters of the server and of the machine.
    ...withNumber("serverCpuMicros", reports[0]?.serverCpuMicros),
    ...withNumber("machineBusyMicros", reports[0]?.machineBusyMicros),
    driverBusy: max(({ driverBusy }) => driverBusy),
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

function withNumber<K extends string>(name: K, value: number | undefined): { readonly [name in K]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in K]?: number });
}

/** A job's share for one of several processes. */
export function shareOf(job: MixJob, index: number, processes: number): MixJob {
  const { pace } = job;
  const connections = Math.floor((job.connections * (index + 1)) / processes);
  return {
    ...job,
    connections: connections - Math.floor((job.connections * index) / processes),
    pace:
      pace.kind === "closed" ? pace : { kind: "open", requestsPerSecond: pace.requestsPerSecond / processes },
    seed: job.seed * processes + index,
  };
}
