// A table from making to deletion: describe, list, delete, what items see of it, and restarts on the way.
import { describe, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  startMs,
  type TableOperations,
} from "../testing/table-operations.ts";

const TableName = "Orders";
const Item = { pk: { S: "a" }, text: { S: "0123456789" } };
const missing = "ResourceNotFoundException: Requested resource not found: Table: Orders not found";
const inUse = "ResourceInUseException: Attempt to change a resource which is still in use: ";

async function status(tables: TableOperations): Promise<unknown> {
  const { Table } = await tables.answer("DescribeTable", { TableName });
  return (Table as JsonObject)["TableStatus"];
}

describe("with no delays", () => {
  test("a table is CREATING, then ACTIVE; DELETING, then gone", async () => {
    const tables = await openTableOperations();
    const created = await tables.answer("CreateTable", onDemandTable(TableName));
    expect(created["TableDescription"]).toMatchObject({ TableStatus: "CREATING" });
    expect(await status(tables)).toBe("ACTIVE");
    const deleted = await tables.answer("DeleteTable", { TableName });
    expect(deleted["TableDescription"]).toMatchObject({ TableStatus: "DELETING" });
    expect(await tables.refusal("DescribeTable", { TableName })).toBe(missing);
    expect(await tables.refusal("DeleteTable", { TableName })).toBe(missing);
  });

  test("a table of the same name has the same ARN, another id and no items of the old one", async () => {
    const tables = await openTableOperations();
    const first = (await tables.answer("CreateTable", onDemandTable(TableName)))[
      "TableDescription"
    ] as JsonObject;
    await tables.answer("PutItem", { TableName, Item });
    await tables.answer("DeleteTable", { TableName });
    const second = (await tables.answer("CreateTable", onDemandTable(TableName)))[
      "TableDescription"
    ] as JsonObject;
    expect(second["TableArn"]).toBe(first["TableArn"]);
    expect(second["TableId"]).not.toBe(first["TableId"]);
    expect(await tables.answer("GetItem", { TableName, Key: { pk: Item.pk } })).toEqual({});
    const { Table } = await tables.answer("DescribeTable", { TableName });
    expect(Table).toMatchObject({ ItemCount: 0, TableSizeBytes: 0 });
  });
});

describe("CREATING", () => {
  test("lasts as long as it was told to, also over a restart, and keeps items out", async () => {
    const tables = await openTableOperations({ createMs: 5000 });
    await tables.answer("CreateTable", onDemandTable(TableName));
    await tables.clock.advance(4000);
    const again = await tables.reopened();
    expect(await status(again)).toBe("CREATING");
    for (const [operation, input] of [
      ["PutItem", { TableName, Item }],
      ["GetItem", { TableName, Key: { pk: Item.pk } }],
      ["Scan", { TableName }],
    ] as const) {
      expect(await again.refusal(operation, input)).toBe(
        "ResourceNotFoundException: Requested resource not found",
      );
    }
    expect(await again.refusal("DeleteTable", { TableName })).toBe(`${inUse}Table is being created: Orders`);
    await tables.clock.advance(1000);
    expect(await status(again)).toBe("ACTIVE");
    await again.answer("PutItem", { TableName, Item });
  });
});

describe("DELETING", () => {
  test("answers without schema and creation time, with the last counts", async () => {
    const { answer } = await openTableOperations();
    await answer("CreateTable", onDemandTable(TableName, { Tags: [{ Key: "k", Value: "v" }] }));
    await answer("PutItem", { TableName, Item });
    const { TableDescription } = await answer("DeleteTable", { TableName });
    expect(TableDescription).toEqual({
      TableName,
      TableStatus: "DELETING",
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      TableSizeBytes: 17,
      ItemCount: 1,
      TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/Orders",
      TableId: expect.any(String),
      BillingModeSummary: {
        BillingMode: "PAY_PER_REQUEST",
        LastUpdateToPayPerRequestDateTime: startMs / 1000,
      },
      DeletionProtectionEnabled: false,
    });
  });

  test("lets items be used until it is over, and refuses to delete again", async () => {
    const { answer, refusal, clock } = await openTableOperations({ deleteMs: 5000 });
    await answer("CreateTable", onDemandTable(TableName));
    await answer("DeleteTable", { TableName });
    await answer("PutItem", { TableName, Item });
    expect(await answer("GetItem", { TableName, Key: { pk: Item.pk } })).toEqual({ Item });
    expect(await refusal("DeleteTable", { TableName })).toBe(`${inUse}Table is being deleted: Orders`);
    expect(await answer("ListTables", {})).toEqual({ TableNames: [TableName] });
    await clock.advance(5000);
    expect(await refusal("PutItem", { TableName, Item })).toBe(
      "ResourceNotFoundException: Requested resource not found",
    );
    expect(await answer("ListTables", {})).toEqual({ TableNames: [] });
  });

  test("goes on over a restart, and the items are gone in the store once it is over", async () => {
    const tables = await openTableOperations({ deleteMs: 5000 });
    await tables.answer("CreateTable", onDemandTable(TableName));
    await tables.answer("PutItem", { TableName, Item });
    await tables.answer("DeleteTable", { TableName });
    const again = await tables.reopened();
    expect(await status(again)).toBe("DELETING");
    await tables.clock.advance(5000);
    expect(await again.refusal("DescribeTable", { TableName })).toBe(missing);
    await again.catalog.step();
    expect(await again.engine.counter({ keyspace: 1000, index: 0 })).toBe(0);
    expect((await again.engine.reclaim()).recordsRemoved).toBe(1);
    expect(await (await again.reopened()).refusal("DescribeTable", { TableName })).toBe(missing);
  });

  test.each<[string, JsonObject]>([
    ["throughput", { ProvisionedThroughput: { ReadCapacityUnits: 2, WriteCapacityUnits: 2 } }],
    ["warm throughput", { WarmThroughput: { ReadUnitsPerSecond: 5 } }],
  ])("waits for an update of %s", async (_name, changes) => {
    const { answer, refusal, clock } = await openTableOperations({ updateMs: 1000 });
    const request = onDemandTable(TableName, {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    });
    await answer("CreateTable", request);
    await answer("UpdateTable", { TableName, ...changes });
    expect(await refusal("DeleteTable", { TableName })).toBe(
      `${inUse}Table: Orders is in the process of being updated.`,
    );
    await clock.advance(1000);
    await answer("DeleteTable", { TableName });
  });

  test("does not begin while the table is protected", async () => {
    const { answer, refusal } = await openTableOperations();
    await answer("CreateTable", onDemandTable(TableName, { DeletionProtectionEnabled: true }));
    expect(await refusal("DeleteTable", { TableName })).toBe(
      "ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
    await answer("UpdateTable", { TableName, DeletionProtectionEnabled: false });
    await answer("DeleteTable", { TableName });
  });
});

describe("DescribeTable", () => {
  test("counts items and bytes exactly", async () => {
    const { answer } = await openTableOperations();
    await answer("CreateTable", onDemandTable(TableName));
    for (const key of ["a", "b", "c"]) {
      await answer("PutItem", { TableName, Item: { pk: { S: key }, text: { S: "x".repeat(100) } } });
    }
    await answer("DeleteItem", { TableName, Key: { pk: { S: "b" } } });
    const { Table } = await answer("DescribeTable", { TableName });
    expect(Table).toMatchObject({ ItemCount: 2, TableSizeBytes: 2 * (2 + 1 + 4 + 100) });
  });

  test("takes an ARN and tells the bare name", async () => {
    const { answer, refusal } = await openTableOperations();
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
    expect(await refusal("DescribeTable", { TableName: arn })).toBe(missing);
    await answer("CreateTable", onDemandTable(TableName));
    expect((await answer("DescribeTable", { TableName: arn }))["Table"]).toMatchObject({
      TableName,
      TableArn: arn,
    });
    expect((await answer("DeleteTable", { TableName: arn }))["TableDescription"]).toMatchObject({
      TableName,
    });
  });

  test("finds no table of another namespace", async () => {
    const { answer, refusal } = await openTableOperations();
    await answer("CreateTable", onDemandTable(TableName));
    const elsewhere = { account: "000000000000", region: "eu-west-1" };
    expect(await refusal("DescribeTable", { TableName }, elsewhere)).toBe(missing);
    const created = await answer("CreateTable", onDemandTable(TableName), elsewhere);
    expect(created["TableDescription"]).toMatchObject({
      TableArn: "arn:aws:dynamodb:eu-west-1:000000000000:table/Orders",
    });
  });
});

describe("ListTables", () => {
  test("pages in byte order", async () => {
    const { answer } = await openTableOperations();
    for (const name of ["beta", "Beta", "alpha", "gamma", "a-b", "a.b"]) {
      await answer("CreateTable", onDemandTable(name));
    }
    expect(await answer("ListTables", {})).toEqual({
      TableNames: ["Beta", "a-b", "a.b", "alpha", "beta", "gamma"],
    });
    expect(await answer("ListTables", { Limit: 2 })).toEqual({
      TableNames: ["Beta", "a-b"],
      LastEvaluatedTableName: "a-b",
    });
    expect(await answer("ListTables", { Limit: 2, ExclusiveStartTableName: "alpha" })).toEqual({
      TableNames: ["beta", "gamma"],
    });
    expect(await answer("ListTables", { ExclusiveStartTableName: "alp" })).toEqual({
      TableNames: ["alpha", "beta", "gamma"],
    });
    expect(await answer("ListTables", { ExclusiveStartTableName: "gamma" })).toEqual({ TableNames: [] });
  });

  test("gives a hundred names a page", async () => {
    const { answer } = await openTableOperations();
    const names = Array.from({ length: 101 }, (_, index) => `t${String(index).padStart(3, "0")}`);
    await Promise.all(names.map((name) => answer("CreateTable", onDemandTable(name))));
    expect(await answer("ListTables", {})).toEqual({
      TableNames: names.slice(0, 100),
      LastEvaluatedTableName: "t099",
    });
    expect(await answer("ListTables", { ExclusiveStartTableName: "t000", Limit: 100 })).toEqual({
      TableNames: names.slice(1),
    });
  });
});

describe("a change of the table", () => {
  test("does not disturb writers that planned with the old description", async () => {
    const { answer } = await openTableOperations();
    await answer("CreateTable", onDemandTable(TableName));
    const writes = Array.from({ length: 20 }, (_, index) => [
      answer("PutItem", { TableName, Item: { pk: { S: String(index) } } }),
      answer("UpdateTable", { TableName, OnDemandThroughput: { MaxReadRequestUnits: index + 1 } }),
    ]);
    await Promise.all(writes.flat());
    const { Table } = await answer("DescribeTable", { TableName });
    expect(Table).toMatchObject({ ItemCount: 20 });
  });
});

describe("the account", () => {
  test("has the default quotas", async () => {
    const { answer } = await openTableOperations();
    expect(await answer("DescribeLimits", {})).toEqual({
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    });
  });

  test.each([
    ["eu-west-1", "dynamodb.eu-west-1.amazonaws.com"],
    ["cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn"],
  ])("has the endpoint of its region: %s", async (region, Address) => {
    const { answer } = await openTableOperations();
    expect(await answer("DescribeEndpoints", {}, { account: "000000000000", region })).toEqual({
      Endpoints: [{ Address, CachePeriodInMinutes: 1440 }],
    });
  });
});
