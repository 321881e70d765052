/** Parallel scans: segments share a table out whatever their number, and a start key belongs to one of them. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type JsonObject, S } from "./case-types.ts";
import { createTableRequest, fixtureTables } from "./fixtures.ts";
import { type CallResult, type Harness, openHarness } from "./harness.ts";
import { fillTable, waitUntilActive } from "./table-contents.ts";

const table = "segmented";
const items = Array.from({ length: 120 }, (_, index) => ({ pk: S(`key-${index}`) }));

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
  const hash = fixtureTables.find(({ name }) => name === "hash");
  if (hash === undefined) throw new Error("no table with a partition key only");
  await harness.call("CreateTable", { ...createTableRequest(hash), TableName: table });
  await waitUntilActive(harness, table);
  await fillTable(harness, table, items);
});

afterAll(async () => {
  await harness.close();
});

async function scan(more: JsonObject): Promise<CallResult> {
  return harness.call("Scan", { TableName: table, ...more });
}

async function keysOf(segment: number, total: number): Promise<readonly string[]> {
  const keys: string[] = [];
  let start: unknown;
  do {
    const page = await scan({ Segment: segment, TotalSegments: total, Limit: 7, ExclusiveStartKey: start });
    expect(page.status).toBe(200);
    for (const item of page.body["Items"] as readonly { pk: { S: string } }[]) keys.push(item.pk.S);
    start = page.body["LastEvaluatedKey"];
  } while (start !== undefined);
  return keys;
}

it.each([1, 2, 7, 64])("gives every item once over %i segments", async (total) => {
  const found: string[] = [];
  for (let segment = 0; segment < total; segment++) found.push(...(await keysOf(segment, total)));
  expect(found.toSorted()).toEqual(items.map(({ pk }) => String(pk["S"])).toSorted());
});

it("accepts a start key in its own segment only", async () => {
  const total = 2;
  const refused = (segment: number): string =>
    `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${total} Segment: ${segment}`;
  for (const key of items.slice(0, 20)) {
    const answers = await Promise.all(
      [0, 1].map((segment) => scan({ Segment: segment, TotalSegments: total, ExclusiveStartKey: key })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    const wrong = answers.findIndex(({ status }) => status === 400);
    expect(answers[wrong]?.body["message"]).toBe(refused(wrong));
  }
});
