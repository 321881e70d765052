// UpdateTable: refusals that come from the request alone, each with its exact text. No table need exist.
import { beforeAll, describe, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  type TableOperations,
  units,
} from "../testing/table-operations.ts";

const prefix = "ValidationException: One or more parameter values were invalid: ";
type Row = readonly [name: string, request: JsonObject, text: string];

const nothing = (...leftOut: readonly string[]): string => {
  const names = [
    "ProvisionedThroughput",
    "BillingMode",
    "UpdateStreamEnabled",
    "GlobalSecondaryIndexUpdates",
    "SSESpecification",
    "ReplicaUpdates",
    "MultiAccountReplicaReady",
    "ReplicaTransitRoleArn",
    "MultiRegionConsistency",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "WarmThroughput",
  ].filter((name) => !leftOut.includes(name));
  return `ValidationException: At least one of ${names.join(", ")} or TableClass is required`;
};

const nothingToDo: readonly Row[] = [
  ["nothing", {}, nothing()],
  ["definitions alone", { AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "N" }] }, nothing()],
  ["a consistency alone", { MultiRegionConsistency: "STRONG" }, nothing("MultiRegionConsistency")],
  ["an empty list of index updates", { GlobalSecondaryIndexUpdates: [] }, nothing()],
  ["empty structures", { OnDemandThroughput: {}, WarmThroughput: {} }, nothing()],
];

const stream = { StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } };
const encryption = { SSESpecification: { Enabled: true } };
const tableClass = { TableClass: "STANDARD" };
const protection = { DeletionProtectionEnabled: true };
const warm = { WarmThroughput: { ReadUnitsPerSecond: 1 } };
const limits = { OnDemandThroughput: { MaxReadRequestUnits: 1 } };
const throughput = { ProvisionedThroughput: units(1, 1) };
const onDemand = { BillingMode: "PAY_PER_REQUEST" };
const replica = { ReplicaUpdates: [{ Create: { RegionName: "eu-west-1" } }] };
const witness = { GlobalTableWitnessUpdates: [{ Create: { RegionName: "eu-west-1" } }] };
const drop = { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "index" } }] };
const create = {
  AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: "index",
        KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
      },
    },
  ],
};
const alone = (what: string): string => `${prefix}${what} must be the only operation in the request`;

const combinations: readonly Row[] = [
  [
    "encryption and all else",
    { ...encryption, ...tableClass, ...protection, ...warm },
    alone("Server-Side Encryption modification"),
  ],
  [
    "encryption and protection",
    { ...encryption, ...protection },
    alone("Server-Side Encryption modification"),
  ],
  ["class and protection", { ...tableClass, ...protection }, alone("TableClass modification")],
  ["class and billing mode", { ...tableClass, ...onDemand }, alone("TableClass modification")],
  ["protection and warm throughput", { ...protection, ...warm }, alone("DeletionProtection modification")],
  ["protection and on-demand limits", { ...protection, ...limits }, alone("DeletionProtection modification")],
  ["protection and a stream", { ...protection, ...stream }, alone("DeletionProtection modification")],
  ["replicas and a stream", { ...replica, ...stream }, alone("Replica modification")],
  [
    "witnesses and a stream",
    { ...witness, ...replica, ...stream },
    `${prefix}Requests that modify replicas or witnesses must not also modify other fields`,
  ],
  ["warm throughput and billing mode", { ...warm, ...onDemand }, alone("WarmThroughput")],
  [
    "warm throughput and on-demand limits",
    { ...warm, ...limits },
    `${prefix}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`,
  ],
  [
    "on-demand limits and a stream",
    { ...limits, ...stream },
    `${prefix}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`,
  ],
  [
    "warm throughput and a new index",
    { ...warm, ...create },
    `${prefix}Create global secondary index cannot be specified when updating WarmThroughput`,
  ],
  [
    "a stream and throughput",
    { ...stream, ...throughput },
    `${prefix}You cannot modify stream status while updating table IOPS`,
  ],
  [
    "a stream and provisioned billing",
    { ...stream, BillingMode: "PROVISIONED" },
    `${prefix}You cannot modify stream status while updating table IOPS`,
  ],
  [
    "an index less and throughput",
    { ...drop, ...throughput },
    `${prefix}You cannot create or delete index while updating table IOPS`,
  ],
  [
    "a new index and a stream",
    { ...create, ...stream },
    `${prefix}You cannot create or delete index while changing stream status`,
  ],
];

const capacity: readonly Row[] = [
  [
    "throughput and on-demand billing",
    { ...onDemand, ...throughput },
    `${prefix}ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    "provisioned billing without throughput",
    { BillingMode: "PROVISIONED" },
    `${prefix}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
  ],
  [
    "absurd throughput",
    { ProvisionedThroughput: units(1_000_000_000_001, 1_000_000_000_001) },
    "ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of bounds",
  ],
  ...[0, -2].map((value): Row => [
    `a write limit of ${value}`,
    { OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: value } },
    `${prefix}Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range`,
  ]),
  [
    "a stream without a view type",
    { StreamSpecification: { StreamEnabled: true } },
    `${prefix}If stream is being enabled then UpdateViewType is required`,
  ],
  [
    "no stream with a view type",
    { StreamSpecification: { StreamEnabled: false, StreamViewType: "KEYS_ONLY" } },
    `${prefix}If stream is being disabled, then UpdateViewType must not be specified`,
  ],
  [
    "no encryption with a type",
    { SSESpecification: { Enabled: false, SSEType: "KMS" } },
    `${prefix}SSEType can not be specified if Enabled is false`,
  ],
  [
    "a bad table class",
    { TableClass: "" },
    "ValidationException: Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].",
  ],
];

const index = (action: JsonObject, more: JsonObject = {}): JsonObject => ({
  GlobalSecondaryIndexUpdates: [action],
  ...more,
});
const creation = (more: JsonObject): JsonObject => ({
  ...create,
  GlobalSecondaryIndexUpdates: create.GlobalSecondaryIndexUpdates.map(({ Create }) => ({
    Create: { ...Create, ...more },
  })),
});

const indexes: readonly Row[] = [
  [
    "an empty list beside another change",
    { GlobalSecondaryIndexUpdates: [], ...protection },
    `${prefix}List of GlobalSecondaryIndexUpdates is empty`,
  ],
  [
    "an entry without an action",
    index({}),
    `${prefix}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null`,
  ],
  [
    "an entry with two actions",
    index({ Update: { IndexName: "index" }, Delete: { IndexName: "index" } }),
    `${prefix}Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`,
  ],
  [
    "two entries for one index",
    { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "index" } }, { Update: { IndexName: "index" } }] },
    `${prefix}Only one global secondary index update per index is allowed simultaneously. Index: index`,
  ],
  [
    "a new index without definitions",
    { ...create, AttributeDefinitions: undefined },
    `${prefix}AttributeDefinitions is not specified for index: index`,
  ],
  [
    "a new index with a bad key",
    creation({ KeySchema: [{ AttributeName: "a", KeyType: "RANGE" }] }),
    "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  ],
  [
    "a new index without a projection type",
    creation({ Projection: {} }),
    `${prefix}Unknown ProjectionType: null`,
  ],
  [
    "throughput of an index with on-demand billing",
    { ...index({ Update: { IndexName: "index", ProvisionedThroughput: units(1, 1) } }), ...onDemand },
    `${prefix}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: index when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    "empty warm throughput of an index",
    index({ Update: { IndexName: "index", WarmThroughput: {} } }),
    `${prefix}WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: index`,
  ],
  ...[{}, { OnDemandThroughput: {} }].map((more): Row => [
    `no throughput of an index in ${JSON.stringify(more)}`,
    index({ Update: { IndexName: "index", ...more } }),
    `${prefix}One of ProvisionedThroughput, OnDemandThroughput, WarmThroughput must be specified for index: index`,
  ]),
  [
    "a limit of -1 of a new index",
    creation({ OnDemandThroughput: { MaxReadRequestUnits: -1 } }),
    `${prefix}Requested MaxReadRequestUnits for OnDemandThroughput for index : index is outside of valid range`,
  ],
  [
    "a limit of 0 of an index",
    index({ Update: { IndexName: "index", OnDemandThroughput: { MaxWriteRequestUnits: 0 } } }),
    `${prefix}Requested MaxWriteRequestUnits for OnDemandThroughput for index : index is outside of valid range`,
  ],
];

describe("refuses before looking at the table", () => {
  let tables: TableOperations;
  beforeAll(async () => {
    tables = await openTableOperations();
  });

  for (const [title, rows] of Object.entries({ nothingToDo, combinations, capacity, indexes })) {
    describe(title, () => {
      test.each(rows)("%s", async (_name, request, text) => {
        expect(await tables.refusal("UpdateTable", { TableName: "Missing", ...request })).toBe(text);
      });
    });
  }

  test.each<[string, JsonObject]>([
    ["a stream and on-demand billing", { ...stream, ...onDemand }],
    ["on-demand limits and on-demand billing", { ...limits, ...onDemand }],
    ["a new index and on-demand billing", { ...create, ...onDemand }],
    ["a change", protection],
    ["what does not work yet", stream],
  ])("has nothing against %s, but the table is missing", async (_name, request) => {
    expect(await tables.refusal("UpdateTable", { TableName: "Missing", ...request })).toBe(
      "ResourceNotFoundException: Requested resource not found: Table: Missing not found",
    );
  });
});

describe("refuses on a table that has neither streams nor keys nor indexes", () => {
  let tables: TableOperations;
  beforeAll(async () => {
    tables = await openTableOperations();
    await tables.answer("CreateTable", onDemandTable("Present"));
  });

  const unsupported = (members: string): string =>
    `ValidationException: Stator does not support ${members} of UpdateTable yet`;

  test.each<Row>([
    [
      "a stream to disable",
      { StreamSpecification: { StreamEnabled: false } },
      "ValidationException: Table has no stream to disable: TableName: Present",
    ],
    [
      "encryption to disable",
      { SSESpecification: { Enabled: false } },
      `${prefix}Table is already encrypted by default`,
    ],
    ["empty encryption", { SSESpecification: {} }, `${prefix}Table is already encrypted by default`],
    ["a stream", stream, unsupported("StreamSpecification")],
    ["encryption", encryption, unsupported("SSESpecification")],
    [
      "an index to drop",
      index({ Delete: { IndexName: "index" } }),
      "ResourceNotFoundException: Requested resource not found: Index index for table Present",
    ],
    [
      "an index to update",
      index({ Update: { IndexName: "index", OnDemandThroughput: { MaxReadRequestUnits: 1 } } }),
      "ResourceNotFoundException: Requested resource not found: Index index for table Present",
    ],
    [
      "two indexes at once",
      {
        ...create,
        GlobalSecondaryIndexUpdates: [
          ...create.GlobalSecondaryIndexUpdates,
          { Delete: { IndexName: "other" } },
        ],
      },
      "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    ],
    ["a replica", replica, unsupported("ReplicaUpdates")],
  ])("%s", async (_name, request, text) => {
    expect(await tables.refusal("UpdateTable", { TableName: "Present", ...request })).toBe(text);
  });
});
