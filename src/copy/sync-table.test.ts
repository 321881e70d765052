// Differences in rounds, with items that no one told of, and with a source that changes meanwhile.
import { afterEach, expect, test } from "vitest";
import { seededRandom, systemClock } from "../base/index.ts";
import {
  allItems,
  ask,
  hastyClock,
  manyItems,
  plainTable,
  putItems,
  storeEnd,
} from "../../test/copy/copy-fixture.ts";
import { createCaller } from "./caller.ts";
import type { CopyContext } from "./copy-context.ts";
import type { End } from "./end.ts";
import { createProgress } from "./progress.ts";
import { syncTable } from "./sync-table.ts";
import { tablePair } from "./table-pair.ts";
import { createWriteRate } from "./write-rate.ts";

let ends: End[] = [];
afterEach(async () => {
  for (const end of ends) await end.close();
  ends = [];
});

async function tableOf(name: string, items: ReturnType<typeof manyItems>): Promise<End> {
  const end = await storeEnd(name);
  ends.push(end);
  await ask(end, "CreateTable", plainTable);
  await putItems(end, "Plain", items);
  return end;
}

function contextOf(from: End, to: End): CopyContext {
  const { signal } = new AbortController();
  const calls = { clock: hastyClock, random: seededRandom(1), signal, patienceMs: 0 };
  return {
    source: createCaller({ ...calls, end: from }),
    target: createCaller({ ...calls, end: to }),
    rate: createWriteRate(undefined, systemClock()),
    keeper: { save: async () => undefined },
    progress: createProgress(),
    workersMax: 3,
    signal,
    clock: hastyClock,
    random: seededRandom(1),
    say: () => undefined,
  };
}

test.each([
  ["as many rounds as the source's count asks for", 200],
  ["more rounds than it was told of, since the count is old", 0],
])("takes %s", async (_, itemsExpected) => {
  const source = manyItems(200);
  const from = await tableOf("from", source);
  const target = [...source.slice(30), { pk: { S: "extra1" } }, { pk: { S: "extra2" } }];
  const to = await tableOf(
    "to",
    target.map((item, index) => (index < 5 ? { pk: item["pk"] } : item)),
  );
  const context = contextOf(from, to);
  const pair = { ...(await tablePair(context, "Plain")), itemsExpected };
  const dry = await syncTable(context, pair, { dryRun: true, itemsMax: 20 });
  expect(dry).toEqual({ table: "Plain", missing: 30, changed: 5, extra: 2, refusedItems: 0 });
  expect(await syncTable(context, pair, { dryRun: false, itemsMax: 20 })).toEqual(dry);
  expect(await allItems(to, "Plain")).toEqual(await allItems(from, "Plain"));
  expect(await syncTable(context, pair, { dryRun: false })).toMatchObject({
    missing: 0,
    changed: 0,
    extra: 0,
  });
});

test("an item that the source got after its place was read is not deleted", async () => {
  const from = await tableOf("from", manyItems(10));
  const to = await tableOf("to", [...manyItems(10), { pk: { S: "late" } }]);
  const late = { pk: { S: "late" }, n: { N: "1" } };
  let scans = 0;
  const changing: End = {
    ...from,
    async call(request, signal) {
      const { operation } = request;
      const outcome = await from.call(request, signal);
      if (operation === "Scan") scans += 1;
      if (operation === "Scan" && scans === 3) await putItems(from, "Plain", [late]);
      return outcome;
    },
  };
  const context = contextOf(changing, to);
  const result = await syncTable(context, await tablePair(context, "Plain"), { dryRun: false });
  expect(result).toMatchObject({ missing: 0, changed: 1, extra: 0 });
  expect(await allItems(to, "Plain")).toContainEqual(late);
});
