// `npm run demo`: a short tour. An in-process Stator, a real AWS SDK client on it, and what comes back.
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { open } from "../src/index.ts";

const startedMs = performance.now();
const stator = await open();
const client = new DynamoDBClient(stator.clientConfig());
const TableName = "turbines";

await client.send(
  new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "plant", AttributeType: "S" },
      { AttributeName: "unit", AttributeType: "N" },
    ],
    KeySchema: [
      { AttributeName: "plant", KeyType: "HASH" },
      { AttributeName: "unit", KeyType: "RANGE" },
    ],
  }),
);
console.log(`a table, ${(performance.now() - startedMs).toFixed(0)} ms after the start`);

for (const unit of [10, 2, 33]) {
  const Item = { plant: { S: "Itaipu" }, unit: { N: String(unit) }, megawatts: { N: "700" } };
  await client.send(new PutItemCommand({ TableName, Item }));
}
const page = await client.send(
  new QueryCommand({
    TableName,
    KeyConditionExpression: "plant = :plant AND #unit > :two",
    ExpressionAttributeNames: { "#unit": "unit" },
    ExpressionAttributeValues: { ":plant": { S: "Itaipu" }, ":two": { N: "2" } },
    ReturnConsumedCapacity: "TOTAL",
  }),
);
console.log("units above 2, in the order of numbers:", page.Items?.map((item) => item["unit"]?.N).join(", "));
console.log("capacity units it would have cost:", page.ConsumedCapacity?.CapacityUnits);

const updated = await client.send(
  new UpdateItemCommand({
    TableName,
    Key: { plant: { S: "Itaipu" }, unit: { N: "2" } },
    UpdateExpression: "SET megawatts = megawatts - :less",
    ConditionExpression: "megawatts >= :less",
    ExpressionAttributeValues: { ":less": { N: "0.5" } },
    ReturnValues: "ALL_NEW",
  }),
);
console.log("after an update:", JSON.stringify(updated.Attributes));

try {
  const Item = { plant: { S: "Itaipu" }, unit: { N: "2" } };
  await client.send(
    new PutItemCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(plant)" }),
  );
} catch (error: unknown) {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  console.log(`a condition that does not hold: ${error.name}: ${error.message}`);
}
client.destroy();
await stator.close();
