/** The table of a single-table design, for the libraries that expect to find it: overloaded keys, three indexes. */
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";

/**
 * `pk` and `sk`; the local index `lsi1` over `pk` and `lsi1sk`; the global indexes `gsi1` with everything, and
 * `gsi2`, which projects only what is named.
 */
export async function makeSingleTable(
  client: DynamoDBClient,
  TableName: string,
  projected: readonly string[],
): Promise<void> {
  const keys = ["pk", "sk", "lsi1sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      KeySchema: keySchema("pk", "sk"),
      LocalSecondaryIndexes: [
        { IndexName: "lsi1", KeySchema: keySchema("pk", "lsi1sk"), Projection: { ProjectionType: "ALL" } },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "gsi1",
          KeySchema: keySchema("gsi1pk", "gsi1sk"),
          Projection: { ProjectionType: "ALL" },
        },
        {
          IndexName: "gsi2",
          KeySchema: keySchema("gsi2pk", "gsi2sk"),
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...projected] },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
}

function keySchema(
  hash: string,
  range: string,
): { readonly AttributeName: string; readonly KeyType: "HASH" | "RANGE" }[] {
  return [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
}
