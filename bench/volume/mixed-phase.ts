/** Mixed requests on the filled table: where it saturates, then a long time at half of that. */
import { caughtUpAfterMs, type LagFigures, lagFigures, probeLag } from "../indexes/lag-probe.ts";
import type { LoadDriver } from "../load/load-driver.ts";
import { countOf, type LogHistogram, percentileMs } from "../load/log-histogram.ts";
import type { MixJob, MixReport } from "../load/mix-job.ts";
import { type OutcomeCounts, totalOf } from "../load/outcomes.ts";
import { startServerCpu } from "../postgres/server-cpu.ts";
import { untilCaughtUp } from "./load-phase.ts";
import { mixedParts, volumeTable } from "./volume-table.ts";
import type { VolumeServer } from "./volume-server.ts";

export interface SaturationPoint {
  readonly connections: number;
  readonly answeredPerSecond: number;
  /** All that was answered, over the time until the indexes had it. */
  readonly caughtUpPerSecond: number;
  readonly catchUpMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface MixedResult {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly outcomes: OutcomeCounts;
  readonly unanswered: number;
  readonly firstFailure?: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly parts: readonly PartFigures[];
  readonly lag: LagFigures;
  readonly serverCpuMicrosPerRequest?: number;
  readonly databaseCpuMicrosPerRequest?: number;
}

export interface PartFigures {
  readonly operation: string;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface MixedPlan {
  readonly items: number;
  readonly saturationMs: number;
  readonly mixedMs: number;
}

interface Mixed extends VolumeServer {
  readonly driver: LoadDriver;
  readonly plan: MixedPlan;
}

const connectionCounts = [16, 32, 64, 128];
const warmUpMs = 5_000;
/** Of a request, and what waits for a connection. */
const limitMs = 10_000;
const probeEveryMs = 500;
/** Another one for each run: what an earlier run has written would change nothing. */
const runSeed = Date.now() % 40_000;

export async function findSaturation(mixed: Mixed): Promise<readonly SaturationPoint[]> {
  const { driver, server, plan } = mixed;
  const points: SaturationPoint[] = [];
  for (const connections of connectionCounts) {
    const job = jobOf(mixed, { connections, windowMs: plan.saturationMs, seed: runSeed + connections });
    const startMs = performance.now();
    const report = await driver.runMix({ ...job, pace: { kind: "closed" } });
    const loadedMs = performance.now() - startMs;
    failUnlessAnswered(report);
    const catchUpMs = await untilCaughtUp(server.endpoint);
    const answeredPerSecond = report.window.answered / report.seconds;
    points.push({
      connections,
      answeredPerSecond,
      caughtUpPerSecond: (answeredPerSecond * loadedMs) / (loadedMs + catchUpMs),
      catchUpMs,
      p50Ms: percentileMs(report.latency, 50),
      p99Ms: percentileMs(report.latency, 99),
    });
    console.error(JSON.stringify(points.at(-1)));
  }
  return points;
}

/** The most that was answered and brought into the indexes. */
export function saturationOf(points: readonly SaturationPoint[]): number {
  return Math.max(...points.map(({ caughtUpPerSecond }) => caughtUpPerSecond));
}

export async function runMixed(mixed: Mixed, requestsPerSecond: number): Promise<MixedResult> {
  const { driver, server, databasePid, plan } = mixed;
  await caughtUpAfterMs(server.endpoint, limitMs);
  const over = new AbortController();
  const probing = probeLag({
    endpoint: server.endpoint,
    table: volumeTable,
    index: "first",
    everyMs: probeEveryMs,
    over: over.signal,
  });
  const job = jobOf(mixed, { connections: 128, windowMs: plan.mixedMs, seed: runSeed });
  const databaseCpu = startServerCpu(databasePid);
  const pace = { kind: "open", requestsPerSecond } as const;
  const report = await driver.runMix({ ...job, pace }).finally(() => over.abort());
  const databaseMicros = databaseCpu();
  const requests = totalOf(report.window);
  return {
    requestsPerSecond,
    seconds: report.seconds,
    outcomes: report.whole,
    unanswered: report.unanswered,
    ...(report.firstFailure === undefined ? {} : { firstFailure: report.firstFailure }),
    p50Ms: percentileMs(report.latency, 50),
    p99Ms: percentileMs(report.latency, 99),
    p999Ms: percentileMs(report.latency, 99.9),
    maxMs: report.latencyMsMax,
    parts: job.mix.map(({ operation }, part) => partFigures(operation, report.partLatencies[part] ?? [])),
    lag: lagFigures(await probing),
    ...(report.serverCpuMicros === undefined
      ? {}
      : { serverCpuMicrosPerRequest: report.serverCpuMicros / requests }),
    ...(databaseMicros === undefined
      ? {}
      : { databaseCpuMicrosPerRequest: databaseMicros / report.wholeDue }),
  };
}

function partFigures(operation: string, latency: LogHistogram): PartFigures {
  return {
    operation,
    requests: countOf(latency),
    p50Ms: percentileMs(latency, 50),
    p99Ms: percentileMs(latency, 99),
  };
}

function jobOf(
  { server, plan }: Mixed,
  { connections, windowMs, seed }: Pick<MixJob, "connections" | "windowMs" | "seed">,
): Omit<MixJob, "pace"> {
  return {
    host: server.host,
    port: server.port,
    serverPid: server.pid,
    mix: mixedParts(plan.items),
    connections,
    waitMsMax: limitMs / 2,
    limitMs,
    warmUpMs,
    windowMs,
    seed,
  };
}

function failUnlessAnswered({ whole, unanswered, firstFailure }: MixReport): void {
  if (whole.answered === totalOf(whole) && unanswered === 0) return;
  throw new Error(`not all was answered: ${JSON.stringify(whole)} ${firstFailure ?? ""}`);
}
