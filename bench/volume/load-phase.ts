/** Fills the table through BatchWriteItem until it has the wished size or the time is over. */
import { apiCallOk } from "../api-call.ts";
import { caughtUpAfterMs, changesBehind } from "../indexes/lag-probe.ts";
import type { LoadDriver } from "../load/load-driver.ts";
import { percentileMs } from "../load/log-histogram.ts";
import { totalOf } from "../load/outcomes.ts";
import { freeDiskBytes } from "./free-disk.ts";
import { itemBytes, itemsPerBatch, keyOf, loadPart, volumeTable } from "./volume-table.ts";
import type { VolumeServer } from "./volume-server.ts";

export interface LoadPlan {
  readonly bytesWanted: number;
  readonly msMax: number;
  readonly connections: number;
  /** The load ends when less than this is left on the disk. */
  readonly freeBytesMin: number;
}

export interface LoadPart {
  readonly seconds: number;
  readonly items: number;
  readonly itemsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly changesBehind: number;
  readonly freeBytes: number;
}

export interface LoadResult {
  readonly items: number;
  readonly seconds: number;
  readonly itemsPerSecond: number;
  /** Until the indexes had everything, after the last write. */
  readonly catchUpMs: number;
  readonly parts: readonly LoadPart[];
  readonly ended: "size" | "time" | "disk";
}

const partMs = 30_000;
const catchUpMsMax = 60_000;

export async function loadItems(
  driver: LoadDriver,
  { server }: VolumeServer,
  plan: LoadPlan,
): Promise<LoadResult> {
  const parts: LoadPart[] = [];
  const startMs = performance.now();
  const first = await loadedItems(server.endpoint);
  const counted = await itemCount(server.endpoint);
  let items = first;
  let ended: LoadResult["ended"] | undefined;
  while (ended === undefined) {
    const partStartMs = performance.now();
    const report = await driver.runMix({
      host: server.host,
      port: server.port,
      mix: [loadPart(items)],
      connections: plan.connections,
      pace: { kind: "closed" },
      waitMsMax: 0,
      limitMs: 60_000,
      warmUpMs: 0,
      windowMs: partMs,
      seed: parts.length,
    });
    if (report.whole.answered !== totalOf(report.whole) || report.unanswered > 0) {
      throw new Error(
        `of a load some was not done: ${JSON.stringify(report.whole)} ${report.firstFailure ?? ""}`,
      );
    }
    const written = report.wholeDue * itemsPerBatch;
    items += written;
    const seconds = (performance.now() - partStartMs) / 1000;
    const freeBytes = freeDiskBytes();
    parts.push({
      seconds,
      items,
      itemsPerSecond: written / seconds,
      p50Ms: percentileMs(report.latency, 50),
      p99Ms: percentileMs(report.latency, 99),
      changesBehind: await changesBehind(server.endpoint),
      freeBytes,
    });
    console.error(JSON.stringify(parts.at(-1)));
    if (items * itemBytes >= plan.bytesWanted) ended = "size";
    else if (performance.now() - startMs >= plan.msMax) ended = "time";
    else if (freeBytes < plan.freeBytesMin) ended = "disk";
  }
  const seconds = (performance.now() - startMs) / 1000;
  const catchUpMs = await untilCaughtUp(server.endpoint);
  const found = await itemCount(server.endpoint);
  if (found - counted !== items - first) {
    throw new Error(`${items - first} items were acknowledged, the table has ${found - counted} more`);
  }
  return { items, seconds, itemsPerSecond: (items - first) / seconds, catchUpMs, parts, ended };
}

/** However long it takes, as long as it comes nearer. */
export async function untilCaughtUp(endpoint: string): Promise<number> {
  const startMs = performance.now();
  let behind = Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      await caughtUpAfterMs(endpoint, catchUpMsMax / 2);
      return performance.now() - startMs;
    } catch (error: unknown) {
      const now = await changesBehind(endpoint);
      console.error(`${now} changes behind`);
      if (now >= behind) throw error;
      behind = now;
    }
  }
}

/** How many items an earlier load has written: keys are numbered without gaps. Other items do not count. */
export async function loadedItems(endpoint: string): Promise<number> {
  const isThere = async (key: number): Promise<boolean> => {
    const request = { TableName: volumeTable, Key: keyOf(key), ProjectionExpression: "pk" };
    return (await apiCallOk(endpoint, "GetItem", request))["Item"] !== undefined;
  };
  let [none, all] = [0, await itemCount(endpoint)];
  while (none < all) {
    const middle = Math.floor((none + all) / 2);
    if (await isThere(middle)) none = middle + 1;
    else all = middle;
  }
  return all;
}

/** Exact, as long as nobody writes. */
async function itemCount(endpoint: string): Promise<number> {
  const { Table: table } = await apiCallOk(endpoint, "DescribeTable", { TableName: volumeTable });
  return (table as { readonly ItemCount: number }).ItemCount;
}
