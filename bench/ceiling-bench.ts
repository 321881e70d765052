/** `npm run bench ceiling`: what the bare minimum costs here, stage by stage, for GetItem and a durable PutItem. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stageNames } from "./ceiling/stages.ts";
import { startLoadDriver } from "./load/load-driver.ts";
import { type Conditions, type Measured, measureWorkload, workloadTable } from "./measure.ts";
import { positive } from "./option-values.ts";
import { writeResults } from "./results.ts";
import { startServerProcess } from "./server-process.ts";
import type { Target } from "./targets.ts";
import { workloads } from "./workloads.ts";

export const ceilingHelp: string = `npm run bench ceiling -- [options]

A bare server: node:http + JSON.parse + node:sqlite + spliced answer + CRC-32, without any check. Each stage
adds one thing; the difference of two lines is what that thing costs.

  --rounds N          rounds, interleaved; the median is reported (default 5)
  --seconds N         counted window of a round (default 2)
  --connections N     default 64
  --record            write the JSON file to bench/records/ instead of bench/results/`;

export async function ceilingBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      connections: { type: "string", default: "64" },
      record: { type: "boolean", default: false },
    },
  });
  const conditions: Conditions = {
    rounds: positive("rounds", values.rounds, 100),
    windowMs: positive("seconds", values.seconds, 600) * 1000,
    connections: positive("connections", values.connections, 1_000),
    requestsMax: 10_000_000,
    signed: false,
  };
  const driver = startLoadDriver();
  const targets: Target[] = [];
  try {
    for (const stage of stageNames) targets.push(await startStage(stage));
    const measured: Measured[] = [];
    for (const name of ["get", "put"]) {
      const workload = workloads.find((candidate) => candidate.name === name);
      if (workload === undefined) throw new Error(`no workload ${name}`);
      const mine = targets.filter((target) => target.name.startsWith(`${name}:`));
      const rows = await measureWorkload(driver, conditions, { workload, targets: mine });
      console.log(`\n${workload.summary}\n${workloadTable(rows)}`);
      measured.push(...rows);
    }
    const path = writeResults({ name: "ceiling", record: values.record, figures: { conditions, measured } });
    console.error(`\nfigures in ${path}`);
  } finally {
    driver.close();
    for (const target of targets) await target.close();
  }
}

async function startStage(stage: string): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "stator-ceiling-"));
  const script = join(import.meta.dirname, "ceiling/bare-server.ts");
  const server = await startServerProcess({ args: [script, "{port}", stage, folder], readyWithinMs: 20_000 });
  return {
    name: stage,
    host: server.host,
    port: server.port,
    endpoint: server.endpoint,
    verifies: false,
    pid: server.pid,
    close: async () => {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
