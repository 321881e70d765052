/** Attribute values that are never accepted, wherever they stand; sizes, nesting and names at their limits. */
import {
  B,
  BS,
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  L,
  M,
  N,
  NS,
  parametersInvalid,
  type Refusal,
  S,
  SS,
  text,
  valuesInvalid,
} from "./case-types.ts";

const key = { pk: S("a") };

/** Values with the text that stands after any prefix of their place. */
const badValues: readonly (readonly [name: string, value: JsonObject, message: string])[] = [
  ["no type", {}, text.emptyValue],
  ["an unknown type only", { X: "a" }, text.emptyValue],
  ["only null types", { S: null, N: null }, text.emptyValue],
  ["two types", { S: "a", BOOL: true }, text.severalTypes],
  ["a number and another type", { S: "a", N: "1" }, text.severalTypes],
  ["a bad number and another type", { S: "a", N: "x" }, `${text.notANumber}: x`],
  ["NULL false", { NULL: false }, `${valuesInvalid}Null attribute value types must have the value of true`],
  ["an empty string set", SS(), `${valuesInvalid}An string set  may not be empty`],
  ["an empty number set", NS(), `${valuesInvalid}An number set  may not be empty`],
  ["an empty binary set", BS(), `${valuesInvalid}Binary sets should not be empty`],
  ["a repeated string", SS("a", "b", "a"), `${valuesInvalid}Input collection [a, b, a] contains duplicates.`],
  ["a repeated number", NS("1", "2", "1"), "Input collection contains duplicates"],
  ["one number spelled twice", NS("1", "1.0"), "Input collection contains duplicates"],
  [
    "a repeated binary",
    BS("Yg==", "WQ==", "Yg=="),
    `${valuesInvalid}Input collection [Yg==, WQ==, Yg==]of type BS contains duplicates.`,
  ],
  ["an empty number", N(""), text.notANumber],
  ["letters", N("abc"), `${text.notANumber}: abc`],
  ["hexadecimal", N("0x1f"), `${text.notANumber}: 0x1f`],
  ["NaN", N("NaN"), `${text.notANumber}: NaN`],
  ["Infinity", N("Infinity"), `${text.notANumber}: Infinity`],
  ["an exponent without digits", N("1e"), `${text.notANumber}: 1e`],
  ["a blank in front", N(" 1"), `${text.notANumber}:  1`],
  ["two points", N("1.2.3"), `${text.notANumber}: 1.2.3`],
  ["two signs", N("--1"), `${text.notANumber}: --1`],
  ["overflow", N("1e126"), text.overflow],
  ["negative overflow", N("-1e126"), text.overflow],
  ["overflow without exponent", N(`1${"0".repeat(126)}`), text.overflow],
  ["underflow", N("1e-131"), text.underflow],
  ["negative underflow", N("-1e-131"), text.underflow],
  ["39 digits", N("1".repeat(39)), text.tooManyDigits],
  ["39 digits around the point", N(`0.${"1".repeat(39)}`), text.tooManyDigits],
  ["a bad number in a set", NS("1", "x"), `${text.notANumber}: x`],
  ["a bad value in a list", L(S("a"), {}), text.emptyValue],
  ["a bad value in a map", M({ k: { S: "a", N: "1" } }), text.severalTypes],
  ["a bad value deep inside", M({ k: L(M({ j: NS("1e999") })) }), text.overflow],
];

function inItem(): readonly ConformanceCase[] {
  return badValues.map(([name, value, message]) => ({
    name,
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("a"), a: value } },
    expect: invalid(message),
  }));
}

function inExpressionValues(): readonly ConformanceCase[] {
  return badValues.map(([name, value, message]) => ({
    name,
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "SET a = :v",
      ExpressionAttributeValues: { ":v": value },
    },
    expect: invalid(`ExpressionAttributeValues contains invalid value: ${message} for key :v`),
  }));
}

/** The same three faults in every other place a value can stand. */
function inOtherPlaces(): readonly ConformanceCase[] {
  const faults: readonly (readonly [name: string, value: JsonObject, message: string])[] = [
    ["no type", {}, text.emptyValue],
    ["two types", { S: "a", B: "Yg==" }, text.severalTypes],
    ["a bad number", N("x"), `${text.notANumber}: x`],
  ];
  const places: readonly (readonly [
    place: string,
    row: (value: JsonObject) => Pick<ConformanceCase, "operation" | "request">,
  ])[] = [
    [
      "Key of GetItem",
      (value) => ({ operation: "GetItem", request: { TableName: "hash", Key: { pk: value } } }),
    ],
    [
      "Key of DeleteItem",
      (value) => ({ operation: "DeleteItem", request: { TableName: "hash", Key: { pk: value } } }),
    ],
    [
      "Key of UpdateItem",
      (value) => ({ operation: "UpdateItem", request: { TableName: "hash", Key: { pk: value } } }),
    ],
    [
      "AttributeUpdates",
      (value) => ({
        operation: "UpdateItem",
        request: { TableName: "hash", Key: key, AttributeUpdates: { a: { Value: value, Action: "PUT" } } },
      }),
    ],
    [
      "Expected",
      (value) => ({
        operation: "PutItem",
        request: { TableName: "hash", Item: key, Expected: { a: { Value: value } } },
      }),
    ],
    [
      "ScanFilter",
      (value) => ({
        operation: "Scan",
        request: {
          TableName: "hash",
          ScanFilter: { a: { ComparisonOperator: "EQ", AttributeValueList: [value] } },
        },
      }),
    ],
    [
      "QueryFilter",
      (value) => ({
        operation: "Query",
        request: {
          TableName: "hash",
          KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("a")] } },
          QueryFilter: { a: { ComparisonOperator: "EQ", AttributeValueList: [value] } },
        },
      }),
    ],
    [
      "KeyConditions",
      (value) => ({
        operation: "Query",
        request: {
          TableName: "hash",
          KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [value] } },
        },
      }),
    ],
    [
      "Keys of BatchGetItem",
      (value) => ({
        operation: "BatchGetItem",
        request: { RequestItems: { hash: { Keys: [{ pk: value }] } } },
      }),
    ],
    [
      "PutRequest of BatchWriteItem",
      (value) => ({
        operation: "BatchWriteItem",
        request: { RequestItems: { hash: [{ PutRequest: { Item: { pk: S("a"), a: value } } }] } },
      }),
    ],
    [
      "DeleteRequest of BatchWriteItem",
      (value) => ({
        operation: "BatchWriteItem",
        request: { RequestItems: { hash: [{ DeleteRequest: { Key: { pk: value } } }] } },
      }),
    ],
  ];
  return places.flatMap(([place, row]) =>
    faults.map(([name, value, message]) => ({
      name: `${place}: ${name}`,
      ...row(value),
      expect: invalid(message),
    })),
  );
}

/** In ExclusiveStartKey a prefix stands before everything but number and duplicate errors. */
function inStartKeys(): readonly ConformanceCase[] {
  const prefix = "The provided starting key is invalid: ";
  const rows: readonly (readonly [name: string, value: JsonObject, expect: Refusal])[] = [
    ["no type", {}, invalid(prefix + text.emptyValue)],
    [
      "NULL false",
      { NULL: false },
      invalid(`${prefix}${valuesInvalid}Null attribute value types must have the value of true`),
    ],
    ["an empty string set", SS(), invalid(`${prefix}${valuesInvalid}An string set  may not be empty`)],
    ["a bad number", N("x"), invalid(`${text.notANumber}: x`)],
    ["overflow", N("1e126"), invalid(text.overflow)],
    ["a repeated number", NS("1", "1"), invalid("Input collection contains duplicates")],
  ];
  return rows.flatMap(([name, value, expect]) => [
    {
      name: `Scan: ${name}`,
      operation: "Scan",
      request: { TableName: "hash", ExclusiveStartKey: { pk: value } },
      expect,
    },
    {
      name: `Query: ${name}`,
      operation: "Query",
      request: {
        TableName: "hash",
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": S("a") },
        ExclusiveStartKey: { pk: value },
      },
      expect,
    },
  ]);
}

/** `levels` lists around a text. */
function nested(levels: number): JsonObject {
  let value = S("x");
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? L(value) : M({ k: value });
  return value;
}

const nestingStart = "Nesting Levels have exceeded supported limits";
const longName = "n".repeat(65_535);

/** An item of exactly this many bytes: "pk" + "a" + value, and "pad" + padding. */
function itemOfBytes(bytes: number): JsonObject {
  return { pk: S("a"), pad: S("x".repeat(bytes - 2 - 1 - 3)) };
}

const limits: readonly ConformanceCase[] = [
  {
    name: "31 wrappers are stored",
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("deep"), a: nested(31) } },
    given: [],
    expect: { body: {} },
    after: [{ pk: S("deep"), a: nested(31) }],
  },
  {
    name: "32 wrappers are too many",
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("deep"), a: nested(32) } },
    expect: { error: "ValidationException", messageStart: nestingStart },
  },
  {
    name: "32 wrappers in an expression value are too many",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "SET a = :v",
      ExpressionAttributeValues: { ":v": nested(32) },
    },
    expect: { error: "ValidationException", messageIncludes: nestingStart },
  },
  {
    name: "a name of 65535 bytes",
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("long"), [longName]: S("a") } },
    given: [],
    expect: { body: {} },
    after: [{ pk: S("long"), [longName]: S("a") }],
  },
  {
    name: "a name of 65536 bytes",
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("long"), [`${longName}n`]: S("a") } },
    expect: invalid(
      "1 validation error detected: Attribute name is too large, must be less than 65536 bytes",
    ),
  },
  {
    name: "a nested name of 65536 bytes",
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("long"), a: M({ [`${longName}n`]: S("a") }) } },
    expect: invalid(
      "1 validation error detected: Attribute name is too large, must be less than 65536 bytes",
    ),
  },
  {
    name: "names are measured in bytes",
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("long"), ["é".repeat(32_768)]: S("a") } },
    expect: invalid(
      "1 validation error detected: Attribute name is too large, must be less than 65536 bytes",
    ),
  },
  {
    name: "an item of 409600 bytes",
    operation: "PutItem",
    request: { TableName: "hash", Item: itemOfBytes(409_600) },
    given: [],
    expect: { body: {} },
    after: [itemOfBytes(409_600)],
  },
  {
    name: "an item of 409601 bytes",
    operation: "PutItem",
    request: { TableName: "hash", Item: itemOfBytes(409_601) },
    expect: invalid(text.itemTooLarge),
  },
  {
    name: "an item of 409601 bytes in a batch",
    operation: "BatchWriteItem",
    request: { RequestItems: { hash: [{ PutRequest: { Item: itemOfBytes(409_601) } }] } },
    expect: invalid(text.itemTooLarge),
  },
  {
    name: "an update may grow the item to 409600 bytes",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "SET more = :m",
      ExpressionAttributeValues: { ":m": S("y".repeat(204_000)) },
    },
    given: [itemOfBytes(409_600 - 204_000 - 4)],
    expect: { body: {} },
  },
  {
    name: "an update may not grow the item to 409601 bytes",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "SET more = :m",
      ExpressionAttributeValues: { ":m": S("y".repeat(204_001)) },
    },
    given: [itemOfBytes(409_600 - 204_000 - 4)],
    expect: invalid(text.updateTooLarge),
    after: [itemOfBytes(409_600 - 204_000 - 4)],
  },
  {
    name: "empty texts and binaries are stored outside keys",
    operation: "PutItem",
    request: {
      TableName: "hash",
      Item: { pk: S("empty"), s: S(""), b: B(""), l: L(), m: M({}), ss: SS("") },
    },
    given: [],
    expect: { body: {} },
    after: [{ pk: S("empty"), s: S(""), b: B(""), l: L(), m: M({}), ss: SS("") }],
  },
  {
    name: "a number error wins over an empty set",
    operation: "PutItem",
    request: { TableName: "hash", Item: { pk: S("a"), a: { SS: [], N: "x" } } },
    expect: invalid(`${text.notANumber}: x`),
  },
  {
    name: "an empty set in Expected",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key, Expected: { a: { Value: SS() } } },
    expect: parametersInvalid("An string set  may not be empty"),
  },
];

export const attributeValueGroups: readonly CaseGroup[] = [
  { title: "in an item", cases: inItem() },
  { title: "in ExpressionAttributeValues", cases: inExpressionValues() },
  { title: "in other places", cases: inOtherPlaces() },
  { title: "in ExclusiveStartKey", cases: inStartKeys() },
  { title: "limits", cases: limits },
];
