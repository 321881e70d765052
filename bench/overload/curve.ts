/** The curve of goodput over offered load: medians of rounds, and what it must look like. Pure arithmetic. */
import { addHistograms, percentileMs } from "../load/log-histogram.ts";
import type { MixReport } from "../load/mix-job.ts";
import { addOutcomes, type Outcome } from "../load/outcomes.ts";
import { spread } from "../statistics.ts";

/** One offered rate in one round. */
export interface Step {
  /** Times the saturation of the same round. */
  readonly factor: number;
  readonly report: MixReport;
  /** Of the server, the most that was seen; undefined where it cannot be read. */
  readonly residentMiB?: number;
  /** Of all the server's event loops; undefined when it does not tell. */
  readonly loopDelayMaxMs?: number;
}

export interface Round {
  /** The closed loop. */
  readonly closed: MixReport;
  readonly steps: readonly Step[];
}

export interface CurvePoint {
  readonly factor: number;
  /** Requests a second, as all rates here. */
  readonly offered: number;
  readonly goodput: number;
  /** Goodput relative to the best of the same round. */
  readonly ofPeak: number;
  /** Goodput per second of the server's CPU time, relative to the closed loop: what its work was good for. */
  readonly ofWork: number | undefined;
  /** Used on average by the server, and by what has no part in this. */
  readonly serverCores: number | undefined;
  readonly otherCores: number | undefined;
  readonly rates: Readonly<Record<Outcome, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMiB: number | undefined;
  readonly loopDelayMaxMs: number | undefined;
  readonly driverBusy: number;
  readonly latenessP99Ms: number;
  readonly broken: number;
  readonly failed: number;
  readonly unanswered: number;
}

export interface Check {
  readonly verdict: "ok" | "FAIL" | "unknown";
  readonly text: string;
}

export const goodputBar = 0.85;
export const memoryBar = 1.2;
/** From here on figures are the generator's rather than the server's. */
export const driverBusyMax = 0.95;
export const latenessMsMax = 20;
export const otherCoresMax = 0.15;

/** Best goodput of a round, the closed loop included. */
export function peakOf({ closed, steps }: Round): number {
  return Math.max(goodputOf(closed), ...steps.map(({ report }) => goodputOf(report)));
}

export function curveOf(rounds: readonly Round[]): readonly CurvePoint[] {
  const factors = rounds[0]?.steps.map(({ factor }) => factor) ?? [];
  return factors.map((factor) => {
    const steps = rounds.flatMap((round) =>
      round.steps.filter((step) => step.factor === factor).map((step) => ({ step, round })),
    );
    return pointOf(factor, steps);
  });
}

interface StepOfRound {
  readonly step: Step;
  readonly round: Round;
}

function pointOf(factor: number, steps: readonly StepOfRound[]): CurvePoint {
  const reports = steps.map(({ step }) => step.report);
  const median = (pick: (report: MixReport) => number): number => spread(reports.map(pick)).median;
  const sum = (pick: (report: MixReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  const latency = addHistograms(reports.map((report) => report.latency));
  const rate = (outcome: Outcome): number => median((report) => report.window[outcome] / report.seconds);
  const whole = addOutcomes(reports.map((report) => report.whole));
  return {
    factor,
    offered: median(({ due, seconds }) => due / seconds),
    goodput: median(goodputOf),
    ofPeak: spread(steps.map(({ step, round }) => goodputOf(step.report) / peakOf(round))).median,
    ofWork: medianOf(steps.map(({ step, round }) => workRatio(step.report, round.closed))),
    serverCores: medianOf(reports.map(serverCores)),
    otherCores: medianOf(reports.map(otherCores)),
    rates: {
      answered: rate("answered"),
      refused: rate("refused"),
      late: rate("late"),
      failed: rate("failed"),
      unsent: rate("unsent"),
      broken: rate("broken"),
    },
    p50Ms: percentileMs(latency, 50),
    p99Ms: percentileMs(latency, 99),
    residentMiB: most(steps.map(({ step }) => step.residentMiB)),
    loopDelayMaxMs: most(steps.map(({ step }) => step.loopDelayMaxMs)),
    driverBusy: median(({ driverBusy }) => driverBusy),
    latenessP99Ms: percentileMs(addHistograms(reports.map(({ lateness }) => lateness)), 99),
    broken: whole.broken,
    failed: whole.failed,
    unanswered: sum(({ unanswered }) => unanswered),
  };
}

const microsPerSecond = 1e6;

function serverCores({ serverCpuMicros, seconds }: MixReport): number | undefined {
  return serverCpuMicros === undefined ? undefined : serverCpuMicros / microsPerSecond / seconds;
}

export function otherCores(report: MixReport): number | undefined {
  const { serverCpuMicros, machineBusyMicros, driverCpuMicros, seconds } = report;
  if (serverCpuMicros === undefined || machineBusyMicros === undefined) return undefined;
  return Math.max(0, machineBusyMicros - serverCpuMicros - driverCpuMicros) / microsPerSecond / seconds;
}

function workRatio(report: MixReport, closed: MixReport): number | undefined {
  if (report.serverCpuMicros === undefined || closed.serverCpuMicros === undefined) return undefined;
  const perWork = report.window.answered / report.serverCpuMicros;
  return perWork / (closed.window.answered / closed.serverCpuMicros);
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : spread(known).median;
}

export function goodputOf({ window, seconds }: MixReport): number {
  return window.answered / seconds;
}

function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Others on the machine took so much that goodput says little of the server. */
export function disturbance(cores: number | undefined): string | undefined {
  return cores !== undefined && cores > otherCoresMax
    ? `other programs used ${cores.toFixed(1)} cores meanwhile`
    : undefined;
}

/** The generator's own share in what the point shows; undefined when it kept up. */
export function driverLimit({ driverBusy, latenessP99Ms }: CurvePoint): string | undefined {
  if (driverBusy >= driverBusyMax) return `the load generator was busy ${Math.round(driverBusy * 100)} %`;
  if (latenessP99Ms > latenessMsMax) return `the load generator sent ${Math.round(latenessP99Ms)} ms late`;
  return undefined;
}

export function checksOf(rounds: readonly Round[]): readonly Check[] {
  const curve = curveOf(rounds);
  const highest = curve.at(-1);
  if (highest === undefined) return [];
  const closedOthers = medianOf(rounds.map(({ closed }) => otherCores(closed)));
  return [goodputCheck(highest, closedOthers), memoryCheck(curve, highest), ...answerChecks(curve)];
}

function goodputCheck(highest: CurvePoint, closedOthers: number | undefined): Check {
  const enough = highest.ofPeak >= goodputBar;
  const text = `goodput at ${highest.factor}x is ${percent(highest.ofPeak)} of the peak (bar: ${percent(goodputBar)})`;
  // A peak that others kept low is easily reached.
  const doubt = driverLimit(highest) ?? disturbance(Math.max(highest.otherCores ?? 0, closedOthers ?? 0));
  if (doubt !== undefined) return { verdict: "unknown", text: `${text}, but ${doubt}` };
  return { verdict: enough ? "ok" : "FAIL", text };
}

function memoryCheck(curve: readonly CurvePoint[], highest: CurvePoint): Check {
  const base = curve.find(({ factor }) => factor === 1);
  if (base?.residentMiB === undefined || highest.residentMiB === undefined || base === highest) {
    return { verdict: "unknown", text: "memory at 1x and above was not measured" };
  }
  const ratio = highest.residentMiB / base.residentMiB;
  return {
    verdict: ratio <= memoryBar ? "ok" : "FAIL",
    text: `resident memory at ${highest.factor}x is ${percent(ratio)} of that at 1x (bar: ${percent(memoryBar)})`,
  };
}

function answerChecks(curve: readonly CurvePoint[]): readonly Check[] {
  const sum = (pick: (point: CurvePoint) => number): number =>
    curve.reduce((total, point) => total + pick(point), 0);
  const unanswered = sum((point) => point.unanswered);
  const broken = sum((point) => point.broken);
  const failed = sum((point) => point.failed);
  return [
    {
      verdict: unanswered === 0 && broken === 0 ? "ok" : "FAIL",
      text: `${unanswered} requests stayed without an answer, ${broken} connections ended before it (bar: none)`,
    },
    {
      verdict: failed === 0 ? "ok" : "FAIL",
      text: `${failed} answers were errors that no client retries (bar: none)`,
    },
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
