/**
 * `npm run bench server`: DynamoDB-shaped load on several servers, interleaved round by round, so that what
 * disturbs the machine disturbs all of them alike. The figure that decides is the server's CPU time for each
 * request, all threads together: throughput depends on how many cores are free, CPU time much less.
 */
import { parseArgs } from "node:util";
import { startLoadDriver } from "./load/load-driver.ts";
import { type Conditions, type Measured, measureWorkload, warmUpMs, workloadTable } from "./measure.ts";
import { oneNamed, positive } from "./option-values.ts";
import { preparedTarget } from "./prepared-target.ts";
import { writeResults } from "./results.ts";
import type { Target } from "./targets.ts";
import { type Workload, workloads } from "./workloads.ts";

export const serverHelp: string = `npm run bench server -- [options]

  --targets LIST      memory, data (the built server), memory-signed, data-signed (verifying signatures),
                      memory-routers-N, data-routers-N (so many router threads), dynalite, dynalite-path,
                      REV:memory, REV:data, or http://127.0.0.1:PORT; default memory,data,dynalite,dynalite-path
  --against REV       adds REV:memory and REV:data to the targets memory,data
  --workloads LIST    ${workloads.map(({ name }) => name).join(", ")}; default all
  --rounds N          rounds, interleaved; the median is reported (default 5)
  --seconds N         counted window of a round (default 2)
  --connections N     default 64
  --rate N            open loop at N requests/s instead of the closed loop; latency from the scheduled start
  --requests-max N    a window ends after so many answers (default 1,000,000)
  --signed            sign every request (otherwise one well-formed signature for all)
  --record            write the JSON file to bench/records/ instead of bench/results/

Workloads:
${workloads.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join("\n")}`;

interface Plan extends Conditions {
  readonly targets: readonly string[];
  readonly workloads: readonly Workload[];
  readonly record: boolean;
}

export async function serverBench(args: readonly string[]): Promise<void> {
  const plan = parsePlan(args);
  const seconds =
    plan.targets.length * plan.workloads.length * plan.rounds * ((plan.windowMs + warmUpMs) / 1000);
  console.error(`about ${Math.ceil(seconds)} s of load, then a table`);
  const targets: Target[] = [];
  const driver = startLoadDriver();
  try {
    for (const name of plan.targets) targets.push(await preparedTarget(name));
    const measured: Measured[] = [];
    for (const workload of plan.workloads) {
      measured.push(...(await measureWorkload(driver, plan, { workload, targets })));
      console.log(
        `\n${workload.name}: ${workload.summary}\n${workloadTable(measured.filter((row) => row.workload === workload.name))}`,
      );
    }
    const path = writeResults({
      name: "server",
      record: plan.record,
      figures: { plan: { ...plan, workloads: plan.workloads.map(({ name }) => name) }, measured },
    });
    console.error(`\nfigures in ${path}`);
    if (measured.some(({ failures }) => failures > 0)) process.exitCode = 1;
  } finally {
    driver.close();
    for (const target of targets) await target.close();
  }
}

function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      targets: { type: "string" },
      against: { type: "string" },
      workloads: { type: "string" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      connections: { type: "string", default: "64" },
      rate: { type: "string" },
      "requests-max": { type: "string", default: "1000000" },
      signed: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
    },
  });
  const { against } = values;
  const usual = against === undefined ? "memory,data,dynalite,dynalite-path" : "memory,data";
  const targets = (values.targets ?? usual).split(",");
  return {
    targets: against === undefined ? targets : [...targets, `${against}:memory`, `${against}:data`],
    workloads: chosenWorkloads(values.workloads),
    rounds: positive("rounds", values.rounds, 100),
    windowMs: positive("seconds", values.seconds, 600) * 1000,
    connections: positive("connections", values.connections, 1_000),
    ...(values.rate === undefined ? {} : { requestsPerSecond: positive("rate", values.rate, 1_000_000) }),
    requestsMax: positive("requests-max", values["requests-max"], 100_000_000),
    signed: values.signed,
    record: values.record,
  };
}

function chosenWorkloads(list: string | undefined): readonly Workload[] {
  if (list === undefined) return workloads;
  return list.split(",").map((name) => oneNamed("workload", name, workloads));
}
