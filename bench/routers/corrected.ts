/**
 * What a measurement says of a server when the load generator, and perhaps others, ran on the same cores. Three
 * figures, from the strictest to the kindest: `atLeast` gives back what the generator took, `corrected` what
 * anybody took, `cpuBound` assumes that the server never waits for itself. With nobody else on the machine the
 * first two are equal; with no core ever idle the last two are.
 */
import type { LoadReport } from "../load/job.ts";

export interface RouterRound {
  readonly perSecond: number;
  /** Cores in use on average, of the server, the load generator and everything else. */
  readonly serverCores: number;
  readonly driverCores: number;
  readonly otherCores: number;
  readonly idleCores: number;
  readonly serverMicros: number;
  readonly driverMicros: number;
  /** Requests a second with the generator elsewhere; time that others used is charged to the server. */
  readonly atLeast: number;
  /** The same with the others elsewhere, too; time in which a core was idle is charged to the server. */
  readonly corrected: number;
  /** Requests a second if CPU time were all that is ever waited for. */
  readonly cpuBound: number;
}

export interface Setup {
  /** Of the machine. */
  readonly cores: number;
  /** The load generator runs on cores that the server may use. */
  readonly shared: boolean;
  /** Cores the server could use for this workload: its busy threads, at most those it may run on. */
  readonly usableCores: number;
}

/** Threads that have work: everything on one, or the routers, and for writes the writer. */
export function busyThreads(routers: number, writes: boolean): number {
  if (routers === 0) return 1;
  return writes ? routers + 1 : routers;
}

const microsPerSecond = 1e6;

/** Undefined where CPU times cannot be read. */
export function routerRound(report: LoadReport, setup: Setup): RouterRound | undefined {
  const { cores, shared, usableCores } = setup;
  const { serverCpuMicros, driverCpuMicros, machineBusyMicros, answers, seconds } = report;
  if (serverCpuMicros === undefined || machineBusyMicros === undefined || answers === 0) return undefined;
  const inCores = (micros: number): number => micros / microsPerSecond / seconds;
  const perSecond = answers / seconds;
  const serverCores = inCores(serverCpuMicros);
  const driverCores = inCores(driverCpuMicros);
  const busyCores = inCores(machineBusyMicros);
  const idleCores = Math.max(0, cores - Math.max(busyCores, serverCores + driverCores));
  // The server could have had what the generator left. What it did not use, it waited for itself.
  const leftCores = shared ? cores - driverCores : usableCores;
  const couldUse = Math.min(usableCores, serverCores + idleCores);
  return {
    perSecond,
    serverCores,
    driverCores,
    otherCores: Math.max(0, busyCores - serverCores - driverCores),
    idleCores,
    serverMicros: serverCpuMicros / answers,
    driverMicros: driverCpuMicros / answers,
    atLeast: perSecond * Math.max(1, usableCores / leftCores),
    corrected: perSecond * (shared ? usableCores / couldUse : 1),
    cpuBound: (usableCores * microsPerSecond * answers) / serverCpuMicros,
  };
}

/** Each round's figure divided by the same round's of another server: what disturbed both cancels out. */
export function pairedRatios(
  rounds: readonly RouterRound[],
  base: readonly RouterRound[],
  pick: (round: RouterRound) => number,
): readonly number[] {
  return rounds.flatMap((round, index) => {
    const other = base[index];
    return other === undefined ? [] : [pick(round) / pick(other)];
  });
}
