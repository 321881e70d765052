/** Requests with two faults: which one DynamoDB reports. Each row names the stages it puts in order. */
import {
  type CaseGroup,
  type ConformanceCase,
  conditionFailed,
  constraint,
  entry,
  invalid,
  type JsonObject,
  N,
  notFound,
  parametersInvalid,
  S,
  shapeErrors,
  SS,
  text,
  unserializable,
} from "./case-types.ts";
import { missingTable } from "./fixtures.ts";

const key = { pk: S("a") };
const bad = { pk: S("a"), a: {} };
const emptyValue = invalid(text.emptyValue);
const mixing = (legacy: string, expression: string): ReturnType<typeof invalid> =>
  invalid(
    `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${legacy}} Expression parameters: {${expression}}`,
  );
const oldOrNone = invalid("ReturnValues can only be ALL_OLD or NONE");
const expectedFault = { Expected: { a: { Exists: true } } };
const expectedText = parametersInvalid("Value must be provided when Exists is true for Attribute: a");
const filterFault = { a: { ComparisonOperator: "EQ" } };
const filterText = parametersInvalid("Invalid number of argument(s) for the EQ ComparisonOperator");
const large = { pk: S("a"), pad: S("x".repeat(409_600)) };

const stages: readonly ConformanceCase[] = [
  {
    name: "types before constraints",
    operation: "Query",
    request: { Limit: 0, ConsistentRead: 1 },
    expect: unserializable("NUMBER_VALUE cannot be converted to Boolean"),
  },
  {
    name: "constraints before values",
    operation: "PutItem",
    request: { TableName: "a;b", Item: bad },
    expect: shapeErrors(entry("tableName", "a;b", constraint.pattern("[a-zA-Z0-9_.-]+"))),
  },
  {
    name: "values before the table",
    operation: "PutItem",
    request: { TableName: missingTable, Item: bad },
    expect: emptyValue,
  },
  {
    name: "item size before the table",
    operation: "PutItem",
    request: { TableName: missingTable, Item: large },
    expect: invalid(text.itemTooLarge),
  },
  {
    name: "item size in a batch before the table",
    operation: "BatchWriteItem",
    request: { RequestItems: { [missingTable]: [{ PutRequest: { Item: large } }] } },
    expect: invalid(text.itemTooLarge),
  },
  {
    name: "expressions before the table: syntax",
    operation: "UpdateItem",
    request: { TableName: missingTable, Key: key, UpdateExpression: "SET a b" },
    expect: { error: "ValidationException", messageStart: "Invalid UpdateExpression: Syntax error; " },
  },
  {
    name: "expressions before the table: reserved words",
    operation: "GetItem",
    request: { TableName: missingTable, Key: key, ProjectionExpression: "name" },
    expect: invalid(
      "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name",
    ),
  },
  {
    name: "expressions before the table: undefined values",
    operation: "DeleteItem",
    request: { TableName: missingTable, Key: key, ConditionExpression: "a = :v" },
    expect: invalid(
      "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v",
    ),
  },
  {
    name: "expressions before the table: overlap",
    operation: "UpdateItem",
    request: { TableName: missingTable, Key: key, UpdateExpression: "REMOVE a, a.b" },
    expect: {
      error: "ValidationException",
      messageStart: "Invalid UpdateExpression: Two document paths overlap with each other; ",
    },
  },
  {
    name: "unused values before the table",
    operation: "PutItem",
    request: {
      TableName: missingTable,
      Item: key,
      ConditionExpression: "attribute_exists(a)",
      ExpressionAttributeValues: { ":v": S("x") },
    },
    expect: invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
  },
  {
    name: "filters before the table",
    operation: "Scan",
    request: { TableName: missingTable, FilterExpression: "size(a)" },
    expect: invalid(
      "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: size",
    ),
  },
  {
    name: "Expected before the table",
    operation: "PutItem",
    request: { TableName: missingTable, Item: key, ...expectedFault },
    expect: expectedText,
  },
  {
    name: "mixing before the table",
    operation: "GetItem",
    request: { TableName: missingTable, Key: key, AttributesToGet: ["a"], ProjectionExpression: "a" },
    expect: mixing("AttributesToGet", "ProjectionExpression"),
  },
  {
    name: "duplicate keys before the table",
    operation: "BatchGetItem",
    request: { RequestItems: { [missingTable]: { Keys: [key, key] } } },
    expect: invalid("Provided list of item keys contains duplicates"),
  },
  {
    name: "segments before the table",
    operation: "Scan",
    request: { TableName: missingTable, Segment: 1, TotalSegments: 1 },
    expect: {
      error: "ValidationException",
      messageStart: "The Segment parameter is zero-based and must be less than parameter TotalSegments",
    },
  },
  {
    name: "the table before the key schema",
    operation: "GetItem",
    request: { TableName: missingTable, Key: { other: N(1) } },
    expect: notFound,
  },
  {
    name: "the table before the keys of an item",
    operation: "PutItem",
    request: { TableName: missingTable, Item: { other: S("a") } },
    expect: notFound,
  },
  {
    name: "the table before the index",
    operation: "Scan",
    request: { TableName: missingTable, IndexName: "nowhere" },
    expect: notFound,
  },
  {
    name: "the key schema before the condition",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: { other: S("a") }, ConditionExpression: "attribute_exists(zzz)" },
    expect: invalid(text.keySchema),
  },
  {
    name: "the condition before the update",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      ConditionExpression: "attribute_exists(zzz)",
      UpdateExpression: "SET a = b.c",
    },
    given: [key],
    expect: conditionFailed,
    after: [key],
  },
];

const putStages: readonly ConformanceCase[] = [
  {
    name: "PutItem: mixing before values",
    operation: "PutItem",
    request: { TableName: "hash", Item: bad, ...expectedFault, ConditionExpression: "a" },
    expect: mixing("Expected", "ConditionExpression"),
  },
  {
    name: "PutItem: values before ReturnValues",
    operation: "PutItem",
    request: { TableName: "hash", Item: bad, ReturnValues: "ALL_NEW" },
    expect: emptyValue,
  },
  {
    name: "PutItem: ReturnValues before size",
    operation: "PutItem",
    request: { TableName: "hash", Item: large, ReturnValues: "ALL_NEW" },
    expect: oldOrNone,
  },
  {
    name: "PutItem: size before Expected",
    operation: "PutItem",
    request: { TableName: "hash", Item: large, ...expectedFault },
    expect: invalid(text.itemTooLarge),
  },
  {
    name: "PutItem: size before expressions",
    operation: "PutItem",
    request: { TableName: "hash", Item: large, ConditionExpression: "a" },
    expect: invalid(text.itemTooLarge),
  },
  {
    name: "PutItem: Expected before the keys",
    operation: "PutItem",
    request: { TableName: "hash", Item: { other: S("a") }, ...expectedFault },
    expect: expectedText,
  },
];

const otherStages: readonly ConformanceCase[] = [
  {
    name: "UpdateItem: mixing before Key values",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: { pk: {} }, ...expectedFault, UpdateExpression: "REMOVE a" },
    expect: mixing("Expected", "UpdateExpression"),
  },
  {
    name: "UpdateItem: Key values before AttributeUpdates",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: { pk: {} }, AttributeUpdates: { a: { Action: "PUT" } } },
    expect: emptyValue,
  },
  {
    name: "UpdateItem: AttributeUpdates before Expected",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, AttributeUpdates: { a: { Action: "PUT" } }, ...expectedFault },
    expect: parametersInvalid("Only DELETE action is allowed when no attribute value is specified"),
  },
  {
    name: "UpdateItem: the update before the condition",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "SET name = a",
      ConditionExpression: "zone = a",
    },
    expect: invalid("Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name"),
  },
  {
    name: "UpdateItem: the key schema before key attributes",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: { other: S("a") }, UpdateExpression: "REMOVE pk" },
    expect: invalid(text.keySchema),
  },
  {
    name: "UpdateItem: an unused value after both expressions",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "REMOVE a",
      ConditionExpression: "foo(a)",
      ExpressionAttributeValues: { ":v": S("x") },
    },
    expect: invalid("Invalid ConditionExpression: Invalid function name; function: foo"),
  },
  {
    name: "DeleteItem: mixing before Key values",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: { pk: {} }, ...expectedFault, ConditionExpression: "a" },
    expect: mixing("Expected", "ConditionExpression"),
  },
  {
    name: "DeleteItem: Key values before Expected",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: { pk: {} }, ...expectedFault },
    expect: emptyValue,
  },
  {
    name: "GetItem: mixing before Key values",
    operation: "GetItem",
    request: { TableName: "hash", Key: { pk: {} }, AttributesToGet: ["a"], ProjectionExpression: "a" },
    expect: mixing("AttributesToGet", "ProjectionExpression"),
  },
  {
    name: "GetItem: Key values before AttributesToGet",
    operation: "GetItem",
    request: { TableName: "hash", Key: { pk: {} }, AttributesToGet: ["a", "a"] },
    expect: emptyValue,
  },
  {
    name: "GetItem: AttributesToGet before the key schema",
    operation: "GetItem",
    request: { TableName: "hash", Key: { other: S("a") }, AttributesToGet: ["a", "a"] },
    expect: parametersInvalid("Duplicate value in attribute name: a"),
  },
];

const startFault = { ExclusiveStartKey: { pk: {} } };
const startText = invalid(`The provided starting key is invalid: ${text.emptyValue}`);
const presence = invalid(
  "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
);

function query(name: string, more: JsonObject, expect: ConformanceCase["expect"]): ConformanceCase {
  return { name: `Query: ${name}`, operation: "Query", request: { TableName: "range", ...more }, expect };
}

const byPartition = { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": S("a") } };

const queryStages: readonly ConformanceCase[] = [
  query(
    "mixing before QueryFilter",
    { QueryFilter: filterFault, ...byPartition },
    mixing("QueryFilter", "KeyConditionExpression"),
  ),
  query(
    "QueryFilter before AttributesToGet",
    { QueryFilter: filterFault, AttributesToGet: ["a", "a"] },
    filterText,
  ),
  query(
    "AttributesToGet before the start key",
    { AttributesToGet: ["a", "a"], ...startFault },
    parametersInvalid("Duplicate value in attribute name: a"),
  ),
  query("the start key before the presence of conditions", startFault, startText),
  query("the presence of conditions before expressions", { FilterExpression: "foo(a)" }, presence),
  query(
    "expressions before the shape of key conditions",
    { ...byPartition, KeyConditionExpression: "pk = :p OR sk = :p", FilterExpression: "foo(a)" },
    invalid("Invalid FilterExpression: Invalid function name; function: foo"),
  ),
  query(
    "the key condition before the filter",
    { KeyConditionExpression: "name = :v", FilterExpression: "foo(a)" },
    invalid("Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: name"),
  ),
  query(
    "the filter before the projection",
    { ...byPartition, FilterExpression: "foo(a)", ProjectionExpression: "name" },
    invalid("Invalid FilterExpression: Invalid function name; function: foo"),
  ),
  query(
    "the shape of key conditions before the table",
    { ...byPartition, TableName: missingTable, KeyConditionExpression: "pk = :p OR sk = :p" },
    invalid("Invalid operator used in KeyConditionExpression: OR"),
  ),
  query(
    "the table before the schema of key conditions",
    { ...byPartition, TableName: missingTable, KeyConditionExpression: "extra > :p" },
    notFound,
  ),
  query(
    "the index before the start key",
    { ...byPartition, IndexName: "nowhere", ExclusiveStartKey: { other: S("a") } },
    invalid("The table does not have the specified index: nowhere"),
  ),
  query(
    "the start key before the schema of key conditions",
    { ...byPartition, KeyConditionExpression: "extra > :p", ExclusiveStartKey: { pk: S("a") } },
    invalid("The provided starting key is invalid"),
  ),
  query(
    "the schema of key conditions before the range of the start key",
    {
      KeyConditionExpression: "pk = :p AND sk > :n",
      ExpressionAttributeValues: { ":p": S("a"), ":n": N(1) },
      ExclusiveStartKey: { pk: S("b"), sk: S("a") },
    },
    parametersInvalid("Condition parameter type does not match schema type"),
  ),
  query(
    "the range of the start key before filters on keys",
    { ...byPartition, FilterExpression: "sk = :p", ExclusiveStartKey: { pk: S("b"), sk: S("a") } },
    invalid("The provided starting key is outside query boundaries based on provided conditions"),
  ),
];

function scan(name: string, more: JsonObject, expect: ConformanceCase["expect"]): ConformanceCase {
  return { name: `Scan: ${name}`, operation: "Scan", request: { TableName: "range", ...more }, expect };
}

const segmentFault = { Segment: 1, TotalSegments: 1 };
const segmentText = invalid(
  "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 1 is not less than TotalSegments: 1",
);

const scanStages: readonly ConformanceCase[] = [
  scan(
    "mixing before AttributesToGet",
    { AttributesToGet: ["a", "a"], FilterExpression: "foo(a)" },
    mixing("AttributesToGet", "FilterExpression"),
  ),
  scan(
    "AttributesToGet before ScanFilter",
    { AttributesToGet: ["a", "a"], ScanFilter: filterFault },
    parametersInvalid("Duplicate value in attribute name: a"),
  ),
  scan("ScanFilter before the start key", { ScanFilter: filterFault, ...startFault }, filterText),
  scan("the start key before segments", { ...startFault, ...segmentFault }, startText),
  scan("segments before expressions", { ...segmentFault, FilterExpression: "foo(a)" }, segmentText),
  scan(
    "expressions before the index",
    { FilterExpression: "foo(a)", IndexName: "nowhere" },
    invalid("Invalid FilterExpression: Invalid function name; function: foo"),
  ),
  scan(
    "the index before the start key's schema",
    { IndexName: "nowhere", ExclusiveStartKey: { other: S("a") } },
    invalid("The table does not have the specified index: nowhere"),
  ),
  scan(
    "a set in a filter value is fine, an empty one is not",
    { FilterExpression: "a = :v", ExpressionAttributeValues: { ":v": SS() } },
    invalid(
      "ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An string set  may not be empty for key :v",
    ),
  ),
];

export const orderGroups: readonly CaseGroup[] = [
  { title: "the stages", cases: stages },
  { title: "inside PutItem", cases: putStages },
  { title: "inside the other single-item operations", cases: otherStages },
  { title: "inside Query", cases: queryStages },
  { title: "inside Scan", cases: scanStages },
];
