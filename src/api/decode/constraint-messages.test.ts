/** "N validation error(s) detected": texts, places, printed values and the order of entries. */
import { describe, expect, test } from "vitest";
import { decodeInput, operationSpec, type ServiceName } from "../index.ts";

type Row = readonly [what: string, operation: string, json: object, entries: readonly string[]];

const key = { pk: { S: "a" } };
const name = "[a-zA-Z0-9_.-]+";
const nameKeys =
  "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length " +
  `greater than or equal to 3, Member must satisfy regular expression pattern: ${name}]`;
const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/music";

const tableNameRows: readonly Row[] = [
  [
    "missing",
    "GetItem",
    { Key: key },
    ["Value null at 'tableName' failed to satisfy constraint: Member must not be null"],
  ],
  [
    "null",
    "DescribeTable",
    { TableName: null },
    ["Value null at 'tableName' failed to satisfy constraint: Member must not be null"],
  ],
  ["empty", "DescribeTable", { TableName: "" }, [tableName("", "length greater than or equal to 1")]],
  [
    "one character",
    "DescribeTable",
    { TableName: "a" },
    [tableName("a", "length greater than or equal to 3")],
  ],
  [
    "two characters",
    "DescribeTable",
    { TableName: "ab" },
    [tableName("ab", "length greater than or equal to 3")],
  ],
  [
    "256 characters",
    "DescribeTable",
    { TableName: "a".repeat(256) },
    [tableName("a".repeat(256), "length less than or equal to 255")],
  ],
  [
    "a bad character",
    "DescribeTable",
    { TableName: "a;b" },
    [
      `Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${name}`,
    ],
  ],
  [
    "short and bad: pattern before length",
    "DescribeTable",
    { TableName: "é" },
    [
      `Value 'é' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${name}`,
      tableName("é", "length greater than or equal to 3"),
    ],
  ],
  [
    "a line feed at the end",
    "DescribeTable",
    { TableName: "abc\n" },
    [
      `Value 'abc\n' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${name}`,
    ],
  ],
  [
    "an ARN without region",
    "DescribeTable",
    { TableName: "arn:aws:dynamodb::123456789012:table/music" },
    ["Invalid AWS region in 'arn:aws:dynamodb::123456789012:table/music'"],
  ],
  [
    "an ARN of no partition",
    "DescribeTable",
    { TableName: "arn:azure:dynamodb:us-east-1:123456789012:table/music" },
    ["Invalid AWS partition in 'arn:azure:dynamodb:us-east-1:123456789012:table/music'"],
  ],
  [
    "an ARN of an index",
    "DescribeTable",
    { TableName: `${arn}/index/by-year` },
    [`Invalid resource type in '${arn}/index/by-year'`],
  ],
  [
    "an ARN of another service",
    "DescribeTable",
    { TableName: "arn:aws:s3:::bucket" },
    ["Valid ARN format is arn:aws:dynamodb:<region>:<account>:table/<table name>"],
  ],
  [
    "an ARN of a name that is too short",
    "DescribeTable",
    { TableName: arn.replace("music", "ab") },
    [tableName(arn.replace("music", "ab"), "length greater than or equal to 3")],
  ],
  [
    "an ARN of 1025 characters",
    "DescribeTable",
    { TableName: arn.padEnd(1025, "x") },
    [tableName(arn.padEnd(1025, "x"), "length less than or equal to 1024")],
  ],
];

const enumRows: readonly Row[] = [
  enumRow("GetItem", { TableName: "abc", Key: key }, "ReturnConsumedCapacity", "INDEXES, TOTAL, NONE"),
  enumRow(
    "PutItem",
    { TableName: "abc", Item: key },
    "ReturnValues",
    "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW",
  ),
  enumRow("PutItem", { TableName: "abc", Item: key }, "ReturnItemCollectionMetrics", "SIZE, NONE"),
  enumRow("PutItem", { TableName: "abc", Item: key }, "ReturnValuesOnConditionCheckFailure", "ALL_OLD, NONE"),
  enumRow("PutItem", { TableName: "abc", Item: key }, "ConditionalOperator", "OR, AND"),
  enumRow(
    "Query",
    { TableName: "abc" },
    "Select",
    "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES",
  ),
  enumRow("UpdateTable", { TableName: "abc" }, "BillingMode", "PROVISIONED, PAY_PER_REQUEST"),
  [
    "a comparison",
    "Query",
    { TableName: "abc", KeyConditions: { pk: { ComparisonOperator: "eq" } } },
    [
      "Value 'eq' at 'keyConditions.pk.member.comparisonOperator' failed to satisfy constraint: Member must satisfy " +
        "enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]",
    ],
  ],
  [
    "an attribute type and a key type",
    "CreateTable",
    {
      TableName: "abc",
      AttributeDefinitions: [{ AttributeName: "a", AttributeType: "X" }],
      KeySchema: [{ AttributeName: "a", KeyType: "hash" }],
    },
    [
      "Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must satisfy " +
        "enum value set: [B, N, S]",
      "Value 'hash' at 'keySchema.1.member.keyType' failed to satisfy constraint: Member must satisfy enum value " +
        "set: [HASH, RANGE]",
    ],
  ],
];

const numberRows: readonly Row[] = [
  ["Limit 0", "Query", { TableName: "abc", Limit: 0 }, ["Value '0' at 'limit' " + atLeast(1)]],
  ["a Limit floored to 0", "Query", { TableName: "abc", Limit: 0.9 }, ["Value '0' at 'limit' " + atLeast(1)]],
  ["a negative Limit", "Scan", { TableName: "abc", Limit: -1 }, ["Value '-1' at 'limit' " + atLeast(1)]],
  ["a Limit above 100", "ListTables", { Limit: 101 }, ["Value '101' at 'limit' " + atMost(100)]],
  [
    "too many segments",
    "Scan",
    { TableName: "abc", TotalSegments: 1_000_001, Segment: 1_000_000 },
    [
      "Value '1000001' at 'totalSegments' " + atMost(1_000_000),
      "Value '1000000' at 'segment' " + atMost(999_999),
    ],
  ],
  ["a Segment below 0", "Scan", { TableName: "abc", Segment: -1 }, ["Value '-1' at 'segment' " + atLeast(0)]],
  [
    "no capacity: writes before reads",
    "UpdateTable",
    { TableName: "abc", ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 } },
    [
      "Value '0' at 'provisionedThroughput.writeCapacityUnits' " + atLeast(1),
      "Value '0' at 'provisionedThroughput.readCapacityUnits' " + atLeast(1),
    ],
  ],
  [
    "capacity without its members",
    "UpdateTable",
    { TableName: "abc", ProvisionedThroughput: {} },
    [
      "Value null at 'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: Member must not be null",
      "Value null at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must not be null",
    ],
  ],
];

const collectionRows: readonly Row[] = [
  [
    "an empty list",
    "GetItem",
    { TableName: "abc", Key: key, AttributesToGet: [] },
    ["Value '[]' at 'attributesToGet' " + longAtLeast(1)],
  ],
  [
    "no table in a batch",
    "BatchGetItem",
    { RequestItems: {} },
    ["Value '{}' at 'requestItems' " + longAtLeast(1)],
  ],
  [
    "no keys in a batch",
    "BatchGetItem",
    { RequestItems: { abc: { Keys: [] } } },
    ["Value '[]' at 'requestItems.abc.member.keys' " + longAtLeast(1)],
  ],
  [
    "keys missing in a batch",
    "BatchGetItem",
    { RequestItems: { abc: {} } },
    ["Value null at 'requestItems.abc.member.keys' failed to satisfy constraint: Member must not be null"],
  ],
  [
    "a bad table name in a batch",
    "BatchGetItem",
    { RequestItems: { ab: { Keys: [key] } } },
    [
      `Value '{ab=${printed("KeysAndAttributes", ["Keys"])}}' at 'requestItems' failed to satisfy constraint: ${nameKeys}`,
    ],
  ],
  [
    "no requests for a table",
    "BatchWriteItem",
    { RequestItems: { abc: [] } },
    [
      "Value '{abc=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member " +
        "must have length less than or equal to 25, Member must have length greater than or equal to 1]",
    ],
  ],
  [
    "an item missing in a batch",
    "BatchWriteItem",
    { RequestItems: { abc: [{ DeleteRequest: { Key: key } }, { PutRequest: {} }] } },
    [
      "Value null at 'requestItems.abc.member.2.member.putRequest.item' failed to satisfy constraint: Member must " +
        "not be null",
    ],
  ],
  [
    "a null where an element belongs",
    "BatchGetItem",
    { RequestItems: { abc: { Keys: [key, null] } } },
    [
      "Value null at 'requestItems.abc.member.keys.2.member' failed to satisfy constraint: Member must not be null",
    ],
  ],
  [
    "a null placeholder",
    "GetItem",
    { TableName: "abc", Key: key, ExpressionAttributeNames: { "#a": null } },
    [
      "Value null at 'expressionAttributeNames.#a.member' failed to satisfy constraint: Member must not be null",
    ],
  ],
  [
    "an element that is too short",
    "UntagResource",
    { ResourceArn: "x", TagKeys: ["a", ""] },
    [
      "Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have " +
        "length less than or equal to 128, Member must have length greater than or equal to 1]",
    ],
  ],
  [
    "an action missing in a transaction",
    "TransactWriteItems",
    { TransactItems: [{ Put: { Item: key } }] },
    [
      "Value null at 'transactItems.1.member.put.tableName' failed to satisfy constraint: Member must not be null",
    ],
  ],
  [
    "three key elements of a table",
    "CreateTable",
    {
      TableName: "abc",
      AttributeDefinitions: [],
      KeySchema: ["a", "b", "c"].map((attribute) => ({ AttributeName: attribute, KeyType: "HASH" })),
    },
    [
      `Value '[${Array.from({ length: 3 }, () => printed("KeySchemaElement", ["AttributeName", "KeyType"])).join(", ")}]' ` +
        "at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
  ],
  [
    "no key elements",
    "CreateTable",
    { TableName: "abc", AttributeDefinitions: [], KeySchema: [] },
    ["Value '[]' at 'keySchema' " + longAtLeast(1)],
  ],
];

const orderRows: readonly Row[] = [
  [
    "PutItem",
    "PutItem",
    {
      ConditionalOperator: "x",
      ReturnValues: "x",
      ReturnItemCollectionMetrics: "x",
      ReturnConsumedCapacity: "x",
      Expected: { a: { ComparisonOperator: "x" } },
    },
    [
      "returnConsumedCapacity",
      "tableName",
      "returnItemCollectionMetrics",
      "returnValues",
      "item",
      "conditionalOperator",
      "expected.a.member.comparisonOperator",
    ],
  ],
  [
    "Query",
    "Query",
    {
      KeyConditions: { a: {} },
      Limit: 0,
      ConditionalOperator: "x",
      QueryFilter: { a: {} },
      ReturnConsumedCapacity: "x",
      IndexName: "a",
      Select: "x",
      AttributesToGet: [],
    },
    [
      "select",
      "indexName",
      "returnConsumedCapacity",
      "queryFilter.a.member.comparisonOperator",
      "tableName",
      "conditionalOperator",
      "attributesToGet",
      "limit",
      "keyConditions.a.member.comparisonOperator",
    ],
  ],
  [
    "CreateTable",
    "CreateTable",
    {
      GlobalSecondaryIndexes: [{}],
      LocalSecondaryIndexes: [{ IndexName: "abc", KeySchema: [], Projection: {} }],
      KeySchema: [],
      ProvisionedThroughput: { ReadCapacityUnits: 1 },
      BillingMode: "x",
    },
    [
      "attributeDefinitions",
      "tableName",
      "billingMode",
      "provisionedThroughput.writeCapacityUnits",
      "keySchema",
      "localSecondaryIndexes.1.member.keySchema",
      "globalSecondaryIndexes.1.member.indexName",
      "globalSecondaryIndexes.1.member.keySchema",
      "globalSecondaryIndexes.1.member.projection",
    ],
  ],
];

describe("shape validation", () => {
  for (const [what, operation, json, entries] of [
    ...tableNameRows,
    ...enumRows,
    ...numberRows,
    ...collectionRows,
  ]) {
    test(`${operation}: ${what}`, () => {
      const noun = entries.length === 1 ? "validation error" : "validation errors";
      expect(messageOf(operation, json)).toBe(`${entries.length} ${noun} detected: ${entries.join("; ")}`);
    });
  }

  for (const [what, operation, json, paths] of orderRows) {
    test(`${what} reports in the service's order`, () => {
      const found = [...messageOf(operation, json).matchAll(/ at '([^']*)'/gu)].map((match) => match[1]);
      expect(found).toEqual(paths);
    });
  }

  test("ten entries at most", () => {
    const AttributeDefinitions = Array.from({ length: 11 }, () => ({
      AttributeName: "a",
      AttributeType: "X",
    }));
    const message = messageOf("CreateTable", { TableName: "abc", AttributeDefinitions, KeySchema: [{}] });
    expect(message).toMatch(/^10 validation errors detected: /u);
    expect(message.split("; ")).toHaveLength(10);
    expect(message).toContain("attributeDefinitions.10.member");
    expect(message).not.toContain("attributeDefinitions.11.member");
  });

  test("a table class has a sentence of its own, after everything else", () => {
    const valid = { TableName: "abc", TableClass: "GLACIER" };
    expect(messageOf("UpdateTable", valid)).toBe(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: " +
        "[STANDARD, STANDARD_INFREQUENT_ACCESS].",
    );
    expect(messageOf("UpdateTable", { ...valid, TableName: "ab" })).toMatch(
      /^1 validation error detected: .*tableName/u,
    );
  });

  test("a replica's source supplies keys and attributes", () => {
    expect(messageOf("CreateTable", { TableName: "abc", GlobalTableSourceArn: arn })).toBe("");
    expect(messageOf("CreateTable", { TableName: "abc" })).toContain("'attributeDefinitions'");
  });

  test("an ARN serves as a table name, also in a batch", () => {
    expect(messageOf("GetItem", { TableName: arn, Key: key })).toBe("");
    expect(messageOf("BatchGetItem", { RequestItems: { [arn]: { Keys: [key] } } })).toBe("");
    expect(messageOf("BatchGetItem", { RequestItems: { "arn:x": { Keys: [key] } } })).toMatch(
      /^1 validation error detected: Valid ARN format is /u,
    );
  });

  test("operations of the old global tables take names only", () => {
    expect(messageOf("DescribeGlobalTable", { GlobalTableName: arn })).toContain("regular expression");
  });

  test("limits of the streams operations", () => {
    const StreamArn = `${arn}/stream/2015-05-11T21:21:33.291`;
    expect(messageOf("DescribeStream", { StreamArn, Limit: 101 }, "DynamoDBStreams")).toContain(atMost(100));
    expect(messageOf("GetRecords", { ShardIterator: "x", Limit: 1001 }, "DynamoDBStreams")).toContain(
      atMost(1000),
    );
    expect(messageOf("DescribeStream", { StreamArn: "short" }, "DynamoDBStreams")).toContain(longAtLeast(37));
  });

  test("an endless value is printed only in part", () => {
    const message = messageOf("GetItem", { TableName: "x".repeat(2_000_000), Key: key });
    expect(message.length).toBeLessThan(140_000);
    expect(message).toContain("xxx...' at 'tableName'");
    expect(message).toContain("length less than or equal to 255");
  });
});

function tableName(value: string, what: string): string {
  return `Value '${value}' at 'tableName' failed to satisfy constraint: Member must have ${what}`;
}

function atLeast(min: number): string {
  return `failed to satisfy constraint: Member must have value greater than or equal to ${min}`;
}

function atMost(max: number): string {
  return `failed to satisfy constraint: Member must have value less than or equal to ${max}`;
}

function longAtLeast(min: number): string {
  return `failed to satisfy constraint: Member must have length greater than or equal to ${min}`;
}

function enumRow(operation: string, input: object, member: string, values: string): Row {
  const path = member.charAt(0).toLowerCase() + member.slice(1);
  return [
    member,
    operation,
    { ...input, [member]: "BAD" },
    [
      `Value 'BAD' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${values}]`,
    ],
  ];
}

/** Class name and our stand-in for its hash code. */
function printed(shape: string, members: readonly string[]): string {
  let hash = 17;
  for (const character of members.join("")) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return `com.amazonaws.dynamodb.v20120810.${shape}@${hash.toString(16)}`;
}

/** The message of the ValidationException, empty for an input without fault. */
function messageOf(operation: string, json: object, service: ServiceName = "DynamoDB"): string {
  const spec = operationSpec(service, operation);
  if (spec === undefined) throw new Error(`no operation ${operation}`);
  const decoded = decodeInput(spec, json);
  if (decoded.kind === "input") return "";
  expect(decoded.error.code).toBe("ValidationException");
  return decoded.error.message;
}
