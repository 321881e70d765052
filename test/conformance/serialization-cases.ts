/** JSON values of the wrong type for their member: SerializationException, first problem wins. */
import {
  type CaseGroup,
  type ConformanceCase,
  entry,
  constraint,
  S,
  shapeErrors,
  unserializable,
} from "./case-types.ts";

const key = { pk: S("a") };
const intoClass = "cannot be cast to class java.lang.Class";
const parameterized = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl";

function scalarCases(): readonly ConformanceCase[] {
  const rows: readonly (readonly [member: string, value: unknown, message: string])[] = [
    ["TableName", true, "TRUE_VALUE cannot be converted to String"],
    ["TableName", false, "FALSE_VALUE cannot be converted to String"],
    ["TableName", 3, "NUMBER_VALUE cannot be converted to String"],
    ["TableName", 3.5, "DECIMAL_VALUE cannot be converted to String"],
    ["TableName", [], "Unrecognized collection type class java.lang.String"],
    ["TableName", {}, "Start of structure or map found where not expected"],
    ["Limit", "3", "STRING_VALUE cannot be converted to Integer"],
    ["Limit", true, "TRUE_VALUE cannot be converted to Integer"],
    ["Limit", false, "FALSE_VALUE cannot be converted to Integer"],
    ["Limit", [], "Unrecognized collection type class java.lang.Integer"],
    ["Limit", {}, "Start of structure or map found where not expected"],
    ["ConsistentRead", 1, "NUMBER_VALUE cannot be converted to Boolean"],
    ["ConsistentRead", 1.5, "DECIMAL_VALUE cannot be converted to Boolean"],
    ["ConsistentRead", "maybe", "Unexpected token received from parser"],
    ["ConsistentRead", [], "Unrecognized collection type class java.lang.Boolean"],
    ["ConsistentRead", {}, "Start of structure or map found where not expected"],
    ["AttributesToGet", "a", "Unexpected field type"],
    ["AttributesToGet", 1, "Unexpected field type"],
    ["AttributesToGet", true, "Unexpected field type"],
    ["AttributesToGet", {}, "Start of structure or map found where not expected"],
    ["AttributesToGet", [1], "NUMBER_VALUE cannot be converted to String"],
    ["AttributesToGet", [{}], "Start of structure or map found where not expected"],
  ];
  return rows.map(([member, value, message]) => ({
    name: `${member} = ${JSON.stringify(value)}`,
    operation: "Scan",
    request: { TableName: "hash", [member]: value },
    expect: unserializable(message),
  }));
}

function valueCases(): readonly ConformanceCase[] {
  const blob = "only base-64-encoded strings are convertible to bytes";
  const rows: readonly (readonly [value: unknown, message: string])[] = [
    ["a", "Unexpected value type in payload"],
    [1, "Unexpected value type in payload"],
    [true, "Unexpected value type in payload"],
    [[], "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"],
    [{ S: true }, "TRUE_VALUE cannot be converted to String"],
    [{ S: 1 }, "NUMBER_VALUE cannot be converted to String"],
    [{ S: [] }, "Unrecognized collection type class java.lang.String"],
    [{ S: {} }, "Start of structure or map found where not expected"],
    [{ N: 1 }, "NUMBER_VALUE cannot be converted to String"],
    [{ N: 1.5 }, "DECIMAL_VALUE cannot be converted to String"],
    [{ B: true }, blob],
    [{ B: 1 }, blob],
    [{ B: [] }, "Unrecognized collection type class java.nio.ByteBuffer"],
    [{ B: {} }, "Start of structure or map found where not expected"],
    [{ B: "abc" }, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"],
    [{ B: "AB==" }, "Invalid last non-pad Base64 character dectected"],
    [{ BOOL: "maybe" }, "Unexpected token received from parser"],
    [{ BOOL: 1 }, "NUMBER_VALUE cannot be converted to Boolean"],
    [{ NULL: 1.5 }, "DECIMAL_VALUE cannot be converted to Boolean"],
    [{ SS: "a" }, "Unexpected field type"],
    [{ SS: {} }, "Start of structure or map found where not expected"],
    [{ SS: [1] }, "NUMBER_VALUE cannot be converted to String"],
    [{ NS: [1] }, "NUMBER_VALUE cannot be converted to String"],
    [{ BS: [1] }, blob],
    [{ BS: ["abc"] }, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"],
    [{ L: "a" }, "Unexpected field type"],
    [{ L: {} }, "Start of structure or map found where not expected"],
    [{ L: ["a"] }, "Unexpected value type in payload"],
    [{ L: [[]] }, "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"],
    [{ M: "a" }, "Unexpected field type"],
    [
      { M: [] },
      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    ],
    [{ M: { k: "a" } }, "Unexpected value type in payload"],
    [{ M: { k: { L: [{ S: 1 }] } } }, "NUMBER_VALUE cannot be converted to String"],
  ];
  return rows.map(([value, message]) => ({
    name: `attribute value ${JSON.stringify(value)}`,
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("a"), a: value } },
    expect: unserializable(message),
  }));
}

function mapMessage(valueClass: string): string {
  return `Unrecognized collection type java.util.Map<java.lang.String, ${valueClass}>`;
}

const model = "com.amazonaws.dynamodb.v20120810";

const maps: readonly ConformanceCase[] = [
  {
    name: "Key as text",
    operation: "GetItem",
    request: { TableName: "hash", Key: "a" },
    expect: unserializable("Unexpected field type"),
  },
  {
    name: "Key as list",
    operation: "GetItem",
    request: { TableName: "hash", Key: [] },
    expect: unserializable(mapMessage(`${model}.AttributeValue`)),
  },
  {
    name: "Expected as list",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, Expected: [] },
    expect: unserializable(mapMessage(`${model}.ExpectedAttributeValue`)),
  },
  {
    name: "AttributeUpdates as list",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, AttributeUpdates: [] },
    expect: unserializable(mapMessage(`${model}.AttributeValueUpdate`)),
  },
  {
    name: "KeyConditions as list",
    operation: "Query",
    request: { TableName: "hash", KeyConditions: [] },
    expect: unserializable(mapMessage(`${model}.Condition`)),
  },
  {
    name: "ExpressionAttributeNames as list",
    operation: "GetItem",
    request: { TableName: "hash", Key: key, ExpressionAttributeNames: [] },
    expect: unserializable(mapMessage("java.lang.String")),
  },
  {
    name: "ExpressionAttributeValues as text",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ExpressionAttributeValues: "a" },
    expect: unserializable("Unexpected field type"),
  },
  {
    name: "RequestItems of BatchGetItem as list",
    operation: "BatchGetItem",
    request: { RequestItems: [] },
    expect: unserializable(mapMessage(`${model}.KeysAndAttributes`)),
  },
  {
    name: "RequestItems of BatchWriteItem as list",
    operation: "BatchWriteItem",
    request: { RequestItems: [] },
    expect: unserializable(mapMessage(`java.util.List<${model}.WriteRequest>`)),
  },
  {
    name: "a table of BatchGetItem as text",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: "a" } },
    expect: unserializable("Unexpected value type in payload"),
  },
  {
    name: "a table of BatchGetItem as list",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: [] } },
    expect: unserializable(`Unrecognized collection type class ${model}.KeysAndAttributes`),
  },
  {
    name: "a table of BatchWriteItem as text",
    operation: "BatchWriteItem",
    request: { RequestItems: { hash: "a" } },
    expect: { error: "SerializationException", messageStart: parameterized, messageIncludes: intoClass },
  },
  {
    name: "an entry of Keys as text",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: ["a"] } } },
    expect: { error: "SerializationException", messageStart: parameterized, messageIncludes: intoClass },
  },
  {
    name: "a WriteRequest as text",
    operation: "BatchWriteItem",
    request: { RequestItems: { hash: ["a"] } },
    expect: unserializable("Unexpected value type in payload"),
  },
  {
    name: "a PutRequest as text",
    operation: "BatchWriteItem",
    request: { RequestItems: { hash: [{ PutRequest: "a" }] } },
    expect: unserializable("Unexpected field type"),
  },
  {
    name: "a PutRequest as list",
    operation: "BatchWriteItem",
    request: { RequestItems: { hash: [{ PutRequest: [] }] } },
    expect: unserializable(`Unrecognized collection type class ${model}.PutRequest`),
  },
  {
    name: "Value of Expected as text",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, Expected: { a: { Value: "a" } } },
    expect: unserializable("Unexpected field type"),
  },
  {
    name: "Value of Expected as list",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, Expected: { a: { Value: [] } } },
    expect: unserializable(`Unrecognized collection type class ${model}.AttributeValue`),
  },
];

const lenient: readonly ConformanceCase[] = [
  {
    name: "unknown members are dropped",
    operation: "GetItem",
    request: { TableName: "hash", Key: { pk: S("unknown-member") }, Colour: { green: [1] } },
    expect: { body: {} },
  },
  {
    name: "null members count as absent",
    operation: "GetItem",
    request: { TableName: "hash", Key: { pk: S("null-member") }, ProjectionExpression: null },
    expect: { body: {} },
  },
  {
    name: "decimals are floored",
    operation: "Scan",
    request: { TableName: "hash", Limit: 1.9 },
    given: [{ pk: S("a") }, { pk: S("b") }],
    expect: { includes: { Count: 1, ScannedCount: 1 } },
  },
  {
    name: "a decimal below one is floored to zero",
    operation: "Scan",
    request: { TableName: "hash", Limit: 0.5 },
    expect: shapeErrors(entry("limit", "0", constraint.valueMin(1))),
  },
  ...["true", "TRUE", "yes", "1"].map((text): ConformanceCase => ({
    name: `a Boolean may be the text ${text}`,
    operation: "GetItem",
    request: {
      TableName: "hash",
      Key: { pk: S("text-boolean") },
      ConsistentRead: text,
      ReturnConsumedCapacity: "TOTAL",
    },
    expect: { body: { ConsumedCapacity: { TableName: "hash", CapacityUnits: 1 } } },
  })),
  ...["false", "No", "0"].map((text): ConformanceCase => ({
    name: `a Boolean may be the text ${text}`,
    operation: "GetItem",
    request: {
      TableName: "hash",
      Key: { pk: S("text-boolean") },
      ConsistentRead: text,
      ReturnConsumedCapacity: "TOTAL",
    },
    expect: { body: { ConsumedCapacity: { TableName: "hash", CapacityUnits: 0.5 } } },
  })),
];

const unreadable: readonly ConformanceCase[] = [
  '{"TableName":"hash"',
  "{]",
  "{'TableName':'hash'}",
  "hello",
].map((request) => ({
  name: `body ${request}`,
  operation: "GetItem",
  request,
  expect: {
    error: "SerializationException",
    body: { __type: "com.amazon.coral.service#SerializationException" },
  },
}));

export const serializationGroups: readonly CaseGroup[] = [
  { title: "scalar and list members", cases: scalarCases() },
  { title: "attribute values", cases: valueCases() },
  { title: "maps and structures", cases: maps },
  { title: "what is accepted", cases: lenient },
  { title: "not JSON", cases: unreadable },
];
