/** What is looked at when the writers of a pair of servers stand still: items, counters, indexes and the store. */
import { expect } from "vitest";
import { systemClock } from "../../src/base/index.ts";
import { loadPostgresStorage } from "../../src/server/index.ts";
import { openPostgresEngine } from "../../src/storage/postgres/index.ts";
import { checkIndexes } from "../crash/indexed-items.ts";
import { checkItems, type Item, scanAll } from "../crash/server-rounds.ts";
import { countersTable, itemsTable } from "../crash/server-writers.ts";
import { countOf, guardedCounter, hotCounters, type PairWriter, shareName } from "./pair-writers.ts";
import { type ServerPair, stalenessMsMax } from "./server-pair.ts";

const catchUpMsMax = 30_000;

/** Through one server of what may have been written through both. */
export async function checkContents(
  { endpoint }: { readonly endpoint: string },
  writers: readonly PairWriter[],
): Promise<void> {
  const items = await scanAll(endpoint, { TableName: itemsTable });
  checkItems(
    items,
    writers.map((writer) => ({ items: writer.items, unknownItems: new Map() })),
  );
  const counters = await scanAll(endpoint, { TableName: countersTable });
  expect(counterProblems(counters, writers)).toEqual([]);
  const answer = await fetch(`${endpoint}/_stator/indexes?wait=${catchUpMsMax}`);
  expect(await answer.json()).toMatchObject({ caughtUp: true });
  // Indexes are read from standbys, which may be as old as the policy allows.
  await systemClock().sleep(stalenessMsMax);
  await checkIndexes({ endpoint }, items);
}

/** Each increment that was acknowledged is there once, and each other one once or not. What is found is then known. */
function counterProblems(items: readonly Item[], writers: readonly PairWriter[]): readonly string[] {
  const counters = new Map(items.map((item) => [String(item["pk"]?.["S"]), item]));
  const problems: string[] = [];
  for (const name of [...hotCounters, guardedCounter]) {
    const counter = counters.get(name) ?? {};
    let total = 0;
    for (const writer of writers) {
      const share = Number(counter[shareName(writer)]?.["N"] ?? 0);
      const count = countOf(writer, name);
      if (share < count.known || share > count.known + count.unknown) {
        problems.push(
          `${name}, writer ${writer.index}: ${share}, not ${count.known} and up to ${count.unknown} more`,
        );
      }
      count.known = share;
      count.unknown = 0;
      total += share;
    }
    const sum = Number(counter["n"]?.["N"] ?? 0);
    if (sum !== total) problems.push(`${name}: a total of ${sum}, not ${total}`);
  }
  return problems;
}

/** What the engine's tables promise each other: logs without gaps, in order, of times that never go back. */
export async function checkStore({ storeUrl }: Pick<ServerPair, "storeUrl">): Promise<void> {
  const loaded = await loadPostgresStorage({ url: storeUrl, create: false });
  if (loaded.kind === "failed") throw new Error(loaded.message);
  const { address } = loaded.storage.store;
  await using engine = await openPostgresEngine({
    settings: { address: { ...address, password: async () => undefined }, replicas: "primary" },
    decide: new Map(),
    clock: systemClock(),
  });
  expect(await engine.verify()).toEqual([]);
}
