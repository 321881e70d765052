/** Global indexes that come and go on a table with items: who may be read when, and which items get in. */
import { afterEach, expect, it } from "vitest";
import { type JsonObject, N, S } from "./case-types.ts";
import { expectRefusal } from "./expectations.ts";
import { where } from "./indexed-case.ts";
import { type CallResult, statorHarness, type StatorHarness } from "./harness.ts";

const TableName = "states";
const table = {
  TableName,
  AttributeDefinitions: ["pk", "old"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [globalIndex("byOld", "old")],
  BillingMode: "PAY_PER_REQUEST",
};
const updateMs = 1000;

let harness: StatorHarness;

afterEach(async () => {
  await harness.close();
});

function globalIndex(IndexName: string, key: string): JsonObject {
  return {
    IndexName,
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
    Projection: { ProjectionType: "KEYS_ONLY" },
  };
}

async function started(): Promise<void> {
  harness = await statorHarness({ tables: table, delays: { updateMs } });
  harness.stator.clock.freeze();
}

async function done(operation: string, request: JsonObject): Promise<JsonObject> {
  const { status, text, body } = await harness.call(operation, { TableName, ...request });
  expect(status === 200 ? "200" : text).toBe("200");
  return body;
}

async function refused(operation: string, request: JsonObject, message: string): Promise<void> {
  const result: CallResult = await harness.call(operation, { TableName, ...request });
  expectRefusal(result, { error: "ValidationException", message });
}

const put = (Item: JsonObject): Promise<JsonObject> => done("PutItem", { Item });

async function addIndex(): Promise<void> {
  await done("UpdateTable", {
    AttributeDefinitions: [{ AttributeName: "late", AttributeType: "S" }],
    GlobalSecondaryIndexUpdates: [{ Create: globalIndex("byLate", "late") }],
  });
}

const pollsMax = 100;

/** The table's change is over; what is left of the new index is done between requests. */
async function built(): Promise<void> {
  await harness.stator.clock.advance(updateMs);
  for (let poll = 0; poll < pollsMax; poll += 1) {
    const { Table } = (await done("DescribeTable", {})) as {
      readonly Table: { readonly GlobalSecondaryIndexes: readonly JsonObject[] };
    };
    const index = Table.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === "byLate");
    if (index?.["IndexStatus"] === "ACTIVE") return;
  }
  throw new Error("the index did not become ACTIVE");
}

async function keysIn(IndexName: string): Promise<readonly unknown[]> {
  const { Items } = await done("Scan", { IndexName });
  return (Items as readonly { pk: { S: string } }[]).map(({ pk }) => pk.S).toSorted();
}

const byLate: JsonObject = { IndexName: "byLate", ...where("late = :l", { ":l": S("l") }) };
const notYet = "Cannot read from backfilling global secondary index: byLate";

it("an index that is being built cannot be read, and then it can", async () => {
  await started();
  await put({ pk: S("before"), late: S("l") });
  await addIndex();
  await refused("Query", byLate, notYet);
  await refused("Scan", { IndexName: "byLate" }, notYet);
  await put({ pk: S("meanwhile"), late: S("l") });
  expect(await keysIn("byOld")).toEqual([]);
  await built();
  expect(await keysIn("byLate")).toEqual(["before", "meanwhile"]);
});

it("an index that is being built refuses what it could not take", async () => {
  await started();
  await addIndex();
  await refused(
    "PutItem",
    { Item: { pk: S("a"), late: N(1) } },
    "One or more parameter values were invalid: Type mismatch for Index Key late Expected: S Actual: N IndexName: byLate",
  );
});

it("an index that is being deleted is not there any more", async () => {
  await started();
  await put({ pk: S("a"), old: S("o") });
  await done("UpdateTable", { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byOld" } }] });
  const gone = "The table does not have the specified index: byOld";
  await refused("Scan", { IndexName: "byOld" }, gone);
  await harness.stator.clock.advance(updateMs);
  await refused("Scan", { IndexName: "byOld" }, gone);
});

it("items that were there and do not suit a new index stay out of it, and can be changed otherwise", async () => {
  await started();
  const unsuited = { type: N(1), list: { L: [] }, empty: S(""), long: S("x".repeat(2049)) };
  for (const [pk, late] of Object.entries(unsuited)) await put({ pk: S(pk), late });
  await put({ pk: S("none") });
  await put({ pk: S("fits"), late: S("l") });
  await addIndex();
  await built();
  expect(await keysIn("byLate")).toEqual(["fits"]);
  for (const pk of Object.keys(unsuited)) {
    const Key = { pk: S(pk) };
    const set = { ExpressionAttributeValues: { ":v": S("v") } };
    await done("UpdateItem", { Key, UpdateExpression: "SET a = :v", ...set });
    expect(await keysIn("byLate")).not.toContain(pk);
    await done("UpdateItem", { Key, UpdateExpression: "SET late = :v", ...set });
    expect(await keysIn("byLate")).toContain(pk);
  }
  await done("DeleteItem", { Key: { pk: S("type") } });
  expect(await keysIn("byLate")).toEqual(["empty", "fits", "list", "long"]);
});

it("items that do not suit a new index cannot be put again as they are", async () => {
  await started();
  const item = { pk: S("a"), late: N(1) };
  await put(item);
  await addIndex();
  await built();
  await refused(
    "PutItem",
    { Item: item },
    "One or more parameter values were invalid: Type mismatch for Index Key late Expected: S Actual: N IndexName: byLate",
  );
  await done("DeleteItem", { Key: { pk: S("a") } });
});
