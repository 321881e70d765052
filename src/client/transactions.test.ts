// Transactions through the real AWS SDK, and the dial that makes their conflicts visible.
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { adjustableClock, nextTurn } from "../base/index.ts";
import { open, type Stator } from "./open.ts";
import type { TableDefinition } from "./open-options.ts";

const orders: TableDefinition = {
  TableName: "Orders",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};

function clientOf(db: Stator): DynamoDBClient {
  return new DynamoDBClient({ ...db.clientConfig(), maxAttempts: 1 });
}

const increment: TransactWriteItemsCommandInput = {
  ClientRequestToken: "once",
  TransactItems: [
    {
      Update: {
        TableName: "Orders",
        Key: { pk: { S: "1" } },
        UpdateExpression: "ADD n :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      },
    },
  ],
};

const get = new GetItemCommand({ TableName: "Orders", Key: { pk: { S: "1" } } });

it("tells SDK clients the reasons of a cancelled transaction", async () => {
  await using db = await open({ tables: orders });
  const check = {
    ConditionCheck: {
      TableName: "Orders",
      Key: { pk: { S: "2" } },
      ConditionExpression: "attribute_exists(pk)",
    },
  };
  const failure: unknown = await clientOf(db)
    .send(new TransactWriteItemsCommand({ TransactItems: [...(increment.TransactItems ?? []), check] }))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TransactionCanceledException);
  expect(failure).toMatchObject({
    CancellationReasons: [
      { Code: "None" },
      { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
    ],
  });
});

it("holds items for as long as it was told, on its clock", async () => {
  const clock = adjustableClock();
  clock.freeze();
  await using db = await open({ clock, tables: orders, transactionHoldMs: 1000 });
  const client = clientOf(db);
  const transaction = client.send(new TransactWriteItemsCommand(increment));
  // The SDK takes a few turns before it sends.
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  const put = new PutItemCommand({ TableName: "Orders", Item: { pk: { S: "1" } } });
  await expect(client.send(put)).rejects.toMatchObject({ name: "TransactionConflictException" });
  await clock.advance(1000);
  await transaction;
  expect((await client.send(get)).Item).toEqual({ pk: { S: "1" }, n: { N: "1" } });
});

it("does a transaction with the same token again after a reset", async () => {
  await using db = await open({ tables: orders });
  const client = clientOf(db);
  await client.send(new TransactWriteItemsCommand(increment));
  await client.send(new TransactWriteItemsCommand(increment));
  expect((await client.send(get)).Item).toEqual({ pk: { S: "1" }, n: { N: "1" } });
  await db.reset();
  expect((await client.send(get)).Item).toBeUndefined();
  await client.send(new TransactWriteItemsCommand(increment));
  expect((await client.send(get)).Item).toEqual({ pk: { S: "1" }, n: { N: "1" } });
});
