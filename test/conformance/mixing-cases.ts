/** Legacy parameters beside expressions, and placeholder maps without expressions. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  type Operation,
  S,
} from "./case-types.ts";

const key = { pk: S("a") };
const values = { ":v": S("a") };
const expected = { a: { Exists: false } };
const filter = { a: { ComparisonOperator: "NOT_NULL" } };
const keyConditions = { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } };

function mixed(operation: Operation, nonExpression: JsonObject, expression: JsonObject): ConformanceCase {
  const [legacyName = ""] = Object.keys(nonExpression);
  const [expressionName = ""] = Object.keys(expression);
  const item =
    operation === "PutItem"
      ? { Item: key }
      : operation === "Query" || operation === "Scan"
        ? {}
        : { Key: key };
  return {
    name: `${operation}: ${legacyName} with ${expressionName}`,
    operation,
    request: { TableName: "hash", ...item, ...nonExpression, ...expression },
    expect: invalid(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${legacyName}} Expression parameters: {${expressionName}}`,
    ),
  };
}

const condition = { ConditionExpression: "attribute_exists(a)" };
const mixing: readonly ConformanceCase[] = [
  mixed("GetItem", { AttributesToGet: ["a"] }, { ProjectionExpression: "a" }),
  mixed("PutItem", { Expected: expected }, condition),
  mixed("PutItem", { ConditionalOperator: "OR" }, condition),
  mixed("DeleteItem", { Expected: expected }, condition),
  mixed("UpdateItem", { AttributeUpdates: { a: { Action: "DELETE" } } }, { UpdateExpression: "REMOVE a" }),
  mixed("UpdateItem", { AttributeUpdates: { a: { Action: "DELETE" } } }, condition),
  mixed("UpdateItem", { Expected: expected }, { UpdateExpression: "REMOVE a" }),
  mixed(
    "Query",
    { KeyConditions: keyConditions },
    { KeyConditionExpression: "pk = :v", ExpressionAttributeValues: values },
  ),
  mixed(
    "Query",
    { QueryFilter: filter },
    { KeyConditionExpression: "pk = :v", ExpressionAttributeValues: values },
  ),
  mixed(
    "Query",
    { AttributesToGet: ["a"] },
    { KeyConditionExpression: "pk = :v", ExpressionAttributeValues: values },
  ),
  mixed("Scan", { ScanFilter: filter }, { FilterExpression: "attribute_exists(a)" }),
  mixed("Scan", { AttributesToGet: ["a"] }, { ProjectionExpression: "a" }),
  mixed("Scan", { AttributesToGet: ["a"] }, { FilterExpression: "attribute_exists(a)" }),
  mixed("Scan", { ConditionalOperator: "AND" }, { FilterExpression: "attribute_exists(a)" }),
  {
    name: "KeyConditions beside a FilterExpression are accepted",
    operation: "Query",
    request: { TableName: "hash", KeyConditions: keyConditions, FilterExpression: "attribute_exists(a)" },
    given: [{ pk: S("a"), a: S("x") }],
    expect: { body: { Items: [{ pk: S("a"), a: S("x") }], Count: 1, ScannedCount: 1 } },
  },
  {
    name: "KeyConditions beside a ProjectionExpression are accepted",
    operation: "Query",
    request: { TableName: "hash", KeyConditions: keyConditions, ProjectionExpression: "a" },
    given: [{ pk: S("a"), a: S("x"), b: S("y") }],
    expect: { body: { Items: [{ a: S("x") }], Count: 1, ScannedCount: 1 } },
  },
  {
    name: "mixing in a table of BatchGetItem",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [key], AttributesToGet: ["a"], ProjectionExpression: "a" } } },
    expect: invalid(
      "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}",
    ),
  },
];

const namesAlone = invalid("ExpressionAttributeNames can only be specified when using expressions");
const names = { ExpressionAttributeNames: { "#a": "a" } };
const valuesAlone = { ExpressionAttributeValues: values };

function valuesWithout(missing: string): ReturnType<typeof invalid> {
  return invalid(`ExpressionAttributeValues can only be specified when using expressions: ${missing}`);
}

const placeholders: readonly ConformanceCase[] = [
  {
    name: "names of GetItem",
    operation: "GetItem",
    request: { TableName: "hash", Key: key, ...names },
    expect: namesAlone,
  },
  {
    name: "names of PutItem",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ...names },
    expect: namesAlone,
  },
  {
    name: "names of DeleteItem",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key, ...names },
    expect: namesAlone,
  },
  {
    name: "names of UpdateItem",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, ...names },
    expect: namesAlone,
  },
  { name: "names of Scan", operation: "Scan", request: { TableName: "hash", ...names }, expect: namesAlone },
  {
    name: "names of Query",
    operation: "Query",
    request: { TableName: "hash", KeyConditions: keyConditions, ...names },
    expect: namesAlone,
  },
  {
    name: "names of BatchGetItem",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [key], ...names } } },
    expect: namesAlone,
  },
  {
    name: "values of PutItem",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ...valuesAlone },
    expect: valuesWithout("ConditionExpression is null"),
  },
  {
    name: "values of DeleteItem",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key, ...valuesAlone },
    expect: valuesWithout("ConditionExpression is null"),
  },
  {
    name: "values of UpdateItem",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, ...valuesAlone },
    expect: valuesWithout("UpdateExpression and ConditionExpression are null"),
  },
  {
    name: "values of Scan",
    operation: "Scan",
    request: { TableName: "hash", ...valuesAlone },
    expect: valuesWithout("FilterExpression is null"),
  },
  {
    name: "values of Query",
    operation: "Query",
    request: { TableName: "hash", KeyConditions: keyConditions, ...valuesAlone },
    expect: valuesWithout("FilterExpression and KeyConditionExpression are null"),
  },
  {
    name: "names are named before values",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ...names, ...valuesAlone },
    expect: namesAlone,
  },
];

const noConditions: readonly ConformanceCase[] = [
  {
    name: "Query without any key condition",
    operation: "Query",
    request: { TableName: "hash" },
    expect: invalid(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    ),
  },
  {
    name: "Query with a filter only",
    operation: "Query",
    request: { TableName: "hash", QueryFilter: filter },
    expect: invalid(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    ),
  },
];

export const mixingGroups: readonly CaseGroup[] = [
  { title: "legacy parameters beside expressions", cases: mixing },
  { title: "placeholders without expressions", cases: placeholders },
  { title: "no key condition", cases: noConditions },
];
