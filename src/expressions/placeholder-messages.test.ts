// What the service says about ExpressionAttributeNames and -Values, and about expressions as a whole.
import { describe, expect, test } from "vitest";
import { compileExpressions, type ExpressionRequest } from "./index.ts";

function messageFor(request: ExpressionRequest): string | undefined {
  const result = compileExpressions(request);
  return result.kind === "expressionIssue" ? result.message : undefined;
}

const one = { ":v": { S: "x" } };
const put = { kinds: ["condition"] } as const;
const update = { kinds: ["update", "condition"] } as const;
const query = { kinds: ["keyCondition", "filter", "projection"] } as const;
const scan = { kinds: ["filter", "projection"] } as const;
const get = { kinds: ["projection"] } as const;

const cases: readonly (readonly [what: string, request: ExpressionRequest, message: string | undefined])[] = [
  ["nothing at all", put, undefined],
  [
    "names without an expression",
    { ...get, names: { "#a": "a" } },
    "ExpressionAttributeNames can only be specified when using expressions",
  ],
  [
    "values without a condition",
    { ...put, values: one },
    "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
  ],
  [
    "values without update and condition",
    { ...update, values: one },
    "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null",
  ],
  [
    "values in a query",
    { ...query, values: one },
    "ExpressionAttributeValues can only be specified when using expressions: FilterExpression and KeyConditionExpression are null",
  ],
  [
    "values beside a projection only",
    { ...scan, projection: "a", values: one },
    "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null",
  ],
  [
    "names go before values",
    { ...update, names: {}, values: {} },
    "ExpressionAttributeNames can only be specified when using expressions",
  ],
  ["transactions take both", { ...put, anyPlaceholders: true, names: { "#a": "a" }, values: one }, undefined],
  [
    "transactions still check keys",
    { ...put, anyPlaceholders: true, names: { a: "a" } },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
  ],
  [
    "transactions still want what is given to an expression used",
    { ...put, anyPlaceholders: true, condition: "attribute_exists(a)", values: one },
    "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}",
  ],
  ["empty names", { ...get, projection: "a", names: {} }, "ExpressionAttributeNames must not be empty"],
  [
    "empty values",
    { ...put, condition: "a = :v", values: {} },
    "ExpressionAttributeValues must not be empty",
  ],
  ...["a", "#", "#a-b", "#a b", "#\u00e9", ":a", "", `#${"a".repeat(255)}`, "#a\n"].map(
    (key) =>
      [
        `name key ${JSON.stringify(key)}`,
        { ...get, projection: "a", names: { [key]: "a" } },
        `ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`,
      ] as const,
  ),
  ...["v", ":", ":v-1", "#v", ":a.b"].map(
    (key) =>
      [
        `value key ${JSON.stringify(key)}`,
        { ...put, condition: "a = :v", values: { [key]: { S: "x" } } },
        `ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`,
      ] as const,
  ),
  [
    "a name that is empty",
    { ...get, projection: "#a", names: { "#a": "" } },
    "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a",
  ],
  [
    "a name that is too long",
    { ...get, projection: "#a", names: { "#a": "\u00e9".repeat(32_768) } },
    "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than 65536 bytes for key #a",
  ],
  [
    "an empty value",
    { ...put, condition: "a = :v", values: { ":v": {} } },
    "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :v",
  ],
  [
    "a bad number, before the expression is looked at",
    { ...put, condition: "", values: { ":v": { N: "one" } } },
    "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: one for key :v",
  ],
  [
    "a value nested too deeply",
    { ...put, condition: "a = :v", values: { ":v": nested(32) } },
    "ExpressionAttributeValues contains invalid value: Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit for key :v",
  ],
  [
    "a value nested just deeply enough",
    { ...put, condition: "a = :v", values: { ":v": nested(31) } },
    undefined,
  ],
  [
    "keys before values",
    { ...put, condition: "a = :v", values: { ":v": {}, v: {} } },
    'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
  ],
  [
    "unused names, in the order given",
    { ...put, condition: "#b = :v", names: { "#c": "c", "#b": "b", "#a": "a" }, values: one },
    "Value provided in ExpressionAttributeNames unused in expressions: keys: {#c, #a}",
  ],
  [
    "unused values",
    { ...put, condition: "a = :v", values: { ":z": { S: "" }, ":v": { S: "" }, ":a": { S: "" } } },
    "Value provided in ExpressionAttributeValues unused in expressions: keys: {:z, :a}",
  ],
  [
    "unused names before unused values",
    { ...put, condition: "attribute_exists(a)", names: { "#a": "a" }, values: one },
    "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
  ],
  [
    "a projection's names are used too",
    { ...scan, filter: "#a = :v", projection: "#b", names: { "#a": "a", "#b": "b" }, values: one },
    undefined,
  ],
  [
    "an expression's own issues before unused names",
    { ...put, condition: "status = :v", names: { "#a": "a" }, values: one },
    "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status",
  ],
  [
    "the update before the condition",
    { ...update, update: "", condition: "" },
    "Invalid UpdateExpression: The expression can not be empty;",
  ],
  [
    "the key condition before the filter",
    { ...query, keyCondition: "a", filter: "b", projection: "c," },
    'Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "a"',
  ],
  [
    "the filter before the projection",
    { ...scan, filter: "b", projection: "c," },
    'Invalid FilterExpression: Syntax error; token: "<EOF>", near: "b"',
  ],
  [
    "an expression over 4096 bytes",
    { ...scan, filter: `${"\u00e9".repeat(2048)}a` },
    "Invalid FilterExpression: Expression size has exceeded the maximum allowed size; expression size: 4097",
  ],
  [
    "an update over 4096 bytes",
    { ...update, update: "a".repeat(4097) },
    "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;",
  ],
  ["an expression of 4096 bytes", { ...get, projection: "a".repeat(4096) }, undefined],
  [
    "more than 2 MB of names and values",
    { ...put, condition: "a = :v", values: { ":v": { S: "x".repeat(2_097_152) } } },
    "The total size of ExpressionAttributeNames and ExpressionAttributeValues has exceeded the maximum allowed size; size: 2097154",
  ],
];

function nested(levels: number): unknown {
  let value: unknown = { S: "x" };
  for (let level = 0; level < levels; level += 1)
    value = level % 2 === 0 ? { L: [value] } : { M: { a: value } };
  return value;
}

describe("placeholders", () => {
  test.each(cases)("%s", (_, request, message) => {
    expect(messageFor(request)).toBe(message);
  });

  test("names of object members are ordinary placeholders", () => {
    const names = JSON.parse('{"#__proto__":"__proto__","#constructor":"constructor"}') as Record<
      string,
      string
    >;
    expect(messageFor({ ...get, projection: "#__proto__, #constructor.#__proto__", names })).toBeUndefined();
    expect(messageFor({ ...get, projection: "#toString", names })).toBe(
      "Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #toString",
    );
  });
});
