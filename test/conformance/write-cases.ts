/** Errors of writes and of both batches: ReturnValues, failed conditions, counts, duplicates, missing tables. */
import {
  type CaseGroup,
  type ConformanceCase,
  conditionFailed,
  invalid,
  type JsonObject,
  N,
  notFound,
  S,
  text,
} from "./case-types.ts";
import { missingTable } from "./fixtures.ts";

const key = { pk: S("a") };
const oldOrNone = invalid("ReturnValues can only be ALL_OLD or NONE");

const returnValues: readonly ConformanceCase[] = ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"].flatMap(
  (value) => [
    {
      name: `PutItem with ${value}`,
      operation: "PutItem",
      request: { TableName: "hash", Item: key, ReturnValues: value },
      expect: oldOrNone,
    },
    {
      name: `DeleteItem with ${value}`,
      operation: "DeleteItem",
      request: { TableName: "hash", Key: key, ReturnValues: value },
      expect: oldOrNone,
    },
  ],
);

const failedItem = { pk: S("a"), a: S("x"), n: N("1.5") };
const failedBody = {
  __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
  message: text.conditionFailed,
};

function failing(operation: "PutItem" | "DeleteItem" | "UpdateItem", more: JsonObject): JsonObject {
  return {
    TableName: "hash",
    ...(operation === "PutItem" ? { Item: key } : { Key: key }),
    ConditionExpression: "attribute_not_exists(pk) OR a = :v",
    ExpressionAttributeValues: { ":v": S("other") },
    ...more,
  };
}

const conditions: readonly ConformanceCase[] = (["PutItem", "DeleteItem", "UpdateItem"] as const).flatMap(
  (operation) => [
    {
      name: `${operation}: a failed condition changes nothing`,
      operation,
      request: failing(operation, {}),
      given: [failedItem],
      expect: { error: "ConditionalCheckFailedException", body: failedBody },
      after: [failedItem],
    },
    {
      name: `${operation}: a failed condition returns the item when asked`,
      operation,
      request: failing(operation, { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      given: [failedItem],
      expect: { error: "ConditionalCheckFailedException", body: { ...failedBody, Item: failedItem } },
    },
    {
      name: `${operation}: no Item when there was none`,
      operation,
      request: failing(operation, {
        ConditionExpression: "attribute_exists(pk) AND a = :v",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
      given: [],
      expect: { error: "ConditionalCheckFailedException", body: failedBody },
      after: [],
    },
    {
      name: `${operation}: a failed Expected changes nothing`,
      operation,
      request: {
        TableName: "hash",
        ...(operation === "PutItem" ? { Item: key } : { Key: key }),
        Expected: { a: { Value: S("other") } },
      },
      given: [failedItem],
      expect: conditionFailed,
      after: [failedItem],
    },
  ],
);

const missing: readonly ConformanceCase[] = [
  { name: "GetItem", operation: "GetItem", request: { TableName: missingTable, Key: key }, expect: notFound },
  {
    name: "PutItem",
    operation: "PutItem",
    request: { TableName: missingTable, Item: key },
    expect: notFound,
  },
  {
    name: "DeleteItem",
    operation: "DeleteItem",
    request: { TableName: missingTable, Key: key },
    expect: notFound,
  },
  {
    name: "UpdateItem",
    operation: "UpdateItem",
    request: { TableName: missingTable, Key: key },
    expect: notFound,
  },
  { name: "Scan", operation: "Scan", request: { TableName: missingTable }, expect: notFound },
  {
    name: "Query",
    operation: "Query",
    request: {
      TableName: missingTable,
      KeyConditionExpression: "pk = :p",
      ExpressionAttributeValues: { ":p": S("a") },
    },
    expect: notFound,
  },
  {
    name: "BatchGetItem",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [key] }, [missingTable]: { Keys: [key] } } },
    expect: notFound,
  },
  {
    name: "BatchWriteItem writes nothing",
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        hash: [{ PutRequest: { Item: key } }],
        [missingTable]: [{ PutRequest: { Item: key } }],
      },
    },
    expect: notFound,
  },
  {
    name: "the whole body of the error",
    operation: "GetItem",
    request: { TableName: missingTable, Key: key },
    expect: {
      error: "ResourceNotFoundException",
      body: {
        __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        message: text.notFound,
      },
    },
  },
];

const duplicates = invalid("Provided list of item keys contains duplicates");

const keys = (count: number, prefix: string): readonly JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({ pk: S(`${prefix}${index}`) }));

const batches: readonly ConformanceCase[] = [
  {
    name: "BatchGetItem with a key twice",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [key, { pk: S("b") }, key] } } },
    expect: duplicates,
  },
  {
    name: "BatchGetItem with a number key spelled twice",
    operation: "BatchGetItem",
    request: {
      RequestItems: {
        numeric: {
          Keys: [
            { pk: N("1"), sk: N("2") },
            { pk: N("1.0"), sk: N("2") },
          ],
        },
      },
    },
    expect: duplicates,
  },
  {
    name: "BatchWriteItem with two puts of a key",
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        hash: [
          { PutRequest: { Item: { ...key, a: S("1") } } },
          { PutRequest: { Item: { ...key, a: S("2") } } },
        ],
      },
    },
    given: [],
    expect: duplicates,
    after: [],
  },
  {
    name: "BatchWriteItem with a put and a delete of a key",
    operation: "BatchWriteItem",
    request: { RequestItems: { hash: [{ PutRequest: { Item: key } }, { DeleteRequest: { Key: key } }] } },
    given: [failedItem],
    expect: duplicates,
    after: [failedItem],
  },
  {
    name: "101 keys over two tables",
    operation: "BatchGetItem",
    request: {
      RequestItems: {
        hash: { Keys: keys(60, "h") },
        range: { Keys: keys(41, "r").map((partition) => ({ ...partition, sk: S("a") })) },
      },
    },
    expect: invalid("Too many items requested for the BatchGetItem call"),
  },
  {
    name: "26 writes over two tables",
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        hash: keys(13, "h").map((item) => ({ PutRequest: { Item: item } })),
        range: keys(13, "r").map((item) => ({ PutRequest: { Item: { ...item, sk: S("a") } } })),
      },
    },
    expect: invalid("Too many items requested for the BatchWriteItem call"),
  },
  {
    name: "a write request without an action",
    operation: "BatchWriteItem",
    request: { RequestItems: { hash: [{}] } },
    expect: invalid(text.severalTypes),
  },
  {
    name: "a bad key in one table stops the whole batch",
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        hash: [{ PutRequest: { Item: { pk: S("good") } } }, { PutRequest: { Item: { pk: N(1) } } }],
      },
    },
    given: [],
    expect: invalid(text.keySchema),
    after: [],
  },
  {
    name: "answers carry empty members for what is left",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [key, { pk: S("none") }] } } },
    given: [failedItem],
    expect: { body: { Responses: { hash: [failedItem] }, UnprocessedKeys: {} } },
  },
  {
    name: "a table without any of the items is in the answer",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [{ pk: S("none") }] } } },
    given: [],
    expect: { body: { Responses: { hash: [] }, UnprocessedKeys: {} } },
  },
  {
    name: "puts and deletes",
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        hash: [
          { PutRequest: { Item: { pk: S("new"), a: S("1") } } },
          { DeleteRequest: { Key: key } },
          { DeleteRequest: { Key: { pk: S("none") } } },
        ],
      },
    },
    given: [failedItem],
    expect: { body: { UnprocessedItems: {} } },
    after: [{ pk: S("new"), a: S("1") }],
  },
];

export const writeGroups: readonly CaseGroup[] = [
  { title: "ReturnValues", cases: returnValues },
  { title: "failed conditions", cases: conditions },
  { title: "missing tables", cases: missing },
  { title: "batches", cases: batches },
];
