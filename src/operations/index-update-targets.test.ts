// UpdateTable of indexes: refusals that come from what the table has, each with its exact text.
import { beforeAll, describe, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  type TableOperations,
  units,
} from "../testing/table-operations.ts";

const prefix = "ValidationException: One or more parameter values were invalid: ";

const hash = (name: string): JsonObject => ({ AttributeName: name, KeyType: "HASH" });
const definition = (name: string, more: JsonObject = {}): JsonObject => ({
  IndexName: name,
  KeySchema: [hash("a")],
  Projection: { ProjectionType: "ALL" },
  ...more,
});
const attributes = (types: Readonly<Record<string, string>>): JsonObject => ({
  AttributeDefinitions: Object.entries(types).map(([AttributeName, AttributeType]) => ({
    AttributeName,
    AttributeType,
  })),
});
const updates = (...actions: readonly JsonObject[]): JsonObject => ({
  ...attributes({ a: "S" }),
  GlobalSecondaryIndexUpdates: actions,
});
const create = (name: string, more: JsonObject = {}): JsonObject =>
  updates({ Create: definition(name, more) });
const change = (name: string, more: JsonObject): JsonObject =>
  updates({ Update: { IndexName: name, ...more } });
const including = (count: number): JsonObject => ({
  ProjectionType: "INCLUDE",
  NonKeyAttributes: Array.from({ length: count }, (_, at) => `x${at}`),
});

/** Of each billing mode one, with a local index and a global one; and one that is full. */
const made: readonly JsonObject[] = [
  onDemandTable("OnDemand", {
    ...attributes({ pk: "S", sk: "N", a: "S" }),
    KeySchema: [hash("pk"), { AttributeName: "sk", KeyType: "RANGE" }],
    LocalSecondaryIndexes: [
      {
        IndexName: "local",
        KeySchema: [hash("pk"), { AttributeName: "a", KeyType: "RANGE" }],
        Projection: { ProjectionType: "ALL" },
      },
    ],
    GlobalSecondaryIndexes: [definition("global")],
  }),
  onDemandTable("Provisioned", {
    ...attributes({ pk: "S", a: "S" }),
    BillingMode: "PROVISIONED",
    ProvisionedThroughput: units(5, 5),
    GlobalSecondaryIndexes: [definition("global", { ProvisionedThroughput: units(5, 5) })],
  }),
  onDemandTable("Full", {
    ...attributes({ pk: "S", a: "S" }),
    GlobalSecondaryIndexes: Array.from({ length: 20 }, (_, at) => definition(`index${at}`)),
  }),
  onDemandTable("Projecting", {
    ...attributes({ pk: "S", a: "S" }),
    GlobalSecondaryIndexes: Array.from({ length: 5 }, (_, at) =>
      definition(`index${at}`, { Projection: including(20) }),
    ),
  }),
];

let tables: TableOperations;
beforeAll(async () => {
  tables = await openTableOperations();
  for (const table of made) await tables.answer("CreateTable", table);
});

const refused = (TableName: string, request: JsonObject): Promise<string> =>
  tables.refusal("UpdateTable", { TableName, ...request });

describe("names", () => {
  test.each(["local", "global"])("%s is taken", async (name) => {
    expect(await refused("OnDemand", create(name))).toBe(
      "ValidationException: Attempting to create an index which already exists",
    );
  });

  test("a local index is neither updated nor deleted", async () => {
    const limits = { OnDemandThroughput: { MaxReadRequestUnits: 1 } };
    const text = "an index that is not a GlobalSecondaryIndex: local";
    expect(await refused("OnDemand", change("local", limits))).toBe(
      `ValidationException: Cannot update ${text}`,
    );
    expect(await refused("OnDemand", updates({ Delete: { IndexName: "local" } }))).toBe(
      `ValidationException: Cannot delete ${text}`,
    );
  });

  test("an index that is not there is not found", async () => {
    const text = "ResourceNotFoundException: Requested resource not found: Index other for table OnDemand";
    expect(await refused("OnDemand", updates({ Delete: { IndexName: "other" } }))).toBe(text);
    expect(await refused("OnDemand", change("other", { WarmThroughput: { ReadUnitsPerSecond: 1 } }))).toBe(
      text,
    );
  });
});

describe("definitions of a new index", () => {
  test("hold its key, even where the table knows it", async () => {
    expect(await refused("OnDemand", create("new", { KeySchema: [hash("a"), hash("pk")] }))).toBe(
      `${prefix}Some index key attributes are not defined in AttributeDefinitions. Keys: [a, pk], AttributeDefinitions: [a]`,
    );
  });

  test("have no name twice", async () => {
    const twice = { AttributeDefinitions: [1, 2].map(() => ({ AttributeName: "a", AttributeType: "S" })) };
    expect(await refused("OnDemand", { ...create("new"), ...twice })).toBe(
      "ValidationException: Attribute Name is duplicated: a",
    );
  });

  test("have the types the table has", async () => {
    expect(await refused("OnDemand", { ...create("new"), ...attributes({ a: "S", sk: "S" }) })).toBe(
      `${prefix}Attribute sk is already defined with type N, AttributeDefinitions has type S`,
    );
  });
});

describe("capacity against the billing mode", () => {
  test.each<[string, string, JsonObject, string]>([
    [
      "units of a new index",
      "OnDemand",
      create("new", { ProvisionedThroughput: units(1, 1) }),
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: new when BillingMode is PAY_PER_REQUEST",
    ],
    [
      "units of an index",
      "OnDemand",
      change("global", { ProvisionedThroughput: units(1, 1) }),
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: global when BillingMode is PAY_PER_REQUEST",
    ],
    [
      "no units of a new index",
      "Provisioned",
      create("new"),
      "ProvisionedThroughput is not specified for index: new",
    ],
    [
      "a limit of a new index",
      "Provisioned",
      create("new", { ProvisionedThroughput: units(1, 1), OnDemandThroughput: { MaxReadRequestUnits: 1 } }),
      "MaxReadRequestUnits for OnDemandThroughput for index: new cannot be specified when the table BillingMode is PROVISIONED",
    ],
    [
      "a limit of an index",
      "Provisioned",
      change("global", { OnDemandThroughput: { MaxWriteRequestUnits: 1 } }),
      "MaxWriteRequestUnits for OnDemandThroughput for index: global cannot be specified when the table BillingMode is PROVISIONED",
    ],
    [
      "little warm throughput of a new index",
      "OnDemand",
      create("new", { WarmThroughput: { ReadUnitsPerSecond: 1 } }),
      "Requested ReadUnitsPerSecond for WarmThroughput for index new is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
    ],
    [
      "warm throughput of a new index below its units",
      "Provisioned",
      create("new", { ProvisionedThroughput: units(3, 3), WarmThroughput: { WriteUnitsPerSecond: 2 } }),
      "Requested WriteUnitsPerSecond for WarmThroughput for index new is lower than WriteCapacityUnits of ProvisionedThroughput",
    ],
    [
      "less warm throughput",
      "OnDemand",
      change("global", { WarmThroughput: { ReadUnitsPerSecond: 11_999 } }),
      "Requested ReadUnitsPerSecond for WarmThroughput for index global is lower than current WarmThroughput, decreasing WarmThroughput is not supported",
    ],
  ])("%s of %s", async (_name, table, request, text) => {
    expect(await refused(table, request)).toBe(`${prefix}${text}`);
  });
});

describe("quotas", () => {
  test("twenty global indexes", async () => {
    expect(await refused("Full", create("new"))).toBe(
      "LimitExceededException: Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20",
    );
  });

  test("a hundred projected names", async () => {
    expect(await refused("Projecting", create("new", { Projection: including(1) }))).toBe(
      `${prefix}Number of NonKeyAttributes over all indexes exceeds per-table limit of 100`,
    );
  });

  test("units of an index", async () => {
    expect(await refused("Provisioned", change("global", { ProvisionedThroughput: units(40_001, 1) }))).toBe(
      "LimitExceededException: The requested ReadCapacityUnits for index global, 40001, is above the per index maximum for the account in us-east-1. Per index maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  });
});

test("nothing of this changed a table", async () => {
  for (const { TableName, GlobalSecondaryIndexes } of made) {
    const { Table } = (await tables.answer("DescribeTable", { TableName })) as {
      readonly Table: JsonObject;
    };
    expect(Table["TableStatus"]).toBe("ACTIVE");
    expect(Table["GlobalSecondaryIndexes"]).toHaveLength((GlobalSecondaryIndexes as JsonObject[]).length);
  }
});
