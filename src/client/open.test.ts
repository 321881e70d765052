/** The in-process Stator through the real AWS SDK. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { adjustableClock } from "../base/index.ts";
import { open, type Stator } from "./open.ts";
import type { OpenOptions, TableDefinition } from "./open-options.ts";

const orders: TableDefinition = {
  TableName: "Orders",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};

const get = (id = "1"): GetItemCommand => new GetItemCommand({ TableName: "Orders", Key: { pk: { S: id } } });
const put = (id = "1"): PutItemCommand =>
  new PutItemCommand({ TableName: "Orders", Item: { pk: { S: id } } });

function clientOf(db: Stator, region?: string): DynamoDBClient {
  return new DynamoDBClient({ ...db.clientConfig(), ...(region === undefined ? {} : { region }) });
}

describe("open", () => {
  it("answers SDK clients without a socket", async () => {
    await using db = await open({ tables: orders });
    const client = clientOf(db);
    const { $metadata } = await client.send(put());
    expect($metadata.requestId).toMatch(/^[A-Z0-9]{52}$/);
    expect((await client.send(get())).Item).toEqual({ pk: { S: "1" } });
    const documents = DynamoDBDocumentClient.from(clientOf(db));
    await documents.send(new PutCommand({ TableName: "Orders", Item: { pk: "2", list: [1, "é"] } }));
    const found = await documents.send(new GetCommand({ TableName: "Orders", Key: { pk: "2" } }));
    expect(found.Item).toEqual({ pk: "2", list: [1, "é"] });
  });

  it("gives errors their SDK classes", async () => {
    await using db = await open();
    await expect(clientOf(db).send(get())).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
  });

  it("keeps regions apart, unless they are shared", async () => {
    for (const [shared, count] of [
      [false, 0],
      [true, 1],
    ] as const) {
      await using db = await open({ tables: [orders], region: "eu-west-1", shared });
      const names = (await clientOf(db, "ap-south-1").send(new ListTablesCommand())).TableNames;
      expect(names?.length).toBe(count);
      const { Table } = await clientOf(db).send(new DescribeTableCommand({ TableName: "Orders" }));
      expect(Table?.TableArn).toContain(":eu-west-1:");
    }
  });

  it("keeps two of them in one process apart", async () => {
    await using one = await open({ tables: orders });
    await using two = await open({ tables: orders });
    await clientOf(one).send(put());
    expect((await clientOf(two).send(get())).Item).toBeUndefined();
  });

  it("starts again with reset, while requests wait", async () => {
    await using db = await open({ tables: orders });
    const client = clientOf(db);
    await client.send(put());
    const resetting = db.reset();
    const found = client.send(get());
    await resetting;
    expect((await found).Item).toBeUndefined();
    await client.send(put());
    expect((await client.send(get())).Item).toEqual({ pk: { S: "1" } });
  });

  it("keeps its data in a folder, when told to", async () => {
    const data = await mkdtemp(join(tmpdir(), "stator-open-"));
    try {
      {
        await using db = await open({ tables: orders, data });
        await clientOf(db).send(put());
      }
      await using db = await open({ tables: orders, data });
      expect((await clientOf(db).send(get())).Item).toEqual({ pk: { S: "1" } });
      await db.reset();
      expect((await clientOf(db).send(get())).Item).toBeUndefined();
    } finally {
      await rm(data, { recursive: true });
    }
  });

  it("has a clock that can be steered", async () => {
    const clock = adjustableClock({ startMs: Date.UTC(2030, 0, 1) });
    clock.freeze();
    await using db = await open({ clock, delays: { createMs: 5000 }, tables: orders });
    expect(db.clock).toBe(clock);
    const client = clientOf(db);
    const table = async () => (await client.send(new DescribeTableCommand({ TableName: "Orders" }))).Table;
    expect(await table()).toMatchObject({
      TableStatus: "CREATING",
      CreationDateTime: new Date("2030-01-01"),
    });
    await clock.advance(5000);
    expect(await table()).toMatchObject({ TableStatus: "ACTIVE" });
  });

  it("holds nothing that keeps a process alive", async () => {
    const door = new URL("index.ts", import.meta.url).href;
    const program = `const { open } = await import(${JSON.stringify(door)}); await open(); console.log("opened");`;
    // Ends by itself although nothing was closed; the time limit would end it with an error.
    const args = ["--input-type=module", "--eval", program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    expect(stdout).toBe("opened\n");
  });

  it("calls operations directly", async () => {
    await using db = await open({ tables: orders });
    const result = await db.dispatch({
      service: "DynamoDB",
      operation: "ListTables",
      json: {},
      namespace: { region: "us-east-1", account: "000000000000" },
      requestId: "ID",
    });
    expect(result.kind === "ok" && result.body.toString()).toContain("Orders");
  });

  it("rejects requests once it is closed", async () => {
    const db = await open({ tables: orders });
    const client = new DynamoDBClient({ ...db.clientConfig(), maxAttempts: 1 });
    await client.send(put());
    await Promise.all([db.close(), db.close()]);
    await expect(client.send(get())).rejects.toThrow("this Stator is closed");
    await expect(db.reset()).rejects.toThrow("this Stator is closed");
  });

  it("refuses options it does not have", async () => {
    await expect(open({ indexLag: "some" } as unknown as OpenOptions)).rejects.toThrow("indexLag is");
    await expect(open({ transactionHoldMs: 600_001 })).rejects.toThrow("transactionHoldMs is a number");
    await expect(open({ tabels: [] } as OpenOptions)).rejects.toThrow("there is no option tabels");
  });

  it("refuses tables that cannot be made", async () => {
    await expect(open({ tables: [orders, { TableName: "X" }] })).rejects.toThrow(
      "tables[1]: neither an input",
    );
    await expect(open({ tables: "none.json" })).rejects.toThrow("none.json");
    await expect(open({ tables: { ...orders, KeySchema: [] } })).rejects.toThrow("ValidationException");
  });
});
