/** Secondary indexes and transactions with the AWS SDK for JavaScript v3: clients, document clients, paginators, errors. */
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  IdempotentParameterMismatchException,
  paginateScan,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, makeTable } from "./js-tables.ts";
import { type OpenTarget, targets } from "./js-targets.ts";

interface Song {
  readonly artist: string;
  readonly title: string;
  readonly year: number;
  readonly genre?: string;
}

describe.each(targets)("indexes and transactions $name", (choice) => {
  let target: OpenTarget;
  let client: DynamoDBClient;
  let documents: DynamoDBDocumentClient;

  beforeAll(async () => {
    target = await choice.open();
    client = new DynamoDBClient(target.config);
    documents = DynamoDBDocumentClient.from(client);
  });

  afterAll(async () => {
    client.destroy();
    await target.close();
  });

  const makeSongs = async (TableName: string, songs: readonly Song[]): Promise<string> => {
    await client.send(new CreateTableCommand({ TableName, ...songTable }));
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
    for (let index = 0; index < songs.length; index += 25) {
      const puts = songs.slice(index, index + 25).map((Item) => ({ PutRequest: { Item } }));
      await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts } }));
    }
    await target.indexesCaughtUp();
    return TableName;
  };

  const someSongs = (count: number): readonly Song[] =>
    Array.from({ length: count }, (_, index) => ({
      artist: `artist ${index % 5}`,
      title: `title ${index}`,
      year: 2000 - index,
      ...(index % 2 === 0 ? { genre: "jazz" } : {}),
    }));

  it("wait for a table and its indexes, and describe them", async () => {
    const TableName = await makeSongs("songs-described", someSongs(3));
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(table?.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: "by-genre", IndexStatus: "ACTIVE", Projection: { ProjectionType: "KEYS_ONLY" } },
    ]);
    expect(table?.GlobalSecondaryIndexes?.[0]?.IndexArn).toBe(`${table?.TableArn}/index/by-genre`);
    expect(table?.LocalSecondaryIndexes).toMatchObject([{ IndexName: "by-year" }]);
  });

  it("page through an index with the paginators", async () => {
    const TableName = await makeSongs("songs-paged", someSongs(40));
    const years: unknown[] = [];
    const pages = paginateQuery(
      { client: documents, pageSize: 6 },
      {
        TableName,
        IndexName: "by-genre",
        KeyConditionExpression: "genre = :g AND #y BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#y": "year" },
        ExpressionAttributeValues: { ":g": "jazz", ":from": 1970, ":to": 2000 },
        ScanIndexForward: false,
      },
    );
    for await (const page of pages) {
      expect(page.Items?.length).toBeLessThanOrEqual(6);
      years.push(...(page.Items ?? []).map((song) => song["year"]));
    }
    expect(years).toEqual(Array.from({ length: 16 }, (_, index) => 2000 - 2 * index));
    let scanned = 0;
    for await (const page of paginateScan({ client, pageSize: 7 }, { TableName, IndexName: "by-genre" })) {
      scanned += page.Count ?? 0;
    }
    expect(scanned).toBe(20);
  });

  it("read a local index consistently, with the attributes it does not project", async () => {
    const TableName = await makeSongs("songs-local", someSongs(10));
    const query = {
      TableName,
      IndexName: "by-year",
      KeyConditionExpression: "artist = :a AND #y < :y",
      ExpressionAttributeNames: { "#y": "year" },
      ExpressionAttributeValues: { ":a": "artist 0", ":y": 2000 },
      ConsistentRead: true,
    };
    await documents.send(
      new PutCommand({ TableName, Item: { artist: "artist 0", title: "new", year: 1990, text: "la" } }),
    );
    const found = await documents.send(new QueryCommand(query));
    expect(found.Items).toEqual([
      { artist: "artist 0", title: "new", year: 1990 },
      { artist: "artist 0", title: "title 5", year: 1995 },
    ]);
    const whole = await documents.send(new QueryCommand({ ...query, Select: "ALL_ATTRIBUTES" }));
    expect(whole.Items?.[0]).toMatchObject({ text: "la" });
  });

  it("follow updates of keys, and take in an index that is added", async () => {
    const TableName = await makeSongs("songs-changed", someSongs(6));
    await documents.send(
      new UpdateCommand({
        TableName,
        Key: { artist: "artist 0", title: "title 0" },
        UpdateExpression: "SET genre = :g",
        ExpressionAttributeValues: { ":g": "blues" },
      }),
    );
    await client.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "genre", AttributeType: "S" }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: "genres",
              KeySchema: [{ AttributeName: "genre", KeyType: "HASH" }],
              Projection: { ProjectionType: "ALL" },
            },
          },
        ],
      }),
    );
    await target.indexesCaughtUp();
    for (const IndexName of ["by-genre", "genres"]) {
      const { Items: items = [] } = await documents.send(new ScanCommand({ TableName, IndexName }));
      const titles = items.map((song) => `${song["genre"]} ${song["title"]}`);
      expect(new Set(titles)).toEqual(new Set(["blues title 0", "jazz title 2", "jazz title 4"]));
    }
  });

  it("refuse reads that an index does not allow", async () => {
    const TableName = await makeSongs("songs-refused", []);
    const query = {
      TableName,
      IndexName: "by-genre",
      KeyConditionExpression: "genre = :g",
      ExpressionAttributeValues: { ":g": "jazz" },
    };
    expect(await failure(documents.send(new QueryCommand({ ...query, ConsistentRead: true })))).toMatchObject(
      {
        name: "ValidationException",
        message: "Consistent reads are not supported on global secondary indexes",
      },
    );
    expect(await failure(documents.send(new QueryCommand({ ...query, IndexName: "nowhere" })))).toMatchObject(
      {
        message: "The table does not have the specified index: nowhere",
      },
    );
  });

  it("write transactions of documents, or nothing of them", async () => {
    const TableName = await makeTable(client, "transactions");
    await documents.send(new PutCommand({ TableName, Item: { pk: "stock", n: 1 } }));
    const sell = (pk: string) =>
      documents.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName, Item: { pk, tags: new Set(["sold"]) } } },
            {
              Update: {
                TableName,
                Key: { pk: "stock" },
                UpdateExpression: "SET n = n - :one",
                ConditionExpression: "n >= :one",
                ExpressionAttributeValues: { ":one": 1 },
                ReturnValuesOnConditionCheckFailure: "ALL_OLD",
              },
            },
          ],
        }),
      );
    await sell("first");
    const error = await failure(sell("second"));
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({
      name: "TransactionCanceledException",
      message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
      CancellationReasons: [
        { Code: "None" },
        {
          Code: "ConditionalCheckFailed",
          Message: "The conditional request failed",
          Item: { n: { N: "0" } },
        },
      ],
      $metadata: { httpStatusCode: 400 },
    });
    const read = await documents.send(
      new TransactGetCommand({
        TransactItems: ["first", "second", "stock"].map((pk) => ({ Get: { TableName, Key: { pk } } })),
      }),
    );
    expect(read.Responses).toEqual([
      { Item: { pk: "first", tags: new Set(["sold"]) } },
      {},
      { Item: { pk: "stock", n: 0 } },
    ]);
  });

  it("repeat a transaction with its token once, and tell capacity", async () => {
    const TableName = await makeTable(client, "tokens");
    const add = (N: string) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: "adds-once",
          ReturnConsumedCapacity: "TOTAL",
          TransactItems: [
            {
              Update: {
                TableName,
                Key: { pk: { S: "a" } },
                UpdateExpression: "ADD n :n",
                ExpressionAttributeValues: { ":n": { N } },
              },
            },
          ],
        }),
      );
    const first = await add("5");
    expect(first.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, WriteCapacityUnits: 2 }]);
    // A repetition only reads.
    const second = await add("5");
    expect(second.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    expect(await failure(add("6"))).toBeInstanceOf(IdempotentParameterMismatchException);
    const { Item: item } = await documents.send(
      new GetCommand({ TableName, Key: { pk: "a" }, ConsistentRead: true }),
    );
    expect(item).toEqual({ pk: "a", n: 5 });
    const read = await client.send(
      new TransactGetItemsCommand({
        ReturnConsumedCapacity: "INDEXES",
        TransactItems: [{ Get: { TableName, Key: { pk: { S: "a" } } } }],
      }),
    );
    expect(read.ConsumedCapacity).toMatchObject([{ CapacityUnits: 2, Table: { CapacityUnits: 2 } }]);
  });

  it("tell the conflict of a condition from that of a transaction", async () => {
    const TableName = await makeTable(client, "told-apart");
    const condition = { ConditionExpression: "attribute_exists(pk)" };
    const single = await failure(
      documents.send(new PutCommand({ TableName, Item: { pk: "a" }, ...condition })),
    );
    expect(single).toBeInstanceOf(ConditionalCheckFailedException);
    const check = new TransactWriteCommand({
      TransactItems: [{ ConditionCheck: { TableName, Key: { pk: "a" }, ...condition } }],
    });
    expect(await failure(documents.send(check))).toMatchObject({
      CancellationReasons: [{ Code: "ConditionalCheckFailed" }],
    });
  });
});

const songTable: Omit<CreateTableCommandInput, "TableName"> = {
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "artist", AttributeType: "S" },
    { AttributeName: "title", AttributeType: "S" },
    { AttributeName: "genre", AttributeType: "S" },
    { AttributeName: "year", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "artist", KeyType: "HASH" },
    { AttributeName: "title", KeyType: "RANGE" },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "by-year",
      KeySchema: [
        { AttributeName: "artist", KeyType: "HASH" },
        { AttributeName: "year", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-genre",
      KeySchema: [
        { AttributeName: "genre", KeyType: "HASH" },
        { AttributeName: "year", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
};
