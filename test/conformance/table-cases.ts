/** CreateTable and what is said of tables that exist or do not: rules across members, each with its text. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  type Operation,
  parametersInvalid,
  type Refusal,
} from "./case-types.ts";
import { missingTable } from "./fixtures.ts";
import { attribute, hash, newTable, provisioned, range, units } from "./table-requests.ts";

function create(name: string, more: JsonObject, expect: Refusal): ConformanceCase {
  return { name, operation: "CreateTable", request: newTable(more), expect };
}

const both = [attribute("pk"), attribute("sk")];

const keySchemas: readonly ConformanceCase[] = [
  create(
    "RANGE first",
    { AttributeDefinitions: both, KeySchema: [range("sk"), hash("pk")] },
    invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
  ),
  create(
    "RANGE alone",
    { KeySchema: [range("pk")] },
    invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
  ),
  create(
    "HASH twice",
    { AttributeDefinitions: both, KeySchema: [hash("pk"), hash("sk")] },
    invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
  ),
  create(
    "one attribute twice",
    { AttributeDefinitions: both, KeySchema: [hash("pk"), range("pk")] },
    invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name"),
  ),
  create(
    "an empty list of definitions",
    { AttributeDefinitions: [] },
    invalid("Invalid KeySchema: Some index key attribute have no definition"),
  ),
  create(
    "one definition for two keys",
    { KeySchema: [hash("pk"), range("sk")] },
    invalid("Invalid KeySchema: Some index key attribute have no definition"),
  ),
  create(
    "another attribute is defined",
    { AttributeDefinitions: [attribute("other")] },
    parametersInvalid(
      "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], AttributeDefinitions: [other]",
    ),
  ),
  create(
    "one of two is defined",
    { AttributeDefinitions: [attribute("pk"), attribute("SK")], KeySchema: [hash("pk"), range("sk")] },
    parametersInvalid(
      "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, sk], AttributeDefinitions: [pk, SK]",
    ),
  ),
  create(
    "a definition nobody uses",
    { AttributeDefinitions: both },
    parametersInvalid(
      "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    ),
  ),
  create(
    "a definition twice",
    { AttributeDefinitions: [attribute("pk"), attribute("pk")] },
    invalid("Attribute Name is duplicated: pk"),
  ),
];

const overTable = (units: string, asked: number): Refusal => ({
  error: "LimitExceededException",
  message: `The requested ${units}, ${asked}, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
});

const throughputs: readonly ConformanceCase[] = [
  create(
    "neither billing mode nor units",
    { BillingMode: null },
    parametersInvalid(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    ),
  ),
  create(
    "PROVISIONED without units",
    { BillingMode: "PROVISIONED" },
    parametersInvalid(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    ),
  ),
  create(
    "PAY_PER_REQUEST with units",
    { ProvisionedThroughput: units(1, 1) },
    parametersInvalid(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    ),
  ),
  create(
    "absurd reads",
    provisioned(1_000_000_000_001, 1),
    invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
  ),
  create(
    "absurd writes",
    provisioned(1, 1_000_000_000_001),
    invalid("Given value 1000000000001 for WriteCapacityUnits is out of bounds"),
  ),
  create("reads above the quota", provisioned(40_001, 1), overTable("ReadCapacityUnits", 40_001)),
  create("writes above the quota", provisioned(1, 40_001), overTable("WriteCapacityUnits", 40_001)),
  ...[0, -2].flatMap((value) => [
    create(
      `on-demand reads of ${value}`,
      { OnDemandThroughput: { MaxReadRequestUnits: value } },
      parametersInvalid(
        "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range",
      ),
    ),
    create(
      `on-demand writes of ${value}`,
      { OnDemandThroughput: { MaxWriteRequestUnits: value } },
      parametersInvalid(
        "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range",
      ),
    ),
  ]),
  create(
    "on-demand limits of a provisioned table",
    { ...provisioned(1, 1), OnDemandThroughput: { MaxReadRequestUnits: 10 } },
    // The rest of the sentence differs between records.
    {
      error: "ValidationException",
      messageStart:
        "One or more parameter values were invalid: MaxReadRequestUnits for OnDemandThroughput cannot be specified when ",
    },
  ),
  create(
    "warm reads below those of a new on-demand table",
    { WarmThroughput: { ReadUnitsPerSecond: 11_999, WriteUnitsPerSecond: 4000 } },
    {
      error: "ValidationException",
      messageStart:
        "One or more parameter values were invalid: Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: ",
    },
  ),
  create(
    "warm reads below the provisioned ones",
    { ...provisioned(10, 10), WarmThroughput: { ReadUnitsPerSecond: 9, WriteUnitsPerSecond: 10 } },
    parametersInvalid(
      "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than ReadCapacityUnits of ProvisionedThroughput",
    ),
  ),
];

const all = { ProjectionType: "ALL" };

function index(name: string, keys: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { IndexName: name, KeySchema: keys, Projection: all, ...more };
}

/** A table with the key pk, sk whose indexes use these further attributes. */
function indexed(names: readonly string[], more: JsonObject): JsonObject {
  return {
    AttributeDefinitions: ["pk", "sk", ...names].map((name) => attribute(name)),
    KeySchema: [hash("pk"), range("sk")],
    ...more,
  };
}

const global = (more: JsonObject, billing: JsonObject = {}): JsonObject =>
  indexed(["a"], { GlobalSecondaryIndexes: [index("index", [hash("a")], more)], ...billing });
const local = (more: JsonObject): JsonObject =>
  indexed(["a"], { LocalSecondaryIndexes: [index("index", [hash("pk"), range("a")], more)] });
const globalKey = (...keys: readonly JsonObject[]): JsonObject =>
  indexed([...new Set(keys.map(({ AttributeName }) => String(AttributeName)))], {
    GlobalSecondaryIndexes: [index("index", keys)],
  });
const several = (member: string, count: number, keys: readonly JsonObject[]): JsonObject =>
  indexed(["a"], { [member]: Array.from({ length: count }, (_, at) => index(`index${at}`, keys)) });

const indexes: readonly ConformanceCase[] = [
  create(
    "an empty list of global indexes",
    { GlobalSecondaryIndexes: [] },
    parametersInvalid("List of GlobalSecondaryIndexes is empty"),
  ),
  create(
    "an empty list of local indexes",
    { LocalSecondaryIndexes: [] },
    parametersInvalid("List of LocalSecondaryIndexes is empty"),
  ),
  create(
    "21 global indexes",
    several("GlobalSecondaryIndexes", 21, [hash("a")]),
    parametersInvalid("GlobalSecondaryIndex count exceeds the per-table limit of 20"),
  ),
  create(
    "6 local indexes",
    several("LocalSecondaryIndexes", 6, [hash("pk"), range("a")]),
    parametersInvalid("Number of LocalSecondaryIndexes exceeds per-table limit of 5"),
  ),
  create(
    "two global indexes of one name",
    indexed(["a"], { GlobalSecondaryIndexes: [index("same", [hash("a")]), index("same", [hash("a")])] }),
    parametersInvalid("Duplicate index name: same"),
  ),
  create(
    "a local and a global index of one name",
    indexed(["a"], {
      LocalSecondaryIndexes: [index("same", [hash("pk"), range("a")])],
      GlobalSecondaryIndexes: [index("same", [hash("a")])],
    }),
    parametersInvalid("Duplicate index name: same"),
  ),
  create(
    "a local index of a table without a range key",
    {
      AttributeDefinitions: [attribute("pk"), attribute("a")],
      LocalSecondaryIndexes: [index("index", [hash("pk"), range("a")])],
    },
    parametersInvalid(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    ),
  ),
  create(
    "a local index without a range key",
    indexed([], { LocalSecondaryIndexes: [index("index", [hash("pk")])] }),
    parametersInvalid("Index KeySchema does not have a range key for index: index"),
  ),
  create(
    "a local index with another hash key",
    indexed(["a"], { LocalSecondaryIndexes: [index("index", [hash("a"), range("sk")])] }),
    parametersInvalid(
      "Index KeySchema does not have the same leading hash key as table KeySchema for index: index. index hash key: a, table hash key: pk",
    ),
  ),
  create(
    "a key attribute of an index that is not defined",
    indexed([], { GlobalSecondaryIndexes: [index("index", [hash("q")])] }),
    {
      error: "ValidationException",
      messageStart:
        "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [",
    },
  ),
  create(
    "a definition that neither table nor index uses",
    indexed(["a", "b"], { GlobalSecondaryIndexes: [index("index", [hash("a")])] }),
    {
      error: "ValidationException",
      messageStart:
        "One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [",
    },
  ),
  create(
    "HASH after RANGE",
    globalKey(hash("a"), range("b"), hash("c")),
    parametersInvalid("All HASH key attributes must precede RANGE key attributes in the KeySchema"),
  ),
  create(
    "five HASH attributes",
    globalKey(...["a", "b", "c", "d", "e"].map(hash)),
    parametersInvalid("The KeySchema exceeds the maximum allowed number of HASH key attributes"),
  ),
  create(
    "five RANGE attributes",
    globalKey(hash("a"), ...["b", "c", "d", "e", "f"].map(range)),
    parametersInvalid("The KeySchema exceeds the maximum allowed number of RANGE key attributes"),
  ),
  create(
    "one attribute twice among three",
    globalKey(hash("a"), hash("b"), range("a")),
    invalid("The KeySchema contains multiple key attributes with the same name"),
  ),
  create("no projection type", global({ Projection: {} }), parametersInvalid("Unknown ProjectionType: null")),
  create(
    "INCLUDE without names",
    global({ Projection: { ProjectionType: "INCLUDE" } }),
    parametersInvalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
  ),
  ...["ALL", "KEYS_ONLY"].flatMap((type) =>
    [global, local].map((one, at) =>
      create(
        `${type} with names of a ${at === 0 ? "global" : "local"} index`,
        one({ Projection: { ProjectionType: type, NonKeyAttributes: ["x"] } }),
        parametersInvalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`),
      ),
    ),
  ),
  create(
    "a projected name twice",
    global({ Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["x", "y", "x"] } }),
    parametersInvalid("Duplicate element in NonKeyAttributes: x"),
  ),
  create(
    "no units of an index of a provisioned table",
    global({}, provisioned(1, 1)),
    parametersInvalid("ProvisionedThroughput is not specified for index: index"),
  ),
  create(
    "units of an index of an on-demand table",
    global({ ProvisionedThroughput: units(1, 1) }),
    parametersInvalid(
      "ProvisionedThroughput should not be specified for index: index when BillingMode is PAY_PER_REQUEST",
    ),
  ),
];

const streamsAndKeys: readonly ConformanceCase[] = [
  create(
    "a stream without a view type",
    { StreamSpecification: { StreamEnabled: true } },
    parametersInvalid("Table is being created with a stream enabled, UpdateViewType is required"),
  ),
  create(
    "no stream, but a view type",
    { StreamSpecification: { StreamEnabled: false, StreamViewType: "KEYS_ONLY" } },
    parametersInvalid(
      "Table is being created with a stream disabled, UpdateViewType should not be specified",
    ),
  ),
  create(
    "no encryption, but a type",
    { SSESpecification: { Enabled: false, SSEType: "KMS" } },
    parametersInvalid("SSEType can not be specified if Enabled is false"),
  ),
  create(
    "no encryption, but a key",
    { SSESpecification: { Enabled: false, KMSMasterKeyId: "alias/mine" } },
    parametersInvalid("KMSMasterKeyId can not be specified if Enabled is false"),
  ),
  create(
    "a key without a type",
    { SSESpecification: { Enabled: true, KMSMasterKeyId: "alias/mine" } },
    parametersInvalid("SSEType KMS is required if KMSMasterKeyId is specified"),
  ),
  create(
    "the type AES256",
    { SSESpecification: { Enabled: true, SSEType: "AES256" } },
    parametersInvalid("SSEType AES256 is not supported"),
  ),
];

const exists: Refusal = { error: "ResourceInUseException", message: "Table already exists: hash" };

const order: readonly ConformanceCase[] = [
  create("a name that is taken", { TableName: "hash" }, exists),
  create("a name that is taken, another schema", { TableName: "hash", ...indexed([], {}) }, exists),
  create(
    "rules of the request come before the name",
    { TableName: "hash", KeySchema: [range("pk")] },
    invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
  ),
  create(
    "definitions come before every other rule of global indexes",
    indexed(["a", "unused"], {
      GlobalSecondaryIndexes: [
        index("index", [hash("a"), hash("a")], { Projection: {} }),
        index("index", [hash("a")]),
      ],
    }),
    {
      error: "ValidationException",
      messageStart:
        "One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [",
    },
  ),
];

const missingText = `Requested resource not found: Table: ${missingTable} not found`;
const otherRegion = "arn:aws:dynamodb:eu-west-1:000000000000:table/hash";
const indexArn = "arn:aws:dynamodb:us-east-1:000000000000:table/hash/index/index";

function named(operation: Operation, TableName: string, expect: Refusal): ConformanceCase {
  const more = operation === "UpdateTable" ? { DeletionProtectionEnabled: true } : {};
  return { name: `${operation} of ${TableName}`, operation, request: { TableName, ...more }, expect };
}

const missing: readonly ConformanceCase[] = [
  ...(["DescribeTable", "DeleteTable", "UpdateTable"] as const).flatMap((operation) => [
    named(operation, missingTable, {
      error: "ResourceNotFoundException",
      message: missingText,
      body: { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message: missingText },
    }),
    named(operation, "HASH", {
      error: "ResourceNotFoundException",
      message: "Requested resource not found: Table: HASH not found",
    }),
  ]),
  named(
    "DescribeTable",
    otherRegion,
    invalid(`1 validation error detected: Invalid AWS region in '${otherRegion}'`),
  ),
  named(
    "DescribeTable",
    indexArn,
    invalid(`1 validation error detected: Invalid resource type in '${indexArn}'`),
  ),
];

const account: readonly ConformanceCase[] = [
  {
    name: "default quotas",
    operation: "DescribeLimits",
    request: {},
    expect: {
      body: {
        AccountMaxReadCapacityUnits: 80_000,
        AccountMaxWriteCapacityUnits: 80_000,
        TableMaxReadCapacityUnits: 40_000,
        TableMaxWriteCapacityUnits: 40_000,
      },
    },
  },
  {
    name: "the host name of the region",
    operation: "DescribeEndpoints",
    request: {},
    expect: { includes: { Endpoints: [{ Address: "dynamodb.us-east-1.amazonaws.com" }] } },
  },
  {
    name: "names after one that does not exist",
    operation: "ListTables",
    request: { ExclusiveStartTableName: "hasg", Limit: 1 },
    expect: { includes: { TableNames: ["hash"] } },
  },
  {
    name: "one name a page",
    operation: "ListTables",
    request: { ExclusiveStartTableName: "has", Limit: 1 },
    expect: { body: { TableNames: ["hash"], LastEvaluatedTableName: "hash" } },
  },
  {
    name: "nothing after the last name",
    operation: "ListTables",
    request: { ExclusiveStartTableName: "zzz" },
    expect: { body: { TableNames: [] } },
  },
];

export const tableGroups: readonly CaseGroup[] = [
  { title: "key schema and definitions", cases: keySchemas },
  { title: "throughput", cases: throughputs },
  { title: "indexes", cases: indexes },
  { title: "streams and encryption", cases: streamsAndKeys },
  { title: "order", cases: order },
  { title: "tables that are not there", cases: missing },
  { title: "limits, endpoints and names", cases: account },
];
