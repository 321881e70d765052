/** `npm run bench indexes`: what two global indexes cost a table, and how far they stay behind it. */
import { parseArgs } from "node:util";
import {
  caughtUpAfterMs,
  changesBehind,
  type LagFigures,
  lagFigures,
  probeLag,
} from "./indexes/lag-probe.ts";
import { keyMark, uniqueMark } from "./load/job.ts";
import { type LoadDriver, startLoadDriver } from "./load/load-driver.ts";
import { percentileMs } from "./load/log-histogram.ts";
import type { MixJob, MixReport } from "./load/mix-job.ts";
import { positive } from "./option-values.ts";
import { createTable } from "./prepared-target.ts";
import { writeResults } from "./results.ts";
import { dataTargetName, type Target, targetChoice } from "./targets.ts";
import { figure, textTable } from "./text-table.ts";

export const indexesHelp: string = `npm run bench indexes -- [options]

The built server on a data folder, a plain table and one with two global indexes (ALL and KEYS_ONLY), PutItem of
300 bytes with index keys that change, keys spread over 10,000. Interleaved rounds of both tables:
- saturation: a closed loop; for the indexed table until its indexes have caught up with all of it
- latency at a fixed rate
Then the lag at half of the indexed table's saturation: marked writes, asked for in an index until they show.

  --seconds N       of each measurement (default 8)
  --rounds N        default 3
  --rate N          requests a second for the latency (default 1000)
  --connections N   default 64
  --routers N       router threads of the server (default: the server's own)
  --record          write the JSON file to bench/records/ instead of bench/results/`;

interface Plan {
  readonly windowMs: number;
  readonly rounds: number;
  readonly rate: number;
  readonly connections: number;
  readonly target: string;
  readonly record: boolean;
}

const plainTable = "bench-plain";
const indexedTable = "bench-indexed";
const catchUpMsMax = 60_000;
const warmUpMs = 1_000;

/** What a table did in one round. */
interface Round {
  readonly table: string;
  readonly writesPerSecond: number;
  /** Until the indexes had caught up with the last write, all writes over all of the time. */
  readonly caughtUpPerSecond: number;
  readonly catchUpMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function indexesBench(args: readonly string[]): Promise<void> {
  const plan = parsePlan(args);
  const target = await targetChoice(plan.target).start();
  const driver = startLoadDriver({ yields: true });
  try {
    await createTable(target.endpoint, definition(plainTable, false));
    await createTable(target.endpoint, definition(indexedTable, true));
    const rounds: Round[] = [];
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const table of [plainTable, indexedTable]) {
        rounds.push(await measureRound({ driver, plan, target }, table, round));
        console.error(JSON.stringify(rounds.at(-1)));
      }
    }
    const lag = await measureLag(
      { driver, plan, target },
      median(rounds, indexedTable, "caughtUpPerSecond") / 2,
    );
    console.log(report(rounds, lag));
    const path = writeResults({ name: "indexes", record: plan.record, figures: { plan, rounds, lag } });
    console.error(`\nfigures in ${path}`);
  } finally {
    driver.close();
    await target.close();
  }
}

interface Bench {
  readonly driver: LoadDriver;
  readonly plan: Plan;
  readonly target: Target;
}

async function measureRound(bench: Bench, table: string, seed: number): Promise<Round> {
  const { driver, plan, target } = bench;
  const job = jobOf(bench, table, seed);
  const startMs = performance.now();
  const closed = await driver.runMix({ ...job, pace: { kind: "closed" } });
  if (closed.firstFailure !== undefined) throw new Error(closed.firstFailure);
  const loadedMs = performance.now() - startMs;
  const catchUpMs = await caughtUpAfterMs(target.endpoint, catchUpMsMax);
  const pace = { kind: "open", requestsPerSecond: plan.rate } as const;
  const open = await driver.runMix({ ...job, pace, seed: seed + 100 });
  await caughtUpAfterMs(target.endpoint, catchUpMsMax);
  const writesPerSecond = perSecond(closed);
  return {
    table,
    writesPerSecond,
    caughtUpPerSecond: (writesPerSecond * loadedMs) / (loadedMs + catchUpMs),
    catchUpMs,
    p50Ms: percentileMs(open.latency, 50),
    p99Ms: percentileMs(open.latency, 99),
  };
}

interface Lag extends LagFigures {
  readonly rate: number;
  /** After a burst at saturation: changes behind when it ended, and how many a second were then applied. */
  readonly backlog: number;
  readonly drainedPerSecond: number;
  readonly loadPerSecond: number;
}

async function measureLag(bench: Bench, rate: number): Promise<Lag> {
  const { driver, plan, target } = bench;
  const end = new AbortController();
  const probing = probeLag({
    endpoint: target.endpoint,
    table: indexedTable,
    index: "first",
    everyMs: 10,
    over: end.signal,
  });
  const pace = { kind: "open", requestsPerSecond: rate } as const;
  const job = jobOf(bench, indexedTable, 1000);
  await driver.runMix({ ...job, pace, windowMs: 3 * plan.windowMs }).finally(() => end.abort());
  const figures = lagFigures(await probing);
  await caughtUpAfterMs(target.endpoint, catchUpMsMax);
  const burst = await driver.runMix({ ...job, pace: { kind: "closed" }, seed: 2000 });
  const backlog = await changesBehind(target.endpoint);
  const drainMs = await caughtUpAfterMs(target.endpoint, catchUpMsMax);
  return {
    rate,
    ...figures,
    backlog,
    // Each change is applied once for each index.
    drainedPerSecond: (backlog / 2 / drainMs) * 1000,
    loadPerSecond: perSecond(burst),
  };
}

function jobOf({ plan, target }: Bench, table: string, seed: number): Omit<MixJob, "pace"> {
  const filler = "abcdefghijklmnopqrstuvwxyz012345".repeat(6);
  const item =
    `{"pk":{"S":"item-${keyMark}"},"g1":{"S":"owner-${keyMark}"},"s1":{"S":"${uniqueMark}"},` +
    `"g2":{"S":"group-${uniqueMark}"},"filler":{"S":"${filler}"}}`;
  return {
    host: target.host,
    port: target.port,
    mix: [
      {
        operation: "PutItem",
        template: `{"TableName":"${table}","Item":${item}}`,
        keys: 10_000,
        keyOrder: "random",
        weight: 1,
      },
    ],
    connections: plan.connections,
    waitMsMax: 2_000,
    limitMs: 5_000,
    warmUpMs,
    windowMs: plan.windowMs,
    seed,
  };
}

function definition(name: string, indexed: boolean): object {
  const string = (AttributeName: string): object => ({ AttributeName, AttributeType: "S" });
  const indexes = [
    {
      IndexName: "first",
      KeySchema: [
        { AttributeName: "g1", KeyType: "HASH" },
        { AttributeName: "s1", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
    {
      IndexName: "second",
      KeySchema: [{ AttributeName: "g2", KeyType: "HASH" }],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ];
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [string("pk"), ...(indexed ? [string("g1"), string("s1"), string("g2")] : [])],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    ...(indexed ? { GlobalSecondaryIndexes: indexes } : {}),
  };
}

function perSecond({ window, seconds }: MixReport): number {
  return window.answered / seconds;
}

function median(rounds: readonly Round[], table: string, member: Exclude<keyof Round, "table">): number {
  const values = rounds
    .filter((round) => round.table === table)
    .map((round) => round[member])
    .sort((left, right) => left - right);
  return values[Math.floor(values.length / 2)] ?? 0;
}

function report(rounds: readonly Round[], lag: Lag): string {
  const members = ["writesPerSecond", "caughtUpPerSecond", "catchUpMs", "p50Ms", "p99Ms"] as const;
  const rows = members.map((member) => {
    const plain = median(rounds, plainTable, member);
    const indexed = median(rounds, indexedTable, member);
    return [member, figure(plain), figure(indexed), (indexed / plain).toFixed(2)];
  });
  return [
    textTable(["median of rounds", "plain", "two indexes", "ratio"], rows),
    "",
    `lag at ${Math.round(lag.rate)} writes/s (${lag.probes} probes): p50 ${lag.p50Ms.toFixed(1)} ms, ` +
      `p99 ${lag.p99Ms.toFixed(1)} ms, max ${lag.maxMs.toFixed(1)} ms`,
    `after ${Math.round(lag.loadPerSecond)} writes/s: ${lag.backlog} changes behind, ` +
      `${Math.round(lag.drainedPerSecond)} writes/s applied to both indexes when the load had stopped`,
  ].join("\n");
}

function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "8" },
      rounds: { type: "string", default: "3" },
      rate: { type: "string", default: "1000" },
      connections: { type: "string", default: "64" },
      routers: { type: "string" },
      record: { type: "boolean", default: false },
    },
  });
  return {
    windowMs: positive("--seconds", values.seconds, 600) * 1000,
    rounds: positive("--rounds", values.rounds, 100),
    rate: positive("--rate", values.rate, 100_000),
    connections: positive("--connections", values.connections, 10_000),
    target: dataTargetName(values.routers),
    record: values.record,
  };
}
