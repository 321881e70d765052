/** Tables of many megabytes: one to be dropped, one to be scanned; both loaded as fast as it goes. */
import { createTable, writeBatches } from "../prepared-target.ts";

export interface BigTable {
  readonly name: string;
  readonly megabytes: number;
  readonly itemBytes: number;
}

const itemsPerBatch = 25;
const bytesPerMegabyte = 1e6;

export async function loadBigTable(endpoint: string, table: BigTable): Promise<void> {
  await createTable(endpoint, {
    TableName: table.name,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await writeBatches(endpoint, batchesOf(table));
}

function* batchesOf({ name, megabytes, itemBytes }: BigTable): Generator<object> {
  const batches = Math.ceil((megabytes * bytesPerMegabyte) / itemBytes / itemsPerBatch);
  const filler = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(itemBytes / 36 + 1).slice(0, itemBytes);
  for (let batch = 0; batch < batches; batch++) {
    const puts = Array.from({ length: itemsPerBatch }, (_, index) => ({
      PutRequest: {
        Item: { pk: { S: `big-${batch * itemsPerBatch + index}` }, filler: { S: filler } },
      },
    }));
    yield { RequestItems: { [name]: puts } };
  }
}
