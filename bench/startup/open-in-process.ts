/**
 * Opens the built package in this process and asks it for an item through the AWS SDK. Prints the times as
 * JSON: a fresh process for each sample, since a second open() would find everything warm.
 */
import { pathToFileURL } from "node:url";
import {
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
} from "@aws-sdk/client-dynamodb";

interface Package {
  readonly open: () => Promise<{ clientConfig(): DynamoDBClientConfig; close(): Promise<void> }>;
}

const [entry = ""] = process.argv.slice(2);
const importStartMs = performance.now();
const { open } = (await import(pathToFileURL(entry).href)) as Package;
const openStartMs = performance.now();
const stator = await open();
const openedMs = performance.now();
const client = new DynamoDBClient(stator.clientConfig());
await client.send(
  new CreateTableCommand({
    TableName: "startup",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  }),
);
await client.send(new GetItemCommand({ TableName: "startup", Key: { pk: { S: "none" } } }));
const answeredMs = performance.now();
console.log(
  JSON.stringify({
    importMs: openStartMs - importStartMs,
    openMs: openedMs - openStartMs,
    firstItemMs: answeredMs - openStartMs,
  }),
);
client.destroy();
await stator.close();
