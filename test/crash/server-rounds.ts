/** What the suites that kill a server do in each round: load, kill, and hold what is found against what was answered. */
import { apiCallOk } from "../../bench/api-call.ts";
import type { ServerProcess } from "../../bench/server-process.ts";
import { type Random, seededRandom, systemClock } from "../../src/base/index.ts";
import { counterNames, numberOf, shareName, type Writer, writeUntilKilled } from "./server-writers.ts";

export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Load runs at least this long before a kill, and up to as long again. */
const loadMs = 500;
const pollMs = 20;
const pollsMax = 1000;

/** On demand, with the key `pk`, and whatever the request says beside it. */
export async function createTable(
  endpoint: string,
  request: { readonly TableName: string; readonly AttributeDefinitions?: readonly object[] } & object,
): Promise<void> {
  const { AttributeDefinitions: more = [] } = request;
  await apiCallOk(endpoint, "CreateTable", {
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    ...request,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, ...more],
  });
  await untilActive(endpoint, request.TableName);
}

interface Description {
  readonly TableStatus: string;
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string; readonly IndexStatus: string }[];
}

/** The table and all its indexes; returns the names of these. */
export async function untilActive(endpoint: string, name: string): Promise<readonly string[]> {
  for (let poll = 0; poll < pollsMax; poll++) {
    const { Table: table } = await apiCallOk(endpoint, "DescribeTable", { TableName: name });
    const { TableStatus: status, GlobalSecondaryIndexes: indexes = [] } = table as Description;
    const areActive = indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE");
    if (status === "ACTIVE" && areActive) return indexes.map(({ IndexName }) => IndexName);
    await systemClock().sleep(pollMs);
  }
  throw new Error(`${name} did not become ACTIVE`);
}

/** `meanwhile` is done while the writers write, before the kill. */
export async function loadAndKill(
  server: ServerProcess,
  writers: readonly Writer[],
  { random, meanwhile }: { readonly random: Random; readonly meanwhile?: () => Promise<unknown> },
): Promise<void> {
  const writing = Promise.all(
    writers.map((writer) => writeUntilKilled(server.endpoint, writer, seededRandom(random.uint32()))),
  );
  const load = async (): Promise<void> => {
    await meanwhile?.();
    await systemClock().sleep(loadMs + random.below(loadMs));
  };
  // Whichever comes first: a wrong answer must not wait for the kill.
  await Promise.race([writing, load()]);
  await server.kill();
  await writing;
}

export function acknowledgedBy(writers: readonly Writer[]): number {
  return writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
}

/** Each key holds its last acknowledged write, or the one that was under way. What is found is then known. */
export function checkItems(
  items: readonly Item[],
  writers: readonly Pick<Writer, "items" | "unknownItems">[],
): void {
  const found = new Map(items.map((item) => [String(item["pk"]?.["S"]), numberOf(item)]));
  const wrong: string[] = [];
  for (const { items: known, unknownItems } of writers) {
    for (const key of new Set([...known.keys(), ...unknownItems.keys()])) {
      const now = found.get(key);
      const allowed = [known.get(key), ...(unknownItems.has(key) ? [unknownItems.get(key)] : [])];
      if (!allowed.includes(now))
        wrong.push(`${key}: ${String(now)}, not one of ${allowed.map(String).join(", ")}`);
      known.set(key, now);
      found.delete(key);
    }
    unknownItems.clear();
  }
  for (const key of found.keys()) wrong.push(`${key}: nobody wrote it`);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}

/** The shares of a counter add up to its total, and each is what its writer knows of. */
export function checkCounters(items: readonly Item[], writers: readonly Writer[]): void {
  const counters = new Map(items.map((item) => [String(item["pk"]?.["S"]), item]));
  const wrong: string[] = [];
  for (const name of counterNames) {
    const counter = counters.get(name) ?? {};
    let total = 0;
    for (const { index, counts, unknownCounts } of writers) {
      const share = Number(counter[shareName(index)]?.["N"] ?? 0);
      const known = counts.get(name) ?? 0;
      const isKnown = share === known || (unknownCounts.has(name) && share === known + 1);
      if (!isKnown) wrong.push(`${name}, writer ${index}: ${share}, not ${known}`);
      counts.set(name, share);
      unknownCounts.delete(name);
      total += share;
    }
    const sum = Number(counter["n"]?.["N"] ?? 0);
    if (sum !== total) wrong.push(`${name}: a total of ${sum}, not ${total}`);
  }
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}

/** Of a table, or with `IndexName` of an index. */
export async function scanAll(
  endpoint: string,
  request: { readonly TableName: string; readonly IndexName?: string },
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let start: unknown;
  do {
    const page = await apiCallOk(endpoint, "Scan", {
      ...request,
      ConsistentRead: request.IndexName === undefined,
      ExclusiveStartKey: start,
    });
    items.push(...(page["Items"] as readonly Item[]));
    start = page["LastEvaluatedKey"];
  } while (start !== undefined);
  return items;
}
