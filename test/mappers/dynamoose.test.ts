/** Dynamoose: a shop with customers, orders and products in one table, which the library makes and updates. */
import { DescribeTableCommand, DynamoDB } from "@aws-sdk/client-dynamodb";
import dynamoose from "dynamoose";
import type { Item } from "dynamoose/dist/Item.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../clients/js-tables.ts";
import { type OpenTarget, oppositeTargets } from "../clients/js-targets.ts";

interface Keyed extends Item {
  pk: string;
  sk: string;
  entity: string;
  gsi1pk?: string;
  gsi1sk?: string;
}

interface Customer extends Keyed {
  name: string;
  points: number;
  tags?: Set<string>;
  log?: string[];
  address?: { city: string; zip?: string };
  sessionEnds?: number;
  createdAt: Date;
  updatedAt: Date;
}

interface Order extends Keyed {
  total: number;
  version: number;
  placedOn: string;
  queue?: string;
  sendBy?: string;
}

interface Product extends Keyed {
  stock: number;
}

const keys = {
  pk: { type: String, hashKey: true },
  sk: { type: String, rangeKey: true },
  gsi1pk: { type: String, index: { name: "gsi1", type: "global", rangeKey: "gsi1sk" } },
  gsi1sk: String,
} as const;

/** Which entity an item is: Dynamoose finds its model by it. */
const entity = (name: string) => ({ type: String, enum: [name], default: name, required: true });

/** Sparse: only what has still to be sent. */
const queueIndex = { name: "gsi2", type: "global" as const, rangeKey: "sendBy", project: ["total"] };

/** Dynamoose finds models by their names and the names of their tables, whatever the instance: each needs its own. */
function makeShop(suffix: string, client: DynamoDB) {
  const customer = dynamoose.model<Customer>(
    `Customer${suffix}`,
    new dynamoose.Schema(
      {
        ...keys,
        entity: entity("customer"),
        name: { type: String, required: true },
        points: { type: Number, default: 0 },
        tags: { type: Set, schema: [String] },
        log: { type: Array, schema: [String] },
        address: { type: Object, schema: { city: { type: String, required: true }, zip: String } },
        sessionEnds: Number,
      },
      { timestamps: true },
    ),
  );
  const order = dynamoose.model<Order>(`Order${suffix}`, {
    ...keys,
    entity: entity("order"),
    total: Number,
    version: { type: Number, default: 1 },
    placedOn: { type: String, index: { name: "lsi1", type: "local" } },
    queue: { type: String, index: queueIndex },
    sendBy: String,
  });
  const product = dynamoose.model<Product>(`Product${suffix}`, {
    ...keys,
    entity: entity("product"),
    stock: Number,
  });
  const instance = new dynamoose.Instance();
  instance.aws.ddb.set(client);
  const table = new instance.Table(`shop${suffix}`, [customer, order, product], {
    throughput: "ON_DEMAND",
    waitForActive: { enabled: true, check: { timeout: 20_000, frequency: 20 } },
    tags: { team: "shop" },
    initialize: false,
  });
  return { table, instance, customer, order, product };
}

describe.each(oppositeTargets.map((target, index) => ({ ...target, suffix: `-${index}` })))(
  "Dynamoose $name",
  (choice) => {
    let target: OpenTarget;
    let client: DynamoDB;
    let shop: ReturnType<typeof makeShop>;

    beforeAll(async () => {
      target = await choice.open();
      client = new DynamoDB(target.config);
      shop = makeShop(choice.suffix, client);
      await shop.table.initialize();
    });

    afterAll(async () => {
      client.destroy();
      await target.close();
    });

    const customerKey = (id: string) => ({ pk: `CUSTOMER#${id}`, sk: "PROFILE" });
    const orderKey = (customer: string, number: number) => ({
      pk: `CUSTOMER#${customer}`,
      sk: `ORDER#${number}`,
    });
    const productKey = (sku: string) => ({ pk: `PRODUCT#${sku}`, sk: "PRODUCT" });

    const createOrder = (customer: string, number: number, more: object = {}) =>
      shop.order.create({
        ...orderKey(customer, number),
        total: number * 10,
        placedOn: `2026-01-0${9 - number}`,
        gsi1pk: `DAY#2026-01-0${9 - number}`,
        gsi1sk: `${customer}#${number}`,
        ...more,
      });

    const describeIndexes = async () => {
      const { Table: table } = await client.send(new DescribeTableCommand({ TableName: shop.table.name }));
      return {
        local: table?.LocalSecondaryIndexes?.map(({ IndexName }) => IndexName),
        global: table?.GlobalSecondaryIndexes?.map(
          ({ IndexName, IndexStatus }) => `${IndexName} ${IndexStatus}`,
        ).toSorted(),
      };
    };

    it("makes the table that its models describe, and waits for it", async () => {
      expect(await describeIndexes()).toEqual({ local: ["lsi1"], global: ["gsi1 ACTIVE", "gsi2 ACTIVE"] });
    });

    it("creates once, gets, saves, and deletes", async () => {
      const { customer } = shop;
      const key = customerKey("crud");
      const created = await customer.create({ ...key, name: "Crud" });
      expect(created.points).toBe(0);
      expect(await failure(customer.create({ ...key, name: "Again" }))).toMatchObject({
        name: "ConditionalCheckFailedException",
      });
      const found = await customer.get(key, { consistent: true });
      expect(found.toJSON()).toMatchObject({ ...key, name: "Crud", entity: "customer" });
      expect(found.createdAt).toBeInstanceOf(Date);
      found.name = "Saved";
      found.sessionEnds = 1_800_000_000;
      await found.save({ return: "item", condition: new dynamoose.Condition().where("name").eq("Crud") });
      expect((await customer.get(key)).name).toBe("Saved");
      await customer.create({ ...key, name: "Over" }, { overwrite: true });
      expect((await customer.get(key)).sessionEnds).toBeUndefined();
      await customer.delete(key, { condition: new dynamoose.Condition().where("name").eq("Over") });
      expect(await customer.get(key)).toBeUndefined();
    });

    it("updates by setting, adding, deleting and removing", async () => {
      const { customer } = shop;
      const key = customerKey("updates");
      await customer.create({
        ...key,
        name: "Updates",
        tags: new Set(["a", "b"]),
        log: ["first"],
        address: { city: "Bern", zip: "3000" },
        sessionEnds: 1_800_000_000,
      });
      await customer.update(key, {
        $ADD: { points: 5, log: ["second"] },
        $DELETE: { tags: ["a"] },
      } as object);
      const updated = await customer.update(
        key,
        { $SET: { address: { city: "Basel" } }, $REMOVE: ["sessionEnds"] },
        {
          condition: new dynamoose.Condition()
            .where("points")
            .between(1, 9)
            .and()
            .where("name")
            .beginsWith("Up"),
        },
      );
      expect(updated.toJSON()).toMatchObject({
        points: 5,
        log: ["first", "second"],
        address: { city: "Basel" },
      });
      expect(updated.tags).toEqual(new Set(["b"]));
      expect(updated.sessionEnds).toBeUndefined();
      expect(updated.updatedAt.getTime()).toBeGreaterThanOrEqual(updated.createdAt.getTime());
      // An update of an item that does not exist makes it.
      await customer.update(customerKey("upsert"), { name: "Upsert", entity: "customer" });
      expect((await customer.get(customerKey("upsert"))).name).toBe("Upsert");
    });

    it("locks optimistically by a version", async () => {
      await createOrder("locks", 1);
      const write = (version: number) =>
        shop.order.update(orderKey("locks", 1), { $SET: { total: 99 }, $ADD: { version: 1 } } as object, {
          condition: new dynamoose.Condition().where("version").eq(version),
        });
      expect((await write(1)).version).toBe(2);
      expect(await failure(write(1))).toMatchObject({ name: "ConditionalCheckFailedException" });
      expect((await write(2)).version).toBe(3);
    });

    it("queries by ranges, orders, filters, pages and counts", async () => {
      const { order } = shop;
      for (const number of [2, 4, 1, 3]) await createOrder("ranges", number);
      const orders = () => order.query("pk").eq("CUSTOMER#ranges");
      const totals = (found: readonly Order[]) => found.map(({ total }) => total);
      expect(totals(await orders().where("sk").beginsWith("ORDER#").exec())).toEqual([10, 20, 30, 40]);
      expect(totals(await orders().sort("descending").exec())).toEqual([40, 30, 20, 10]);
      expect(totals(await orders().where("sk").between("ORDER#2", "ORDER#3").exec())).toEqual([20, 30]);
      expect(totals(await orders().where("sk").ge("ORDER#2").filter("total").lt(40).exec())).toEqual([
        20, 30,
      ]);
      const byDay = orders().where("placedOn").gt("2026-01-05");
      byDay.using("lsi1");
      byDay.consistent();
      expect(totals(await byDay.exec())).toEqual([30, 20, 10]);
      const first = orders();
      first.limit(3);
      const page = await first.exec();
      expect(totals(page)).toEqual([10, 20, 30]);
      const rest = orders();
      rest.startAt(page.lastKey);
      expect(totals(await rest.exec())).toEqual([40]);
      const all = orders();
      all.limit(1);
      all.all();
      expect(totals(await all.exec())).toEqual([10, 20, 30, 40]);
      const counted = orders();
      counted.count();
      expect((await counted.exec()).count).toBe(4);
    });

    it("queries overloaded and sparse global indexes", async () => {
      const { order, customer } = shop;
      await customer.create({
        ...customerKey("global"),
        name: "Global",
        gsi1pk: "NAME#Global",
        gsi1sk: "global",
      });
      for (const number of [1, 2, 3])
        await createOrder("global", number, { queue: "parcels", sendBy: `2026-02-0${number}` });
      await order.update(orderKey("global", 2), { $REMOVE: ["queue"] });
      await target.indexesCaughtUp();
      const byName = await customer.query("gsi1pk").eq("NAME#Global").exec();
      expect(byName.map(({ name }) => name)).toEqual(["Global"]);
      const byDay = order.query("gsi1pk").eq("DAY#2026-01-08").where("gsi1sk").beginsWith("global#");
      byDay.using("gsi1");
      expect((await byDay.exec()).map(({ total }) => total)).toEqual([10]);
      const waiting = await order.query("queue").eq("parcels").sort("descending").exec();
      expect(waiting.map(({ total, sendBy }) => [total, sendBy])).toEqual([
        [30, "2026-02-03"],
        [10, "2026-02-01"],
      ]);
      // Not projected.
      expect(waiting.map(({ placedOn }) => placedOn)).toEqual([undefined, undefined]);
    });

    it("scans in parallel", async () => {
      const { product } = shop;
      for (const number of [1, 2, 3, 4, 5])
        await product.create({ ...productKey(`scan${number}`), stock: 1000 + number });
      const found = await product.scan("stock").gt(1000).parallel(3).exec();
      expect(new Set(found.map(({ stock }) => stock))).toEqual(new Set([1001, 1002, 1003, 1004, 1005]));
      const scan = product.scan({ entity: "product", stock: { gt: 1003 } });
      scan.limit(2);
      scan.all();
      expect((await scan.exec()).length).toBe(2);
    });

    it("writes, reads and deletes batches", async () => {
      const { product } = shop;
      const items = Array.from({ length: 25 }, (_, index) => ({
        ...productKey(`batch${index}`),
        stock: index,
      }));
      expect(await product.batchPut(items)).toEqual({ unprocessedItems: [] });
      const read = await product.batchGet([
        productKey("batch3"),
        productKey("missing"),
        productKey("batch7"),
      ]);
      expect(read.map(({ stock }) => stock)).toEqual([3, 7]);
      expect(read.unprocessedKeys).toEqual([]);
      const gone = await product.batchDelete(items.map(({ pk, sk }) => ({ pk, sk })));
      expect(gone).toEqual({ unprocessedItems: [] });
      expect(await product.get(productKey("batch3"))).toBeUndefined();
    });

    it("writes and reads transactions", async () => {
      const { customer, order, product } = shop;
      await customer.create({ ...customerKey("buyer"), name: "Buyer" });
      await product.create({ ...productKey("lamp"), stock: 2 });
      await product.create({ ...productKey("voucher"), stock: 1 });
      const stocked = new dynamoose.Condition().where("stock").ge(1);
      await dynamoose.transaction([
        customer.transaction.condition(
          customerKey("buyer"),
          new dynamoose.Condition().where("name").exists(),
        ),
        order.transaction.create({ ...orderKey("buyer", 1), total: 10, placedOn: "2026-01-01" }),
        product.transaction.update(productKey("lamp"), { $ADD: { stock: -1 } }, { condition: stocked }),
        product.transaction.delete(productKey("voucher")),
      ]);
      const read: unknown = await dynamoose.transaction([
        order.transaction.get(orderKey("buyer", 1)),
        product.transaction.get(productKey("lamp")),
      ]);
      expect(read).toMatchObject([{ total: 10, version: 1 }, { stock: 1 }]);
      expect(await product.get(productKey("voucher"))).toBeUndefined();
    });

    it("says for each item why a transaction was cancelled", async () => {
      const { order, product } = shop;
      await product.create({ ...productKey("rare"), stock: 0 });
      const stocked = new dynamoose.Condition().where("stock").ge(1);
      const cancelled: Promise<unknown> = dynamoose.transaction([
        order.transaction.create({ ...orderKey("cancelled", 1), total: 10, placedOn: "2026-01-01" }),
        product.transaction.update(productKey("rare"), { $ADD: { stock: -1 } }, { condition: stocked }),
      ]);
      const error = await failure(cancelled);
      expect(error).toMatchObject({
        name: "TransactionCanceledException",
        message:
          "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
        CancellationReasons: [
          { Code: "None" },
          { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
        ],
      });
      expect(await order.get(orderKey("cancelled", 1))).toBeUndefined();
    });

    it("updates the indexes of a table when a model changes", async () => {
      const { instance, table, product } = shop;
      await product.create({ ...productKey("indexed"), stock: 7 });
      const next = dynamoose.model<Product>(`Next${choice.suffix}`, {
        ...keys,
        entity: entity("product"),
        stock: { type: Number, index: { name: "gsi3", type: "global", rangeKey: "sk" } },
        placedOn: { type: String, index: { name: "lsi1", type: "local" } },
      });
      const changed = new instance.Table(table.name, [next], {
        throughput: "ON_DEMAND",
        create: false,
        update: ["indexes", "tags"] as never,
        tags: { team: "stock" },
        waitForActive: { enabled: true, check: { timeout: 20_000, frequency: 20 } },
        initialize: false,
      });
      await changed.initialize();
      expect(await describeIndexes()).toEqual({ local: ["lsi1"], global: ["gsi1 ACTIVE", "gsi3 ACTIVE"] });
      const found = await next.query("stock").eq(7).exec();
      expect(found.map(({ pk }) => pk)).toEqual(["PRODUCT#indexed"]);
    });
  },
);
