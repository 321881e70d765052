// One table, one item, through a real AWS SDK client and the packed Stator; what every sample does with the
// `open` it got in its own way. CommonJS, because every module system here can load that.
"use strict";
const {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} = require("@aws-sdk/client-dynamodb");

exports.roundTrip = async (open) => {
  const stator = await open();
  const client = new DynamoDBClient(stator.clientConfig());
  await client.send(
    new CreateTableCommand({
      TableName: "samples",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  await client.send(new PutItemCommand({ TableName: "samples", Item: { id: { S: "a" }, n: { N: "42" } } }));
  const { Item } = await client.send(new GetItemCommand({ TableName: "samples", Key: { id: { S: "a" } } }));
  const refused = await client
    .send(new GetItemCommand({ TableName: "nowhere", Key: { id: { S: "a" } } }))
    .catch((error) => error.name);
  client.destroy();
  await stator.close();
  return `${Item.n.N} ${refused}`;
};

exports.expected = "42 ResourceNotFoundException";
