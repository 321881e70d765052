// CreateTable: what it answers, and every refusal of tables without indexes with its exact text.
import { beforeAll, describe, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  provisionedTable,
  startMs,
  type TableOperations,
  units,
} from "../testing/table-operations.ts";

const prefix = "ValidationException: One or more parameter values were invalid: ";
const createdSeconds = startMs / 1000;

describe("the answer", () => {
  test("of an on-demand table", async () => {
    const { answer } = await openTableOperations({ createMs: 5000 });
    const { TableDescription: created } = await answer("CreateTable", onDemandTable("Orders"));
    expect(created).toEqual({
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      TableName: "Orders",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      TableStatus: "CREATING",
      CreationDateTime: createdSeconds,
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      TableSizeBytes: 0,
      ItemCount: 0,
      TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/Orders",
      TableId: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
      ),
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      DeletionProtectionEnabled: false,
    });
  });

  test("of a provisioned table, and what DescribeTable adds when it is ACTIVE", async () => {
    const { answer } = await openTableOperations();
    const request = {
      ...provisionedTable("Orders", 7, 3),
      AttributeDefinitions: [
        { AttributeName: "sk", AttributeType: "N" },
        { AttributeName: "pk", AttributeType: "B" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      DeletionProtectionEnabled: true,
      TableClass: "STANDARD_INFREQUENT_ACCESS",
      StreamSpecification: { StreamEnabled: false },
      SSESpecification: { Enabled: false },
      Tags: [{ Key: "team", Value: "blue" }],
    };
    const { TableDescription: created } = await answer("CreateTable", request);
    const { Table: described } = await answer("DescribeTable", { TableName: "Orders" });
    expect(created).toEqual({
      AttributeDefinitions: request.AttributeDefinitions,
      TableName: "Orders",
      KeySchema: request.KeySchema,
      TableStatus: "CREATING",
      CreationDateTime: createdSeconds,
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
      TableSizeBytes: 0,
      ItemCount: 0,
      TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/Orders",
      TableId: (described as JsonObject)["TableId"],
      TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
      DeletionProtectionEnabled: true,
    });
    expect(described).toEqual({
      ...(created as JsonObject),
      TableStatus: "ACTIVE",
      WarmThroughput: { ReadUnitsPerSecond: 7, WriteUnitsPerSecond: 3, Status: "ACTIVE" },
    });
  });

  test("tells the time of the switch to on-demand when the table is there", async () => {
    const { answer, clock } = await openTableOperations({ createMs: 5000 });
    await answer("CreateTable", onDemandTable("Orders"));
    const describe = async (): Promise<unknown> =>
      (await answer("DescribeTable", { TableName: "Orders" }))["Table"];
    expect(await describe()).toMatchObject({
      TableStatus: "CREATING",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "UPDATING" },
    });
    await clock.advance(5000);
    expect(await describe()).toMatchObject({
      TableStatus: "ACTIVE",
      BillingModeSummary: {
        BillingMode: "PAY_PER_REQUEST",
        LastUpdateToPayPerRequestDateTime: createdSeconds + 5,
      },
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
    });
  });

  test.each<[string, JsonObject, JsonObject]>([
    ["warm throughput of both", { ReadUnitsPerSecond: 15_000, WriteUnitsPerSecond: 5000 }, {}],
    ["warm throughput of one", { ReadUnitsPerSecond: 15_000 }, { WriteUnitsPerSecond: 4000 }],
    ["warm throughput of none", {}, { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000 }],
  ])("shows %s that was asked for", async (_name, warm, rest) => {
    const { answer } = await openTableOperations();
    const { TableDescription } = await answer(
      "CreateTable",
      onDemandTable("Orders", { WarmThroughput: warm }),
    );
    expect(TableDescription).toMatchObject({ WarmThroughput: { ...warm, ...rest, Status: "UPDATING" } });
  });

  test.each<[JsonObject]>([
    [{ MaxReadRequestUnits: 100 }],
    [{ MaxReadRequestUnits: 1, MaxWriteRequestUnits: 40_000 }],
  ])("shows the on-demand limits that are set and no others: %j", async (limits) => {
    const { answer } = await openTableOperations();
    await answer("CreateTable", onDemandTable("Orders", { OnDemandThroughput: limits }));
    const { Table } = await answer("DescribeTable", { TableName: "Orders" });
    expect((Table as JsonObject)["OnDemandThroughput"]).toEqual(limits);
  });

  test.each<[string, JsonObject]>([
    ["empty tags", { Tags: [] }],
    ["empty limits", { OnDemandThroughput: {} }],
    ["an empty encryption specification", { SSESpecification: {} }],
    ["fifty tags", { Tags: Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "" })) }],
    [
      "the table's own ARN as its name",
      { TableName: "arn:aws:dynamodb:us-east-1:000000000000:table/Orders" },
    ],
  ])("is an ordinary one with %s", async (_name, more) => {
    const { answer } = await openTableOperations();
    const { TableDescription } = await answer("CreateTable", onDemandTable("Orders", more));
    expect(TableDescription).toMatchObject({ TableName: "Orders", TableStatus: "CREATING" });
  });
});

describe("a name that is taken", () => {
  test.each([
    ["CREATING", 0, "Attempt to change a resource which is still in use: Table is being created: Taken"],
    ["ACTIVE", 10, "Table already exists: Taken"],
  ])("%s", async (_status, afterMs, text) => {
    const { answer, refusal, clock } = await openTableOperations({ createMs: 10 });
    await answer("CreateTable", onDemandTable("Taken"));
    await clock.advance(afterMs);
    expect(await refusal("CreateTable", provisionedTable("Taken", 1, 1))).toBe(
      `ResourceInUseException: ${text}`,
    );
  });

  test("DELETING", async () => {
    const { answer, refusal } = await openTableOperations({ deleteMs: 10 });
    await answer("CreateTable", onDemandTable("Taken"));
    await answer("DeleteTable", { TableName: "Taken" });
    expect(await refusal("CreateTable", onDemandTable("Taken"))).toBe(
      "ResourceInUseException: Table already exists: Taken",
    );
  });

  test("by one of two requests at once", async () => {
    const { refusal } = await openTableOperations();
    const requests = [1, 2, 3].map(() => refusal("CreateTable", onDemandTable("Taken")));
    const texts = (await Promise.all(requests)).filter((text) => text.startsWith("Resource"));
    expect(texts).toHaveLength(2);
  });

  test("differs from one in other letters", async () => {
    const { answer } = await openTableOperations();
    await answer("CreateTable", onDemandTable("Taken"));
    await answer("CreateTable", onDemandTable("TAKEN"));
  });
});

type Refused = readonly [name: string, more: JsonObject, text: string];

const hash = (name: string): JsonObject => ({ AttributeName: name, KeyType: "HASH" });
const range = (name: string): JsonObject => ({ AttributeName: name, KeyType: "RANGE" });
const attribute = (name: string, type = "S"): JsonObject => ({ AttributeName: name, AttributeType: type });
const provisioned = (reads: number, writes: number): JsonObject => ({
  BillingMode: "PROVISIONED",
  ProvisionedThroughput: units(reads, writes),
});
const both = [attribute("pk"), attribute("sk")];

const keySchemas: readonly Refused[] = [
  [
    "RANGE first",
    { AttributeDefinitions: both, KeySchema: [range("sk"), hash("pk")] },
    "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  ],
  [
    "RANGE alone",
    { KeySchema: [range("pk")] },
    "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  ],
  [
    "two HASH",
    { AttributeDefinitions: both, KeySchema: [hash("pk"), hash("sk")] },
    "ValidationException: Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
  ],
  [
    "one name twice",
    { AttributeDefinitions: both, KeySchema: [hash("pk"), range("pk")] },
    "ValidationException: Both the Hash Key and the Range Key element in the KeySchema have the same name",
  ],
  [
    "no definitions",
    { AttributeDefinitions: [] },
    "ValidationException: Invalid KeySchema: Some index key attribute have no definition",
  ],
  [
    "fewer definitions than keys",
    { KeySchema: [hash("pk"), range("sk")] },
    "ValidationException: Invalid KeySchema: Some index key attribute have no definition",
  ],
  [
    "another definition",
    { AttributeDefinitions: [attribute("other")] },
    `${prefix}Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], AttributeDefinitions: [other]`,
  ],
  [
    "a definition in other letters",
    { AttributeDefinitions: [attribute("PK"), attribute("sk")], KeySchema: [hash("pk"), range("sk")] },
    `${prefix}Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, sk], AttributeDefinitions: [PK, sk]`,
  ],
  [
    "a definition too many",
    { AttributeDefinitions: both },
    `${prefix}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
  ],
  [
    "a definition twice",
    { AttributeDefinitions: [attribute("pk"), attribute("pk")] },
    "ValidationException: Attribute Name is duplicated: pk",
  ],
  [
    "a definition twice with other types, of a name that objects have",
    {
      AttributeDefinitions: [attribute("__proto__"), attribute("__proto__", "N")],
      KeySchema: [hash("__proto__")],
    },
    "ValidationException: Attribute Name is duplicated: __proto__",
  ],
  [
    "a key that objects have anyway",
    { KeySchema: [hash("constructor")] },
    `${prefix}Some index key attributes are not defined in AttributeDefinitions. Keys: [constructor], AttributeDefinitions: [pk]`,
  ],
];

const throughputs: readonly Refused[] = [
  [
    "no throughput and no billing mode",
    { BillingMode: undefined },
    `${prefix}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
  ],
  [
    "no throughput of a provisioned table",
    { BillingMode: "PROVISIONED" },
    `${prefix}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
  ],
  [
    "throughput of an on-demand table",
    { ProvisionedThroughput: units(1, 1) },
    `${prefix}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    "absurd reads",
    provisioned(1_000_000_000_001, 1),
    "ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of bounds",
  ],
  [
    "absurd writes",
    provisioned(1, 1_000_000_000_001),
    "ValidationException: Given value 1000000000001 for WriteCapacityUnits is out of bounds",
  ],
  [
    "reads above the quota",
    provisioned(40_001, 1),
    "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
  ],
  [
    "writes above the quota",
    provisioned(1, 1_000_000_000_000),
    "LimitExceededException: The requested WriteCapacityUnits, 1000000000000, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
  ],
  [
    "on-demand limits of a provisioned table",
    { ...provisioned(1, 1), OnDemandThroughput: { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 1 } },
    `${prefix}MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.`,
  ],
  [
    "a write limit of a provisioned table",
    { ...provisioned(1, 1), OnDemandThroughput: { MaxWriteRequestUnits: 1 } },
    `${prefix}MaxWriteRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.`,
  ],
  ...[0, -1, -2].map((value): Refused => [
    `a read limit of ${value}`,
    { OnDemandThroughput: { MaxReadRequestUnits: value, MaxWriteRequestUnits: value } },
    `${prefix}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range`,
  ]),
  [
    "a write limit of 0",
    { OnDemandThroughput: { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 0 } },
    `${prefix}Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range`,
  ],
  [
    "a read limit above the quota",
    { OnDemandThroughput: { MaxReadRequestUnits: 40_001 } },
    "LimitExceededException: Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds TableMaxReadCapacityUnits of the account in region us-east-1",
  ],
  ...[1, 0, -1].map((value): Refused => [
    `warm throughput of ${value}`,
    { WarmThroughput: { ReadUnitsPerSecond: value, WriteUnitsPerSecond: value } },
    `${prefix}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial`,
  ]),
  [
    "warm writes below those of a new on-demand table",
    { WarmThroughput: { WriteUnitsPerSecond: 3999 } },
    `${prefix}Requested WriteUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial`,
  ],
  [
    "warm reads below the provisioned ones",
    { ...provisioned(10, 10), WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 5 } },
    `${prefix}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than ReadCapacityUnits of ProvisionedThroughput`,
  ],
  [
    "warm writes below the provisioned ones",
    { ...provisioned(10, 10), WarmThroughput: { ReadUnitsPerSecond: 10, WriteUnitsPerSecond: 9 } },
    `${prefix}Requested WriteUnitsPerSecond for WarmThroughput for table is lower than WriteCapacityUnits of ProvisionedThroughput`,
  ],
  [
    "warm throughput above the quota",
    { WarmThroughput: { WriteUnitsPerSecond: 40_001 } },
    "LimitExceededException: Subscriber limit exceeded: Requested WriteUnitsPerSecond for WarmThroughput for table exceeds TableMaxWriteCapacityUnits of the account in region us-east-1",
  ],
];

const settings: readonly Refused[] = [
  [
    "an unknown table class",
    { TableClass: "GLACIER" },
    "ValidationException: Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].",
  ],
  [
    "a stream without a view type",
    { StreamSpecification: { StreamEnabled: true } },
    `${prefix}Table is being created with a stream enabled, UpdateViewType is required`,
  ],
  [
    "no stream with a view type",
    { StreamSpecification: { StreamEnabled: false, StreamViewType: "KEYS_ONLY" } },
    `${prefix}Table is being created with a stream disabled, UpdateViewType should not be specified`,
  ],
  [
    "no encryption with a type",
    { SSESpecification: { Enabled: false, SSEType: "KMS" } },
    `${prefix}SSEType can not be specified if Enabled is false`,
  ],
  [
    "no encryption with a key",
    { SSESpecification: { Enabled: false, KMSMasterKeyId: "k" } },
    `${prefix}KMSMasterKeyId can not be specified if Enabled is false`,
  ],
  [
    "a key without a type",
    { SSESpecification: { Enabled: true, KMSMasterKeyId: "k" } },
    `${prefix}SSEType KMS is required if KMSMasterKeyId is specified`,
  ],
  [
    "AES256",
    { SSESpecification: { Enabled: true, SSEType: "AES256" } },
    `${prefix}SSEType AES256 is not supported`,
  ],
  [
    "a tag of AWS's",
    { Tags: [{ Key: "AWS:x", Value: "v" }] },
    "ValidationException: Tag Key cannot be prefixed with aws:, Key: AWS:x",
  ],
  [
    "a tag twice",
    {
      Tags: [
        { Key: "__proto__", Value: "1" },
        { Key: "__proto__", Value: "2" },
      ],
    },
    "ValidationException: Duplicate Tag Keys provided as input: Duplicate Tag Key found __proto__",
  ],
  [
    "too many tags",
    { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "v" })) },
    "ValidationException: Number of Tags exceed the current limit for the provided ResourceArn",
  ],
];

const unsupported = (members: string): string =>
  `ValidationException: Stator does not support ${members} of CreateTable yet`;

const notBuilt: readonly Refused[] = [
  [
    "a stream",
    { StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } },
    unsupported("StreamSpecification"),
  ],
  ["encryption with a key", { SSESpecification: { Enabled: true } }, unsupported("SSESpecification")],
  ["a key type alone", { SSESpecification: { SSEType: "KMS" } }, unsupported("SSESpecification")],
  [
    "a policy and a source table",
    { ResourcePolicy: "{}", GlobalTableSourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/Source" },
    unsupported("ResourcePolicy, GlobalTableSourceArn"),
  ],
  [
    "a source table in place of a schema",
    {
      GlobalTableSourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/Source",
      KeySchema: undefined,
      AttributeDefinitions: undefined,
    },
    unsupported("GlobalTableSourceArn"),
  ],
];

const order: readonly Refused[] = [
  [
    "attribute definitions come before throughput",
    { AttributeDefinitions: both, BillingMode: "PROVISIONED" },
    `${prefix}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
  ],
  [
    "what is wrong comes before what does not work yet",
    { ResourcePolicy: "{}", Tags: [{ Key: "aws:", Value: "v" }] },
    "ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:",
  ],
  [
    "what does not work yet comes before quotas",
    { ResourcePolicy: "{}", ...provisioned(40_001, 1) },
    unsupported("ResourcePolicy"),
  ],
];

describe("refuses", () => {
  let tables: TableOperations;
  beforeAll(async () => {
    tables = await openTableOperations();
  });

  for (const [title, rows] of Object.entries({ keySchemas, throughputs, settings, notBuilt, order })) {
    describe(title, () => {
      test.each(rows)("%s", async (_name, more, text) => {
        expect(await tables.refusal("CreateTable", onDemandTable("Refused", more))).toBe(text);
        expect(await tables.answer("ListTables", {})).toEqual({ TableNames: [] });
      });
    });
  }

  test("quotas only for a name that is free", async () => {
    const { answer, refusal } = await openTableOperations();
    await answer("CreateTable", onDemandTable("Taken"));
    expect(await refusal("CreateTable", provisionedTable("Taken", 40_001, 1))).toBe(
      "ResourceInUseException: Table already exists: Taken",
    );
  });

  test.each([
    [
      "arn:aws:dynamodb:eu-west-1:000000000000:table/Orders",
      "ValidationException: 1 validation error detected: Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:000000000000:table/Orders'",
    ],
    ["arn:aws:dynamodb:us-east-1:111111111111:table/Orders", "AccessDeniedException: Access is denied"],
  ])("the ARN of another namespace: %s", async (arn, text) => {
    expect(await tables.refusal("CreateTable", onDemandTable(arn))).toBe(text);
    expect(await tables.refusal("DescribeTable", { TableName: arn })).toBe(text);
  });
});
