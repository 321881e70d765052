/** `npm run bench overload`: what is still answered in time when more is asked than can be answered. */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type LoadDriver, startLoadDriver } from "./load/load-driver.ts";
import type { MixJob, MixReport } from "./load/mix-job.ts";
import { checkAnswer } from "./measure.ts";
import { type MemoryWatch, watchMemory } from "./memory-watch.ts";
import { type Mix, mixes, mixParts } from "./mixes.ts";
import { oneNamed, positive } from "./option-values.ts";
import {
  type Check,
  checksOf,
  curveOf,
  type CurvePoint,
  disturbance,
  driverLimit,
  goodputOf,
  otherCores,
  type Round,
  type Step,
} from "./overload/curve.ts";
import { pinningProblem } from "./pinned.ts";
import { preparedTarget } from "./prepared-target.ts";
import { writeResults } from "./results.ts";
import { spread } from "./statistics.ts";
import { dataTargetName, type Target } from "./targets.ts";
import { figure, textTable } from "./text-table.ts";
import { readThreads } from "./thread-delays.ts";

export const overloadHelp: string = `npm run bench overload -- [options]

The built server on a data folder, on one core; the load generator on the other. Each round first measures
saturation (closed loop), then offers multiples of it on a schedule that does not wait for the server. A request
takes a free connection of the pool, each of which has one request under way; when none is free it waits in the
generator, first come first served. Its time limit counts from when it was due.

  --mixes LIST          ${mixes.map(({ name }) => name).join(", ")}; default get,update,mixed
  --steps LIST          multiples of saturation (default 0.5,1,2,4)
  --rounds N            the curve is measured so often; medians are shown (default 3)
  --seconds N           counted window of a step (default 5)
  --connections N       of the pool (default 1000)
  --closed N            connections of the closed loop (default: as many; with few a server is somewhat faster)
  --limit-ms N          time limit of a request (default 2000)
  --wait-ms N           how long it waits for a connection before it is given up (default: half the limit). With
                        the whole limit every request that was sent under overload would have spent its limit
                        waiting, and be late whatever the server does; SDKs, too, have a shorter limit for this
  --drivers N           load processes (default 1)
  --routers N           router threads of the server (default 1; a build without them runs on one thread)
  --target NAME         another server instead, as for "server"
  --no-pin              let both run on any core
  --record              write the JSON file to bench/records/ instead of bench/results/

Rates are requests a second of what was decided in the window:
  goodput   answered 200 within the limit          refused   503 or another error that SDKs retry, in time
  late      answered after the limit               unsent    given up, no connection was free in time
The closed loop is measured up to three times while other programs use the machine, and the best taken.
"of peak" compares goodput with the best of the same round, "of work" goodput per second of the server's CPU time
with that of the closed loop: when other programs take the server's core, the first falls and the second does not.
Latencies are those of 200 answers since they were due, waiting in the generator included. "lateness" is how long
the generator left a request that was due although a connection was free.

Mixes:
${mixes.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join("\n")}`;

interface Plan {
  readonly mixes: readonly Mix[];
  readonly steps: readonly number[];
  readonly rounds: number;
  readonly windowMs: number;
  readonly connections: number;
  readonly closedConnections: number;
  readonly limitMs: number;
  readonly waitMsMax: number;
  readonly drivers: number;
  readonly target: string;
  readonly pinned: boolean;
  readonly record: boolean;
}

const closedWarmUpMs = 1_500;
const closedWindowMs = 3_000;
/** More than a request may wait: until then less is given up than in the long run. */
const warmUpBeyondWaitMs = 500;
const pauseMs = 300;
const closedTriesMax = 3;

export async function overloadBench(args: readonly string[]): Promise<void> {
  const plan = parsePlan(args);
  const problem = plan.pinned ? pinningProblem() : "--no-pin was given";
  if (problem !== undefined)
    console.error(`server and load generator share all ${cpus().length} cores: ${problem}`);
  const pinned = problem === undefined;
  const stepMs = plan.waitMsMax + warmUpBeyondWaitMs + plan.windowMs + plan.waitMsMax;
  const roundMs = closedWarmUpMs + closedWindowMs + plan.steps.length * stepMs;
  console.error(`about ${Math.ceil((plan.mixes.length * plan.rounds * roundMs) / 1000)} s of load`);
  const driver = startLoadDriver({ processes: plan.drivers, ...(pinned ? { cores: [1] } : {}) });
  const figures: object[] = [];
  try {
    for (const mix of plan.mixes) {
      const rounds = await measureMix(driver, plan, mix, pinned ? [0] : undefined);
      const curve = curveOf(rounds);
      const checks = checksOf(rounds);
      console.log(report(mix, { rounds, curve, checks }));
      if (checks.some(({ verdict }) => verdict === "FAIL")) process.exitCode = 1;
      figures.push({ mix: mix.name, curve, checks, rounds });
    }
  } finally {
    driver.close();
  }
  const path = writeResults({ name: "overload", record: plan.record, figures: { plan, pinned, figures } });
  console.error(`\nfigures in ${path}`);
}

async function measureMix(
  driver: LoadDriver,
  plan: Plan,
  mix: Mix,
  cores: readonly number[] | undefined,
): Promise<readonly Round[]> {
  const target = await preparedTarget(plan.target, cores);
  const memory = watchMemory(target.pid);
  try {
    for (const { workload } of mix.parts) await checkAnswer(target, workload);
    const rounds: Round[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      rounds.push(await measureRound(driver, plan, { mix, target, memory, round }));
    }
    process.stderr.write(`\r${" ".repeat(60)}\r`);
    return rounds;
  } catch (error: unknown) {
    const fate = target.fate?.();
    throw fate === undefined ? error : new Error(fate, { cause: error });
  } finally {
    memory.close();
    await target.close();
  }
}

interface Measuring {
  readonly mix: Mix;
  readonly target: Target;
  readonly memory: MemoryWatch;
  readonly round: number;
}

async function measureRound(driver: LoadDriver, plan: Plan, measuring: Measuring): Promise<Round> {
  const { mix, target, memory, round } = measuring;
  const tell = (what: string): void =>
    void process.stderr.write(`\r${mix.name} round ${round + 1}/${plan.rounds} ${what}          `);
  const job: MixJob = {
    host: target.host,
    port: target.port,
    ...(target.pid === undefined ? {} : { serverPid: target.pid }),
    mix: mixParts(mix),
    connections: plan.closedConnections,
    pace: { kind: "closed" },
    waitMsMax: plan.waitMsMax,
    limitMs: plan.limitMs,
    warmUpMs: closedWarmUpMs,
    windowMs: closedWindowMs,
    seed: round + 1,
  };
  tell("closed loop");
  const closed = await calmest(async () => driver.runMix(job));
  const saturation = goodputOf(closed);
  if (!(saturation > 0))
    throw new Error(`nothing was answered in time: ${closed.firstFailure ?? "no answer"}`);
  const steps: Step[] = [];
  for (const [index, factor] of plan.steps.entries()) {
    tell(`${factor}x`);
    await new Promise<void>((resolve) => setTimeout(resolve, pauseMs));
    memory.peakMiB();
    await readThreads(target.endpoint);
    const stepReport = await driver.runMix({
      ...job,
      connections: plan.connections,
      pace: { kind: "open", requestsPerSecond: saturation * factor },
      warmUpMs: plan.waitMsMax + warmUpBeyondWaitMs,
      windowMs: plan.windowMs,
      seed: round * plan.steps.length + index + 1_000,
    });
    if (stepReport.firstFailure !== undefined) console.error(`\n${stepReport.firstFailure}`);
    const residentMiB = memory.peakMiB();
    const loopDelayMaxMs = await worstDelayMs(target.endpoint);
    steps.push({
      factor,
      report: stepReport,
      ...(residentMiB === undefined ? {} : { residentMiB }),
      ...(loopDelayMaxMs === undefined ? {} : { loopDelayMaxMs }),
    });
  }
  return { closed, steps };
}

/** Saturation that others kept low would make the steps too small: tries again a few times while they do. */
async function calmest(measure: () => Promise<MixReport>): Promise<MixReport> {
  let best = await measure();
  for (let again = 1; again < closedTriesMax && disturbance(otherCores(best)) !== undefined; again++) {
    const next = await measure();
    if (goodputOf(next) > goodputOf(best)) best = next;
  }
  return best;
}

async function worstDelayMs(endpoint: string): Promise<number | undefined> {
  const answer = await readThreads(endpoint);
  if (answer.kind !== "reading") return undefined;
  return Math.max(...answer.reading.threads.map(({ loopDelayMaxMs }) => loopDelayMaxMs));
}

interface Found {
  readonly rounds: readonly Round[];
  readonly curve: readonly CurvePoint[];
  readonly checks: readonly Check[];
}

function report(mix: Mix, { rounds, curve, checks }: Found): string {
  const saturation = spread(rounds.map(({ closed }) => goodputOf(closed)));
  const limits = curve.flatMap((point) => {
    const limit = driverLimit(point) ?? disturbance(point.otherCores);
    return limit === undefined ? [] : [`at ${point.factor}x ${limit}`];
  });
  return [
    `\n${mix.name}: ${mix.summary}`,
    `saturation ${figure(saturation.median)}/s (${figure(saturation.min)}-${figure(saturation.max)})`,
    curveTable(curve),
    ...limits,
    ...checks.map(({ verdict, text }) => `${verdict.padEnd(7)} ${text}`),
  ].join("\n");
}

function curveTable(curve: readonly CurvePoint[]): string {
  return textTable(
    [
      "load",
      "offered/s",
      "goodput/s",
      "of peak",
      "of work",
      "refused/s",
      "late/s",
      "unsent/s",
      "p50 ms",
      "p99 ms",
      "RSS MiB",
      "loop max ms",
      "server cores",
      "others",
      "driver busy",
      "lateness p99 ms",
    ],
    curve.map((point) => [
      `${point.factor}x`,
      figure(point.offered),
      figure(point.goodput),
      percent(point.ofPeak),
      percent(point.ofWork),
      figure(point.rates.refused),
      figure(point.rates.late),
      figure(point.rates.unsent),
      figure(point.p50Ms),
      figure(point.p99Ms),
      figure(point.residentMiB),
      figure(point.loopDelayMaxMs),
      figure(point.serverCores),
      figure(point.otherCores),
      percent(point.driverBusy),
      figure(point.latenessP99Ms),
    ]),
  );
}

function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${Math.round(share * 100)} %`;
}

function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mixes: { type: "string", default: "get,update,mixed" },
      steps: { type: "string", default: "0.5,1,2,4" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "5" },
      connections: { type: "string", default: "1000" },
      closed: { type: "string" },
      "limit-ms": { type: "string", default: "2000" },
      "wait-ms": { type: "string" },
      drivers: { type: "string", default: "1" },
      routers: { type: "string" },
      target: { type: "string" },
      "no-pin": { type: "boolean", default: false },
      record: { type: "boolean", default: false },
    },
  });
  const limitMs = positive("limit-ms", values["limit-ms"], 60_000);
  return {
    mixes: values.mixes.split(",").map((name) => oneNamed("mix", name, mixes)),
    steps: values.steps.split(",").map((text) => positive("steps", text, 100)),
    rounds: positive("rounds", values.rounds, 100),
    windowMs: positive("seconds", values.seconds, 600) * 1000,
    connections: positive("connections", values.connections, 20_000),
    closedConnections: positive("closed", values.closed ?? values.connections, 20_000),
    limitMs,
    waitMsMax: values["wait-ms"] === undefined ? limitMs / 2 : positive("wait-ms", values["wait-ms"], 60_000),
    drivers: positive("drivers", values.drivers, 16),
    target: values.target ?? dataTargetName(values.routers ?? "1"),
    pinned: !values["no-pin"],
    record: values.record,
  };
}
