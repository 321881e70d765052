/** DynamoDB-Toolbox: an online shop with customers, orders, order lines and products in one table. */
import { DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import {
  $add,
  $append,
  $delete,
  $get,
  $remove,
  $set,
  $subtract,
  assertConditionCheckFailed,
  assertTransactionCancelled,
  BatchDeleteRequest,
  BatchGetCommand,
  BatchGetRequest,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteItemCommand,
  DeletePartitionCommand,
  DeleteTransaction,
  Entity,
  executeBatchGet,
  executeBatchWrite,
  executeTransactGet,
  executeTransactWrite,
  GetItemCommand,
  GetTransaction,
  item,
  list,
  map,
  number,
  prefix,
  PutItemCommand,
  PutTransaction,
  QueryCommand,
  record,
  ScanCommand,
  set,
  string,
  Table,
  UpdateItemCommand,
  UpdateTransaction,
} from "dynamodb-toolbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../clients/js-tables.ts";
import { type OpenTarget, oppositeTargets } from "../clients/js-targets.ts";
import { makeSingleTable } from "./mapper-tables.ts";

const name = "shop";

function makeShop(client: DynamoDBClient) {
  const table = new Table({
    documentClient: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    name,
    partitionKey: { name: "pk", type: "string" },
    sortKey: { name: "sk", type: "string" },
    indexes: {
      lsi1: { type: "local", sortKey: { name: "lsi1sk", type: "string" } },
      gsi1: {
        type: "global",
        partitionKey: { name: "gsi1pk", type: "string" },
        sortKey: { name: "gsi1sk", type: "string" },
      },
      gsi2: {
        type: "global",
        partitionKey: { name: "gsi2pk", type: "string" },
        sortKey: { name: "gsi2sk", type: "string" },
      },
      byShelf: {
        type: "global",
        partitionKeys: [
          { name: "category", type: "string" },
          { name: "brand", type: "string" },
        ],
        sortKeys: [
          { name: "color", type: "string" },
          { name: "stock", type: "number" },
        ],
      },
    },
  });
  const customer = new Entity({
    name: "customer",
    table,
    schema: item({
      customerId: string().key().savedAs("pk").transform(prefix("CUSTOMER")),
      profile: string().key().const("PROFILE").default("PROFILE").savedAs("sk"),
      email: string().savedAs("gsi1pk").transform(prefix("EMAIL")),
      kind: string().const("CUSTOMER").default("CUSTOMER").savedAs("gsi1sk"),
      points: number().default(0),
      tags: set(string()).optional(),
      history: list(string()).default([]),
      address: map({ city: string(), zip: string().optional() }).optional(),
      consents: record(string(), number()).optional(),
      sessionEnds: number().optional(),
    }),
  });
  const order = new Entity({
    name: "order",
    table,
    schema: item({
      customerId: string().key(),
      orderId: string().key(),
      placedOn: string().savedAs("lsi1sk"),
      total: number(),
      version: number().default(1),
      // Sparse: only what has still to be sent.
      queue: string().optional().savedAs("gsi2pk"),
      sendBy: string().optional().savedAs("gsi2sk"),
    }),
    computeKey: ({ customerId, orderId }) => ({ pk: `CUSTOMER#${customerId}`, sk: `ORDER#${orderId}` }),
  });
  const line = new Entity({
    name: "line",
    table,
    schema: item({
      orderId: string().key(),
      line: number().key(),
      sku: string().savedAs("gsi1pk").transform(prefix("SKU")),
      pieces: number(),
    }).and((before) => ({
      gsi1sk: string().link<typeof before>(({ orderId }) => `ORDER#${orderId}`),
    })),
    computeKey: ({ orderId, line: place }) => ({
      pk: `ORDER#${orderId}`,
      sk: `LINE#${String(place).padStart(3, "0")}`,
    }),
  });
  const product = new Entity({
    name: "product",
    table,
    timestamps: false,
    schema: item({
      sku: string().key().savedAs("pk").transform(prefix("PRODUCT")),
      kind: string().key().const("PRODUCT").default("PRODUCT").savedAs("sk"),
      category: string(),
      brand: string(),
      color: string(),
      stock: number(),
    }),
  });
  return { table, customer, order, line, product };
}

describe.each(oppositeTargets)("DynamoDB-Toolbox $name", (choice) => {
  let target: OpenTarget;
  let client: DynamoDBClient;
  let shop: ReturnType<typeof makeShop>;

  beforeAll(async () => {
    target = await choice.open();
    client = new DynamoDBClient(target.config);
    await makeSingleTable(client, name, ["_et", "total"]);
    shop = makeShop(client);
  });

  afterAll(async () => {
    client.destroy();
    await target.close();
  });

  const putOrder = (customerId: string, day: number, queue?: string) =>
    shop.order.build(PutItemCommand).item({
      customerId,
      orderId: `o${day}`,
      placedOn: `2026-01-0${9 - day}`,
      total: day * 10,
      ...(queue === undefined ? {} : { queue, sendBy: `2026-02-0${day}` }),
    });

  const putProduct = (sku: string, color: string, stock: number, category = sku) =>
    shop.product.build(PutItemCommand).item({ sku, category, brand: "acme", color, stock });

  it("creates once, gets, and deletes", async () => {
    const { customer } = shop;
    const create = () =>
      customer
        .build(PutItemCommand)
        .item({ customerId: "crud", email: "crud@example.com" })
        .options({
          condition: { attr: "customerId", exists: false },
          returnValuesOnConditionFalse: "ALL_OLD",
        })
        .send();
    const { ToolboxItem: put } = await create();
    expect(put).toMatchObject({ customerId: "crud", points: 0, history: [] });
    const error = await failure(create());
    assertConditionCheckFailed(error, customer);
    expect(error.FormattedItem).toMatchObject({ customerId: "crud", email: "crud@example.com" });
    const get = customer.build(GetItemCommand).key({ customerId: "crud" });
    const got = await get.options({ consistent: true, capacity: "INDEXES" }).send();
    expect(got.Item).toMatchObject({ customerId: "crud", profile: "PROFILE", email: "crud@example.com" });
    expect(got.ConsumedCapacity).toMatchObject({ TableName: name, CapacityUnits: 1 });
    const removed = await customer
      .build(DeleteItemCommand)
      .key({ customerId: "crud" })
      .options({ returnValues: "ALL_OLD", condition: { attr: "points", eq: 0 } })
      .send();
    expect(removed.Attributes).toMatchObject({ customerId: "crud" });
    expect((await get.send()).Item).toBeUndefined();
  });

  it("updates numbers, sets, lists, maps and records, and removes", async () => {
    const { customer } = shop;
    const customerId = "updates";
    await customer
      .build(PutItemCommand)
      .item({
        customerId,
        email: "updates@example.com",
        points: 5,
        tags: new Set(["new", "eu"]),
        history: ["created"],
        address: { city: "Bern", zip: "3000" },
        consents: { mail: 1, sms: 1 },
        sessionEnds: 1_800_000_000,
      })
      .send();
    const { Attributes: updated } = await customer
      .build(UpdateItemCommand)
      .item({
        customerId,
        points: $add(3),
        tags: $delete(new Set(["new"])),
        history: $append(["updated"]),
        address: { city: "Basel", zip: $remove() },
        consents: { mail: 2, sms: $remove() },
        sessionEnds: $remove(),
      })
      .options({ returnValues: "ALL_NEW", condition: { attr: "points", between: [1, 9] } })
      .send();
    expect(updated).toMatchObject({
      points: 8,
      tags: new Set(["eu"]),
      history: ["created", "updated"],
      address: { city: "Basel" },
      consents: { mail: 2 },
    });
    expect(updated?.sessionEnds).toBeUndefined();
    await customer
      .build(UpdateItemCommand)
      .item({
        customerId,
        points: $subtract($get("points"), 6),
        tags: $add(new Set(["vip"])),
        history: { 0: "replaced" },
        address: $set({ city: "Chur" }),
      })
      .send();
    const { Item: after } = await customer
      .build(GetItemCommand)
      .key({ customerId })
      .options({ consistent: true })
      .send();
    expect(after).toMatchObject({
      points: 2,
      tags: new Set(["eu", "vip"]),
      history: ["replaced", "updated"],
      address: { city: "Chur" },
    });
  });

  it("locks optimistically by a version", async () => {
    const { order } = shop;
    await putOrder("locks", 1).send();
    const write = (version: number, total: number) =>
      order
        .build(UpdateItemCommand)
        .item({ customerId: "locks", orderId: "o1", total, version: $add(1) })
        .options({ condition: { attr: "version", eq: version }, returnValues: "UPDATED_NEW" })
        .send();
    expect((await write(1, 20)).Attributes).toMatchObject({ version: 2, total: 20 });
    assertConditionCheckFailed(await failure(write(1, 30)));
    expect((await write(2, 40)).Attributes).toMatchObject({ version: 3, total: 40 });
  });

  it("queries a partition by ranges, orders, filters and pages", async () => {
    const { table, customer, order } = shop;
    await customer.build(PutItemCommand).item({ customerId: "ranges", email: "ranges@example.com" }).send();
    for (const day of [3, 1, 4, 2]) await putOrder("ranges", day).send();
    const partition = "CUSTOMER#ranges";
    const orders = table
      .build(QueryCommand)
      .entities(order)
      .query({ partition, range: { beginsWith: "ORDER#" } });
    const ids = (found: { readonly Items?: readonly { readonly orderId: string }[] }) =>
      found.Items?.map(({ orderId }) => orderId);
    expect(ids(await orders.send())).toEqual(["o1", "o2", "o3", "o4"]);
    expect(ids(await orders.options({ reverse: true, limit: 2 }).send())).toEqual(["o4", "o3"]);
    expect(ids(await orders.options({ filters: { order: { attr: "total", gt: 20 } } }).send())).toEqual([
      "o3",
      "o4",
    ]);
    const between = orders.query({ partition, range: { between: ["ORDER#o2", "ORDER#o3"] } });
    expect(ids(await between.send())).toEqual(["o2", "o3"]);
    // The local index orders by the day, and can be read consistently.
    const byDay = orders.query({ index: "lsi1", partition, range: { gte: "2026-01-06" } });
    expect(ids(await byDay.options({ consistent: true }).send())).toEqual(["o3", "o2", "o1"]);
    const paged: string[] = [];
    for await (const page of byDay.options({ limit: 2 }).paginate()) paged.push(...(ids(page) ?? []));
    expect(paged).toEqual(["o3", "o2", "o1"]);
    const everything = await table
      .build(QueryCommand)
      .entities(customer, order)
      .query({ partition })
      .options({ maxPages: Infinity, limit: 2 })
      .send();
    expect(everything.Items?.length).toBe(5);
    const counted = await table.build(QueryCommand).query({ partition }).options({ select: "COUNT" }).send();
    expect(counted).toMatchObject({ Count: 5 });
  });

  it("queries overloaded and sparse global indexes", async () => {
    const { table, customer, order, line } = shop;
    await customer.build(PutItemCommand).item({ customerId: "global", email: "global@example.com" }).send();
    for (const orderId of ["g1", "g2"]) {
      await line.build(PutItemCommand).item({ orderId, line: 1, sku: "lamp", pieces: 2 }).send();
    }
    for (const day of [1, 2, 3]) await putOrder("global", day, "parcels").send();
    const sent = order
      .build(UpdateItemCommand)
      .item({ customerId: "global", orderId: "o2", queue: $remove(), sendBy: $remove() });
    await sent.send();
    await target.indexesCaughtUp();
    const byEmail = await table
      .build(QueryCommand)
      .entities(customer)
      .query({ index: "gsi1", partition: "EMAIL#global@example.com" })
      .send();
    expect(byEmail.Items).toMatchObject([{ customerId: "global", email: "global@example.com" }]);
    const bySku = await table
      .build(QueryCommand)
      .entities(line)
      .query({ index: "gsi1", partition: "SKU#lamp", range: { beginsWith: "ORDER#" } })
      .options({ reverse: true, attributes: ["orderId", "pieces"] })
      .send();
    expect(bySku.Items).toMatchObject([{ pieces: 2 }, { pieces: 2 }]);
    // gsi2 projects the total, and not the day.
    const queue = await table
      .build(QueryCommand)
      .query({ index: "gsi2", partition: "parcels", range: { lt: "2026-03" } })
      .options({ capacity: "INDEXES" })
      .send();
    expect(queue.Items?.map((found) => [found["sk"], found["total"], found["lsi1sk"]])).toEqual([
      ["ORDER#o1", 10, undefined],
      ["ORDER#o3", 30, undefined],
    ]);
    expect(queue.ConsumedCapacity).toMatchObject({
      GlobalSecondaryIndexes: { gsi2: { CapacityUnits: 0.5 } },
    });
  });

  it("queries an index with keys of several attributes, added to a table with items", async () => {
    const { table, product } = shop;
    for (const [color, stock] of [
      ["red", 3],
      ["red", 20],
      ["blue", 100],
    ] as const) {
      await putProduct(`${color}${stock}`, color, stock, "chairs").send();
    }
    await client.send(
      new UpdateTableCommand({
        TableName: name,
        AttributeDefinitions: ["category", "brand", "color", "stock"].map((AttributeName) => ({
          AttributeName,
          AttributeType: AttributeName === "stock" ? "N" : "S",
        })),
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: "byShelf",
              KeySchema: [
                { AttributeName: "category", KeyType: "HASH" },
                { AttributeName: "brand", KeyType: "HASH" },
                { AttributeName: "color", KeyType: "RANGE" },
                { AttributeName: "stock", KeyType: "RANGE" },
              ],
              Projection: { ProjectionType: "ALL" },
            },
          },
        ],
      }),
    );
    await target.indexesCaughtUp();
    const shelf = table.build(QueryCommand).entities(product);
    const found = await shelf
      .query({ index: "byShelf", partition: ["chairs", "acme"], range: ["red", { gte: 10 }] })
      .send();
    expect(found.Items?.map(({ sku }) => sku)).toEqual(["red20"]);
    const all = await shelf.query({ index: "byShelf", partition: ["chairs", "acme"] }).send();
    expect(all.Items?.map(({ sku }) => sku)).toEqual(["blue100", "red3", "red20"]);
  });

  it("scans in pages and segments", async () => {
    const { table, product } = shop;
    const skus = Array.from({ length: 12 }, (_, index) => `scan${index}`);
    for (const sku of skus) await putProduct(sku, "grey", 1).send();
    const found: string[] = [];
    for (const segment of [0, 1, 2]) {
      const scan = table
        .build(ScanCommand)
        .entities(product)
        .options({
          segment,
          totalSegments: 3,
          maxPages: Infinity,
          limit: 5,
          filters: { product: { attr: "color", eq: "grey" } },
        });
      const { Items: page = [] } = await scan.send();
      found.push(...page.map(({ sku }) => sku));
    }
    expect(found.toSorted()).toEqual(skus.toSorted());
  });

  it("writes and reads batches, and deletes a partition", async () => {
    const { table, line, product } = shop;
    const places = Array.from({ length: 20 }, (_, index) => index);
    const requests = places.map((place) =>
      line.build(BatchPutRequest).item({ orderId: "batch", line: place, sku: "batch", pieces: place }),
    );
    const stool = { sku: "stool", category: "batch", brand: "acme", color: "red", stock: 1 };
    await executeBatchWrite(
      table.build(BatchWriteCommand).requests(...requests, product.build(BatchPutRequest).item(stool)),
    );
    const keys = [3, 99, 7].map((place) =>
      line.build(BatchGetRequest).key({ orderId: "batch", line: place }),
    );
    const { Responses: read } = await executeBatchGet(
      table.build(BatchGetCommand).requests(...keys, product.build(BatchGetRequest).key({ sku: "stool" })),
    );
    const found = read[0] as readonly ({ readonly pieces?: number; readonly sku?: string } | undefined)[];
    expect(found.map((each) => each?.pieces)).toEqual([3, undefined, 7, undefined]);
    expect(found[3]).toMatchObject(stool);
    await executeBatchWrite(
      table
        .build(BatchWriteCommand)
        .requests(line.build(BatchDeleteRequest).key({ orderId: "batch", line: 0 })),
    );
    await table.build(DeletePartitionCommand).entities(line).query({ partition: "ORDER#batch" }).send();
    const left = await table
      .build(QueryCommand)
      .query({ partition: "ORDER#batch" })
      .options({ consistent: true })
      .send();
    expect(left.Items).toEqual([]);
  });

  it("writes and reads transactions", async () => {
    const { customer, order, line, product } = shop;
    await customer.build(PutItemCommand).item({ customerId: "buyer", email: "buyer@example.com" }).send();
    await putProduct("table", "oak", 5).send();
    await putProduct("voucher", "paper", 1).send();
    await executeTransactWrite(
      customer.build(ConditionCheck).key({ customerId: "buyer" }).condition({ attr: "email", exists: true }),
      order
        .build(PutTransaction)
        .item({ customerId: "buyer", orderId: "t1", placedOn: "2026-01-01", total: 100 }),
      line.build(PutTransaction).item({ orderId: "t1", line: 1, sku: "table", pieces: 2 }),
      product.build(DeleteTransaction).key({ sku: "voucher" }),
    );
    const take = () =>
      executeTransactWrite(
        { clientRequestToken: "taken-once" },
        product
          .build(UpdateTransaction)
          .item({ sku: "table", stock: $add(-2) })
          .options({ condition: { attr: "stock", gte: 2 } }),
      );
    await take();
    await take();
    const { Responses: read } = await executeTransactGet(
      order.build(GetTransaction).key({ customerId: "buyer", orderId: "t1" }),
      product
        .build(GetTransaction)
        .key({ sku: "table" })
        .options({ attributes: ["stock"] }),
      product.build(GetTransaction).key({ sku: "voucher" }),
    );
    expect(read?.map((each) => each?.Item)).toMatchObject([
      { total: 100, version: 1 },
      { stock: 3 },
      undefined,
    ]);
  });

  it("says for each item why a transaction was cancelled", async () => {
    const { order, product } = shop;
    await putProduct("rare", "gold", 1).send();
    const put = order
      .build(PutTransaction)
      .item({ customerId: "cancelled", orderId: "c1", placedOn: "2026-01-01", total: 1 });
    const take = product
      .build(UpdateTransaction)
      .item({ sku: "rare", stock: $add(-2) })
      .options({ condition: { attr: "stock", gte: 2 }, returnValuesOnConditionFalse: "ALL_OLD" });
    const error = await failure(executeTransactWrite(put, take));
    assertTransactionCancelled(error, put, take);
    const [first, second] = error.CancellationReasons ?? [];
    expect(first).toMatchObject({ Code: "None" });
    expect(second).toMatchObject({
      Code: "ConditionalCheckFailed",
      Message: "The conditional request failed",
    });
    expect(second?.FormattedItem).toMatchObject({ sku: "rare", stock: 1 });
    const { Item: absent } = await order
      .build(GetItemCommand)
      .key({ customerId: "cancelled", orderId: "c1" })
      .send();
    expect(absent).toBeUndefined();
  });
});
