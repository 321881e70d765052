/** The whole server over HTTP through the real SDK, and the command as a process of its own; without and with routers. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, describe, expect, it } from "vitest";
import { type RunningServer, type ServerSettings, startServer } from "../../src/server/index.ts";
import { keepCompiledModules, testServerSettings } from "../../src/testing/index.ts";

keepCompiledModules();

let server: RunningServer | undefined;
const clients: DynamoDBClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server?.close();
  server = undefined;
});

async function start(changes: Partial<ServerSettings> = {}): Promise<RunningServer> {
  const outcome = await startServer({ ...testServerSettings, ...changes });
  if (outcome.kind === "refused") throw new Error(outcome.message);
  server = outcome.server;
  return outcome.server;
}

function clientOf({ endpoint }: RunningServer, region = "us-east-1"): DynamoDBClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  clients.push(client);
  return client;
}

const createOrders = new CreateTableCommand({
  TableName: "Orders",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
});
const getOrder = new GetItemCommand({ TableName: "Orders", Key: { pk: { S: "1" } } });

describe.each([0, 2])("server with %d routers", (routers) => {
  it("serves the SDK", async () => {
    const client = clientOf(await start({ routers }));
    await client.send(createOrders);
    await client.send(
      new PutItemCommand({ TableName: "Orders", Item: { pk: { S: "1" }, n: { N: "1.50" } } }),
    );
    expect((await client.send(getOrder)).Item).toEqual({ pk: { S: "1" }, n: { N: "1.5" } });
  });

  it("tells when a table is asked for in the wrong region", async () => {
    const notes: string[] = [];
    const running = await start({ routers, onNote: (line) => notes.push(line) });
    await clientOf(running).send(createOrders);
    await expect(clientOf(running, "eu-west-1").send(getOrder)).rejects.toThrow(
      "Requested resource not found",
    );
    expect(notes).toEqual([
      expect.stringContaining("table Orders was asked for in region eu-west-1, account 000000000000"),
    ]);
  });

  it("closes once, whoever asks", async () => {
    const running = await start({ routers });
    await Promise.all([running.close(), running.close(), running[Symbol.asyncDispose]()]);
    await expect(fetch(running.endpoint)).rejects.toThrow("fetch failed");
  });
});

describe("the command as a process", () => {
  it.each(["0", "2"])("serves with %s routers until it is told to stop, and ends with 0", async (routers) => {
    const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    const child = spawn(process.execPath, [main, "serve", "--memory", "--port", "0", "--routers", routers], {
      env: { NODE_COMPILE_CACHE: keepCompiledModules() },
    });
    let output = "";
    const endpoint = await new Promise<string>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const address = /listening on (\S+)/.exec(output)?.[1];
        if (address !== undefined) resolve(address);
      });
      child.once("exit", (code) => reject(new Error(`ended early with ${code}`)));
    });
    expect(await (await fetch(`${endpoint}/_stator/ready`)).json()).toEqual({ ready: true });
    const ended = new Promise<number | null>((resolve) => {
      child.removeAllListeners("exit").once("exit", resolve);
    });
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
