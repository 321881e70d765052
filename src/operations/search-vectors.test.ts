// Vector indexes as a client sees them: made, written to, searched, described and dropped.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorBody } from "../api/index.ts";
import type { VectorIndex } from "../catalog/index.ts";
import { newGlobalIndex, openIndexedTable } from "../testing/indexed-table.ts";
import { open, type OpenOptions, type Stator } from "../client/index.ts";

type Json = Readonly<Record<string, unknown>>;
type Call = (operation: string, input: Json) => Promise<Json>;

const vectorIndex = {
  IndexName: "near",
  VectorAttribute: { AttributeName: "v" },
  Projection: { ProjectionType: "ALL" },
  Dimensions: 2,
  DistanceFunction: "EUCLIDEAN",
};
const byTeam = {
  ...vectorIndex,
  IndexName: "team",
  SearchSchema: [
    { AttributeName: "team", SearchSchemaElementType: "HASH" },
    { AttributeName: "n", SearchSchemaElementType: "INLINE_FILTER" },
  ],
  Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["label"] },
};
const bareTable = {
  TableName: "Items",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
const searchDefinitions = [
  { AttributeName: "n", AttributeType: "N" },
  { AttributeName: "team", AttributeType: "S" },
];
const indexedTable = {
  ...bareTable,
  AttributeDefinitions: [...bareTable.AttributeDefinitions, ...searchDefinitions],
  VectorIndexes: [vectorIndex, byTeam],
};

const vector = (...components: readonly (number | string)[]): Json => ({
  L: components.map((component) => ({ N: String(component) })),
});
const itemOf = (pk: string, more: Json = {}): Json => ({ pk: { S: pk }, ...more });
const near = { IndexName: "near", TopK: 10, SearchVector: [{ N: "0" }, { N: "0" }] };
const redTeam = {
  ...near,
  IndexName: "team",
  SearchConditionExpression: "team = :t",
  ExpressionAttributeValues: { ":t": { S: "red" } },
};

let stator: Stator;
let call: Call;

async function start(options: OpenOptions): Promise<void> {
  stator = await open(options);
  call = caller(stator);
}

function caller({ dispatch }: Stator): Call {
  return async (operation, input) => {
    const whole = operation.startsWith("Transact") || operation.startsWith("Batch");
    const result = await dispatch({
      service: "DynamoDB",
      operation,
      json: JSON.parse(JSON.stringify(whole ? input : { TableName: "Items", ...input })) as unknown,
      namespace: { account: "000000000000", region: "us-east-1" },
      requestId: "R",
    });
    if (result.kind === "ok") return JSON.parse(Buffer.from(result.body).toString() || "{}") as Json;
    return JSON.parse(errorBody(result.error)) as Json;
  };
}

const put = (pk: string, more: Json = {}): Promise<Json> => call("PutItem", { Item: itemOf(pk, more) });
const message = async (answer: Promise<Json>): Promise<unknown> => {
  const { message: lower, Message: upper } = await answer;
  return lower ?? upper;
};
const found = async (input: Json): Promise<unknown> => {
  const { SearchResults: results } = await call("SearchVectors", input);
  return (results as readonly { readonly Item: { readonly pk: { readonly S: string } } }[]).map(
    ({ Item }) => Item.pk.S,
  );
};
const described = async (): Promise<Json> => (await call("DescribeTable", {}))["Table"] as Json;

beforeEach(async () => {
  await start({ tables: [indexedTable] });
});

afterEach(async () => {
  await stator.close();
});

describe("a search", () => {
  test("gives the nearest items best first, with their scores and without their vectors", async () => {
    await put("far", { v: vector(30, 40), label: { S: "x" } });
    await put("middle", { v: vector(3, 4) });
    await put("here", { v: vector(0, 0.5) });
    await put("no vector");
    expect(await call("SearchVectors", { ...near, TopK: 3 })).toEqual({
      SearchResults: [
        { Item: itemOf("here"), Score: 0.5 },
        { Item: itemOf("middle"), Score: 5 },
        { Item: itemOf("far", { label: { S: "x" } }), Score: 50 },
      ],
    });
    expect(await found({ ...near, TopK: 1 })).toEqual(["here"]);
  });

  test("tells scores of any size", async () => {
    await put("a", { v: vector("3e38", "-3e38") });
    await put("b", { v: vector("1e-30", 0) });
    const { SearchResults: results } = await call("SearchVectors", near);
    const scores = (results as readonly { readonly Score: number }[]).map(({ Score }) => Score);
    expect(scores.map((score) => score.toPrecision(3))).toEqual(["1.00e-30", "4.24e+38"]);
  });

  test("finds nothing in an empty index", async () => {
    expect(await call("SearchVectors", near)).toEqual({ SearchResults: [] });
  });

  test("gives the vector when it is projected, in the precision of the index, and nothing the index has not", async () => {
    await put("a", {
      team: { S: "red" },
      v: vector("0.1", "1.23456789012345"),
      label: { S: "x" },
      extra: { S: "y" },
    });
    const ProjectionExpression = "v, label, extra, v[0], nothing";
    expect(await message(call("SearchVectors", { ...redTeam, ProjectionExpression }))).toMatch(
      /Two document paths overlap/u,
    );
    const projected = { ...redTeam, ProjectionExpression: "label, v, extra" };
    expect(await call("SearchVectors", projected)).toMatchObject({
      SearchResults: [{ Item: { label: { S: "x" }, v: vector("0.1", "1.2345679") } }],
    });
    const inside = { ...redTeam, ProjectionExpression: "v[1]" };
    const { SearchResults: results } = await call("SearchVectors", inside);
    expect(results).toMatchObject([{ Item: { v: vector("1.2345679") } }]);
    const other = await call("SearchVectors", { ...redTeam, ProjectionExpression: "extra" });
    expect(other["SearchResults"]).toMatchObject([{ Item: {} }]);
  });

  test("is of one partition, and only finds what passes the filter", async () => {
    await put("red 1", { v: vector(1, 0), team: { S: "red" }, n: { N: "1" } });
    await put("red 2", { v: vector(2, 0), team: { S: "red" }, n: { N: "2" } });
    await put("red", { v: vector(3, 0), team: { S: "red" } });
    await put("blue", { v: vector(0, 0), team: { S: "blue" }, n: { N: "1" } });
    await put("none", { v: vector(0, 0) });
    expect(await found(redTeam)).toEqual(["red 1", "red 2", "red"]);
    expect(
      await found({
        ...redTeam,
        SearchConditionExpression: "n > :n AND team = :t",
        ExpressionAttributeValues: { ":t": { S: "red" }, ":n": { N: "1" } },
      }),
    ).toEqual(["red 2"]);
    expect(await found(near)).toEqual(expect.arrayContaining(["blue", "none", "red"]));
  });

  test("tells the bytes it took, at least a kilobyte", async () => {
    await put("a", { v: vector(1, 0) });
    const consumed = async (ReturnConsumedCapacity: string): Promise<unknown> =>
      (await call("SearchVectors", { ...near, ReturnConsumedCapacity }))["ConsumedCapacity"];
    expect(await consumed("TOTAL")).toEqual({ VectorSearchRequestBytes: 1024 });
    expect(await consumed("INDEXES")).toEqual({ VectorSearchRequestBytes: 1024 });
    expect(await consumed("NONE")).toBeUndefined();
    for (let at = 0; at < 120; at += 1) await put(`item ${at}`, { v: vector(at + 2, 0) });
    // Name and two floats of each vector, and the key of the one that is answered.
    const one = await call("SearchVectors", { ...near, TopK: 1, ReturnConsumedCapacity: "TOTAL" });
    expect(one["ConsumedCapacity"]).toEqual({ VectorSearchRequestBytes: 121 * 9 + 3 });
  });

  test.each([
    [
      { ...near, TopK: 101 },
      "Provided TopK value '101' is out of valid range. The value must be between 1 and 100 inclusive",
    ],
    [
      { ...near, SearchVector: [{ N: "1" }] },
      "Input search vector dimension 1 does not match vector index dimension 2",
    ],
    [{ ...near, IndexName: "other" }, "The table does not have the specified index: other"],
    [
      { ...near, IndexName: "team" },
      "SearchConditionExpression must be provided when SearchSchema has a HASH key",
    ],
  ])("is refused: %j", async (input, text) => {
    expect(await message(call("SearchVectors", input))).toBe(text);
  });

  test("is the only way to read a vector index", async () => {
    const text = "Query operation not supported on this index type.";
    expect(await message(call("Scan", { IndexName: "near" }))).toBe(text);
    const KeyConditionExpression = "pk = :pk";
    const ExpressionAttributeValues = { ":pk": { S: "a" } };
    const query = { IndexName: "near", KeyConditionExpression, ExpressionAttributeValues };
    expect(await message(call("Query", query))).toBe(text);
  });
});

describe("an index that is not there for searches", () => {
  const stored: VectorIndex = {
    name: "near",
    keyspace: 101,
    bucketCount: 4,
    projection: { type: "ALL" },
    sinceEpoch: 1,
    status: "ACTIVE",
    vectorAttribute: "v",
    dimensions: 2,
    distance: "EUCLIDEAN",
    hash: [],
    inlineFilters: [],
  };

  test.each([
    [
      "is being filled",
      { status: "CREATING", backfill: { allocatedMs: 0 } },
      "Cannot search backfilling vector index: near",
    ],
    ["is being deleted", { status: "DELETING" }, "The table does not have the specified index: near"],
    ["is of another name", { name: "far" }, "The table does not have the specified index: near"],
  ] as const)("because it %s", async (_, state, text) => {
    const hash = { name: "pk", type: "S" } as const;
    const shape = { keySchema: { hash }, vectorIndexes: [{ ...stored, ...state }] };
    const { call: ask } = openIndexedTable({ table: shape });
    expect(await ask("SearchVectors", { ...near, TableName: "Items" })).toBe(`ValidationException: ${text}`);
  });

  test("because it is a global one", async () => {
    const hash = { name: "pk", type: "S" } as const;
    const globalIndexes = [newGlobalIndex({ name: "near", keyspace: 101, hash: [hash] })];
    const { call: ask } = openIndexedTable({ table: { keySchema: { hash }, globalIndexes } });
    const text = "SearchVectors operation not supported on this index type.";
    expect(await ask("SearchVectors", { ...near, TableName: "Items" })).toBe(`ValidationException: ${text}`);
  });
});

const wrongSize =
  "One or more parameter values were invalid: Invalid size for parameter v, Expected: 2, Actual: 1. IndexName: near";
const wrongHash =
  "One or more parameter values were invalid: Type mismatch for Index Key team Expected: S Actual: N IndexName: team";

describe("a write that an index cannot take is refused", () => {
  test.each([
    [{ v: vector(1) }, wrongSize],
    [
      { v: { S: "text" } },
      "One or more parameter values were invalid: Invalid type for parameter v, Expected: L, Actual: S. IndexName: near",
    ],
    [
      { v: { L: [{ N: "1" }, { S: "2" }] } },
      "One or more parameter values were invalid: Invalid type for parameter v[1], Expected: N, Actual: S. IndexName: near",
    ],
    [
      { v: vector("4e38", 1) },
      "One or more parameter values were invalid: Invalid value for parameter v[0], Expected: 32-bit floating point number. IndexName: near",
    ],
    [{ team: { N: "1" } }, wrongHash],
    [
      { team: { S: "" } },
      "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: team, IndexKey: team",
      "One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.",
    ],
  ])("%j", async (more, text, updateText = text) => {
    expect(await message(put("a", more))).toBe(text);
    expect(
      await message(
        call("BatchWriteItem", { RequestItems: { Items: [{ PutRequest: { Item: itemOf("a", more) } }] } }),
      ),
    ).toBe(text);
    const [name, value] = Object.entries(more)[0] ?? [];
    const update = {
      Key: itemOf("a"),
      UpdateExpression: "SET #name = :value",
      ExpressionAttributeNames: { "#name": name },
      ExpressionAttributeValues: { ":value": value },
    };
    expect(await message(call("UpdateItem", update))).toBe(updateText);
    const transaction = { TransactItems: [{ Put: { TableName: "Items", Item: itemOf("a", more) } }] };
    expect(JSON.stringify(await call("TransactWriteItems", transaction))).toMatch(
      /Validation(?:Error|Exception)/u,
    );
    expect(await call("GetItem", { Key: itemOf("a") })).toEqual({});
  });

  test("also when only the item shows it", async () => {
    await put("a", { v: vector(1, 2) });
    const update = {
      Key: itemOf("a"),
      UpdateExpression: "SET v = list_append(v, :more)",
      ExpressionAttributeValues: { ":more": { L: [{ N: "3" }] } },
    };
    expect(await message(call("UpdateItem", update))).toBe(
      "One or more parameter values were invalid: Invalid size for parameter v, Expected: 2, Actual: 3. IndexName: near",
    );
    const removal = { Key: itemOf("a"), UpdateExpression: "REMOVE v[0]" };
    expect(await message(call("UpdateItem", removal))).toBe(wrongSize);
    const element = {
      Key: itemOf("a"),
      UpdateExpression: "SET v[0] = :n",
      ExpressionAttributeValues: { ":n": { N: "7" } },
    };
    expect(await call("UpdateItem", element)).toEqual({});
    expect(await call("SearchVectors", { ...near, ProjectionExpression: "v" })).toMatchObject({
      SearchResults: [{ Item: { v: vector(7, 2) } }],
    });
  });
});

test("writes tell the bytes that go into each vector index", async () => {
  const consumed = async (operation: string, input: Json): Promise<unknown> =>
    (await call(operation, { ...input, ReturnConsumedCapacity: "INDEXES" }))["ConsumedCapacity"];
  const table = { TableName: "Items", CapacityUnits: 1, Table: { CapacityUnits: 1 } };
  const least = { VectorWriteRequestBytes: 1024 };
  expect(await consumed("PutItem", { Item: itemOf("a", { v: vector(1, 2) }) })).toEqual({
    ...table,
    VectorIndexes: { near: least },
  });
  const label = { S: "x".repeat(500) };
  const item = itemOf("a", { v: vector(1, 2), team: { S: "red" }, label });
  expect(await consumed("PutItem", { Item: item })).toEqual({
    ...table,
    VectorIndexes: { near: least, team: least },
  });
  // Nothing that either index holds changes.
  expect(await consumed("PutItem", { Item: item })).toEqual(table);
  const larger = itemOf("a", { v: vector(1, 2), team: { S: "red" }, label: { S: "x".repeat(2000) } });
  const bytes = { VectorWriteRequestBytes: 3 + 9 + 7 + 2005 };
  expect(await consumed("PutItem", { Item: larger })).toMatchObject({
    CapacityUnits: 2,
    VectorIndexes: { near: bytes, team: bytes },
  });
  const total = await call("PutItem", { Item: item, ReturnConsumedCapacity: "TOTAL" });
  expect(total["ConsumedCapacity"]).toEqual({ TableName: "Items", CapacityUnits: 2 });
});

describe("a vector index", () => {
  test("is described as it was asked for", async () => {
    await put("a", { v: vector(1, 2), team: { S: "red" } });
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Items/index";
    const state = { IndexStatus: "ACTIVE", ItemCount: 1 };
    expect((await described())["VectorIndexes"]).toEqual([
      { ...vectorIndex, ...state, IndexSizeBytes: 3 + 9 + 7, IndexArn: `${arn}/near` },
      { ...byTeam, ...state, IndexSizeBytes: 3 + 9 + 7, IndexArn: `${arn}/team` },
    ]);
  });

  test("is added to a table and taken away again, with its definitions", async () => {
    await stator.close();
    await start({ tables: [bareTable] });
    await put("old", { v: vector(1, 0), team: { S: "red" } });
    await put("unfit", { v: vector(1, 0, 0), team: { S: "red" } });
    const added = await call("UpdateTable", {
      AttributeDefinitions: searchDefinitions,
      VectorIndexUpdates: [{ Create: byTeam }],
    });
    expect(added["TableDescription"]).toMatchObject({
      TableStatus: "UPDATING",
      VectorIndexes: [{ ...byTeam, IndexStatus: "CREATING", Backfilling: false }],
    });
    await put("new", { v: vector(2, 0), team: { S: "red" } });
    expect(await found(redTeam)).toEqual(["old", "new"]);
    expect(await described()).toMatchObject({
      AttributeDefinitions: [...searchDefinitions, ...bareTable.AttributeDefinitions].toSorted((a, b) =>
        a.AttributeName < b.AttributeName ? -1 : 1,
      ),
      VectorIndexes: [{ IndexStatus: "ACTIVE" }],
    });
    const removed = await call("UpdateTable", { VectorIndexUpdates: [{ Delete: { IndexName: "team" } }] });
    expect(removed["TableDescription"]).toMatchObject({ VectorIndexes: [{ IndexStatus: "DELETING" }] });
    expect(await message(call("SearchVectors", redTeam))).toBe(
      "The table does not have the specified index: team",
    );
    expect(await put("any", { v: { S: "no vector" } })).toEqual({});
    const after = await described();
    expect(after["VectorIndexes"]).toBeUndefined();
    expect(after["AttributeDefinitions"]).toEqual(bareTable.AttributeDefinitions);
  });

  test("cannot be searched while room is made for it", async () => {
    await stator.close();
    await start({ tables: [bareTable], delays: { updateMs: 1000 } });
    stator.clock.freeze(Date.UTC(2100, 0));
    const create = { VectorIndexUpdates: [{ Create: vectorIndex }] };
    await call("UpdateTable", create);
    expect(await message(call("SearchVectors", near))).toBe(
      "The table does not have the specified index: near",
    );
    expect(
      await message(call("UpdateTable", { VectorIndexUpdates: [{ Delete: { IndexName: "near" } }] })),
    ).toMatch(/Index creation is in resource allocation phase/u);
    const other = { VectorIndexUpdates: [{ Create: { ...vectorIndex, IndexName: "other" } }] };
    const onlyOne = "Only 1 online index can be created or deleted simultaneously per table";
    expect(await message(call("UpdateTable", other))).toContain(onlyOne);
    const global = {
      IndexName: "global",
      KeySchema: bareTable.KeySchema,
      Projection: { ProjectionType: "ALL" },
    };
    const { AttributeDefinitions } = bareTable;
    const createGlobal = { AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: global }] };
    expect(await message(call("UpdateTable", createGlobal))).toContain(onlyOne);
    await stator.clock.advance(1000);
    expect(await found(near)).toEqual([]);
  });

  test("needs an on-demand table and keeps it so", async () => {
    const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    const text =
      "One or more parameter values were invalid: Vector indexes are supported only on tables that use on-demand capacity mode";
    const provisioned = { BillingMode: "PROVISIONED", ProvisionedThroughput };
    expect(await message(call("CreateTable", { ...indexedTable, TableName: "Other", ...provisioned }))).toBe(
      text,
    );
    expect(await message(call("UpdateTable", provisioned))).toBe(text);
  });
});
