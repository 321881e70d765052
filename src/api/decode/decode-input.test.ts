/** What a good request becomes. */
import { describe, expect, test } from "vitest";
import { decodeInput, operationSpec } from "../index.ts";

describe("decodeInput", () => {
  test("keeps known members and drops unknown ones and nulls", () => {
    const json = JSON.parse(
      '{"TableName":"music","Key":{"pk":{"S":"a"}},"ConsistentRead":null,"Colour":"red","__proto__":{"Limit":1}}',
    ) as unknown;
    expect(inputOf("GetItem", json)).toEqual({ TableName: "music", Key: { pk: { S: "a" } } });
  });

  test("drops unknown members of nested structures", () => {
    const input = inputOf("UpdateTable", {
      TableName: "music",
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2, Burst: 3 },
    });
    expect(input).toEqual({
      TableName: "music",
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
    });
  });

  test("hands attribute maps on without a copy", () => {
    const Item = { pk: { S: "a" }, list: { L: [{ N: "1" }] } };
    const Keys = [{ pk: { S: "a" } }];
    const names = { "#a": "a" };
    expect(inputOf("PutItem", { TableName: "music", Item, ExpressionAttributeNames: names })).toMatchObject({
      Item: expect.toSatisfy((value: unknown) => value === Item),
      ExpressionAttributeNames: expect.toSatisfy((value: unknown) => value === names),
    });
    expect(inputOf("BatchGetItem", { RequestItems: { music: { Keys } } })).toMatchObject({
      RequestItems: { music: { Keys: expect.toSatisfy((value: unknown) => value === Keys) } },
    });
  });

  test.each([
    [1.9, 1],
    [1e300, 2 ** 31 - 1],
    [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
  ])("an integer written %d becomes %d", (written, wanted) => {
    expect(inputOf("Query", { TableName: "music", Limit: written })).toEqual({
      TableName: "music",
      Limit: wanted,
    });
  });

  test("a long beyond 64 bits saturates", () => {
    const ProvisionedThroughput = { ReadCapacityUnits: 1e300, WriteCapacityUnits: 5_000_000_000.5 };
    expect(inputOf("UpdateTable", { TableName: "music", ProvisionedThroughput })).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 2 ** 63, WriteCapacityUnits: 5_000_000_000 },
    });
  });

  test("times keep their fraction", () => {
    expect(inputOf("ListBackups", { TimeRangeLowerBound: 1.5 })).toEqual({ TimeRangeLowerBound: 1.5 });
    expect(inputOf("ListBackups", { TimeRangeLowerBound: Number.NEGATIVE_INFINITY })).toEqual({
      TimeRangeLowerBound: -Number.MAX_VALUE,
    });
  });

  test.each([
    ["true", true],
    ["TRUE", true],
    ["1", true],
    ["Yes", true],
    ["false", false],
    ["0", false],
    ["nO", false],
  ])("the word %j is the boolean %j", (word, wanted) => {
    const input = inputOf("PutItem", { TableName: "music", Item: { a: { BOOL: word } } });
    expect(input).toEqual({ TableName: "music", Item: { a: { BOOL: wanted } } });
    expect(inputOf("GetItem", { TableName: "music", Key: {}, ConsistentRead: word })).toMatchObject({
      ConsistentRead: wanted,
    });
  });

  test.each(["", "AAAA", "AA==", "AQ==", "AAA=", "AAE=", "+/+/"])("takes the base64 %j", (text) => {
    const Item = { a: { B: text }, b: { BS: [text] } };
    expect(inputOf("PutItem", { TableName: "music", Item })).toEqual({ TableName: "music", Item });
  });

  test("leaves nulls among attribute values to their parser", () => {
    const Item = { a: null, b: { S: null, N: "1" }, c: { L: [null] }, d: { SS: [null] } };
    expect(inputOf("PutItem", { TableName: "music", Item })).toEqual({ TableName: "music", Item });
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "the name %s is an entry like any other",
    (name) => {
      const json = JSON.parse(
        `{"TableName":"music","Item":{"${name}":{"S":"x"}},"Expected":{"${name}":{"Exists":"no"}}}`,
      ) as unknown;
      const input = inputOf("PutItem", json) as { Item: object; Expected: Record<string, unknown> };
      expect(Object.entries(input.Item)).toEqual([[name, { S: "x" }]]);
      expect(Object.entries(input.Expected)).toEqual([[name, { Exists: false }]]);
      expect(Object.getPrototypeOf(input.Expected)).toBe(Object.prototype);
    },
  );

  test("refuses values nested beyond any use, and takes what DynamoDB's own limit judges", () => {
    expect(decode("PutItem", { TableName: "music", Item: { a: nested(64) } }).kind).toBe("input");
    const decoded = decode("PutItem", { TableName: "music", Item: { a: nested(65) } });
    expect(decoded).toMatchObject({
      kind: "failure",
      error: {
        code: "ValidationException",
        message:
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond " +
          "supported limit",
      },
    });
  });

  test("an operation without input takes an empty object", () => {
    expect(inputOf("DescribeLimits", { any: 1 })).toEqual({});
  });
});

function nested(wrappers: number): unknown {
  let value: unknown = { S: "x" };
  for (let level = 0; level < wrappers; level += 1)
    value = level % 2 === 0 ? { L: [value] } : { M: { a: value } };
  return value;
}

function decode(operation: string, json: unknown): ReturnType<typeof decodeInput> {
  const spec = operationSpec("DynamoDB", operation);
  if (spec === undefined) throw new Error(`no operation ${operation}`);
  return decodeInput(spec, json);
}

function inputOf(operation: string, json: unknown): unknown {
  const decoded = decode(operation, json);
  if (decoded.kind === "failure") throw decoded.error;
  return decoded.input;
}
