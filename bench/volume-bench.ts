/** `npm run bench volume`: much data on PostgreSQL with three indexes, then mixed requests for a long time. */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { startLoadDriver } from "./load/load-driver.ts";
import { positive } from "./option-values.ts";
import { createTable } from "./prepared-target.ts";
import { figure, textTable } from "./text-table.ts";
import { writeResults } from "./results.ts";
import { type LoadResult, loadedItems, loadItems } from "./volume/load-phase.ts";
import {
  findSaturation,
  type MixedResult,
  runMixed,
  type SaturationPoint,
  saturationOf,
} from "./volume/mixed-phase.ts";
import { startVolumeServer } from "./volume/volume-server.ts";
import { itemBytes, volumeDefinition } from "./volume/volume-table.ts";

export const volumeHelp: string = `npm run bench volume -- [options]

Fills a table of 1 KB items with three global indexes through BatchWriteItem, on a PostgreSQL server of its own
(durable, in the temporary folder, removed at the end) or a given one; then finds where mixed requests (42 % reads of items, 22 % queries
of indexes, 33 % writes) saturate the server, and sends half of that for a long time.

  --gigabytes N      of items to end with (default 20)
  --load-minutes N   the load ends after this, too (default 60)
  --minutes N        of mixed requests (default 10)
  --connections N    of the load (default 16)
  --store URL        an empty PostgreSQL database, or one filled by such a run; it is kept
  --skip-load        use the items that are there
  --rate N           mixed requests a second; without it half of what saturates the server, which is measured then
  --record           write the JSON file to bench/records/ instead of bench/results/`;

interface Plan {
  readonly bytesWanted: number;
  readonly loadMsMax: number;
  readonly mixedMs: number;
  readonly connections: number;
  readonly storeUrl: string | undefined;
  readonly skipLoad: boolean;
  readonly rate: number | undefined;
  readonly record: boolean;
}

const gigabyte = 1e9;
/** Left free, for the database's log and what else lives there. */
const freeBytesMin = 12 * gigabyte;
const saturationMs = 20_000;

export async function volumeBench(args: readonly string[]): Promise<void> {
  const plan = parsePlan(args);
  await using stack = new AsyncDisposableStack();
  const volume = await startVolumeServer(stack, plan.storeUrl);
  const { endpoint } = volume.server;
  const driver = startLoadDriver();
  stack.defer(() => driver.close());
  await createTable(endpoint, volumeDefinition);
  const load = plan.skipLoad
    ? undefined
    : await loadItems(driver, volume, {
        bytesWanted: plan.bytesWanted,
        msMax: plan.loadMsMax,
        connections: plan.connections,
        freeBytesMin,
      });
  const items = load?.items ?? (await loadedItems(endpoint));
  const mixed = { ...volume, driver, plan: { items, saturationMs, mixedMs: plan.mixedMs } };
  const saturation = plan.rate === undefined ? await findSaturation(mixed) : [];
  const result = await runMixed(mixed, plan.rate ?? saturationOf(saturation) / 2);
  console.log(report({ items, load, saturation, result }));
  const figures = {
    plan: { ...plan, storeUrl: undefined },
    items,
    load,
    saturation,
    result,
    loadavg: loadavg(),
  };
  console.error(`\nfigures in ${writeResults({ name: "volume", record: plan.record, figures })}`);
}

interface Figures {
  readonly items: number;
  readonly load: LoadResult | undefined;
  readonly saturation: readonly SaturationPoint[];
  readonly result: MixedResult;
}

function report({ items, load, saturation, result }: Figures): string {
  const { outcomes, lag } = result;
  const wrong = Object.entries({ ...outcomes, answered: 0, unanswered: result.unanswered })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const loaded =
    load === undefined
      ? []
      : [
          `loaded ${Math.round(load.itemsPerSecond)} items/s for ${Math.round(load.seconds)} s (ended by ${load.ended}), ` +
            `indexes caught up ${Math.round(load.catchUpMs)} ms later`,
        ];
  return [
    `${items} items, ${((items * itemBytes) / gigabyte).toFixed(1)} GB, three global indexes`,
    ...loaded,
    ...(saturation.length === 0
      ? []
      : [`saturated at ${Math.round(saturationOf(saturation))} mixed requests/s`]),
    `${Math.round(result.requestsPerSecond)}/s for ${Math.round(result.seconds)} s: ` +
      `p50 ${result.p50Ms.toFixed(1)}, p99 ${result.p99Ms.toFixed(1)}, p99.9 ${result.p999Ms.toFixed(1)}, max ${result.maxMs.toFixed(0)} ms`,
    `p99 is ${(result.p99Ms / result.p50Ms).toFixed(1)} x p50 (bar: below 10)`,
    textTable(
      ["request", "count", "p50 ms", "p99 ms"],
      result.parts.map(({ operation, requests, p50Ms, p99Ms }) => [
        operation,
        String(requests),
        figure(p50Ms),
        figure(p99Ms),
      ]),
    ),
    `not answered well: ${wrong.length === 0 ? "none" : wrong.join(", ")} of ${outcomes.answered} (bar: none)`,
    `lag of an index: p50 ${lag.p50Ms.toFixed(0)}, p99 ${lag.p99Ms.toFixed(0)}, max ${lag.maxMs.toFixed(0)} ms of ${lag.probes} (bar: below 1000)`,
  ].join("\n");
}

function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      gigabytes: { type: "string", default: "20" },
      "load-minutes": { type: "string", default: "60" },
      minutes: { type: "string", default: "10" },
      connections: { type: "string", default: "16" },
      store: { type: "string" },
      "skip-load": { type: "boolean", default: false },
      rate: { type: "string" },
      record: { type: "boolean", default: false },
    },
  });
  return {
    bytesWanted: positive("gigabytes", values.gigabytes, 10_000) * gigabyte,
    loadMsMax: positive("load-minutes", values["load-minutes"], 10_000) * 60_000,
    mixedMs: positive("minutes", values.minutes, 10_000) * 60_000,
    connections: positive("connections", values.connections, 1_000),
    storeUrl: values.store,
    skipLoad: values["skip-load"],
    rate: values.rate === undefined ? undefined : positive("rate", values.rate, 1_000_000),
    record: values.record,
  };
}
