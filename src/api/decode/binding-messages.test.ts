/** SerializationException texts, row by row as observed on the service. */
import { describe, expect, test } from "vitest";
import { decodeInput, errorBody, operationSpec } from "../index.ts";

type Row = readonly [what: string, operation: string, json: unknown, message: string];

const attributeValueMap = "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>";
const parameterized =
  "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class " +
  "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of " +
  "loader 'bootstrap')";
const structureStart = "Start of structure or map found where not expected";

const scalarRows: readonly Row[] = [
  ["true for a string", "GetItem", { TableName: true }, "TRUE_VALUE cannot be converted to String"],
  ["false for a string", "GetItem", { TableName: false }, "FALSE_VALUE cannot be converted to String"],
  ["an integer for a string", "GetItem", { TableName: 23 }, "NUMBER_VALUE cannot be converted to String"],
  ["a decimal for a string", "GetItem", { TableName: -2.5 }, "DECIMAL_VALUE cannot be converted to String"],
  [
    "a list for a string",
    "GetItem",
    { TableName: [] },
    "Unrecognized collection type class java.lang.String",
  ],
  ["an object for a string", "GetItem", { TableName: {} }, structureStart],
  [
    "a number for an enum",
    "GetItem",
    { ReturnConsumedCapacity: 1 },
    "NUMBER_VALUE cannot be converted to String",
  ],
  ["a string for an integer", "Query", { Limit: "10" }, "STRING_VALUE cannot be converted to Integer"],
  ["true for an integer", "Query", { Limit: true }, "TRUE_VALUE cannot be converted to Integer"],
  ["a list for an integer", "Query", { Limit: [] }, "Unrecognized collection type class java.lang.Integer"],
  ["an object for an integer", "Query", { Limit: {} }, structureStart],
  [
    "a string for a long",
    "CreateTable",
    { ProvisionedThroughput: { ReadCapacityUnits: "1" } },
    "STRING_VALUE cannot be converted to Long",
  ],
  [
    "false for a long",
    "CreateTable",
    { ProvisionedThroughput: { WriteCapacityUnits: false } },
    "FALSE_VALUE cannot be converted to Long",
  ],
  [
    "a list for a long",
    "CreateTable",
    { ProvisionedThroughput: { WriteCapacityUnits: [] } },
    "Unrecognized collection type class java.lang.Long",
  ],
  [
    "a string for a double",
    "UpdateGlobalTableSettings",
    {
      GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate: {
        ScalingPolicyUpdate: { TargetTrackingScalingPolicyConfiguration: { TargetValue: "x" } },
      },
    },
    "STRING_VALUE cannot be converted to Double",
  ],
  [
    "a string for a time",
    "ListBackups",
    { TimeRangeLowerBound: "now" },
    "STRING_VALUE cannot be converted to Date",
  ],
  [
    "an integer for a boolean",
    "GetItem",
    { ConsistentRead: 0 },
    "NUMBER_VALUE cannot be converted to Boolean",
  ],
  [
    "a decimal for a boolean",
    "GetItem",
    { ConsistentRead: 0.5 },
    "DECIMAL_VALUE cannot be converted to Boolean",
  ],
  [
    "another word for a boolean",
    "GetItem",
    { ConsistentRead: "on" },
    "Unexpected token received from parser",
  ],
  ["an empty word for a boolean", "GetItem", { ConsistentRead: "" }, "Unexpected token received from parser"],
  [
    "a list for a boolean",
    "GetItem",
    { ConsistentRead: [] },
    "Unrecognized collection type class java.lang.Boolean",
  ],
  ["an object for a boolean", "GetItem", { ConsistentRead: {} }, structureStart],
];

const collectionRows: readonly Row[] = [
  ["a scalar for a list", "GetItem", { AttributesToGet: "a" }, "Unexpected field type"],
  ["an object for a list", "GetItem", { AttributesToGet: {} }, structureStart],
  [
    "a number in a list of strings",
    "GetItem",
    { AttributesToGet: ["a", 1] },
    "NUMBER_VALUE cannot be converted to String",
  ],
  ["a scalar for a map", "GetItem", { Key: 1 }, "Unexpected field type"],
  ["a list for a map of values", "GetItem", { Key: [] }, `Unrecognized collection type ${attributeValueMap}`],
  [
    "a list for a map of strings",
    "GetItem",
    { ExpressionAttributeNames: [] },
    "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>",
  ],
  [
    "a list for a map of structures",
    "PutItem",
    { Expected: [] },
    "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue>",
  ],
  [
    "a list for KeyConditions",
    "Query",
    { KeyConditions: [] },
    "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.Condition>",
  ],
  [
    "a list for AttributeUpdates",
    "UpdateItem",
    { AttributeUpdates: [] },
    "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValueUpdate>",
  ],
  [
    "a list for the tables of a batch read",
    "BatchGetItem",
    { RequestItems: [] },
    "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.KeysAndAttributes>",
  ],
  [
    "a list for the tables of a batch write",
    "BatchWriteItem",
    { RequestItems: [] },
    "Unrecognized collection type java.util.Map<java.lang.String, java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>",
  ],
  [
    "a scalar for a structure in a list",
    "CreateTable",
    { KeySchema: ["a"] },
    "Unexpected value type in payload",
  ],
  [
    "a list for a structure in a list",
    "CreateTable",
    { KeySchema: [[]] },
    "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.KeySchemaElement",
  ],
  [
    "a scalar for a structure in a map",
    "PutItem",
    { Expected: { a: true } },
    "Unexpected value type in payload",
  ],
  ["a scalar for a direct structure", "CreateTable", { ProvisionedThroughput: 5 }, "Unexpected field type"],
  [
    "a list for a direct structure",
    "CreateTable",
    { ProvisionedThroughput: [] },
    "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput",
  ],
  ["a scalar for the requests of a table", "BatchWriteItem", { RequestItems: { abc: 1 } }, parameterized],
  ["an object for the requests of a table", "BatchWriteItem", { RequestItems: { abc: {} } }, structureStart],
  ["a scalar for a key in a batch", "BatchGetItem", { RequestItems: { abc: { Keys: [1] } } }, parameterized],
  [
    "a list for a key in a batch",
    "BatchGetItem",
    { RequestItems: { abc: { Keys: [[]] } } },
    `Unrecognized collection type ${attributeValueMap}`,
  ],
];

const valueRows: readonly Row[] = [
  ["a scalar for a value", "GetItem", { Key: { a: "x" } }, "Unexpected value type in payload"],
  [
    "a list for a value",
    "GetItem",
    { Key: { a: [] } },
    "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
  ],
  ["a scalar for a direct value", "PutItem", { Expected: { a: { Value: 1 } } }, "Unexpected field type"],
  ["a number for S", "PutItem", { Item: { a: { S: 1 } } }, "NUMBER_VALUE cannot be converted to String"],
  ["a number for N", "PutItem", { Item: { a: { N: 1.5 } } }, "DECIMAL_VALUE cannot be converted to String"],
  ["an object for S", "PutItem", { Item: { a: { S: {} } } }, structureStart],
  [
    "a number for B",
    "PutItem",
    { Item: { a: { B: 1 } } },
    "only base-64-encoded strings are convertible to bytes",
  ],
  [
    "a boolean for B",
    "PutItem",
    { Item: { a: { B: true } } },
    "only base-64-encoded strings are convertible to bytes",
  ],
  [
    "a list for B",
    "PutItem",
    { Item: { a: { B: [] } } },
    "Unrecognized collection type class java.nio.ByteBuffer",
  ],
  ["an object for B", "PutItem", { Item: { a: { B: {} } } }, structureStart],
  [
    "base64 of a wrong length",
    "PutItem",
    { Item: { a: { B: "abcde" } } },
    "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
  ],
  ...["a$bc", "====", "a===", "ab=c", "=abc", "AB==", "AAB=", "AA A", "AA\nA"].map((text): Row => [
    `the base64 ${JSON.stringify(text)}`,
    "PutItem",
    { Item: { a: { B: text } } },
    "Invalid last non-pad Base64 character dectected",
  ]),
  ["a scalar for SS", "PutItem", { Item: { a: { SS: "x" } } }, "Unexpected field type"],
  ["an object for NS", "PutItem", { Item: { a: { NS: {} } } }, structureStart],
  ["a number in SS", "PutItem", { Item: { a: { SS: [1] } } }, "NUMBER_VALUE cannot be converted to String"],
  [
    "a list in NS",
    "PutItem",
    { Item: { a: { NS: [[]] } } },
    "Unrecognized collection type class java.lang.String",
  ],
  [
    "a number in BS",
    "PutItem",
    { Item: { a: { BS: [1] } } },
    "only base-64-encoded strings are convertible to bytes",
  ],
  ["a scalar for L", "PutItem", { Item: { a: { L: 1 } } }, "Unexpected field type"],
  ["an object for L", "PutItem", { Item: { a: { L: {} } } }, structureStart],
  ["a scalar in L", "PutItem", { Item: { a: { L: ["x"] } } }, "Unexpected value type in payload"],
  ["a scalar for M", "PutItem", { Item: { a: { M: 1 } } }, "Unexpected field type"],
  [
    "a list for M",
    "PutItem",
    { Item: { a: { M: [] } } },
    `Unrecognized collection type ${attributeValueMap}`,
  ],
  ["a scalar in M", "PutItem", { Item: { a: { M: { b: 1 } } } }, "Unexpected value type in payload"],
  [
    "a number for a nested S",
    "PutItem",
    { Item: { a: { L: [{ M: { b: { S: 1 } } }] } } },
    "NUMBER_VALUE cannot be converted to String",
  ],
  [
    "a number for BOOL",
    "PutItem",
    { Item: { a: { BOOL: 1 } } },
    "NUMBER_VALUE cannot be converted to Boolean",
  ],
  ["a word for NULL", "PutItem", { Item: { a: { NULL: "x" } } }, "Unexpected token received from parser"],
  [
    "a list for BOOL",
    "PutItem",
    { Item: { a: { BOOL: [] } } },
    "Unrecognized collection type class java.lang.Boolean",
  ],
];

describe("SerializationException", () => {
  for (const [what, operation, json, message] of [...scalarRows, ...collectionRows, ...valueRows]) {
    test(`${operation}: ${what}`, () => {
      expect(bodyOf(operation, json)).toBe(
        `{"__type":"com.amazon.coral.service#SerializationException","Message":${JSON.stringify(message)}}`,
      );
    });
  }

  test.each([[[]], ["text"], [1], [true], [null], [undefined]])("%j is no request: no message", (json) => {
    expect(bodyOf("GetItem", json)).toBe(`{"__type":"com.amazon.coral.service#SerializationException"}`);
  });

  test("the first problem in the order of the text wins", () => {
    expect(bodyOf("GetItem", JSON.parse('{"ConsistentRead":1,"TableName":1}'))).toContain("Boolean");
    expect(bodyOf("GetItem", JSON.parse('{"TableName":1,"ConsistentRead":1}'))).toContain("String");
  });

  test("comes before every violated constraint", () => {
    expect(bodyOf("GetItem", { TableName: "a", Key: null, ConsistentRead: 1 })).toContain(
      "SerializationException",
    );
  });
});

function bodyOf(operation: string, json: unknown): string {
  const spec = operationSpec("DynamoDB", operation);
  if (spec === undefined) throw new Error(`no operation ${operation}`);
  const decoded = decodeInput(spec, json);
  return decoded.kind === "input" ? "" : errorBody(decoded.error);
}
