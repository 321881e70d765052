/** Tables for the JavaScript suites: one for each test, so that the tests do not depend on each other. */
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";

export type KeyType = "S" | "N" | "B";

/** `pk` of type S and, when a type is given, `sk`. */
export async function makeTable(client: DynamoDBClient, name: string, sortType?: KeyType): Promise<string> {
  const sort = sortType === undefined ? [] : [{ name: "sk", type: sortType, keyType: "RANGE" as const }];
  const keys = [{ name: "pk", type: "S" as KeyType, keyType: "HASH" as const }, ...sort];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
      KeySchema: keys.map((key) => ({ AttributeName: key.name, KeyType: key.keyType })),
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName: name });
  return name;
}

/** Runs a call that must fail, and gives its error back. */
export async function failure(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error: unknown) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("the call succeeded");
}
