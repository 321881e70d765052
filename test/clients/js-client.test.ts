/** The AWS SDK for JavaScript v3, plain client: what programs do, in this process and over HTTP alike. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  paginateListTables,
  paginateQuery,
  paginateScan,
  PutItemCommand,
  QueryCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  ScanCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, type KeyType, makeTable } from "./js-tables.ts";
import { type OpenTarget, targets } from "./js-targets.ts";

type Value = Record<string, unknown>;

const oneKey: Omit<CreateTableCommandInput, "TableName"> = {
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
};

describe.each(targets)("the client $name", (choice) => {
  let target: OpenTarget;
  let client: DynamoDBClient;

  beforeAll(async () => {
    target = await choice.open();
    client = new DynamoDBClient(target.config);
  });

  afterAll(async () => {
    client.destroy();
    await target.close();
  });

  describe("tables", () => {
    it("are created, described, updated and deleted", async () => {
      const TableName = "life";
      const created = await client.send(
        new CreateTableCommand({
          TableName,
          ...oneKey,
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
        }),
      );
      expect(created.TableDescription).toMatchObject({ TableName, ItemCount: 0, TableSizeBytes: 0 });
      const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
      expect(table).toMatchObject({ TableName, TableStatus: "ACTIVE", ...oneKey });
      expect(table?.CreationDateTime).toBeInstanceOf(Date);
      expect(table?.TableArn).toMatch(/^arn:aws:dynamodb:us-east-1:\d{12}:table\/life$/u);
      const ProvisionedThroughput = { ReadCapacityUnits: 3, WriteCapacityUnits: 4 };
      await client.send(new UpdateTableCommand({ TableName, ProvisionedThroughput }));
      const updated = await client.send(new DescribeTableCommand({ TableName }));
      expect(updated.Table?.ProvisionedThroughput).toMatchObject(ProvisionedThroughput);
      await client.send(new DeleteTableCommand({ TableName }));
      await waitUntilTableNotExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
      const error = await failure(client.send(new DescribeTableCommand({ TableName })));
      expect(error).toBeInstanceOf(ResourceNotFoundException);
      expect(error.message).toBe("Requested resource not found: Table: life not found");
    });

    it("are listed by name, page by page", async () => {
      const names = ["list-a", "list-b", "list-c", "list-d", "list-e"];
      for (const name of names.toReversed()) await makeTable(client, name);
      const found: string[] = [];
      for await (const page of paginateListTables({ client, pageSize: 2 }, {})) {
        expect(page.TableNames?.length).toBeLessThanOrEqual(2);
        found.push(...(page.TableNames ?? []));
      }
      expect(found.filter((name) => name.startsWith("list-"))).toEqual(names);
      const limited = await client.send(
        new ListTablesCommand({ Limit: 1, ExclusiveStartTableName: "list-b" }),
      );
      expect(limited).toMatchObject({ TableNames: ["list-c"], LastEvaluatedTableName: "list-c" });
    });

    it("exist once", async () => {
      await makeTable(client, "once");
      const again = new CreateTableCommand({ TableName: "once", ...oneKey, BillingMode: "PAY_PER_REQUEST" });
      const error = await failure(client.send(again));
      expect(error).toBeInstanceOf(ResourceInUseException);
      expect(error.message).toBe("Table already exists: once");
    });

    it("carry tags", async () => {
      await makeTable(client, "tags");
      const { Table: table } = await client.send(new DescribeTableCommand({ TableName: "tags" }));
      const ResourceArn = table?.TableArn;
      await client.send(
        new TagResourceCommand({
          ResourceArn,
          Tags: [
            { Key: "a", Value: "1" },
            { Key: "b", Value: "" },
          ],
        }),
      );
      await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a"] }));
      const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn }));
      expect(Tags).toEqual([{ Key: "b", Value: "" }]);
    });

    it("are reached by their ARN", async () => {
      await makeTable(client, "arn");
      const { Table: table } = await client.send(new DescribeTableCommand({ TableName: "arn" }));
      const TableName = table?.TableArn;
      await client.send(new PutItemCommand({ TableName, Item: { pk: { S: "a" } } }));
      const found = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: "a" } } }));
      expect(found.Item).toEqual({ pk: { S: "a" } });
    });
  });

  describe("items", () => {
    it("keep every type", async () => {
      const TableName = await makeTable(client, "types");
      const Item = {
        pk: { S: "all" },
        text: { S: "gr\u00fc\u00dfe \u{1f600} \u0000" },
        emptyText: { S: "" },
        integer: { N: "12345678901234567890123456789012345678" },
        fraction: { N: "-0.000000001234" },
        bytes: { B: Uint8Array.from({ length: 256 }, (_, index) => index) },
        noBytes: { B: new Uint8Array(0) },
        yes: { BOOL: true },
        no: { BOOL: false },
        nothing: { NULL: true as const },
        list: { L: [{ N: "1" }, { S: "two" }, { M: { three: { L: [] } } }] },
        map: { M: { inner: { M: { deep: { BOOL: false } } }, empty: { M: {} } } },
        texts: { SS: ["a", "b"] },
        numbers: { NS: ["1", "2.5"] },
        binaries: { BS: [Uint8Array.of(1), Uint8Array.of(2)] },
        // __proto__ is missing here: the SDK itself loses it.
        constructor: { S: "ordinary" },
      };
      await client.send(new PutItemCommand({ TableName, Item }));
      const Key = { pk: { S: "all" } };
      const found = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      expect(found.Item).toEqual(Item);
    });

    it("that do not exist are no error", async () => {
      const TableName = await makeTable(client, "absent");
      const Key = { pk: { S: "nobody" } };
      expect((await client.send(new GetItemCommand({ TableName, Key }))).Item).toBeUndefined();
      const deleted = await client.send(new DeleteItemCommand({ TableName, Key, ReturnValues: "ALL_OLD" }));
      expect(deleted.Attributes).toBeUndefined();
    });

    it.each([
      ["NONE", undefined],
      ["ALL_OLD", { pk: { S: "a" }, n: { N: "1" }, m: { M: { k: { S: "v" }, j: { S: "w" } } } }],
      ["ALL_NEW", { pk: { S: "a" }, n: { N: "2" }, m: { M: { k: { S: "x" }, j: { S: "w" } } } }],
      ["UPDATED_OLD", { n: { N: "1" }, m: { M: { k: { S: "v" } } } }],
      ["UPDATED_NEW", { n: { N: "2" }, m: { M: { k: { S: "x" } } } }],
    ] as const)("are updated and returned: %s", async (ReturnValues, wanted) => {
      const TableName = await makeTable(client, `returned-${ReturnValues}`);
      const Item = { pk: { S: "a" }, n: { N: "1" }, m: { M: { k: { S: "v" }, j: { S: "w" } } } };
      await client.send(new PutItemCommand({ TableName, Item }));
      const answer = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { pk: { S: "a" } },
          UpdateExpression: "SET n = n + :one, m.k = :x",
          ExpressionAttributeValues: { ":one": { N: "1" }, ":x": { S: "x" } },
          ReturnValues,
        }),
      );
      expect(answer.Attributes).toEqual(wanted);
    });

    it("are replaced and deleted with their old values returned", async () => {
      const TableName = await makeTable(client, "old");
      const first = { pk: { S: "a" }, v: { N: "1" } };
      const second = { pk: { S: "a" }, w: { N: "2" } };
      const put = (Item: typeof first | typeof second): PutItemCommand =>
        new PutItemCommand({ TableName, Item, ReturnValues: "ALL_OLD" });
      expect((await client.send(put(first))).Attributes).toBeUndefined();
      expect((await client.send(put(second))).Attributes).toEqual(first);
      const Key = { pk: { S: "a" } };
      const deleted = await client.send(new DeleteItemCommand({ TableName, Key, ReturnValues: "ALL_OLD" }));
      expect(deleted.Attributes).toEqual(second);
    });

    it("fail a condition with their own error class, and the item when asked", async () => {
      const TableName = await makeTable(client, "conditions");
      const Item = { pk: { S: "a" }, n: { N: "1" } };
      await client.send(new PutItemCommand({ TableName, Item }));
      const error = await failure(
        client.send(
          new PutItemCommand({
            TableName,
            Item,
            ConditionExpression: "attribute_not_exists(pk) OR n > :n",
            ExpressionAttributeValues: { ":n": { N: "5" } },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        ),
      );
      expect(error).toBeInstanceOf(ConditionalCheckFailedException);
      expect(error).toMatchObject({ message: "The conditional request failed", Item });
      expect(error).toMatchObject({ $metadata: { httpStatusCode: 400 } });
    });

    it.each([
      ["attribute_exists(s) AND attribute_not_exists(nothing)", {}],
      ["attribute_type(n, :t)", { ":t": { S: "N" } }],
      ["begins_with(s, :v) AND contains(s, :w)", { ":v": { S: "hel" }, ":w": { S: "llo" } }],
      ["contains(ss, :v) AND contains(l, :w)", { ":v": { S: "p" }, ":w": { N: "1" } }],
      ["size(s) = :five AND size(l) < :five", { ":five": { N: "5" } }],
      [
        "n BETWEEN :low AND :high AND n IN (:low, :five)",
        { ":low": { N: "1" }, ":high": { N: "9" }, ":five": { N: "5" } },
      ],
      ["NOT (n < :five) AND (n <= :five OR n <> :five)", { ":five": { N: "5" } }],
      ["m.k = :v AND l[1] = :w", { ":v": { S: "v" }, ":w": { S: "x" } }],
    ])("are found and updated under the condition %s", async (expression, values) => {
      const TableName = await makeTable(
        client,
        `functions-${expression.replaceAll(/\W+/gu, "-").slice(0, 200)}`,
      );
      const Item = {
        pk: { S: "a" },
        s: { S: "hello" },
        n: { N: "5" },
        l: { L: [{ N: "1" }, { S: "x" }] },
        m: { M: { k: { S: "v" } } },
        ss: { SS: ["p", "q"] },
      };
      await client.send(new PutItemCommand({ TableName, Item }));
      const ExpressionAttributeValues =
        Object.keys(values).length === 0 ? undefined : (values as Value as never);
      const scan = (FilterExpression: string): ScanCommand =>
        new ScanCommand({ TableName, FilterExpression, ExpressionAttributeValues });
      expect((await client.send(scan(expression))).Items).toEqual([Item]);
      expect(await client.send(scan(`NOT (${expression})`))).toMatchObject({
        Items: [],
        Count: 0,
        ScannedCount: 1,
      });
      const update = new UpdateItemCommand({
        TableName,
        Key: { pk: { S: "a" } },
        ConditionExpression: expression,
        ExpressionAttributeValues,
        ReturnValues: "ALL_NEW",
      });
      expect((await client.send(update)).Attributes).toEqual(Item);
    });

    it("are stored up to 400 KB and no further", async () => {
      const TableName = await makeTable(client, "large");
      const fill = "x".repeat(409_600 - "pk".length - "a".length - "fill".length);
      const Item = { pk: { S: "a" }, fill: { S: fill } };
      await client.send(new PutItemCommand({ TableName, Item }));
      const found = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: "a" } } }));
      expect(found.Item?.["fill"]?.S === fill).toBe(true);
      const larger = { ...Item, fill: { S: `${fill}x` } };
      const error = await failure(client.send(new PutItemCommand({ TableName, Item: larger })));
      expect(error).toMatchObject({
        name: "ValidationException",
        message: "Item size has exceeded the maximum allowed size",
      });
    });
  });

  describe("reads", () => {
    const sorted: readonly (readonly [type: KeyType, values: readonly string[]])[] = [
      ["S", ["A", "B", "a", "aa", "b", "\u00e9", "\uff5e", "\u{1f600}"]],
      ["N", ["-100", "-1.5", "-1", "0", "0.5", "9", "10", "100.25"]],
      ["B", ["AA==", "AAA=", "AQ==", "fw==", "gA==", "/w==", "/wA=", "//8="]],
    ];

    it.each(sorted)("follow the order of sort keys of type %s", async (type, values) => {
      const TableName = await makeTable(client, `sorted-${type}`, type);
      const wire = (text: string): Value => ({ [type]: type === "B" ? Buffer.from(text, "base64") : text });
      const keys = values.map(wire);
      // 5 and 8 have no common factor: an order that has nothing to do with the expected one.
      const shuffled = keys.map((_, index) => keys[(index * 5) % keys.length]);
      for (const sk of shuffled) {
        await client.send(new PutItemCommand({ TableName, Item: { pk: { S: "p" }, sk: sk as never } }));
      }
      const query = async (
        condition: string,
        bounds: Value,
        more: object = {},
      ): Promise<readonly unknown[]> => {
        const found = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: condition === "" ? "pk = :p" : `pk = :p AND ${condition}`,
            ExpressionAttributeValues: { ":p": { S: "p" }, ...bounds } as never,
            ...more,
          }),
        );
        return (found.Items ?? []).map((item) => plainKey(item["sk"]));
      };
      const wanted = keys.map(plainKey);
      const at = { ":s": keys[3] };
      expect(await query("", {})).toEqual(wanted);
      expect(await query("", {}, { ScanIndexForward: false })).toEqual(wanted.toReversed());
      expect(await query("sk = :s", at)).toEqual(wanted.slice(3, 4));
      expect(await query("sk < :s", at)).toEqual(wanted.slice(0, 3));
      expect(await query("sk <= :s", at)).toEqual(wanted.slice(0, 4));
      expect(await query("sk > :s", at)).toEqual(wanted.slice(4));
      expect(await query("sk >= :s", at)).toEqual(wanted.slice(3));
      expect(await query("sk BETWEEN :s AND :t", { ...at, ":t": keys[5] })).toEqual(wanted.slice(3, 6));
      if (type === "N") return;
      expect(await query("begins_with(sk, :s)", { ":s": keys[type === "S" ? 2 : 5] })).toEqual(
        type === "S" ? wanted.slice(2, 4) : wanted.slice(5),
      );
    });

    it("come in pages of one megabyte", async () => {
      const TableName = await makeTable(client, "megabyte", "N");
      const fill = { S: "x".repeat(100_000) };
      for (let index = 0; index < 25; index++) {
        await client.send(
          new PutItemCommand({ TableName, Item: { pk: { S: "p" }, sk: { N: String(index) }, fill } }),
        );
      }
      const input = {
        TableName,
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "p" } },
      };
      const queried: number[] = [];
      for await (const page of paginateQuery({ client }, { ...input })) queried.push(page.Count ?? 0);
      // The item that reaches 1 MB is still on the page.
      expect(queried).toEqual([11, 11, 3]);
      const scanned: number[] = [];
      for await (const page of paginateScan({ client }, { TableName })) scanned.push(page.Count ?? 0);
      expect(scanned).toEqual([11, 11, 3]);
      const first = await client.send(new QueryCommand(input));
      expect(first.LastEvaluatedKey).toEqual({ pk: { S: "p" }, sk: { N: "10" } });
    });

    it("filter, count and page", async () => {
      const TableName = await makeTable(client, "filters");
      for (let index = 0; index < 30; index++) {
        await client.send(
          new PutItemCommand({ TableName, Item: { pk: { S: `k${index}` }, n: { N: String(index) } } }),
        );
      }
      const input = {
        TableName,
        FilterExpression: "n < :ten",
        ExpressionAttributeValues: { ":ten": { N: "10" } },
      };
      expect(await client.send(new ScanCommand({ ...input, Select: "COUNT" }))).toMatchObject({
        Count: 10,
        ScannedCount: 30,
      });
      const found: string[] = [];
      for await (const page of paginateScan({ client, pageSize: 4 }, input)) {
        expect(page.ScannedCount).toBeLessThanOrEqual(4);
        found.push(...(page.Items ?? []).map((item) => item["n"]?.N ?? ""));
      }
      expect(found.map(Number).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    it("share a table out in segments", async () => {
      const TableName = await makeTable(client, "segments");
      for (let index = 0; index < 60; index++) {
        await client.send(new PutItemCommand({ TableName, Item: { pk: { S: `k${index}` } } }));
      }
      const found: string[] = [];
      for (let Segment = 0; Segment < 5; Segment++) {
        for await (const page of paginateScan(
          { client, pageSize: 7 },
          { TableName, Segment, TotalSegments: 5 },
        )) {
          found.push(...(page.Items ?? []).map((item) => item["pk"]?.S ?? ""));
        }
      }
      expect(found.toSorted()).toEqual(Array.from({ length: 60 }, (_, index) => `k${index}`).toSorted());
    });

    it("report consumed capacity", async () => {
      const TableName = await makeTable(client, "capacity");
      const put = await client.send(
        new PutItemCommand({
          TableName,
          Item: { pk: { S: "a" }, fill: { S: "x".repeat(5_000) } },
          ReturnConsumedCapacity: "TOTAL",
        }),
      );
      expect(put.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 5 });
      const get = { TableName, Key: { pk: { S: "a" } } };
      const eventual = await client.send(new GetItemCommand({ ...get, ReturnConsumedCapacity: "INDEXES" }));
      expect(eventual.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 1, Table: { CapacityUnits: 1 } });
      const strong = await client.send(
        new GetItemCommand({ ...get, ReturnConsumedCapacity: "TOTAL", ConsistentRead: true }),
      );
      expect(strong.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 2 });
    });
  });

  describe("batches", () => {
    it("write and read over tables", async () => {
      const one = await makeTable(client, "batch-one");
      const two = await makeTable(client, "batch-two", "N");
      const written = await client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [one]: Array.from({ length: 20 }, (_, index) => ({
              PutRequest: { Item: { pk: { S: `k${index}` }, n: { N: String(index) } } },
            })),
            [two]: [{ PutRequest: { Item: { pk: { S: "a" }, sk: { N: "1" } } } }],
          },
        }),
      );
      expect(written.UnprocessedItems).toEqual({});
      const read = await client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [one]: { Keys: [{ pk: { S: "k3" } }, { pk: { S: "nobody" } }], ProjectionExpression: "n" },
            [two]: { Keys: [{ pk: { S: "a" }, sk: { N: "1.0" } }], ConsistentRead: true },
          },
        }),
      );
      expect(read).toMatchObject({
        Responses: { [one]: [{ n: { N: "3" } }], [two]: [{ pk: { S: "a" }, sk: { N: "1" } }] },
        UnprocessedKeys: {},
      });
      await client.send(
        new BatchWriteItemCommand({
          RequestItems: { [two]: [{ DeleteRequest: { Key: { pk: { S: "a" }, sk: { N: "1" } } } }] },
        }),
      );
      expect((await client.send(new ScanCommand({ TableName: two }))).Items).toEqual([]);
    });
  });

  describe("errors", () => {
    it.each([
      [
        "a wrong key",
        new GetItemCommand({ TableName: "errors", Key: { other: { S: "a" } } }),
        "The provided key element does not match the schema",
      ],
      [
        "a missing key",
        new PutItemCommand({ TableName: "errors", Item: { other: { S: "a" } } }),
        "One or more parameter values were invalid: Missing the key pk in the item",
      ],
      [
        "a reserved word",
        new ScanCommand({ TableName: "errors", FilterExpression: "attribute_exists(name)" }),
        "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: name",
      ],
      [
        "an unknown index",
        new ScanCommand({ TableName: "errors", IndexName: "nowhere" }),
        "The table does not have the specified index: nowhere",
      ],
    ])("name %s", async (_name, command, message) => {
      await makeTable(client, "errors").catch((error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error;
      });
      const error = await failure(client.send(command as GetItemCommand));
      expect(error).toMatchObject({
        name: "ValidationException",
        message,
        $metadata: { httpStatusCode: 400 },
      });
    });

    it("name what does not exist", async () => {
      const error = await failure(client.send(new ScanCommand({ TableName: "nowhere" })));
      expect(error).toBeInstanceOf(ResourceNotFoundException);
      expect(error.message).toBe("Requested resource not found");
    });
  });
});

/** Binary keys come back as Uint8Array, were sent as Buffer. */
function plainKey(value: unknown): unknown {
  const { B: binary, ...rest } = value as { B?: Uint8Array };
  return binary === undefined ? rest : { B: Buffer.from(binary).toString("base64") };
}
