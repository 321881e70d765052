/** What a table of the conformance rows holds: waiting for it, emptying, filling and reading it. */
import type { JsonObject } from "./case-types.ts";
import { keyOf } from "./fixtures.ts";
import type { Harness } from "./harness.ts";

const pollsMax = 5_000;
const batchMax = 25;

export async function waitUntilActive(harness: Harness, table: string): Promise<void> {
  for (let poll = 0; poll < pollsMax; poll++) {
    const { body } = await harness.call("DescribeTable", { TableName: table });
    const description = body["Table"] as JsonObject | undefined;
    if (description?.["TableStatus"] === "ACTIVE") return;
  }
  throw new Error(`table ${table} did not become ACTIVE`);
}

/** Afterwards the table holds these items and no others. */
export async function fillTable(
  harness: Harness,
  table: string,
  items: readonly JsonObject[],
): Promise<void> {
  const old = await readAll(harness, table);
  await write(
    harness,
    table,
    old.map((item) => ({ DeleteRequest: { Key: keyOf(table, item) } })),
  );
  await write(
    harness,
    table,
    items.map((item) => ({ PutRequest: { Item: item } })),
  );
}

export async function readAll(harness: Harness, table: string): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let start: unknown;
  do {
    const request = { TableName: table, ConsistentRead: true, ExclusiveStartKey: start };
    const { status, body } = await harness.call("Scan", request);
    if (status !== 200) throw new Error(`Scan ${table}: ${JSON.stringify(body)}`);
    items.push(...(body["Items"] as readonly JsonObject[]));
    start = body["LastEvaluatedKey"];
  } while (start !== undefined);
  return items;
}

async function write(harness: Harness, table: string, requests: readonly JsonObject[]): Promise<void> {
  for (let first = 0; first < requests.length; first += batchMax) {
    const request = { RequestItems: { [table]: requests.slice(first, first + batchMax) } };
    const { status, body } = await harness.call("BatchWriteItem", request);
    const left = Object.keys((body["UnprocessedItems"] ?? {}) as JsonObject);
    if (status !== 200 || left.length > 0)
      throw new Error(`BatchWriteItem ${table}: ${JSON.stringify(body)}`);
  }
}
