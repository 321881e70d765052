/** Vector indexes through the AWS SDK for JavaScript v3: it has hosts of their own for searches, and reads their answers. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  SearchVectorsCommand,
  type SearchVectorsCommandInput,
  UpdateTableCommand,
  type VectorIndex,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, makeTable } from "./js-tables.ts";
import { type OpenTarget, targets } from "./js-targets.ts";

const index: VectorIndex = {
  IndexName: "near",
  VectorAttribute: { AttributeName: "embedding" },
  SearchSchema: [
    { AttributeName: "team", SearchSchemaElementType: "HASH" },
    { AttributeName: "year", SearchSchemaElementType: "INLINE_FILTER" },
  ],
  Projection: { ProjectionType: "ALL" },
  Dimensions: 4,
  DistanceFunction: "EUCLIDEAN",
};
const definitions = [
  { AttributeName: "team", AttributeType: "S" as const },
  { AttributeName: "year", AttributeType: "N" as const },
];
/** An index follows its table; in a server it does so by itself. */
const patience = { timeout: 10_000 };

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

  const search = (TableName: string, more: Partial<SearchVectorsCommandInput> = {}): SearchVectorsCommand =>
    new SearchVectorsCommand({
      TableName,
      IndexName: "near",
      TopK: 2,
      SearchVector: [1, 0, 0, 0].map((component) => ({ N: String(component) })),
      SearchConditionExpression: "team = :t AND #y >= :y",
      ExpressionAttributeNames: { "#y": "year" },
      ExpressionAttributeValues: { ":t": { S: "red" }, ":y": { N: "2020" } },
      ...more,
    });

  it("creates an index with its table, writes and searches", async () => {
    const TableName = "vectors";
    const created = await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, ...definitions],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        VectorIndexes: [index],
      }),
    );
    expect(created.TableDescription?.VectorIndexes).toMatchObject([index]);
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
    const documents = DynamoDBDocumentClient.from(client);
    const put = (pk: string, embedding: readonly number[], year: number): Promise<unknown> =>
      documents.send(new PutCommand({ TableName, Item: { pk, team: "red", year, embedding } }));
    await put("nine away", [10, 0, 0, 0], 2024);
    await put("here", [1, 0, 0, 0], 2024);
    await put("too old", [1, 0, 0, 0], 2019);
    await put("far away", [99, 0, 0, 0], 2024);
    await expect
      .poll(async () => (await client.send(search(TableName, { TopK: 100 }))).SearchResults?.length, patience)
      .toBe(3);
    const found = await client.send(search(TableName, { ReturnConsumedCapacity: "TOTAL" }));
    expect(found.SearchResults).toEqual([
      { Score: 0, Item: { pk: { S: "here" }, team: { S: "red" }, year: { N: "2024" } } },
      { Score: 9, Item: { pk: { S: "nine away" }, team: { S: "red" }, year: { N: "2024" } } },
    ]);
    expect(found.ConsumedCapacity).toEqual({ VectorSearchRequestBytes: 1024 });
  });

  it("adds an index to a table that has items", async () => {
    const TableName = await makeTable(client, "vectors-later");
    const embedding = { L: [{ N: "1" }, { N: "0" }, { N: "0" }, { N: "0.5" }] };
    const Item = { pk: { S: "old" }, team: { S: "red" }, year: { N: "2024" }, embedding };
    await client.send(new PutItemCommand({ TableName, Item }));
    await client.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: definitions,
        VectorIndexUpdates: [{ Create: index }],
      }),
    );
    await expect
      .poll(async () => {
        const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
        return table?.VectorIndexes?.[0]?.IndexStatus;
      }, patience)
      .toBe("ACTIVE");
    const { SearchResults } = await client.send(search(TableName, { ProjectionExpression: "embedding" }));
    expect(SearchResults).toEqual([{ Score: 0.5, Item: { embedding } }]);
  });

  it("is told what is wrong with a vector", async () => {
    const TableName = "vectors";
    const Item = { pk: { S: "short" }, embedding: { L: [{ N: "1" }] } };
    const error = await failure(client.send(new PutItemCommand({ TableName, Item })));
    expect(error).toMatchObject({ name: "ValidationException" });
    expect(error.message).toContain("Invalid size for parameter embedding, Expected: 4, Actual: 1");
  });
});
