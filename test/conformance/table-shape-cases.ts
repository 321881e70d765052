/** Requests about tables whose shape is wrong: the collected "N validation error(s) detected" form. */
import {
  type CaseGroup,
  type ConformanceCase,
  constraint,
  entry,
  invalid,
  type JsonObject,
  namePattern,
  type Operation,
  type Refusal,
  shapeErrors,
} from "./case-types.ts";
import { newTable } from "./table-requests.ts";

const { lengthMin, lengthMax, valueMin, valueMax, oneOf, pattern, required } = constraint;
const scalarTypes = oneOf("B, N, S");
const keyTypes = oneOf("HASH, RANGE");
const projectionTypes = oneOf("ALL, INCLUDE, KEYS_ONLY");
const billingModes = oneOf("PROVISIONED, PAY_PER_REQUEST");

function create(name: string, more: JsonObject, expect: Refusal): ConformanceCase {
  return { name, operation: "CreateTable", request: newTable(more), expect };
}

/** One bad member somewhere in a CreateTable that is otherwise good. */
const members: readonly ConformanceCase[] = [
  create("no name", { TableName: null }, shapeErrors(entry("tableName", undefined, required))),
  create("an empty name", { TableName: "" }, shapeErrors(entry("tableName", "", lengthMin(1)))),
  create(
    "a name of two characters",
    { TableName: "ab" },
    shapeErrors(entry("tableName", "ab", lengthMin(3))),
  ),
  create(
    "a name of 256 characters",
    { TableName: "a".repeat(256) },
    shapeErrors(entry("tableName", "a".repeat(256), lengthMax(255))),
  ),
  create(
    "a name with a blank",
    { TableName: "my table" },
    shapeErrors(entry("tableName", "my table", pattern(namePattern))),
  ),
  create(
    "no definitions",
    { AttributeDefinitions: null },
    shapeErrors(entry("attributeDefinitions", undefined, required)),
  ),
  create("no key schema", { KeySchema: null }, shapeErrors(entry("keySchema", undefined, required))),
  create("an empty key schema", { KeySchema: [] }, shapeErrors(entry("keySchema", "[]", lengthMin(1)))),
  create(
    "a key schema of three elements",
    {
      KeySchema: ["a", "b", "c"].map((name) => ({ AttributeName: name, KeyType: "HASH" })),
    },
    // How the service prints the list is not constant.
    {
      error: "ValidationException",
      messageStart: "1 validation error detected: Value '[",
      messageIncludes: `]' at 'keySchema' failed to satisfy constraint: ${lengthMax(2)}`,
    },
  ),
  create(
    "a definition without a type",
    { AttributeDefinitions: [{ AttributeName: "pk" }] },
    shapeErrors(entry("attributeDefinitions.1.member.attributeType", undefined, required)),
  ),
  create(
    "a definition without a name",
    { AttributeDefinitions: [{ AttributeType: "S" }] },
    shapeErrors(entry("attributeDefinitions.1.member.attributeName", undefined, required)),
  ),
  create(
    "an attribute type that cannot be a key",
    { AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "SS" }] },
    shapeErrors(entry("attributeDefinitions.1.member.attributeType", "SS", scalarTypes)),
  ),
  create(
    "an empty name of a key attribute",
    { KeySchema: [{ AttributeName: "", KeyType: "HASH" }] },
    shapeErrors(entry("keySchema.1.member.attributeName", "", lengthMin(1))),
  ),
  create(
    "a key attribute of 256 characters",
    { KeySchema: [{ AttributeName: "a".repeat(256), KeyType: "HASH" }] },
    shapeErrors(entry("keySchema.1.member.attributeName", "a".repeat(256), lengthMax(255))),
  ),
  create(
    "a defined attribute of 256 characters",
    { AttributeDefinitions: [{ AttributeName: "a".repeat(256), AttributeType: "S" }] },
    shapeErrors(entry("attributeDefinitions.1.member.attributeName", "a".repeat(256), lengthMax(255))),
  ),
  create(
    "an unknown key type",
    { KeySchema: [{ AttributeName: "pk", KeyType: "SORT" }] },
    shapeErrors(entry("keySchema.1.member.keyType", "SORT", keyTypes)),
  ),
  create(
    "an unknown billing mode",
    { BillingMode: "FREE" },
    shapeErrors(entry("billingMode", "FREE", billingModes)),
  ),
  create(
    "no units: writes are named before reads",
    { BillingMode: "PROVISIONED", ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 } },
    shapeErrors(
      entry("provisionedThroughput.writeCapacityUnits", "0", valueMin(1)),
      entry("provisionedThroughput.readCapacityUnits", "0", valueMin(1)),
    ),
  ),
  create(
    "negative units",
    { BillingMode: "PROVISIONED", ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: -1 } },
    shapeErrors(entry("provisionedThroughput.writeCapacityUnits", "-1", valueMin(1))),
  ),
  create(
    "half of the units",
    { BillingMode: "PROVISIONED", ProvisionedThroughput: { ReadCapacityUnits: 1 } },
    shapeErrors(entry("provisionedThroughput.writeCapacityUnits", undefined, required)),
  ),
  create(
    "an unknown table class",
    { TableClass: "GLACIER" },
    invalid(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].",
    ),
  ),
  create(
    "a stream that is neither on nor off",
    { StreamSpecification: { StreamViewType: "KEYS_ONLY" } },
    shapeErrors(entry("streamSpecification.streamEnabled", undefined, required)),
  ),
  create(
    "a tag without a value",
    { Tags: [{ Key: "k" }] },
    shapeErrors(entry("tags.1.member.value", undefined, required)),
  ),
  create(
    "a tag without a key",
    { Tags: [{ Key: "k", Value: "v" }, { Value: "v" }] },
    shapeErrors(entry("tags.2.member.key", undefined, required)),
  ),
  create(
    "a tag key of 129 characters",
    { Tags: [{ Key: "k".repeat(129), Value: "v" }] },
    shapeErrors(entry("tags.1.member.key", "k".repeat(129), lengthMax(128))),
  ),
  create(
    "an empty tag key",
    { Tags: [{ Key: "", Value: "v" }] },
    shapeErrors(entry("tags.1.member.key", "", lengthMin(1))),
  ),
  create(
    "a tag value of 257 characters",
    { Tags: [{ Key: "k", Value: "v".repeat(257) }] },
    shapeErrors(entry("tags.1.member.value", "v".repeat(257), lengthMax(256))),
  ),
];

const index = { IndexName: "index", KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] };
const all = { Projection: { ProjectionType: "ALL" } };

function withIndex(name: string, more: JsonObject, expect: Refusal): ConformanceCase {
  return create(name, { GlobalSecondaryIndexes: [{ ...index, ...all, ...more }] }, expect);
}

const inIndex = (member: string): string => `globalSecondaryIndexes.1.member.${member}`;

const indexes: readonly ConformanceCase[] = [
  withIndex("no name", { IndexName: null }, shapeErrors(entry(inIndex("indexName"), undefined, required))),
  withIndex(
    "a short name",
    { IndexName: "ab" },
    shapeErrors(entry(inIndex("indexName"), "ab", lengthMin(3))),
  ),
  withIndex(
    "a long name",
    { IndexName: "i".repeat(256) },
    shapeErrors(entry(inIndex("indexName"), "i".repeat(256), lengthMax(255))),
  ),
  withIndex(
    "a bad character in the name",
    { IndexName: "by:date" },
    shapeErrors(entry(inIndex("indexName"), "by:date", pattern(namePattern))),
  ),
  withIndex("no key", { KeySchema: null }, shapeErrors(entry(inIndex("keySchema"), undefined, required))),
  withIndex("an empty key", { KeySchema: [] }, shapeErrors(entry(inIndex("keySchema"), "[]", lengthMin(1)))),
  withIndex(
    "no projection",
    { Projection: null },
    shapeErrors(entry(inIndex("projection"), undefined, required)),
  ),
  withIndex(
    "an unknown projection",
    { Projection: { ProjectionType: "SOME" } },
    shapeErrors(entry(inIndex("projection.projectionType"), "SOME", projectionTypes)),
  ),
  withIndex(
    "a projection of an empty list",
    { Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [] } },
    shapeErrors(entry(inIndex("projection.nonKeyAttributes"), "[]", lengthMin(1))),
  ),
  withIndex(
    "21 projected names",
    { Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: numbered(21) } },
    shapeErrors(entry(inIndex("projection.nonKeyAttributes"), `[${numbered(21).join(", ")}]`, lengthMax(20))),
  ),
  withIndex(
    "no units",
    { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 0 } },
    shapeErrors(entry(inIndex("provisionedThroughput.writeCapacityUnits"), "0", valueMin(1))),
  ),
  create(
    "a local index without a projection",
    { LocalSecondaryIndexes: [index] },
    shapeErrors(entry("localSecondaryIndexes.1.member.projection", undefined, required)),
  ),
];

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `x${at}`);
}

const collected: readonly ConformanceCase[] = [
  create(
    "in the order definitions, name, billing mode, throughput, key schema, indexes",
    {
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "X" }],
      TableName: "a;",
      BillingMode: "FREE",
      ProvisionedThroughput: { ReadCapacityUnits: -1, WriteCapacityUnits: -1 },
      KeySchema: [{ AttributeName: "pk", KeyType: "X" }],
      LocalSecondaryIndexes: [{ ...index, ...all, IndexName: "ab" }],
      GlobalSecondaryIndexes: [{ ...index, ...all, IndexName: "cd" }],
    },
    shapeErrors(
      entry("attributeDefinitions.1.member.attributeType", "X", scalarTypes),
      entry("tableName", "a;", pattern(namePattern)),
      entry("tableName", "a;", lengthMin(3)),
      entry("billingMode", "FREE", billingModes),
      entry("provisionedThroughput.writeCapacityUnits", "-1", valueMin(1)),
      entry("provisionedThroughput.readCapacityUnits", "-1", valueMin(1)),
      entry("keySchema.1.member.keyType", "X", keyTypes),
      entry("localSecondaryIndexes.1.member.indexName", "ab", lengthMin(3)),
      entry("globalSecondaryIndexes.1.member.indexName", "cd", lengthMin(3)),
    ),
  ),
  create(
    "shapes before rules",
    { TableName: "ab", KeySchema: [{ AttributeName: "pk", KeyType: "RANGE" }] },
    shapeErrors(entry("tableName", "ab", lengthMin(3))),
  ),
];

const others: readonly ConformanceCase[] = [
  ...(["DescribeTable", "DeleteTable", "UpdateTable"] as const).flatMap((operation) => [
    request("no name", operation, {}, shapeErrors(entry("tableName", undefined, required))),
    request(
      "a short name",
      operation,
      { TableName: "ab" },
      shapeErrors(entry("tableName", "ab", lengthMin(3))),
    ),
  ]),
  request("a limit of 0", "ListTables", { Limit: 0 }, shapeErrors(entry("limit", "0", valueMin(1)))),
  request("a limit of 101", "ListTables", { Limit: 101 }, shapeErrors(entry("limit", "101", valueMax(100)))),
  request(
    "a short start name",
    "ListTables",
    { ExclusiveStartTableName: "ab" },
    shapeErrors(entry("exclusiveStartTableName", "ab", lengthMin(3))),
  ),
  request(
    "an ARN as start name",
    "ListTables",
    { ExclusiveStartTableName: "arn:aws:dynamodb:us-east-1:000000000000:table/hash" },
    shapeErrors(
      entry(
        "exclusiveStartTableName",
        "arn:aws:dynamodb:us-east-1:000000000000:table/hash",
        pattern(namePattern),
      ),
    ),
  ),
  request(
    "no units",
    "UpdateTable",
    { TableName: "hash", ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 1 } },
    shapeErrors(entry("provisionedThroughput.readCapacityUnits", "0", valueMin(1))),
  ),
  request(
    "no replica updates",
    "UpdateTable",
    { TableName: "hash", ReplicaUpdates: [] },
    shapeErrors(entry("replicaUpdates", "[]", lengthMin(1))),
  ),
  request("no ARN", "ListTagsOfResource", {}, shapeErrors(entry("resourceArn", undefined, required))),
  request(
    "an empty ARN",
    "ListTagsOfResource",
    { ResourceArn: "" },
    shapeErrors(entry("resourceArn", "", lengthMin(1))),
  ),
  request(
    "no tags",
    "TagResource",
    { ResourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/hash" },
    shapeErrors(entry("tags", undefined, required)),
  ),
  request(
    "no keys",
    "UntagResource",
    { ResourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/hash" },
    shapeErrors(entry("tagKeys", undefined, required)),
  ),
];

function request(name: string, operation: Operation, body: JsonObject, expect: Refusal): ConformanceCase {
  return { name: `${operation}: ${name}`, operation, request: body, expect };
}

export const tableShapeGroups: readonly CaseGroup[] = [
  { title: "CreateTable", cases: members },
  { title: "indexes of CreateTable", cases: indexes },
  { title: "several at once", cases: collected },
  { title: "other operations", cases: others },
];
