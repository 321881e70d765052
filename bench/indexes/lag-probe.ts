/** How long after its answer a write shows in a global index: writes marked items and asks until they are there. */
import { apiCallOk } from "../api-call.ts";

export interface LagProbe {
  readonly endpoint: string;
  readonly table: string;
  readonly index: string;
  /** Between two probes. */
  readonly everyMs: number;
  readonly over: AbortSignal;
}

const pollMs = 1;
const patienceMs = 30_000;

/** Milliseconds from the answer of each write to the first answer of a Query that shows it. */
export async function probeLag({
  endpoint,
  table,
  index,
  everyMs,
  over,
}: LagProbe): Promise<readonly number[]> {
  const lags: number[] = [];
  for (let count = 0; !over.aborted; count += 1) {
    const mark = `probe-${process.pid}-${count}`;
    const item = { pk: { S: mark }, g1: { S: mark }, s1: { S: "1" } };
    await apiCallOk(endpoint, "PutItem", { TableName: table, Item: item });
    const writtenMs = performance.now();
    lags.push(await shownAfterMs({ endpoint, table, index, mark, writtenMs }));
    await pause(everyMs);
  }
  return lags;
}

export interface LagFigures {
  readonly probes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export function lagFigures(lagsMs: readonly number[]): LagFigures {
  const sorted = lagsMs.toSorted((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { probes: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

interface Shown extends Pick<LagProbe, "endpoint" | "table" | "index"> {
  readonly mark: string;
  readonly writtenMs: number;
}

async function shownAfterMs({ endpoint, table, index, mark, writtenMs }: Shown): Promise<number> {
  const request = {
    TableName: table,
    IndexName: index,
    KeyConditionExpression: "g1 = :g",
    ExpressionAttributeValues: { ":g": { S: mark } },
    Select: "COUNT",
  };
  for (;;) {
    const { Count: count } = await apiCallOk(endpoint, "Query", request);
    const afterMs = performance.now() - writtenMs;
    if (count === 1 || afterMs > patienceMs) return afterMs;
    await pause(pollMs);
  }
}

/** All of them; resolves to how long it took. */
export async function caughtUpAfterMs(endpoint: string, waitMsMax: number): Promise<number> {
  const startMs = performance.now();
  const response = await fetch(`${endpoint}/_stator/indexes?wait=${waitMsMax}`);
  const { caughtUp } = (await response.json()) as { readonly caughtUp: boolean };
  if (!caughtUp) throw new Error(`the indexes have not caught up within ${waitMsMax} ms`);
  return performance.now() - startMs;
}

/** Records of the log that no index has applied, over all indexes of the server. */
export async function changesBehind(endpoint: string): Promise<number> {
  const response = await fetch(`${endpoint}/_stator/indexes`);
  const { indexes } = (await response.json()) as {
    readonly indexes: readonly { readonly changesBehind: number }[];
  };
  return indexes.reduce((sum, index) => sum + index.changesBehind, 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
