/** Errors of reads and writes on tables with secondary indexes, and of changes of the indexes themselves. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  N,
  parametersInvalid,
  type Refusal,
  S,
} from "./case-types.ts";

/** Three global indexes on `g`, one for each projection, and a local one on `l`. */
export const indexedTable: JsonObject = {
  TableName: "indexed",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
    { AttributeName: "g", AttributeType: "S" },
    { AttributeName: "l", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "global-all",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
    {
      IndexName: "global-keys",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
    {
      IndexName: "global-some",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a"] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "local-all",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "l", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
  BillingMode: "PAY_PER_REQUEST",
};

const byIndexKey = { KeyConditionExpression: "g = :g", ExpressionAttributeValues: { ":g": S("x") } };

function query(name: string, more: JsonObject, expect: Refusal): ConformanceCase {
  return { name, operation: "Query", request: { TableName: "indexed", ...byIndexKey, ...more }, expect };
}

const reads: readonly ConformanceCase[] = [
  query(
    "a consistent read of a global index",
    { IndexName: "global-all", ConsistentRead: true },
    invalid("Consistent reads are not supported on global secondary indexes"),
  ),
  {
    name: "a consistent scan of a global index",
    operation: "Scan",
    request: { TableName: "indexed", IndexName: "global-all", ConsistentRead: true },
    expect: invalid("Consistent reads are not supported on global secondary indexes"),
  },
  query(
    "ALL_ATTRIBUTES of an index that has not all",
    { IndexName: "global-keys", Select: "ALL_ATTRIBUTES" },
    parametersInvalid(
      "Select type ALL_ATTRIBUTES is not supported for global secondary index global-keys because its projection type is not ALL",
    ),
  ),
  query(
    "a projection of attributes the index does not have",
    { IndexName: "global-some", ProjectionExpression: "a, b" },
    parametersInvalid("Global secondary index global-some does not project [b]"),
  ),
  query(
    "a filter on an attribute the index does not have",
    { IndexName: "global-some", FilterExpression: "b = :g" },
    parametersInvalid("Secondary index global-some does not project one or more filter attributes: [b]"),
  ),
  query(
    "a filter on the index key",
    { IndexName: "global-all", FilterExpression: "attribute_exists(g)" },
    invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: g"),
  ),
  query(
    "a key condition on the table's key",
    { IndexName: "global-all", KeyConditionExpression: "pk = :g" },
    invalid("Query condition missed key schema element: g"),
  ),
  query(
    "a start key without the table's key",
    { IndexName: "global-all", ExclusiveStartKey: { g: S("x") } },
    invalid("The provided starting key is invalid"),
  ),
  {
    name: "a start key of a scan without the table's key",
    operation: "Scan",
    request: { TableName: "indexed", IndexName: "global-all", ExclusiveStartKey: { g: S("x") } },
    expect: invalid("The provided starting key is invalid"),
  },
];

const emptyIndexKey = (index: string, attribute: string): string =>
  `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${index}, IndexKey: ${attribute}`;

const writes: readonly ConformanceCase[] = [
  {
    name: "an index key of another type",
    operation: "PutItem",
    request: { TableName: "indexed", Item: { pk: S("a"), sk: S("a"), l: S("x") } },
    expect: parametersInvalid("Type mismatch for Index Key l Expected: N Actual: S IndexName: local-all"),
  },
  {
    name: "an empty index key",
    operation: "PutItem",
    request: { TableName: "indexed", Item: { pk: S("a"), sk: S("a"), g: S("") } },
    expect: invalid(emptyIndexKey("global-all", "g")),
  },
  {
    name: "an update that gives an index key another type",
    operation: "UpdateItem",
    request: {
      TableName: "indexed",
      Key: { pk: S("a"), sk: S("a") },
      UpdateExpression: "SET g = if_not_exists(nowhere, :n)",
      ExpressionAttributeValues: { ":n": N(1) },
    },
    expect: invalid("The update expression attempted to update the secondary index key to unsupported type"),
  },
];

function update(name: string, more: JsonObject, expect: Refusal): ConformanceCase {
  return { name, operation: "UpdateTable", request: { TableName: "indexed", ...more }, expect };
}

function created(IndexName: string, more: JsonObject = {}): JsonObject {
  const [definition] = indexedTable["GlobalSecondaryIndexes"] as readonly JsonObject[];
  return {
    AttributeDefinitions: [{ AttributeName: "g", AttributeType: "S" }],
    GlobalSecondaryIndexUpdates: [{ Create: { ...definition, IndexName, ...more } }],
  };
}

function updated(IndexName: string, more: JsonObject): JsonObject {
  return { GlobalSecondaryIndexUpdates: [{ Update: { IndexName, ...more } }] };
}

function dropped(IndexName: string): JsonObject {
  return { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] };
}

const units = { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } };
const limits = { OnDemandThroughput: { MaxReadRequestUnits: 1 } };
const notFound: Refusal = {
  error: "ResourceNotFoundException",
  message: "Requested resource not found: Index nowhere for table indexed",
};

/** No row changes the table. */
const changes: readonly ConformanceCase[] = [
  ...["global-all", "local-all"].map((name) =>
    update(
      `the name ${name} for a new index`,
      created(name),
      invalid("Attempting to create an index which already exists"),
    ),
  ),
  update(
    "a local index to delete",
    dropped("local-all"),
    invalid("Cannot delete an index that is not a GlobalSecondaryIndex: local-all"),
  ),
  update(
    "a local index to update",
    updated("local-all", limits),
    invalid("Cannot update an index that is not a GlobalSecondaryIndex: local-all"),
  ),
  update("an unknown index to delete", dropped("nowhere"), notFound),
  update("an unknown index to update", updated("nowhere", limits), notFound),
  update(
    "a new index whose key is not defined",
    created("new-index", { KeySchema: [{ AttributeName: "q", KeyType: "HASH" }] }),
    parametersInvalid(
      "Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: [g]",
    ),
  ),
  update(
    "units of an index of an on-demand table",
    updated("global-all", units),
    parametersInvalid(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: global-all when BillingMode is PAY_PER_REQUEST",
    ),
  ),
  update(
    "provisioned billing without units for an index",
    { BillingMode: "PROVISIONED", ...units, ...updated("global-all", units) },
    parametersInvalid("ProvisionedThroughput must be specified for index: global-keys"),
  ),
  update(
    "less warm throughput for an index",
    updated("global-all", { WarmThroughput: { ReadUnitsPerSecond: 1 } }),
    parametersInvalid(
      "Requested ReadUnitsPerSecond for WarmThroughput for index global-all is lower than current WarmThroughput, decreasing WarmThroughput is not supported",
    ),
  ),
];

export const indexGroups: readonly CaseGroup[] = [
  { title: "reads", cases: reads },
  { title: "writes", cases: writes },
];

export const indexChangeGroup: CaseGroup = { title: "changes", cases: changes };
