/** `npm run bench routers`: what several router threads answer against one, with the load generator paid for. */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { startLoadDriver } from "./load/load-driver.ts";
import { type Conditions, type Measured, measureWorkload, warmUpMs } from "./measure.ts";
import { oneNamed, positive, wholeNumber } from "./option-values.ts";
import { pinningProblem } from "./pinned.ts";
import { preparedTarget } from "./prepared-target.ts";
import { writeResults } from "./results.ts";
import { busyThreads, pairedRatios, type RouterRound, routerRound, type Setup } from "./routers/corrected.ts";
import { builtServerKnows } from "./server-process.ts";
import { type Spread, spread } from "./statistics.ts";
import type { Target } from "./targets.ts";
import { figure, textTable } from "./text-table.ts";
import { type Workload, workloads } from "./workloads.ts";

export const routersHelp: string = `npm run bench routers -- [options]

The built server on a data folder with different numbers of router threads, interleaved round by round, closed
loop. All figures are medians of the rounds; ratios are taken round by round against the first of --routers.

  --routers LIST      default 1,2,0; the first is what the others are compared with
  --workloads LIST    default get,update,update-hot; as for "server"
  --variants LIST     shared: server and load generator on the same two cores (default)
                      apart: the server on one core, the generator on the other; shows what threads cost where
                      they cannot help
  --rounds N          default 5
  --seconds N         counted window of a round (default 2)
  --connections N     default 64
  --record            write the JSON file to bench/records/ instead of bench/results/

On two cores the load generator takes from the server what it uses. With
  U, D       cores the server and the generator used on average (CPU seconds / seconds)
  idle       cores nobody used; "others" is the rest: other programs, and work of the kernel that is nobody's
  usable     cores the server could use at most: one with 0 routers; else its routers, and the writer for
             writes; never more than there are
the columns are
  requests/s what was measured
  at least   requests/s * max(1, usable / (cores - D)): with the generator elsewhere, if the server used more cores
             as well as it used what the generator left. What others used counts against the server
  corrected  requests/s * usable / min(usable, U + idle): with the others elsewhere, too. Time in which a core was
             idle counts against the server: its threads waited, for each other or for requests
  CPU bound  usable * 1,000,000 / CPU µs per request: if no thread ever waited. The true figure is lower
"At least" equals "corrected" while nobody else is on the machine, "corrected" equals "CPU bound" while no core is
idle. The ratio that counts for "two routers answer 1.5 times the GetItems of one" is that of the corrected
figures, best on a calm machine.`;

interface Variant {
  readonly name: string;
  readonly serverCores?: readonly number[];
  readonly driverCores?: readonly number[];
}

interface Plan extends Conditions {
  readonly routers: readonly number[];
  readonly workloads: readonly Workload[];
  readonly variants: readonly Variant[];
  readonly record: boolean;
}

interface Row {
  readonly routers: number;
  readonly measured: Measured;
  readonly rounds: readonly RouterRound[];
}

const variants: readonly Variant[] = [
  { name: "shared" },
  { name: "apart", serverCores: [0], driverCores: [1] },
];
const cores = cpus().length;
const barRatio = 1.5;
const barRouters = 2;
/** A core that stood still so much of the time was not needed, or was waited for. */
const idleCoresMuch = 0.2;
const driverCoresMuch = 0.95;
const otherCoresMuch = 0.3;

export async function routersBench(args: readonly string[]): Promise<void> {
  const plan = parsePlan(args);
  if (!builtServerKnows("routers")) {
    throw new Error("the built server has no option --routers: build a revision that has router threads");
  }
  const servers = plan.variants.length * plan.routers.length * plan.workloads.length;
  console.error(`about ${Math.ceil((servers * plan.rounds * (plan.windowMs + warmUpMs)) / 1000)} s of load`);
  const figures: unknown[] = [];
  for (const variant of plan.variants) {
    const problem = variant.serverCores === undefined ? undefined : pinningProblem();
    if (problem === undefined) figures.push(...(await measureVariant(plan, variant)));
    else console.log(`\nvariant ${variant.name} is skipped: ${problem}`);
  }
  const path = writeResults({ name: "routers", record: plan.record, figures });
  console.error(`\nfigures in ${path}`);
}

async function measureVariant(plan: Plan, variant: Variant): Promise<readonly object[]> {
  const { driverCores, serverCores } = variant;
  const driver = startLoadDriver(driverCores === undefined ? {} : { cores: driverCores });
  const targets: Target[] = [];
  const figures: object[] = [];
  try {
    for (const routers of plan.routers) {
      targets.push(await preparedTarget(`data-routers-${routers}`, serverCores));
    }
    for (const workload of plan.workloads) {
      const measured = await measureWorkload(driver, plan, { workload, targets });
      const writes = workload.operation !== "GetItem";
      const rows = plan.routers.flatMap((routers, index): Row[] => {
        const each = measured[index];
        if (each === undefined) return [];
        const shared = driverCores === undefined;
        const usableCores = Math.min(serverCores?.length ?? cores, busyThreads(routers, writes));
        const setup = { cores, shared, usableCores };
        return [{ routers, measured: each, rounds: roundsOf(each, setup) }];
      });
      console.log(`\n${workload.name}, ${variant.name}: ${workload.summary}\n${table(rows)}`);
      if (workload.name === "get" && variant.name === "shared") console.log(verdict(rows));
      figures.push({ variant, workload: workload.name, rows });
    }
    return figures;
  } finally {
    driver.close();
    for (const target of targets) await target.close();
  }
}

function roundsOf({ rounds }: Measured, setup: Setup): readonly RouterRound[] {
  return rounds.flatMap((report) => routerRound(report, setup) ?? []);
}

function median(rounds: readonly RouterRound[], pick: (round: RouterRound) => number): number {
  return spread(rounds.map(pick)).median;
}

function table(rows: readonly Row[]): string {
  const base = rows[0]?.rounds ?? [];
  return textTable(
    [
      "routers",
      "requests/s",
      "ratio",
      "at least",
      "ratio",
      "corrected",
      "ratio",
      "(min-max)",
      "CPU bound",
      "ratio",
      "server µs",
      "driver µs",
      "U cores",
      "D cores",
      "others",
      "idle",
      "p50 ms",
      "p99 ms",
      "failed",
    ],
    rows.map(({ routers, rounds, measured }) => {
      const ratio = (pick: (round: RouterRound) => number): Spread =>
        spread(pairedRatios(rounds, base, pick));
      const corrected = ratio((round) => round.corrected);
      return [
        String(routers),
        figure(measured.requestsPerSecond.median),
        figure(ratio((round) => round.perSecond).median),
        figure(median(rounds, (round) => round.atLeast)),
        figure(ratio((round) => round.atLeast).median),
        figure(median(rounds, (round) => round.corrected)),
        figure(corrected.median),
        `${figure(corrected.min)}-${figure(corrected.max)}`,
        figure(median(rounds, (round) => round.cpuBound)),
        figure(ratio((round) => round.cpuBound).median),
        figure(median(rounds, (round) => round.serverMicros)),
        figure(median(rounds, (round) => round.driverMicros)),
        figure(median(rounds, (round) => round.serverCores)),
        figure(median(rounds, (round) => round.driverCores)),
        figure(median(rounds, (round) => round.otherCores)),
        figure(median(rounds, (round) => round.idleCores)),
        figure(measured.p50Micros.median / 1000),
        figure(measured.p99Micros.median / 1000),
        String(measured.failures),
      ];
    }),
  );
}

/** What the table says of two routers against one; nothing when one of them was not measured. */
function verdict(rows: readonly Row[]): string {
  const one = rows.find(({ routers }) => routers === 1);
  const two = rows.find(({ routers }) => routers === barRouters);
  if (one === undefined || two === undefined || two.rounds.length === 0) return "";
  const ratio = (pick: (round: RouterRound) => number): number =>
    spread(pairedRatios(two.rounds, one.rounds, pick)).median;
  const corrected = ratio((round) => round.corrected);
  const lines = [
    `${corrected >= barRatio ? "ok     " : "FAIL   "} 2 routers answer ${figure(corrected)} times the GetItems of one (bar: ${barRatio}; ` +
      `at least ${figure(ratio((round) => round.atLeast))}, CPU bound ${figure(ratio((round) => round.cpuBound))})`,
  ];
  const note = (text: string): void => void lines.push(`        ${text}`);
  if (median(two.rounds, ({ idleCores }) => idleCores) > idleCoresMuch) {
    note("with 2 routers cores were idle: their threads waited, or the generator was too slow");
  }
  if (median(two.rounds, ({ driverCores }) => driverCores) > driverCoresMuch) {
    note("the generator used a whole core: it was the limit, the server could do more");
  }
  if (median(two.rounds, ({ otherCores }) => otherCores) > otherCoresMuch) {
    note("others used much of the machine: the figure is little better than the CPU bound");
  }
  return lines.join("\n");
}

function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      routers: { type: "string", default: "1,2,0" },
      workloads: { type: "string", default: "get,update,update-hot" },
      variants: { type: "string", default: "shared" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      connections: { type: "string", default: "64" },
      record: { type: "boolean", default: false },
    },
  });
  return {
    routers: values.routers.split(",").map((text) => wholeNumber("routers", text, 64)),
    workloads: values.workloads.split(",").map((name) => oneNamed("workload", name, workloads)),
    variants: values.variants.split(",").map((name) => oneNamed("variant", name, variants)),
    rounds: positive("rounds", values.rounds, 100),
    windowMs: positive("seconds", values.seconds, 600) * 1000,
    connections: positive("connections", values.connections, 1_000),
    requestsMax: 100_000_000,
    signed: false,
    record: values.record,
  };
}
