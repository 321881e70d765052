/** The document client of the AWS SDK for JavaScript v3: plain values in, plain values out. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  paginateQuery,
  paginateScan,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, makeTable } from "./js-tables.ts";
import { type OpenTarget, targets } from "./js-targets.ts";

describe.each(targets)("the document client $name", (choice) => {
  let target: OpenTarget;
  let client: DynamoDBClient;
  let documents: DynamoDBDocumentClient;

  beforeAll(async () => {
    target = await choice.open();
    client = new DynamoDBClient(target.config);
    documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  });

  afterAll(async () => {
    client.destroy();
    await target.close();
  });

  it("keeps documents as they are", async () => {
    const TableName = await makeTable(client, "documents");
    const Item = {
      pk: "a",
      text: "gr\u00fc\u00dfe \u{1f600}",
      empty: "",
      number: -12.5,
      large: Number.MAX_SAFE_INTEGER,
      yes: true,
      nothing: null,
      bytes: Uint8Array.of(0, 255, 16),
      list: [1, "two", [3, { four: 5 }], null, false],
      map: { inner: { deep: [] }, "with space": "x" },
      texts: new Set(["a", "b"]),
      numbers: new Set([1, 2.5]),
    };
    await documents.send(new PutCommand({ TableName, Item: { ...Item, skipped: undefined } }));
    const found = await documents.send(new GetCommand({ TableName, Key: { pk: "a" }, ConsistentRead: true }));
    expect(found.Item).toEqual(Item);
  });

  it("keeps 38 digits when they are asked for", async () => {
    const TableName = await makeTable(client, "digits");
    // A client of its own: document clients made from one client share their options.
    const wrapped = new DynamoDBClient(target.config);
    const exact = DynamoDBDocumentClient.from(wrapped, { unmarshallOptions: { wrapNumbers: true } });
    for (const text of [
      "12345678901234567890123456789012345678",
      "-0.00000000000000000000000000000000000123",
    ]) {
      await exact.send(new PutCommand({ TableName, Item: { pk: "a", n: NumberValue.from(text) } }));
      const found = await exact.send(new GetCommand({ TableName, Key: { pk: "a" } }));
      expect(found.Item?.["n"]).toMatchObject({ value: text });
    }
    wrapped.destroy();
  });

  it("updates by expression and returns the new values", async () => {
    const TableName = await makeTable(client, "updates");
    await documents.send(
      new PutCommand({ TableName, Item: { pk: "a", n: 1, l: ["x"], s: new Set(["p"]), gone: 1 } }),
    );
    const answer = await documents.send(
      new UpdateCommand({
        TableName,
        Key: { pk: "a" },
        UpdateExpression: "SET n = n + :one, l = list_append(l, :more) ADD s :new REMOVE gone",
        ConditionExpression: "n BETWEEN :one AND :ten",
        ExpressionAttributeValues: {
          ":one": 1,
          ":ten": 10,
          ":more": ["y", { z: 1 }],
          ":new": new Set(["q"]),
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    expect(answer.Attributes).toEqual({ pk: "a", n: 2, l: ["x", "y", { z: 1 }], s: new Set(["p", "q"]) });
  });

  it("counts without losing an increment", async () => {
    const TableName = await makeTable(client, "counter");
    const increment = (): Promise<unknown> =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key: { pk: "c" },
          UpdateExpression: "ADD n :one",
          ExpressionAttributeValues: { ":one": 1 },
        }),
      );
    await Promise.all(Array.from({ length: 40 }, increment));
    const found = await documents.send(new GetCommand({ TableName, Key: { pk: "c" }, ConsistentRead: true }));
    expect(found.Item).toEqual({ pk: "c", n: 40 });
  });

  it("lets one of many first writers win", async () => {
    const TableName = await makeTable(client, "first");
    const put = (writer: number): Promise<unknown> =>
      documents.send(
        new PutCommand({
          TableName,
          Item: { pk: "a", writer },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, writer) => put(writer)));
    const winners = outcomes.flatMap(({ status }, writer) => (status === "fulfilled" ? [writer] : []));
    expect(winners.length).toBe(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        expect(outcome.reason).toMatchObject({ name: "ConditionalCheckFailedException" });
      }
    }
    const found = await documents.send(new GetCommand({ TableName, Key: { pk: "a" }, ConsistentRead: true }));
    expect(found.Item).toEqual({ pk: "a", writer: winners[0] });
  });

  it("queries in order, both ways, page by page", async () => {
    const TableName = await makeTable(client, "queries", "N");
    for (const sk of [5, -3, 0, 12, 7.5, -100]) {
      await documents.send(new PutCommand({ TableName, Item: { pk: "p", sk, even: sk % 2 === 0 } }));
    }
    const input = {
      TableName,
      KeyConditionExpression: "pk = :p AND sk > :low",
      ExpressionAttributeValues: { ":p": "p", ":low": -50 },
    };
    const sorts = (items: readonly Record<string, unknown>[] | undefined): unknown[] =>
      (items ?? []).map(({ sk }) => sk);
    const up: unknown[] = [];
    for await (const page of paginateQuery({ client: documents, pageSize: 2 }, { ...input }))
      up.push(...sorts(page.Items));
    expect(up).toEqual([-3, 0, 5, 7.5, 12]);
    const down = await documents.send(new QueryCommand({ ...input, ScanIndexForward: false, Limit: 2 }));
    expect(sorts(down.Items)).toEqual([12, 7.5]);
    expect(down.LastEvaluatedKey).toEqual({ pk: "p", sk: 7.5 });
    const even = await documents.send(
      new QueryCommand({
        ...input,
        FilterExpression: "even = :yes",
        ProjectionExpression: "sk",
        ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ":yes": true },
      }),
    );
    expect(even).toMatchObject({ Items: [{ sk: 0 }, { sk: 12 }], Count: 2, ScannedCount: 5 });
  });

  it("writes and reads batches", async () => {
    const TableName = await makeTable(client, "batches");
    const items = Array.from({ length: 25 }, (_, index) => ({ pk: `k${index}`, n: index }));
    const written = await documents.send(
      new BatchWriteCommand({
        RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
    expect(written.UnprocessedItems).toEqual({});
    const read = await documents.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: items.map(({ pk }) => ({ pk })) } } }),
    );
    const found = read.Responses?.[TableName]?.toSorted((a, b) => Number(a["n"]) - Number(b["n"]));
    expect(found).toEqual(items);
    const scanned: unknown[] = [];
    for await (const page of paginateScan({ client: documents, pageSize: 10 }, { TableName })) {
      scanned.push(...(page.Items ?? []));
    }
    expect(scanned.length).toBe(25);
  });

  it("deletes under a condition", async () => {
    const TableName = await makeTable(client, "deletes");
    await documents.send(new PutCommand({ TableName, Item: { pk: "a", state: "open" } }));
    const remove = (state: string): DeleteCommand =>
      new DeleteCommand({
        TableName,
        Key: { pk: "a" },
        ConditionExpression: "#s = :s",
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":s": state },
        ReturnValues: "ALL_OLD",
      });
    expect(await failure(documents.send(remove("closed")))).toMatchObject({
      name: "ConditionalCheckFailedException",
      message: "The conditional request failed",
    });
    expect((await documents.send(remove("open"))).Attributes).toEqual({ pk: "a", state: "open" });
    expect((await documents.send(new ScanCommand({ TableName }))).Items).toEqual([]);
  });
});
