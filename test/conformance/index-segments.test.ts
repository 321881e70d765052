/** Parallel scans of indexes: segments share the entries out, and a start key belongs to one of them. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { monotonicMs } from "../../src/base/index.ts";
import { type JsonObject, S } from "./case-types.ts";
import { type CallResult, type Harness, openHarness } from "./harness.ts";
import { patienceMsHere } from "./indexed-suite.ts";
import { createIndexedTable, fillIndexed, type IndexedTable } from "./indexed-tables.ts";
import { waitUntilActive } from "./table-contents.ts";

const TableName = "segmented-index";
const table: IndexedTable = {
  name: TableName,
  key: ["pk", "sk"],
  local: { localByG: { hash: ["pk"], range: ["g"], projection: "KEYS_ONLY" } },
  global: { globalByG: { hash: ["g"], projection: "KEYS_ONLY" } },
};
const items = Array.from({ length: 60 }, (_, at) => ({ pk: S(`p${at}`), sk: S("s"), g: S(`g${at % 40}`) }));

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
  await harness.call("CreateTable", createIndexedTable(table));
  await waitUntilActive(harness, TableName);
  await fillIndexed(harness, table, [...items, { pk: S("q"), sk: S("no entry") }]);
  const untilMs = monotonicMs() + patienceMsHere;
  while (monotonicMs() < untilMs && (await countOf("globalByG")) < items.length);
});

afterAll(async () => {
  await harness.close();
});

function scan(IndexName: string, more: JsonObject): Promise<CallResult> {
  return harness.call("Scan", { TableName, IndexName, ...more });
}

async function countOf(index: string): Promise<number> {
  return (await scan(index, { Select: "COUNT" })).body["Count"] as number;
}

async function keysOf(index: string, segment: JsonObject): Promise<readonly string[]> {
  const keys: string[] = [];
  let start: unknown;
  do {
    const { status, text, body } = await scan(index, { ...segment, Limit: 7, ExclusiveStartKey: start });
    expect(status === 200 ? "200" : text).toBe("200");
    for (const entry of body["Items"] as readonly { pk: { S: string } }[]) keys.push(entry.pk.S);
    start = body["LastEvaluatedKey"];
  } while (start !== undefined);
  return keys;
}

it.each([
  ["localByG", 3],
  ["localByG", 64],
  ["globalByG", 3],
  ["globalByG", 64],
])("%s: every entry once over %i segments", async (index, TotalSegments) => {
  const found: string[] = [];
  for (let Segment = 0; Segment < TotalSegments; Segment += 1) {
    found.push(...(await keysOf(index, { Segment, TotalSegments })));
  }
  expect(found.toSorted()).toEqual(items.map(({ pk }) => String(pk["S"])).toSorted());
});

it.each(["localByG", "globalByG"])("%s: a start key is one of its own segment only", async (index) => {
  for (const key of items.slice(0, 10)) {
    const answers = await Promise.all(
      [0, 1].map((Segment) => scan(index, { Segment, TotalSegments: 2, ExclusiveStartKey: key })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    const wrong = answers.findIndex(({ status }) => status === 400);
    expect(answers[wrong]?.body["message"]).toBe(
      `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: ${wrong}`,
    );
  }
});
