/** `npm run bench stalls`: how long any event loop of the server stands still while large things go on. */
import { parseArgs } from "node:util";
import { type LoadDriver, startLoadDriver } from "./load/load-driver.ts";
import { percentileMs } from "./load/log-histogram.ts";
import type { MixJob, MixReport } from "./load/mix-job.ts";
import { type Mix, mixes, mixParts } from "./mixes.ts";
import { oneNamed, positive } from "./option-values.ts";
import { preparedTarget } from "./prepared-target.ts";
import { writeResults } from "./results.ts";
import { loadBigTable } from "./stalls/big-tables.ts";
import { delayEdgesMs, delayVerdict, threadSummaries } from "./stalls/delay-log.ts";
import { type RunEvent, dropTable, scanAgainAndAgain } from "./stalls/disturbances.ts";
import { watchDelays, type Watched } from "./stalls/watch-delays.ts";
import { dataTargetName, type Target } from "./targets.ts";
import { figure, textTable } from "./text-table.ts";

export const stallsHelp: string = `npm run bench stalls -- [options]

The built server on a data folder. Loads a table to drop and a table to scan, then for a while: reads and writes
at a moderate rate (open loop), the one table is dropped and its space given back, the other is read from end to
end again and again, checkpoints come by themselves. Meanwhile GET /_stator/threads is read, which tells the
longest delay of each event loop since the last reading.

  --seconds N         of the run (default 60)
  --drop-mb N         size of the table that is dropped after a tenth of the run (default 1000)
  --drop-item-kb N    size of its items (default 100)
  --scan-mb N         size of the table that is scanned, in items of 4 KB (default 200; 0: no scans)
  --scan-pages N      pages of 1 MB read a second at most (default 20; as fast as they come, scans take all cores)
  --mix NAME          ${mixes.map(({ name }) => name).join(", ")}; default even
  --connections N     default 64
  --rate N            requests a second (default: half of what a closed loop gets before)
  --every-ms N        between two readings (default 250)
  --routers N         router threads of the server (default: the server's own)
  --target NAME       another server instead, as for "server"
  --record            write the JSON file to bench/records/ instead of bench/results/

Server, load and this program share all cores. "control" is a thread of this program that does nothing else: how
late it was woken in the reading of a thread's worst delay is what the machine did to everybody. "waited for a
core" is what the server's unluckiest thread waited for one in that reading, all its waits together. A delay that
these may explain does not fail the check, and does not pass it.`;

interface Plan {
  readonly windowMs: number;
  readonly dropMegabytes: number;
  readonly dropItemBytes: number;
  readonly scanMegabytes: number;
  readonly scanPagesPerSecond: number;
  readonly mix: Mix;
  readonly connections: number;
  readonly requestsPerSecond: number | undefined;
  readonly everyMs: number;
  readonly target: string;
  readonly record: boolean;
}

interface Run {
  readonly load: MixReport;
  readonly watched: Watched;
  readonly events: readonly RunEvent[];
  readonly requestsPerSecond: number;
}

const dropTableName = "bench-dropped";
const scanTableName = "bench-scanned";
const scanItemBytes = 4_000;
const limitMs = 5_000;
const waitMsMax = 2_000;
const warmUpMs = 1_000;
const saturationMs = 3_000;
const dropAfterShare = 0.1;

export async function stallsBench(args: readonly string[]): Promise<void> {
  const plan = parsePlan(args);
  const target = await preparedTarget(plan.target);
  // Every core that the driver takes from the server's threads would look like a stall of theirs.
  const driver = startLoadDriver({ yields: true });
  try {
    await loadTables(target, plan);
    const run = await runAll(driver, plan, target);
    console.log(report(run));
    const { verdict } = delayVerdict(run.watched.readings);
    if (verdict === "FAIL") process.exitCode = 1;
    const path = writeResults({ name: "stalls", record: plan.record, figures: { plan, run } });
    console.error(`\nfigures in ${path}`);
  } catch (error: unknown) {
    const fate = target.fate?.();
    throw fate === undefined ? error : new Error(fate, { cause: error });
  } finally {
    driver.close();
    await target.close();
  }
}

async function loadTables({ endpoint }: Target, plan: Plan): Promise<void> {
  const tables = [
    { name: dropTableName, megabytes: plan.dropMegabytes, itemBytes: plan.dropItemBytes },
    { name: scanTableName, megabytes: plan.scanMegabytes, itemBytes: scanItemBytes },
  ];
  for (const table of tables) {
    const startMs = performance.now();
    await loadBigTable(endpoint, table);
    const seconds = (performance.now() - startMs) / 1000;
    console.error(`${table.name}: ${table.megabytes} MB in ${seconds.toFixed(1)} s`);
  }
}

async function runAll(driver: LoadDriver, plan: Plan, target: Target): Promise<Run> {
  const { endpoint, pid, folder } = target;
  const job: MixJob = {
    host: target.host,
    port: target.port,
    mix: mixParts(plan.mix),
    connections: plan.connections,
    pace: { kind: "closed" },
    waitMsMax,
    limitMs,
    warmUpMs,
    windowMs: saturationMs,
    seed: 1,
  };
  const requestsPerSecond = plan.requestsPerSecond ?? (await halfOfSaturation(driver, job));
  console.error(`${Math.round(requestsPerSecond)} requests/s for ${plan.windowMs / 1000} s`);
  const end = new AbortController();
  const startMs = performance.now();
  const events: RunEvent[] = [];
  const tell = (text: string): void => void events.push({ atMs: performance.now() - startMs, text });
  const common = { endpoint, over: end.signal, tell };
  const beside = [
    watchDelays({
      endpoint,
      ...(pid === undefined ? {} : { pid }),
      everyMs: plan.everyMs,
      startMs,
      over: end.signal,
    }),
    plan.scanMegabytes === 0
      ? "nothing was scanned"
      : scanAgainAndAgain({
          ...common,
          table: scanTableName,
          everyMs: 1000 / plan.scanPagesPerSecond,
        }),
    dropLater({
      ...common,
      table: dropTableName,
      ...(folder === undefined ? {} : { folder }),
      megabytes: plan.dropMegabytes,
      afterMs: warmUpMs + plan.windowMs * dropAfterShare,
    }),
  ] as const;
  const pace = { kind: "open", requestsPerSecond } as const;
  const load = driver.runMix({ ...job, pace, windowMs: plan.windowMs, seed: 2 }).finally(() => end.abort());
  const [loadReport, watched, scanned] = await Promise.all([load, ...beside]);
  tell(scanned);
  return { load: loadReport, watched, events, requestsPerSecond };
}

async function halfOfSaturation(driver: LoadDriver, job: MixJob): Promise<number> {
  const { window, seconds } = await driver.runMix(job);
  return window.answered / seconds / 2;
}

async function dropLater(
  drop: Parameters<typeof dropTable>[0] & { readonly afterMs: number },
): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, drop.afterMs));
  await dropTable(drop);
}

function report({ load, watched, events, requestsPerSecond }: Run): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const { window } = load;
  const rate = window.answered / load.seconds;
  const { verdict, text } = delayVerdict(watched.readings);
  const lines = [
    `\nload: ${figure(rate)} of ${figure(requestsPerSecond)} requests/s answered in time; ` +
      `${window.refused} refused, ${window.late} late, ${window.unsent} unsent, ${window.failed} failed, ` +
      `${load.whole.broken} broken, ${load.unanswered} unanswered`,
    textTable(
      ["latency since due", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "lateness of the generator p99 ms"],
      [
        [
          "",
          figure(percentileMs(load.latency, 50)),
          figure(percentileMs(load.latency, 99)),
          figure(percentileMs(load.latency, 99.9)),
          figure(load.latencyMsMax),
          figure(percentileMs(load.lateness, 99)),
        ],
      ],
    ),
    "",
    ...events.map((event) => `${seconds(event.atMs).padStart(8)}  ${event.text}`),
    "",
    watched.absent ?? delayTable(watched),
    `control: woken at most ${figure(watched.controlMsMax)} ms late over the run; ${watched.missed} readings missed`,
    `${verdict.padEnd(7)} ${text}`,
  ];
  if (load.firstFailure !== undefined) lines.push(`first failure: ${load.firstFailure}`);
  return lines.join("\n");
}

function delayTable({ readings }: Watched): string {
  return textTable(
    [
      "event loop",
      "worst ms",
      "at s",
      "control ms",
      "waited for a core ms",
      "p50 of maxima",
      "p90",
      "p99",
      ...delayEdgesMs.map((edgeMs) => `> ${edgeMs} ms`),
      "readings",
    ],
    threadSummaries(readings).map((thread) => [
      thread.name,
      figure(thread.worstMs),
      (thread.worstAtMs / 1000).toFixed(1),
      figure(thread.controlMs),
      figure(thread.coreWaitMs),
      figure(thread.p50Ms),
      figure(thread.p90Ms),
      figure(thread.p99Ms),
      ...thread.over.map(String),
      String(thread.readings),
    ]),
  );
}

function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "60" },
      "drop-mb": { type: "string", default: "1000" },
      "drop-item-kb": { type: "string", default: "100" },
      "scan-mb": { type: "string", default: "200" },
      "scan-pages": { type: "string", default: "20" },
      mix: { type: "string", default: "even" },
      connections: { type: "string", default: "64" },
      rate: { type: "string" },
      "every-ms": { type: "string", default: "250" },
      routers: { type: "string" },
      target: { type: "string" },
      record: { type: "boolean", default: false },
    },
  });
  return {
    windowMs: positive("seconds", values.seconds, 3_600) * 1000,
    dropMegabytes: positive("drop-mb", values["drop-mb"], 100_000),
    dropItemBytes: positive("drop-item-kb", values["drop-item-kb"], 390) * 1000,
    scanPagesPerSecond: positive("scan-pages", values["scan-pages"], 1_000),
    scanMegabytes: values["scan-mb"] === "0" ? 0 : positive("scan-mb", values["scan-mb"], 100_000),
    mix: oneNamed("mix", values.mix, mixes),
    connections: positive("connections", values.connections, 1_000),
    requestsPerSecond: values.rate === undefined ? undefined : positive("rate", values.rate, 1_000_000),
    everyMs: positive("every-ms", values["every-ms"], 60_000),
    target: values.target ?? dataTargetName(values.routers),
    record: values.record,
  };
}
