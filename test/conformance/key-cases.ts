/** Primary keys: presence, names, types, sizes, empty values, and updates that touch them. */
import {
  B,
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  N,
  parametersInvalid,
  type Refusal,
  S,
  SS,
  text,
} from "./case-types.ts";

const schema = invalid(text.keySchema);

/** The operations that take a bare key, each with the request around it. */
function withKey(table: string, key: JsonObject, expect: Refusal, name: string): readonly ConformanceCase[] {
  return [
    { name: `GetItem: ${name}`, operation: "GetItem", request: { TableName: table, Key: key }, expect },
    { name: `DeleteItem: ${name}`, operation: "DeleteItem", request: { TableName: table, Key: key }, expect },
    { name: `UpdateItem: ${name}`, operation: "UpdateItem", request: { TableName: table, Key: key }, expect },
    {
      name: `BatchGetItem: ${name}`,
      operation: "BatchGetItem",
      request: { RequestItems: { [table]: { Keys: [key] } } },
      expect,
    },
    {
      name: `DeleteRequest: ${name}`,
      operation: "BatchWriteItem",
      request: { RequestItems: { [table]: [{ DeleteRequest: { Key: key } }] } },
      expect,
    },
  ];
}

const wrongKeys: readonly ConformanceCase[] = [
  ...withKey("hash", {}, schema, "no attribute"),
  ...withKey("hash", { other: S("a") }, schema, "another name"),
  ...withKey("hash", { pk: S("a"), other: S("a") }, schema, "one too many"),
  ...withKey("hash", { pk: N(1) }, schema, "another type"),
  ...withKey("hash", { pk: SS("a") }, schema, "a set"),
  ...withKey("hash", { pk: { NULL: true } }, schema, "a null"),
  ...withKey("range", { pk: S("a") }, schema, "only the partition key"),
  ...withKey("range", { sk: S("a") }, schema, "only the sort key"),
  ...withKey("range", { pk: S("a"), other: S("a") }, schema, "a wrong second name"),
  ...withKey("range", { pk: S("a"), sk: N(1) }, schema, "a sort key of another type"),
  ...withKey("range", { pk: S("a"), sk: S("a"), other: S("a") }, schema, "three attributes"),
  ...withKey("numeric", { pk: N(1), sk: S("1") }, schema, "text for a number"),
  ...withKey("binary", { pk: B("YQ=="), sk: S("YQ==") }, schema, "text for a binary"),
];

function put(table: string, item: JsonObject, name: string, expect: Refusal): ConformanceCase {
  return { name, operation: "PutItem", request: { TableName: table, Item: item }, expect };
}

const putKeys: readonly ConformanceCase[] = [
  put("hash", { other: S("a") }, "no partition key", parametersInvalid("Missing the key pk in the item")),
  put("hash", {}, "an empty item", parametersInvalid("Missing the key pk in the item")),
  put("range", { pk: S("a") }, "no sort key", parametersInvalid("Missing the key sk in the item")),
  put(
    "hash",
    { pk: N(1) },
    "a number for a text",
    parametersInvalid("Type mismatch for key pk expected: S actual: N"),
  ),
  put(
    "range",
    { pk: S("a"), sk: B("YQ==") },
    "a binary for a text",
    parametersInvalid("Type mismatch for key sk expected: S actual: B"),
  ),
  put(
    "numeric",
    { pk: N(1), sk: { BOOL: true } },
    "a Boolean for a number",
    parametersInvalid("Type mismatch for key sk expected: N actual: BOOL"),
  ),
  put(
    "binary",
    { pk: { M: {} }, sk: B("YQ==") },
    "a map for a binary",
    parametersInvalid("Type mismatch for key pk expected: B actual: M"),
  ),
];

/** In a batch the same faults have the text of the other operations. */
const batchPutKeys: readonly ConformanceCase[] = (
  [
    ["no partition key", "hash", { other: S("a") }],
    ["no sort key", "range", { pk: S("a") }],
    ["another type", "hash", { pk: N(1) }],
  ] as const
).map(([name, table, item]) => ({
  name: `PutRequest: ${name}`,
  operation: "BatchWriteItem",
  request: { RequestItems: { [table]: [{ PutRequest: { Item: item } }] } },
  expect: schema,
}));

// The missing blank is DynamoDB's.
const hashTooLong = parametersInvalid("Size of hashkey has exceeded the maximum size limit of2048 bytes");
const rangeTooLong = parametersInvalid(
  "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
);

const sizes: readonly ConformanceCase[] = [
  ...withKey("hash", { pk: S("a".repeat(2049)) }, hashTooLong, "a partition key of 2049 bytes"),
  ...withKey("range", { pk: S("a"), sk: S("a".repeat(1025)) }, rangeTooLong, "a sort key of 1025 bytes"),
  put("hash", { pk: S("a".repeat(2049)) }, "a partition key of 2049 bytes", hashTooLong),
  put("hash", { pk: S("é".repeat(1025)) }, "a partition key of 2050 bytes in 1025 characters", hashTooLong),
  put("range", { pk: S("a"), sk: S("a".repeat(1025)) }, "a sort key of 1025 bytes", rangeTooLong),
  put(
    "binary",
    { pk: B("A".repeat(2732)), sk: B("YQ==") },
    "a binary partition key of 2049 bytes",
    hashTooLong,
  ),
  {
    name: "2048 and 1024 bytes are accepted",
    operation: "PutItem",
    request: { TableName: "range", Item: { pk: S("a".repeat(2048)), sk: S("b".repeat(1024)) } },
    given: [],
    expect: { body: {} },
    after: [{ pk: S("a".repeat(2048)), sk: S("b".repeat(1024)) }],
  },
];

const emptyText = (name: string, kind: "string" | "binary"): Refusal =>
  invalid(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
  );

const empty: readonly ConformanceCase[] = [
  put("hash", { pk: S("") }, "an empty text", emptyText("pk", "string")),
  put("range", { pk: S("a"), sk: S("") }, "an empty text as sort key", emptyText("sk", "string")),
  put("binary", { pk: B(""), sk: B("YQ==") }, "an empty binary", emptyText("pk", "binary")),
  put("binary", { pk: B("YQ=="), sk: B("") }, "an empty binary as sort key", emptyText("sk", "binary")),
  ...withKey("hash", { pk: S("") }, emptyText("pk", "string"), "an empty text"),
  ...withKey("range", { pk: S("a"), sk: S("") }, emptyText("sk", "string"), "an empty text as sort key"),
];

/** An update of an item of one of the tables with a sort key. */
function update(
  table: "range" | "numeric",
  name: string,
  more: JsonObject,
  expect: Refusal,
): ConformanceCase {
  const key = table === "range" ? rangeKey : { pk: N(1), sk: N(1) };
  return { name, operation: "UpdateItem", request: { TableName: table, Key: key, ...more }, expect };
}

const rangeKey = { pk: S("a"), sk: S("a") };
const partOfKey = (name: string): Refusal =>
  parametersInvalid(`Cannot update attribute ${name}. This attribute is part of the key`);
const nestedKey = (name: string): Refusal =>
  invalid(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: ${name}`,
  );
const value = { ExpressionAttributeValues: { ":v": S("a") } };

const keyUpdates: readonly ConformanceCase[] = [
  update("range", "SET of the partition key", { UpdateExpression: "SET pk = :v", ...value }, partOfKey("pk")),
  update("range", "SET of the sort key", { UpdateExpression: "SET sk = :v", ...value }, partOfKey("sk")),
  update("range", "REMOVE of the sort key", { UpdateExpression: "REMOVE sk" }, partOfKey("sk")),
  update(
    "numeric",
    "ADD to the sort key",
    { UpdateExpression: "ADD sk :v", ExpressionAttributeValues: { ":v": N(1) } },
    partOfKey("sk"),
  ),
  update(
    "range",
    "DELETE from the sort key",
    { UpdateExpression: "DELETE sk :v", ExpressionAttributeValues: { ":v": SS("a") } },
    partOfKey("sk"),
  ),
  update(
    "range",
    "through a placeholder",
    { UpdateExpression: "SET #k = :v", ExpressionAttributeNames: { "#k": "pk" }, ...value },
    partOfKey("pk"),
  ),
  update(
    "range",
    "AttributeUpdates of the sort key",
    { AttributeUpdates: { sk: { Value: S("a"), Action: "PUT" } } },
    partOfKey("sk"),
  ),
  // The target itself is looked at before paths through it.
  update(
    "range",
    "a target below the partition key",
    { UpdateExpression: "SET pk.a = :v", ...value },
    partOfKey("pk"),
  ),
  update("range", "an element of the sort key", { UpdateExpression: "REMOVE sk[0]" }, partOfKey("sk")),
  update("range", "a value from below a key", { UpdateExpression: "SET a = pk.b" }, nestedKey("pk")),
  {
    name: "a projection below the partition key",
    operation: "GetItem",
    request: { TableName: "range", Key: rangeKey, ProjectionExpression: "a, pk.b" },
    expect: nestedKey("pk"),
  },
  {
    name: "a projection of an element of the sort key",
    operation: "Query",
    request: {
      TableName: "range",
      KeyConditionExpression: "pk = :v",
      ProjectionExpression: "sk[1]",
      ...value,
    },
    expect: nestedKey("sk"),
  },
  {
    name: "a filter below the partition key",
    operation: "Scan",
    request: { TableName: "range", FilterExpression: "pk.b = :v", ...value },
    expect: nestedKey("pk"),
  },
];

export const keyGroups: readonly CaseGroup[] = [
  { title: "Key", cases: wrongKeys },
  { title: "keys in items", cases: [...putKeys, ...batchPutKeys] },
  { title: "key sizes", cases: sizes },
  { title: "empty keys", cases: empty },
  { title: "updates of keys", cases: keyUpdates },
];
