/** UpdateTable: what one request may ask for, and what a table without streams, keys and indexes refuses. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  parametersInvalid,
  type Refusal,
} from "./case-types.ts";
import { missingTable } from "./fixtures.ts";
import { attribute, hash, range, units } from "./table-requests.ts";

/** Of the fixture table `hash`, which is on-demand. No row changes it. */
function update(name: string, more: JsonObject, expect: Refusal): ConformanceCase {
  return { name, operation: "UpdateTable", request: { TableName: "hash", ...more }, expect };
}

const listed =
  "ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass";

const nothing: readonly ConformanceCase[] = [
  update("nothing", {}, invalid(`At least one of ${listed} is required`)),
  update(
    "definitions alone",
    { AttributeDefinitions: [attribute("pk")] },
    invalid(`At least one of ${listed} is required`),
  ),
  update(
    "a member that is there but no change is left out of the list",
    { MultiRegionConsistency: "STRONG" },
    invalid(`At least one of ${listed.replace("MultiRegionConsistency, ", "")} is required`),
  ),
];

const stream = { StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } };
const encryption = { SSESpecification: { Enabled: true } };
const tableClass = { TableClass: "STANDARD_INFREQUENT_ACCESS" };
const protection = { DeletionProtectionEnabled: true };
const warm = { WarmThroughput: { ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 5000 } };
const limits = { OnDemandThroughput: { MaxReadRequestUnits: 10 } };
const throughput = { ProvisionedThroughput: units(5, 5) };
const onDemand = { BillingMode: "PAY_PER_REQUEST" };
const replica = { ReplicaUpdates: [{ Create: { RegionName: "eu-west-1" } }] };
const drop = { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "index" } }] };

const alone = (what: string): Refusal =>
  parametersInvalid(`${what} must be the only operation in the request`);

const combinations: readonly ConformanceCase[] = [
  ...Object.entries({ tableClass, protection, warm, limits, onDemand, stream, drop }).map(([name, other]) =>
    update(
      `encryption and ${name}`,
      { ...encryption, ...other },
      alone("Server-Side Encryption modification"),
    ),
  ),
  ...Object.entries({ protection, onDemand, stream, drop }).map(([name, other]) =>
    update(`class and ${name}`, { ...tableClass, ...other }, alone("TableClass modification")),
  ),
  ...Object.entries({ onDemand, stream, drop, limits }).map(([name, other]) =>
    update(`protection and ${name}`, { ...protection, ...other }, alone("DeletionProtection modification")),
  ),
  ...Object.entries({ onDemand, stream, throughput }).map(([name, other]) =>
    update(`warm throughput and ${name}`, { ...warm, ...other }, alone("WarmThroughput")),
  ),
  ...Object.entries({ onDemand, stream, throughput }).map(([name, other]) =>
    update(`a replica and ${name}`, { ...replica, ...other }, alone("Replica modification")),
  ),
  ...Object.entries({ stream, throughput, drop }).map(([name, other]) =>
    update(
      `on-demand limits and ${name}`,
      { ...limits, ...other },
      parametersInvalid("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"),
    ),
  ),
  update(
    "a stream and throughput",
    { ...stream, ...throughput },
    parametersInvalid("You cannot modify stream status while updating table IOPS"),
  ),
  update(
    "an index and throughput",
    { ...drop, ...throughput },
    parametersInvalid("You cannot create or delete index while updating table IOPS"),
  ),
  update(
    "an index and a stream",
    { ...drop, ...stream },
    parametersInvalid("You cannot create or delete index while changing stream status"),
  ),
];

const capacity: readonly ConformanceCase[] = [
  update(
    "PROVISIONED without units",
    { BillingMode: "PROVISIONED" },
    parametersInvalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED"),
  ),
  update(
    "PAY_PER_REQUEST with units",
    { ...onDemand, ...throughput },
    {
      error: "ValidationException",
      messageStart: "One or more parameter values were invalid: ",
      // Two beginnings of the sentence are on record.
      messageIncludes: " be specified when BillingMode is PAY_PER_REQUEST",
    },
  ),
  update(
    "units of an on-demand table",
    throughput,
    parametersInvalid(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    ),
  ),
  update(
    "absurd units",
    { ProvisionedThroughput: units(1_000_000_000_001, 1) },
    invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
  ),
  ...[0, -2].map((value) =>
    update(
      `on-demand reads of ${value}`,
      { OnDemandThroughput: { MaxReadRequestUnits: value } },
      parametersInvalid(
        "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range",
      ),
    ),
  ),
  update(
    "on-demand limits with the switch to PROVISIONED",
    { BillingMode: "PROVISIONED", ...throughput, ...limits },
    // Whether the members or the billing mode are found first is not known.
    { error: "ValidationException", messageStart: "One or more parameter values were invalid: " },
  ),
  ...(["ReadUnitsPerSecond", "WriteUnitsPerSecond"] as const).map((member) =>
    update(
      `${member} of 1`,
      { WarmThroughput: { [member]: 1 } },
      parametersInvalid(
        `Requested ${member} for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported`,
      ),
    ),
  ),
];

const streamsAndKeys: readonly ConformanceCase[] = [
  update(
    "a stream without a view type",
    { StreamSpecification: { StreamEnabled: true } },
    parametersInvalid("If stream is being enabled then UpdateViewType is required"),
  ),
  update(
    "no stream, but a view type",
    { StreamSpecification: { StreamEnabled: false, StreamViewType: "NEW_IMAGE" } },
    parametersInvalid("If stream is being disabled, then UpdateViewType must not be specified"),
  ),
  update(
    "no stream where there is none",
    { StreamSpecification: { StreamEnabled: false } },
    invalid("Table has no stream to disable: TableName: hash"),
  ),
  update(
    "no encryption where there is only the default",
    { SSESpecification: { Enabled: false } },
    parametersInvalid("Table is already encrypted by default"),
  ),
  update(
    "no encryption, but a type",
    { SSESpecification: { Enabled: false, SSEType: "KMS" } },
    parametersInvalid("SSEType can not be specified if Enabled is false"),
  ),
  update(
    "a key without a type",
    { SSESpecification: { Enabled: true, KMSMasterKeyId: "alias/mine" } },
    parametersInvalid("SSEType KMS is required if KMSMasterKeyId is specified"),
  ),
  update(
    "the type AES256",
    { SSESpecification: { Enabled: true, SSEType: "AES256" } },
    parametersInvalid("SSEType AES256 is not supported"),
  ),
];

const creation = (more: JsonObject = {}): JsonObject => ({
  Create: { IndexName: "index", KeySchema: [hash("a")], Projection: { ProjectionType: "ALL" }, ...more },
});
const withIndex = (...updates: readonly JsonObject[]): JsonObject => ({
  AttributeDefinitions: [attribute("a"), attribute("b")],
  GlobalSecondaryIndexUpdates: updates,
});

const indexes: readonly ConformanceCase[] = [
  update(
    "no action",
    withIndex({}),
    parametersInvalid(
      "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
    ),
  ),
  update(
    "two actions in one entry",
    withIndex({ ...creation(), Delete: { IndexName: "other" } }),
    parametersInvalid(
      "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
    ),
  ),
  update(
    "two entries for one index",
    withIndex(creation(), { Delete: { IndexName: "index" } }),
    parametersInvalid(
      "Only one global secondary index update per index is allowed simultaneously. Index: index",
    ),
  ),
  update(
    "a new index without definitions",
    { GlobalSecondaryIndexUpdates: [creation()] },
    parametersInvalid("AttributeDefinitions is not specified for index: index"),
  ),
  update(
    "a new index whose key begins with RANGE",
    withIndex(creation({ KeySchema: [range("a")] })),
    invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
  ),
  update(
    "a new index without a projection type",
    withIndex(creation({ Projection: {} })),
    parametersInvalid("Unknown ProjectionType: null"),
  ),
  update(
    "units of an index with on-demand billing",
    {
      ...withIndex({ Update: { IndexName: "index", ProvisionedThroughput: units(1, 1) } }),
      ...onDemand,
    },
    parametersInvalid(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: index when BillingMode is PAY_PER_REQUEST",
    ),
  ),
  update("an index to drop that is not there", withIndex({ Delete: { IndexName: "index" } }), {
    error: "ResourceNotFoundException",
    message: "Requested resource not found: Index index for table hash",
  }),
  update("two indexes to make", withIndex(creation(), creation({ IndexName: "other" })), {
    error: "LimitExceededException",
    message:
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
  }),
];

/** Rules that need no table are found before the table is looked for. */
const order: readonly ConformanceCase[] = [
  nothing[0],
  combinations[0],
  capacity[0],
  streamsAndKeys[0],
  indexes[0],
].flatMap((row) =>
  row === undefined || typeof row.request === "string"
    ? []
    : [{ ...row, request: { ...row.request, TableName: missingTable } }],
);

export const tableUpdateGroups: readonly CaseGroup[] = [
  { title: "nothing to do", cases: nothing },
  { title: "combinations", cases: combinations },
  { title: "throughput", cases: capacity },
  { title: "streams and encryption", cases: streamsAndKeys },
  { title: "indexes", cases: indexes },
  { title: "of a table that is not there", cases: order },
];
