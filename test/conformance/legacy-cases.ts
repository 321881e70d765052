/** Errors of the legacy parameters Expected, AttributeUpdates, QueryFilter, ScanFilter and AttributesToGet. */
import {
  BS,
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  L,
  M,
  N,
  NS,
  nil,
  parametersInvalid,
  type Refusal,
  S,
  SS,
  yes,
} from "./case-types.ts";

const key = { pk: S("a") };

function expected(name: string, clause: JsonObject, expect: Refusal): ConformanceCase {
  return {
    name,
    operation: "PutItem",
    request: { TableName: "hash", Item: key, Expected: { a: clause } },
    expect,
  };
}

const expectedRows: readonly ConformanceCase[] = [
  expected(
    "Value and AttributeValueList",
    { ComparisonOperator: "EQ", Value: S("x"), AttributeValueList: [S("x")] },
    parametersInvalid("Value and AttributeValueList cannot be used together for Attribute: a"),
  ),
  expected(
    "Exists and ComparisonOperator",
    { Exists: true, ComparisonOperator: "EQ", AttributeValueList: [S("x")] },
    parametersInvalid("Exists and ComparisonOperator cannot be used together for Attribute: a"),
  ),
  expected(
    "ComparisonOperator without value",
    { ComparisonOperator: "EQ" },
    parametersInvalid(
      "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
    ),
  ),
  expected(
    "AttributeValueList without ComparisonOperator",
    { AttributeValueList: [S("x")] },
    parametersInvalid("AttributeValueList can only be used with a ComparisonOperator for Attribute: a"),
  ),
  expected("nothing", {}, parametersInvalid("Value must be provided when Exists is null for Attribute: a")),
  expected(
    "Exists true without value",
    { Exists: true },
    parametersInvalid("Value must be provided when Exists is true for Attribute: a"),
  ),
  expected(
    "Exists false with value",
    { Exists: false, Value: S("x") },
    parametersInvalid("Value cannot be used when Exists is false for Attribute: a"),
  ),
  expected(
    "two values for EQ",
    { ComparisonOperator: "EQ", AttributeValueList: [S("x"), S("y")] },
    parametersInvalid("Invalid number of argument(s) for the EQ ComparisonOperator"),
  ),
  expected(
    "one value for BETWEEN",
    { ComparisonOperator: "BETWEEN", AttributeValueList: [S("x")] },
    parametersInvalid("Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
  ),
  expected(
    "a value for NULL",
    { ComparisonOperator: "NULL", AttributeValueList: [S("x")] },
    parametersInvalid("Invalid number of argument(s) for the NULL ComparisonOperator"),
  ),
  expected(
    "two types in IN",
    { ComparisonOperator: "IN", AttributeValueList: [S("x"), N(1)] },
    parametersInvalid("AttributeValues inside AttributeValueList must be of same type"),
  ),
];

function scanFilter(operator: string, values: readonly JsonObject[], expect: Refusal): ConformanceCase {
  return {
    name: `${operator} ${JSON.stringify(values)}`,
    operation: "Scan",
    request: {
      TableName: "hash",
      ScanFilter: { a: { ComparisonOperator: operator, AttributeValueList: values } },
    },
    expect,
  };
}

const badType = (operator: string, type: string): Refusal =>
  parametersInvalid(`ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`);

function typeRows(): readonly ConformanceCase[] {
  const scalarsOnly = ["LE", "LT", "GE", "GT", "IN", "CONTAINS", "NOT_CONTAINS"];
  const others: readonly (readonly [type: string, value: JsonObject])[] = [
    ["SS", SS("x")],
    ["NS", NS(1)],
    ["BS", BS("YQ==")],
    ["BOOL", yes],
    ["NULL", nil],
    ["L", L()],
    ["M", M({})],
  ];
  return [
    ...scalarsOnly.flatMap((operator) =>
      others.map(([type, value]) => scanFilter(operator, [value], badType(operator, type))),
    ),
    ...others.map(([type, value]) => scanFilter("BETWEEN", [value, value], badType("BETWEEN", type))),
    scanFilter("BEGINS_WITH", [N(1)], badType("BEGINS_WITH", "N")),
    ...others.map(([type, value]) => scanFilter("BEGINS_WITH", [value], badType("BEGINS_WITH", type))),
  ];
}

function countRows(): readonly ConformanceCase[] {
  const wrong = (operator: string): Refusal =>
    parametersInvalid(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  const one = ["EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"];
  return [
    ...one.flatMap((operator) => [
      scanFilter(operator, [], wrong(operator)),
      scanFilter(operator, [S("x"), S("y")], wrong(operator)),
    ]),
    scanFilter("IN", [], wrong("IN")),
    scanFilter("BETWEEN", [S("x")], wrong("BETWEEN")),
    scanFilter("BETWEEN", [S("x"), S("y"), S("z")], wrong("BETWEEN")),
    scanFilter("NULL", [S("x")], wrong("NULL")),
    scanFilter("NOT_NULL", [S("x")], wrong("NOT_NULL")),
  ];
}

const conditionRows: readonly ConformanceCase[] = [
  ...countRows(),
  ...typeRows(),
  scanFilter(
    "IN",
    [S("x"), N(1)],
    parametersInvalid("AttributeValues inside AttributeValueList must be of same type"),
  ),
  scanFilter(
    "BETWEEN",
    [S("x"), N(1)],
    parametersInvalid("AttributeValues inside AttributeValueList must be of same type"),
  ),
  scanFilter(
    "BETWEEN",
    [N(2), N(1)],
    invalid(
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    ),
  ),
  {
    name: "QueryFilter has the same rules",
    operation: "Query",
    request: {
      TableName: "hash",
      KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } },
      QueryFilter: { a: { ComparisonOperator: "LT", AttributeValueList: [SS("x")] } },
    },
    expect: badType("LT", "SS"),
  },
  {
    name: "KeyConditions have the same rules",
    operation: "Query",
    request: {
      TableName: "range",
      KeyConditions: {
        pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] },
        sk: { ComparisonOperator: "BETWEEN", AttributeValueList: [S("a")] },
      },
    },
    expect: parametersInvalid("Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
  },
];

function updates(name: string, clause: JsonObject, expect: Refusal): ConformanceCase {
  return {
    name,
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, AttributeUpdates: { a: clause } },
    expect,
  };
}

const needsValue = parametersInvalid("Only DELETE action is allowed when no attribute value is specified");

const updateRows: readonly ConformanceCase[] = [
  updates("PUT without value", { Action: "PUT" }, needsValue),
  updates("ADD without value", { Action: "ADD" }, needsValue),
  updates("nothing", {}, needsValue),
  ...(
    [
      ["S", S("x")],
      ["N", N(1)],
      ["B", { B: "YQ==" }],
      ["BOOL", yes],
      ["NULL", nil],
      ["L", L()],
      ["M", M({})],
    ] as const
  ).map(([type, value]) =>
    updates(
      `DELETE with a value of type ${type}`,
      { Action: "DELETE", Value: value },
      parametersInvalid(`DELETE action with value is not supported for the type ${type}`),
    ),
  ),
  ...(
    [
      ["S", S("x")],
      ["B", { B: "YQ==" }],
      ["BOOL", yes],
      ["NULL", nil],
      ["M", M({})],
    ] as const
  ).map(([type, value]) =>
    updates(
      `ADD of type ${type}`,
      { Action: "ADD", Value: value },
      parametersInvalid(`ADD action is not supported for the type ${type}`),
    ),
  ),
];

const duplicateName = parametersInvalid("Duplicate value in attribute name: a");

const otherRows: readonly ConformanceCase[] = [
  {
    name: "AttributesToGet of GetItem twice the same",
    operation: "GetItem",
    request: { TableName: "hash", Key: key, AttributesToGet: ["a", "b", "a"] },
    expect: duplicateName,
  },
  {
    name: "AttributesToGet of Scan twice the same",
    operation: "Scan",
    request: { TableName: "hash", AttributesToGet: ["a", "a"] },
    expect: duplicateName,
  },
  {
    name: "AttributesToGet of Query twice the same",
    operation: "Query",
    request: {
      TableName: "hash",
      AttributesToGet: ["a", "a"],
      KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } },
    },
    expect: duplicateName,
  },
  {
    name: "AttributesToGet of BatchGetItem twice the same",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [key], AttributesToGet: ["a", "a"] } } },
    expect: duplicateName,
  },
  {
    name: "ConditionalOperator without Expected",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ConditionalOperator: "OR" },
    expect: invalid("ConditionalOperator cannot be used without Filter or Expected"),
  },
  {
    name: "ConditionalOperator without ScanFilter",
    operation: "Scan",
    request: { TableName: "hash", ConditionalOperator: "AND" },
    expect: invalid("ConditionalOperator cannot be used without Filter or Expected"),
  },
  {
    name: "ConditionalOperator without QueryFilter",
    operation: "Query",
    request: {
      TableName: "hash",
      ConditionalOperator: "AND",
      KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } },
    },
    expect: invalid("ConditionalOperator cannot be used without Filter or Expected"),
  },
  {
    name: "QueryFilter on the partition key",
    operation: "Query",
    request: {
      TableName: "range",
      KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } },
      QueryFilter: { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } },
    },
    expect: invalid("QueryFilter can only contain non-primary key attributes: Primary key attribute: pk"),
  },
  {
    name: "QueryFilter on the sort key",
    operation: "Query",
    request: {
      TableName: "range",
      KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } },
      QueryFilter: { sk: { ComparisonOperator: "NOT_NULL" } },
    },
    expect: invalid("QueryFilter can only contain non-primary key attributes: Primary key attribute: sk"),
  },
  {
    name: "a number put into a text by ADD at run time",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      AttributeUpdates: { a: { Action: "ADD", Value: N(1) } },
    },
    given: [{ pk: S("a"), a: S("x") }],
    expect: invalid("Type mismatch for attribute to update"),
    after: [{ pk: S("a"), a: S("x") }],
  },
  {
    name: "numbers deleted from a set of texts at run time",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      AttributeUpdates: { a: { Action: "DELETE", Value: NS(1) } },
    },
    given: [{ pk: S("a"), a: SS("x") }],
    expect: invalid("Type mismatch for attribute to update"),
    after: [{ pk: S("a"), a: SS("x") }],
  },
];

export const legacyGroups: readonly CaseGroup[] = [
  { title: "Expected", cases: expectedRows },
  { title: "conditions", cases: conditionRows },
  { title: "AttributeUpdates", cases: updateRows },
  { title: "other rules", cases: otherRows },
];
