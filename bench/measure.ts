/**
 * Measures one workload on several servers, interleaved: rounds A B A B, so that what disturbs the machine
 * disturbs all of them alike. Medians of the rounds are what is compared.
 */
import { apiCallOk } from "./api-call.ts";
import type { LoadJob, LoadReport } from "./load/job.ts";
import type { LoadDriver } from "./load/load-driver.ts";
import { benchKeys } from "./load/signer.ts";
import { processMemory } from "./process-usage.ts";
import { type Spread, spread } from "./statistics.ts";
import type { Target } from "./targets.ts";
import { figure, textTable } from "./text-table.ts";
import { sampleRequest, type Workload } from "./workloads.ts";

/** How the load is applied. */
export interface Conditions {
  readonly rounds: number;
  readonly windowMs: number;
  readonly connections: number;
  /** Absent: closed loop. */
  readonly requestsPerSecond?: number;
  readonly requestsMax: number;
  readonly signed: boolean;
}

export interface Measured {
  readonly workload: string;
  readonly target: string;
  readonly cpuMicros: Spread | undefined;
  readonly requestsPerSecond: Spread;
  readonly p50Micros: Spread;
  readonly p99Micros: Spread;
  readonly p999Micros: Spread;
  readonly maxMicros: Spread;
  readonly failures: number;
  readonly unsent: number;
  readonly residentMiB: number | undefined;
  readonly rounds: readonly LoadReport[];
}

/** The first round is thrown into cold code; it gets a longer warm-up, so that the median is not its victim. */
const firstWarmUpMs = 2_000;
export const warmUpMs = 400;

export interface Setting {
  readonly workload: Workload;
  readonly targets: readonly Target[];
}

export async function measureWorkload(
  driver: LoadDriver,
  plan: Conditions,
  { workload, targets }: Setting,
): Promise<readonly Measured[]> {
  const reports = new Map<Target, LoadReport[]>(targets.map((target) => [target, []]));
  for (const target of targets) await checkAnswer(target, workload);
  for (let round = 0; round < plan.rounds; round++) {
    for (const target of targets) {
      process.stderr.write(`\r${workload.name} round ${round + 1}/${plan.rounds} ${target.name}          `);
      const report = await runOn(target, driver.run(job(plan, { workload, target, round })));
      if (report.firstFailure !== undefined) console.error(`\n${target.name}: ${report.firstFailure}`);
      reports.get(target)?.push(report);
    }
  }
  process.stderr.write(`\r${" ".repeat(60)}\r`);
  return [...reports].map(([target, rounds]) => summed(workload, target, rounds));
}

/** A server that went away is the finding, not the refused connection that showed it. */
async function runOn(target: Target, running: Promise<LoadReport>): Promise<LoadReport> {
  try {
    return await running;
  } catch (error: unknown) {
    const fate = target.fate?.();
    throw fate === undefined ? error : new Error(fate, { cause: error });
  }
}

/** Speed of wrong answers is worth nothing. */
export async function checkAnswer(
  target: Target,
  workload: Pick<Workload, "name" | "operation" | "template" | "problem">,
): Promise<void> {
  const answer = await apiCallOk(target.endpoint, workload.operation, sampleRequest(workload.template));
  const problem = workload.problem(answer);
  if (problem !== undefined) throw new Error(`${target.name} answers ${workload.name} wrongly: ${problem}`);
}

interface Round {
  readonly workload: Workload;
  readonly target: Target;
  readonly round: number;
}

function job(plan: Conditions, { workload, target, round }: Round): LoadJob {
  return {
    host: target.host,
    port: target.port,
    ...(target.pid === undefined ? {} : { serverPid: target.pid }),
    operation: workload.operation,
    template: workload.template,
    keys: workload.keys,
    keyOrder: workload.keyOrder,
    connections: plan.connections,
    pace:
      plan.requestsPerSecond === undefined
        ? { kind: "closed" }
        : { kind: "open", requestsPerSecond: plan.requestsPerSecond },
    warmUpMs: round === 0 ? firstWarmUpMs : warmUpMs,
    windowMs: plan.windowMs,
    requestsMax: plan.requestsMax,
    ...(plan.signed || target.verifies ? { signWith: benchKeys } : {}),
    seed: round + 1,
  };
}

function summed(workload: Workload, target: Target, rounds: readonly LoadReport[]): Measured {
  const cpu = rounds.flatMap(({ serverCpuMicros, answers }) =>
    serverCpuMicros === undefined ? [] : [serverCpuMicros / answers],
  );
  const memory = target.pid === undefined ? undefined : processMemory(target.pid);
  return {
    workload: workload.name,
    target: target.name,
    cpuMicros: cpu.length === 0 ? undefined : spread(cpu),
    requestsPerSecond: spread(rounds.map(({ answers, seconds }) => answers / seconds)),
    p50Micros: spread(rounds.map(({ latency }) => latency.p50)),
    p99Micros: spread(rounds.map(({ latency }) => latency.p99)),
    p999Micros: spread(rounds.map(({ latency }) => latency.p999)),
    maxMicros: spread(rounds.map(({ latency }) => latency.max)),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
    unsent: rounds.reduce((sum, { unsent }) => sum + unsent, 0),
    residentMiB: memory === undefined ? undefined : memory.residentBytes / 2 ** 20,
    rounds,
  };
}

export function workloadTable(rows: readonly Measured[]): string {
  const ms = (micros: number): string => figure(micros / 1000);
  return textTable(
    [
      "server",
      "CPU µs/request",
      "(min-max)",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "p99.9 ms",
      "max ms",
      "RSS MiB",
      "failed",
      "unsent",
    ],
    rows.map((row) => [
      row.target,
      figure(row.cpuMicros?.median),
      row.cpuMicros === undefined ? "" : `${figure(row.cpuMicros.min)}-${figure(row.cpuMicros.max)}`,
      figure(row.requestsPerSecond.median),
      ms(row.p50Micros.median),
      ms(row.p99Micros.median),
      ms(row.p999Micros.median),
      ms(row.maxMicros.median),
      figure(row.residentMiB),
      String(row.failures),
      String(row.unsent),
    ]),
  );
}
