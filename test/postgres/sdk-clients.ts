/**
 * Clients of the AWS SDK with its own retries, as a program has them whose requests are spread over two servers: each
 * attempt that fails goes to the other server next. Each counts what was acknowledged; an error that the SDK hands to the
 * program ends the client and is told.
 */
import {
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { countersTable } from "../crash/server-writers.ts";

export interface SdkClients {
  /** Resolves when all have ended what they began; rejects with the first error that a program would have seen. */
  readonly done: Promise<void>;
  /** Calls that were answered. */
  readonly calls: number;
  /** Requests that failed below the SDK. */
  readonly retried: number;
}

const region = "us-east-1";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
/** Some address: the handler knows better. */
const anywhere = "http://127.0.0.1:1";

export interface SdkClientsOptions {
  readonly count: number;
  readonly endpoints: () => readonly string[];
  readonly goOn: () => boolean;
}

interface Traffic {
  calls: number;
  retried: number;
}

export function startSdkClients({ count, endpoints, goOn }: SdkClientsOptions): SdkClients {
  const traffic: Traffic = { calls: 0, retried: 0 };
  const clients = Array.from({ length: count }, (_, index) => {
    const client = spreadClient(endpoints, index, traffic);
    return run(client, { key: `sdk-${index}`, goOn, traffic }).finally(() => client.destroy());
  });
  const done = Promise.all(clients).then(() => undefined);
  done.catch(() => undefined);
  return {
    done,
    get calls() {
      return traffic.calls;
    },
    get retried() {
      return traffic.retried;
    },
  };
}

/** The SDK's own handler, whose requests go to the server whose turn it is. */
function spreadClient(endpoints: () => readonly string[], first: number, traffic: Traffic): DynamoDBClient {
  const client = new DynamoDBClient({ region, credentials, endpoint: anywhere });
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  let turn = first;
  requestHandler.handle = async (request, options) => {
    const all = endpoints();
    const { hostname, port } = new URL(all[turn % all.length] ?? anywhere);
    try {
      const result = await handle(Object.assign(request, { hostname, port: Number(port) }), options);
      if (result.response.statusCode >= 500) {
        turn += 1;
        traffic.retried += 1;
      }
      return result;
    } catch (error: unknown) {
      turn += 1;
      traffic.retried += 1;
      throw error;
    }
  };
  return client;
}

interface Run {
  readonly key: string;
  readonly goOn: () => boolean;
  readonly traffic: Traffic;
}

/** What is acknowledged once is there once: a server that stops has answered what it has done. */
async function run(client: DynamoDBClient, { key, goOn, traffic }: Run): Promise<void> {
  const Key = { pk: { S: key } };
  const read = new GetItemCommand({ TableName: countersTable, Key, ConsistentRead: true });
  const before = await client.send(read);
  let counted = Number(before.Item?.["n"]?.N ?? 0);
  const update = {
    TableName: countersTable,
    Key,
    UpdateExpression: "ADD n :one",
    ExpressionAttributeValues: { ":one": { N: "1" } },
  };
  for (let turn = 0; goOn(); turn += 1) {
    // The SDK makes a token for each transaction.
    if (turn % 4 === 0)
      await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: update }] }));
    else await client.send(new UpdateItemCommand(update));
    counted += 1;
    const { Item: item } = await client.send(read);
    traffic.calls += 2;
    if (item?.["n"]?.N !== String(counted)) {
      throw new Error(`${key} was counted ${counted} times, and is ${item?.["n"]?.N}`);
    }
  }
}
