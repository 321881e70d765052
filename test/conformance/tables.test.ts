/** Tables from making to deletion, through requests alone: what each answer shows, and what the state forbids. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type JsonObject, type Operation, S } from "./case-types.ts";
import { expectRefusal } from "./expectations.ts";
import { type CallResult, type Harness, openHarness } from "./harness.ts";
import { waitUntilActive } from "./table-contents.ts";
import { newTable, provisioned, units } from "./table-requests.ts";

const pollsMax = 5000;

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

/** The description in the answer, which must be a success. */
async function described(operation: Operation, request: JsonObject): Promise<JsonObject> {
  const { status, text, body } = await harness.call(operation, request);
  expect(status === 200 ? "200" : text).toBe("200");
  return (body["TableDescription"] ?? body["Table"]) as JsonObject;
}

async function made(TableName: string, more: JsonObject = {}): Promise<JsonObject> {
  await gone(TableName);
  const description = await described("CreateTable", newTable({ TableName, ...more }));
  await waitUntilActive(harness, TableName);
  return description;
}

/** Whatever an earlier run has left is removed. */
async function gone(TableName: string): Promise<void> {
  await harness.call("UpdateTable", { TableName, DeletionProtectionEnabled: false });
  await harness.call("DeleteTable", { TableName });
  for (let poll = 0; poll < pollsMax; poll += 1) {
    if ((await harness.call("DescribeTable", { TableName })).status === 400) return;
  }
  throw new Error(`table ${TableName} is not deleted`);
}

async function names(): Promise<readonly string[]> {
  const { body } = await harness.call("ListTables", {});
  return body["TableNames"] as readonly string[];
}

const missing = (TableName: string): Parameters<typeof expectRefusal>[1] => ({
  error: "ResourceNotFoundException",
  message: `Requested resource not found: Table: ${TableName} not found`,
});

it("a table is made, found, filled and deleted; its name gets another id and the same ARN", async () => {
  const TableName = "life-plain";
  const created = await made(TableName, { Tags: [{ Key: "k", Value: "v" }] });
  expect(created).toMatchObject({
    TableName,
    TableStatus: "CREATING",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...units(0, 0) },
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    ItemCount: 0,
    TableSizeBytes: 0,
    DeletionProtectionEnabled: false,
  });
  for (const member of ["Tags", "StreamSpecification", "SSEDescription", "TableClassSummary", "Replicas"]) {
    expect(created).not.toHaveProperty(member);
  }
  expect(created["TableArn"]).toMatch(/^arn:aws:dynamodb:us-east-1:[^:]+:table\/life-plain$/u);
  expect(created["TableId"]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u);
  expect(await names()).toContain(TableName);

  const active = await described("DescribeTable", { TableName });
  expect(active).toMatchObject({
    TableId: created["TableId"],
    TableArn: created["TableArn"],
    CreationDateTime: created["CreationDateTime"],
    TableStatus: "ACTIVE",
    BillingModeSummary: { LastUpdateToPayPerRequestDateTime: expect.any(Number) },
    WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
  });
  expect((await harness.call("PutItem", { TableName, Item: { pk: S("a") } })).status).toBe(200);

  const byArn = { TableName: String(created["TableArn"]) };
  expect(await described("DescribeTable", byArn)).toMatchObject({ TableName, TableStatus: "ACTIVE" });
  expect(await described("DeleteTable", byArn)).toMatchObject({ TableName, TableStatus: "DELETING" });
  await gone(TableName);
  expectRefusal(await harness.call("DeleteTable", { TableName }), missing(TableName));
  expect(await names()).not.toContain(TableName);

  const again = await made(TableName);
  expect(again["TableArn"]).toBe(created["TableArn"]);
  expect(again["TableId"]).not.toBe(created["TableId"]);
  const read = await harness.call("GetItem", { TableName, Key: { pk: S("a") } });
  expect(read.body).toEqual({});
  await gone(TableName);
});

it("a provisioned table shows its units, and billing only once it was on-demand", async () => {
  const TableName = "life-provisioned";
  const created = await made(TableName, provisioned(5, 7));
  expect(created).not.toHaveProperty("BillingModeSummary");
  const update = (more: JsonObject): Promise<CallResult> =>
    harness.call("UpdateTable", { TableName, ...more });

  expectRefusal(await update({ ProvisionedThroughput: units(5, 7) }), {
    error: "ValidationException",
    message:
      "The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 7. Requested WriteCapacityUnits: 7. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
  });
  expectRefusal(await update({ OnDemandThroughput: { MaxReadRequestUnits: 1 } }), {
    error: "ValidationException",
    message:
      "One or more parameter values were invalid: MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
  });

  const answered = await described("UpdateTable", { TableName, ProvisionedThroughput: units(6, 3) });
  expect(answered).toMatchObject({ TableStatus: "UPDATING", ProvisionedThroughput: units(5, 7) });
  await waitUntilActive(harness, TableName);
  const changed = await described("DescribeTable", { TableName });
  expect(changed).toMatchObject({
    ProvisionedThroughput: {
      ...units(6, 3),
      // One, but for a run that sees midnight.
      NumberOfDecreasesToday: expect.any(Number),
      LastIncreaseDateTime: expect.any(Number),
      LastDecreaseDateTime: expect.any(Number),
    },
    WarmThroughput: { ReadUnitsPerSecond: 6, WriteUnitsPerSecond: 7 },
  });
  expect(changed).not.toHaveProperty("BillingModeSummary");

  await described("UpdateTable", { TableName, BillingMode: "PAY_PER_REQUEST" });
  await waitUntilActive(harness, TableName);
  expect(await described("DescribeTable", { TableName })).toMatchObject({
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    ProvisionedThroughput: units(0, 0),
  });
  await described("UpdateTable", { TableName, ...provisioned(2, 2) });
  await waitUntilActive(harness, TableName);
  expect(await described("DescribeTable", { TableName })).toMatchObject({
    BillingModeSummary: {
      BillingMode: "PROVISIONED",
      LastUpdateToPayPerRequestDateTime: expect.any(Number),
    },
    ProvisionedThroughput: units(2, 2),
  });
  await gone(TableName);
});

it("the table class changes twice", async () => {
  const TableName = "life-class";
  await made(TableName);
  for (const TableClass of ["STANDARD_INFREQUENT_ACCESS", "STANDARD"]) {
    await described("UpdateTable", { TableName, TableClass });
    await waitUntilActive(harness, TableName);
    expect(await described("DescribeTable", { TableName })).toMatchObject({
      TableClassSummary: { TableClass },
    });
  }
  expectRefusal(await harness.call("UpdateTable", { TableName, TableClass: "STANDARD_INFREQUENT_ACCESS" }), {
    error: "LimitExceededException",
    message: "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).",
  });
  await gone(TableName);
});

it("a protected table is not deleted", async () => {
  const TableName = "life-protected";
  const created = await made(TableName, { DeletionProtectionEnabled: true });
  expect(created).toMatchObject({ DeletionProtectionEnabled: true });
  expectRefusal(await harness.call("DeleteTable", { TableName }), {
    error: "ValidationException",
    message:
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
  });
  expect(await described("DescribeTable", { TableName })).toMatchObject({ TableStatus: "ACTIVE" });
  const open = await described("UpdateTable", { TableName, DeletionProtectionEnabled: false });
  expect(open).toMatchObject({ DeletionProtectionEnabled: false, TableStatus: "ACTIVE" });
  expect(await described("DeleteTable", { TableName })).toMatchObject({ TableStatus: "DELETING" });
});

it("on-demand limits merge, and -1 takes one away", async () => {
  const TableName = "life-limits";
  await made(TableName, { OnDemandThroughput: { MaxReadRequestUnits: 5 } });
  const shown = async (limits: JsonObject): Promise<unknown> => {
    await described("UpdateTable", { TableName, OnDemandThroughput: limits });
    await waitUntilActive(harness, TableName);
    return (await described("DescribeTable", { TableName }))["OnDemandThroughput"];
  };
  expect(await shown({ MaxWriteRequestUnits: 6 })).toEqual({
    MaxReadRequestUnits: 5,
    MaxWriteRequestUnits: 6,
  });
  expect(await shown({ MaxReadRequestUnits: -1 })).toMatchObject({ MaxWriteRequestUnits: 6 });
  await gone(TableName);
});

it("tags are put, listed and taken away, and both changes are answered with an empty body", async () => {
  const TableName = "life-tagged";
  const { TableArn: ResourceArn } = await made(TableName, { Tags: [{ Key: "made", Value: "early" }] });
  const tags = async (): Promise<unknown> =>
    (await harness.call("ListTagsOfResource", { ResourceArn })).body["Tags"];
  const put = await harness.call("TagResource", {
    ResourceArn,
    Tags: [
      { Key: "made", Value: "late" },
      { Key: "Team +", Value: "a.b:c/d=e_f-g" },
    ],
  });
  expect([put.status, put.text]).toEqual([200, ""]);
  expect(await tags()).toEqual(
    expect.arrayContaining([
      { Key: "made", Value: "late" },
      { Key: "Team +", Value: "a.b:c/d=e_f-g" },
    ]),
  );
  const taken = await harness.call("UntagResource", { ResourceArn, TagKeys: ["made", "absent"] });
  expect([taken.status, taken.text]).toEqual([200, ""]);
  expect(await tags()).toEqual([{ Key: "Team +", Value: "a.b:c/d=e_f-g" }]);
  await gone(TableName);
});

it("of several CreateTable at once exactly one makes the table", async () => {
  const TableName = "life-contended";
  await gone(TableName);
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map(() => harness.call("CreateTable", newTable({ TableName }))),
  );
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused).toHaveLength(4);
  for (const answer of refused) expectRefusal(answer, { error: "ResourceInUseException" });
  await waitUntilActive(harness, TableName);
  await gone(TableName);
});
