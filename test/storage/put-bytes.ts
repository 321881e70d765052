// Run as a process of its own: prints how many bytes this process handed to the system for each of many puts.
import { readFileSync } from "node:fs";
import { open } from "../../src/index.ts";

const [folder = "", indexCount = "0", atOnce = "1"] = process.argv.slice(2);
const puts = 1000;
const attributes = ["pk", "g1", "g2"];
const indexes = ["g1", "g2"].slice(0, Number(indexCount)).map((name, at) => ({
  IndexName: `by-${name}`,
  KeySchema: [{ AttributeName: name, KeyType: "HASH" }],
  Projection: { ProjectionType: at === 0 ? "ALL" : "KEYS_ONLY" },
}));
const used = attributes.slice(0, 1 + indexes.length);
const stator = await open({
  data: folder,
  tables: {
    TableName: "Puts",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: used.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
  },
});

async function put(count: number): Promise<void> {
  const text = String(count).padStart(6, "0");
  const Item = {
    pk: { S: `item-${text}` },
    g1: { S: `owner-${text}` },
    g2: { S: `group-${text}` },
    filler: { S: "x".repeat(250) },
  };
  const result = await stator.dispatch({
    service: "DynamoDB",
    operation: "PutItem",
    json: { TableName: "Puts", Item },
    namespace: { account: "000000000000", region: "us-east-1" },
    requestId: "put",
  });
  if (result.kind === "error") throw result.error;
}

/** All bytes this process has given to write calls, as Linux counts them. */
function writtenBytes(): number {
  return Number(/wchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

const before = writtenBytes();
for (let from = 0; from < puts; from += Number(atOnce)) {
  await Promise.all(Array.from({ length: Number(atOnce) }, (_, at) => put(from + at)));
}
await stator.indexes.caughtUp();
const bytes = writtenBytes() - before;
await stator.close();
process.stdout.write(String(Math.round(bytes / puts)));
