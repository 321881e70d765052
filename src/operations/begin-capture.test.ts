// The beginning of a capture: which changes are in it from then on, whatever writes, and what is refused.
import { afterEach, describe, expect, test } from "vitest";
import { itemShard, decodeItemChange } from "../changes/index.ts";
import {
  type CapturedOptions,
  type CapturedStator,
  type CaptureJson,
  capturedNamespace,
  capturedTableName as TableName,
  openCaptured,
  ordersTable,
  withIndex,
} from "../testing/captured-table.ts";

let open: CapturedStator[] = [];

afterEach(async () => {
  const last = open;
  open = [];
  for (const { core } of last) await core.close();
});

async function captured(options: CapturedOptions = { table: {} }): Promise<CapturedStator> {
  const stator = await openCaptured(options);
  open.push(stator);
  return stator;
}

const key = (pk: string): CaptureJson => ({ pk: { S: pk } });
const withRange: CaptureJson = {
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "B" },
    { AttributeName: "sk", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
};

describe("what is captured", () => {
  test("every change from the beginning on, each item once, and none from before", async () => {
    const { put, begin, readAll } = await captured();
    await put("before");
    const positions = await begin();
    expect(positions).toEqual([0, 1, 2, 3].map((Shard) => ({ Shard, Position: 0 })));
    expect(await readAll(positions)).toEqual({ keys: [], positions, caughtUp: true });
    await put("a", "b");
    const { keys } = await readAll(positions);
    expect(keys.toSorted()).toEqual(["a", "b"]);
  });

  const writes: readonly (readonly [what: string, operation: string, input: CaptureJson, keys: string[]])[] =
    [
      ["PutItem of a new item", "PutItem", { Item: { ...key("new"), v: { N: "1" } } }, ["new"]],
      ["PutItem over another item", "PutItem", { Item: { ...key("old"), v: { N: "2" } } }, ["old"]],
      ["PutItem of an equal item, which changes nothing", "PutItem", { Item: key("old") }, []],
      [
        "UpdateItem",
        "UpdateItem",
        { Key: key("old"), UpdateExpression: "SET v = :v", ExpressionAttributeValues: { ":v": { N: "1" } } },
        ["old"],
      ],
      ["UpdateItem that makes an item", "UpdateItem", { Key: key("new") }, ["new"]],
      [
        "UpdateItem that changes nothing",
        "UpdateItem",
        { Key: key("old"), UpdateExpression: "REMOVE v" },
        [],
      ],
      ["DeleteItem", "DeleteItem", { Key: key("old") }, ["old"]],
      ["DeleteItem of nothing", "DeleteItem", { Key: key("new") }, []],
      [
        "BatchWriteItem",
        "BatchWriteItem",
        {
          RequestItems: {
            [TableName]: [{ PutRequest: { Item: key("new") } }, { DeleteRequest: { Key: key("old") } }],
          },
        },
        ["new", "old"],
      ],
      [
        "TransactWriteItems, but what it only checks",
        "TransactWriteItems",
        {
          TransactItems: [
            { Put: { TableName, Item: key("new") } },
            { Delete: { TableName, Key: key("old") } },
            { ConditionCheck: { TableName, Key: key("other"), ConditionExpression: "attribute_exists(pk)" } },
          ],
        },
        ["new", "old"],
      ],
      [
        "ExecuteStatement",
        "ExecuteStatement",
        { Statement: `UPDATE "${TableName}" SET v = 1 WHERE pk = 'old'` },
        ["old"],
      ],
      [
        "BatchExecuteStatement",
        "BatchExecuteStatement",
        {
          Statements: [
            { Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'new'}` },
            { Statement: `DELETE FROM "${TableName}" WHERE pk = 'old'` },
          ],
        },
        ["new", "old"],
      ],
      [
        "ExecuteTransaction",
        "ExecuteTransaction",
        {
          TransactStatements: [
            { Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'new'}` },
            { Statement: `DELETE FROM "${TableName}" WHERE pk = 'old'` },
          ],
        },
        ["new", "old"],
      ],
    ];

  test.each(writes)("%s", async (_what, operation, input, keys) => {
    const { put, begin, ok, readAll } = await captured();
    await put("old", "other");
    const positions = await begin();
    await ok(operation, input);
    expect((await readAll(positions)).keys.toSorted()).toEqual(keys);
  });

  test("a write whose condition fails is no change", async () => {
    const { put, begin, refusal, readAll } = await captured();
    await put("old");
    const positions = await begin();
    const ConditionExpression = "attribute_not_exists(pk)";
    expect(await refusal("PutItem", { Item: { ...key("old"), v: { N: "1" } }, ConditionExpression })).toMatch(
      /^ConditionalCheckFailedException/u,
    );
    expect((await readAll(positions)).keys).toEqual([]);
  });

  test("keys of two attributes come as they are written in requests", async () => {
    const { begin, ok } = await captured({ table: withRange });
    const Positions = await begin();
    const Key = { pk: { B: "AAEC/w==" }, sk: { N: "-1.5" } };
    await ok("PutItem", { Item: { ...Key, v: { L: [{ S: "x" }] } } });
    await ok("DeleteItem", { Key });
    await ok("PutItem", { Item: { ...Key, sk: { N: "1E+2" } } });
    expect((await ok("ReadCapture", { Positions }))["Keys"]).toEqual([Key, { ...Key, sk: { N: "100" } }]);
  });

  test("changes that no index has to know, beside an index that needs more than keys", async () => {
    const projected = { ...withIndex, GlobalSecondaryIndexes: [indexOf("ALL")] };
    for (const table of [withIndex, projected]) {
      const { ok, begin, put, readAll } = await captured({ table });
      const positions = await begin();
      await put("a");
      await ok("PutItem", { Item: { ...key("b"), g: { S: "x" } } });
      expect((await readAll(positions)).keys.toSorted()).toEqual(["a", "b"]);
      expect((await ok("Query", byG("x")))["Count"]).toBe(1);
    }
  });

  test("an index added and dropped meanwhile changes nothing", async () => {
    const { ok, begin, put, readAll } = await captured();
    const positions = await begin();
    await put("a");
    const { AttributeDefinitions } = withIndex;
    await ok("UpdateTable", {
      AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: indexOf("KEYS_ONLY") }],
    });
    await ok("PutItem", { Item: { ...key("b"), g: { S: "x" } } });
    expect((await ok("Query", byG("x")))["Count"]).toBe(1);
    await ok("UpdateTable", { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byG" } }] });
    await put("c");
    await ok("DescribeTable");
    await put("d");
    expect((await readAll(positions)).keys.toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  test("what is logged of an item is its key alone", async () => {
    const { ok, begin, core } = await captured();
    await begin();
    await ok("PutItem", { Item: { ...key("a"), big: { S: "x".repeat(300_000) } } });
    await ok("UpdateItem", { Key: key("a"), UpdateExpression: "REMOVE big" });
    await ok("DeleteItem", { Key: key("a") });
    const table = core.services.catalog.find(capturedNamespace, TableName);
    const changes = [];
    for (let bucket = 0; bucket < 4; bucket += 1) {
      const page = await core.services.engine.readLog(itemShard(table?.keyspace ?? 0, bucket), 0, 10);
      if (page.kind === "records") changes.push(...page.records.map(({ value }) => decodeItemChange(value)));
    }
    const image = JSON.stringify(key("a"));
    expect(changes.map(({ before, after }) => [textOf(before), textOf(after)])).toEqual([
      [undefined, image],
      [image, image],
      [image, undefined],
    ]);
    expect(changes.map(({ afterSizeBytes }) => afterSizeBytes)).toEqual([300_006, 3, 0]);
  });

  test("nothing is logged of a table without a capture, nor after its end", async () => {
    const { put, begin, end, core } = await captured();
    await put("a");
    await begin();
    await put("b");
    await end();
    await put("c", "d", "e", "f");
    const table = core.services.catalog.find(capturedNamespace, TableName);
    const ends = [0, 1, 2, 3].map((bucket) =>
      core.services.engine.logEnd(itemShard(table?.keyspace ?? 0, bucket)),
    );
    const lasts = (await Promise.all(ends)).map(({ last }) => last);
    expect(lasts.reduce((sum, last) => sum + last, 0)).toBe(1);
  });
});

describe("beginning", () => {
  test("again under the same id answers what was acknowledged", async () => {
    const { put, begin, read } = await captured();
    const positions = await begin();
    await put("a", "b", "c");
    expect(await begin()).toEqual(positions);
    const page = await read(positions);
    await read(page.positions);
    expect(await begin()).toEqual(page.positions);
  });

  test("again under the same id after a while lets the capture live on", async () => {
    const { put, begin, readAll, core, clock } = await captured();
    const positions = await begin();
    await put("a");
    for (let times = 0; times < 3; times += 1) {
      await clock.advance(23 * 3_600_000);
      await core.services.catalog.step();
      expect(await begin()).toEqual(positions);
    }
    expect((await readAll(positions)).keys).toEqual(["a"]);
  });

  test("again after the end begins anew", async () => {
    const { put, begin, end, readAll } = await captured();
    await begin();
    await put("a");
    await end();
    await put("b");
    const positions = await begin();
    await put("c");
    expect((await readAll(positions)).keys).toEqual(["c"]);
  });

  test("that was not finished is finished by the next, and cannot be read before", async () => {
    const { core, put, begin, readAll, refusal } = await captured();
    const { catalog } = core.services;
    const table = catalog.find(capturedNamespace, TableName);
    if (table === undefined) throw new Error("the table is there");
    await catalog.change(table, { ...table, newCapture: { id: "copy-1" } });
    await put("a");
    expect(await refusal("ReadCapture", { Positions: [] })).toBe(
      "ResourceNotFoundException: Capture not found: copy-1",
    );
    const positions = await begin();
    // Once more, since others may not have known it yet.
    expect(catalog.find(capturedNamespace, TableName)).toMatchObject({ epoch: table.epoch + 2 });
    await put("b");
    expect((await readAll(positions)).keys).toEqual(["b"]);
  });

  test("captures of one table know nothing of each other, and there are four at most", async () => {
    const { put, begin, readAll, refusal, end } = await captured();
    const first = await begin("one");
    await put("a");
    const second = await begin("two");
    await put("b");
    expect((await readAll(first, { CaptureId: "one" })).keys.toSorted()).toEqual(["a", "b"]);
    expect((await readAll(second, { CaptureId: "two" })).keys).toEqual(["b"]);
    await begin("three");
    await begin("four");
    expect(await refusal("BeginCapture", { CaptureId: "five" })).toBe(
      "LimitExceededException: A table has at most 4 captures",
    );
    expect(await begin("four")).toHaveLength(4);
    await end("one");
    await begin("five");
  });

  test("several at once under one id are one", async () => {
    const { put, begin, readAll } = await captured();
    await put("before");
    const [positions, ...others] = await Promise.all([begin(), begin(), begin()]);
    for (const other of others) expect(other).toEqual(positions);
    await put("a");
    expect((await readAll(positions)).keys).toEqual(["a"]);
  });

  test("is refused where there is no table that could have items", async () => {
    const { refusal, ok } = await captured({ delays: { createMs: 1000, updateMs: 0, deleteMs: 1000 } });
    const notFound = "ResourceNotFoundException: Requested resource not found: Table: Orders not found";
    expect(await refusal("BeginCapture")).toBe(notFound);
    await ok("CreateTable", ordersTable());
    expect(await refusal("BeginCapture")).toBe(notFound);
  });

  test("an ARN names the table, too", async () => {
    const { ok, begin } = await captured();
    const TableArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
    expect((await ok("BeginCapture", { TableName: TableArn }))["Positions"]).toEqual(await begin());
  });

  test("requests are checked as DynamoDB's are", async () => {
    const { refusal } = await captured();
    const problem = (at: string, text: string): string =>
      `ValidationException: 1 validation error detected: Value ${at} failed to satisfy constraint: ${text}`;
    expect(await refusal("BeginCapture", { CaptureId: "ab" })).toBe(
      problem("'ab' at 'captureId'", "Member must have length greater than or equal to 3"),
    );
    expect(await refusal("BeginCapture", { CaptureId: "x".repeat(65) })).toContain(
      "less than or equal to 64",
    );
    expect(await refusal("BeginCapture", { CaptureId: "a b" })).toContain("[a-zA-Z0-9_.-]+");
    expect(await refusal("BeginCapture", { CaptureId: null })).toContain("Member must not be null");
    expect(await refusal("BeginCapture", { CaptureId: 1 })).toMatch(/^SerializationException: /u);
    expect(await refusal("ReadCapture", { Positions: "x" })).toMatch(/^SerializationException: /u);
    expect(await refusal("ReadCapture", { Positions: [], Limit: 1001 })).toContain(
      "less than or equal to 1000",
    );
    expect(await refusal("ReadCapture", { Positions: [{ Shard: -1, Position: 0 }] })).toContain(
      "'positions.1.member.shard'",
    );
    expect(await refusal("EndCapture", { TableName: undefined })).toContain("'tableName'");
  });
});

function indexOf(projection: string): CaptureJson {
  return {
    IndexName: "byG",
    KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
    Projection: { ProjectionType: projection },
  };
}

function byG(value: string): CaptureJson {
  return {
    IndexName: "byG",
    KeyConditionExpression: "g = :g",
    ExpressionAttributeValues: { ":g": { S: value } },
  };
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}
