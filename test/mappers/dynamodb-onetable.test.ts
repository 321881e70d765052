/** OneTable: accounts with users, tickets and products in one table that the library makes itself. */
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { Table } from "dynamodb-onetable";
import { Dynamo } from "dynamodb-onetable/Dynamo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../clients/js-tables.ts";
import { type OpenTarget, oppositeTargets } from "../clients/js-targets.ts";

const schema = {
  format: "onetable:1.1.0",
  version: "0.0.1",
  indexes: {
    primary: { hash: "pk", sort: "sk" },
    // By whatever the model is looked up by.
    gs1: { hash: "gs1pk", sort: "gs1sk", follow: false },
    // Sparse, keys only: the whole item is read from the table by following the index.
    gs2: { hash: "gs2pk", sort: "gs2sk", project: "keys", follow: true },
    ls1: { sort: "ls1sk", type: "local" },
  },
  models: {
    Account: {
      pk: { type: String, value: "account#${id}" },
      sk: { type: String, value: "account#" },
      id: { type: String, generate: "ulid" },
      name: { type: String, required: true, unique: true },
      balance: { type: Number, default: 0 },
      features: { type: Set },
      contacts: { type: Array, default: [] },
      address: { type: Object, schema: { city: { type: String }, zip: { type: String } } },
      expires: { type: Date, ttl: true },
    },
    User: {
      pk: { type: String, value: "account#${accountId}" },
      sk: { type: String, value: "user#${email}" },
      accountId: { type: String, required: true },
      email: { type: String, required: true },
      role: { type: String, enum: ["admin", "user"], default: "user" },
      joined: { type: String, required: true },
      version: { type: Number, default: 1 },
      gs1pk: { type: String, value: "email#${email}" },
      gs1sk: { type: String, value: "user#${accountId}" },
      ls1sk: { type: String, value: "joined#${joined}" },
    },
    Ticket: {
      pk: { type: String, value: "account#${accountId}" },
      sk: { type: String, value: "ticket#${number}" },
      accountId: { type: String, required: true },
      number: { type: String, required: true },
      title: { type: String, required: true },
      assignee: { type: String },
      urgentSince: { type: String },
      gs1pk: { type: String, value: "email#${assignee}" },
      gs1sk: { type: String, value: "ticket#${number}" },
      gs2pk: { type: String },
      gs2sk: { type: String, value: "urgent#${urgentSince}" },
    },
  },
  params: { isoDates: true, timestamps: true },
  queries: {},
} as const;

function makeTable(client: DynamoDBClient) {
  return new Table({ client: new Dynamo({ client }), name: "desk", schema, logger: false, partial: true });
}

describe.each(oppositeTargets)("OneTable $name", (choice) => {
  let target: OpenTarget;
  let client: DynamoDBClient;
  let table: ReturnType<typeof makeTable>;

  beforeAll(async () => {
    target = await choice.open();
    client = new DynamoDBClient(target.config);
    table = makeTable(client);
    await table.createTable({ wait: 20 });
  });

  afterAll(async () => {
    client.destroy();
    await target.close();
  });

  const accounts = () => table.getModel("Account");
  const users = () => table.getModel("User");
  const tickets = () => table.getModel("Ticket");

  const addUsers = async (accountId: string, names: readonly string[]) => {
    for (const [index, name] of names.entries()) {
      const joined = `2026-01-${String(28 - index).padStart(2, "0")}`;
      await users().create({ accountId, email: `${name}@${accountId}`, joined });
    }
  };

  const addTickets = async (accountId: string, count: number) => {
    for (let number = 1; number <= count; number += 1) {
      await tickets().create({
        accountId,
        number: String(number).padStart(3, "0"),
        title: `ticket ${number}`,
      });
    }
  };

  it("makes the table that its schema describes", async () => {
    expect(await table.exists()).toBe(true);
    const description = await table.describeTable();
    expect(description).toMatchObject({
      Table: {
        TableStatus: "ACTIVE",
        LocalSecondaryIndexes: [{ IndexName: "ls1", Projection: { ProjectionType: "ALL" } }],
      },
    });
    expect(JSON.stringify(description)).toContain('"KEYS_ONLY"');
  });

  it("creates once, gets, and removes", async () => {
    await addUsers("crud", ["ann"]);
    const key = { accountId: "crud", email: "ann@crud" };
    const found = await users().get(key, { consistent: true });
    expect(found).toMatchObject({ ...key, role: "user", version: 1 });
    const again = await failure(users().create({ ...key, joined: "2026-02-01" }));
    expect(again).toMatchObject({ name: "OneTableError", code: "ConditionalCheckFailedException" });
    await users().create({ ...key, joined: "2026-02-01", role: "admin" }, { exists: null });
    const removed = await users().remove(key);
    expect(removed).toMatchObject({ role: "admin" });
    expect(await users().get(key)).toBeUndefined();
    expect(await failure(users().remove(key, { exists: true }))).toMatchObject({
      code: "ConditionalCheckFailedException",
    });
  });

  it("keeps fields unique by transactions", async () => {
    const first = await accounts().create({ name: "unique" });
    expect(first.id).toMatch(/^[0-9A-Z]{26}$/u);
    const second = await failure(accounts().create({ name: "unique" }));
    expect(second).toMatchObject({
      code: "UniqueError",
      message: expect.stringContaining("already exists") as string,
    });
    const { id = "" } = first;
    await accounts().update({ id, name: "renamed" }, { return: "none" });
    const third = await accounts().create({ name: "unique" });
    expect(await failure(accounts().update({ id, name: "unique" }))).toMatchObject({ code: "UniqueError" });
    expect(await accounts().get({ id })).toMatchObject({ name: "renamed" });
    await accounts().remove({ id: third.id ?? "" });
    expect((await accounts().create({ name: "unique" })).name).toBe("unique");
  });

  it("updates by adding, setting, pushing, removing and deleting", async () => {
    const expires = new Date("2027-01-01T00:00:00Z");
    const { id = "" } = await accounts().create({
      name: "updates",
      balance: 10,
      features: new Set(["a", "b"]),
      contacts: ["x"],
      address: { city: "Bern", zip: "3000" },
      expires,
    });
    await accounts().update({ id }, { add: { balance: 5 }, push: { contacts: ["y"] } });
    await accounts().update(
      { id },
      { delete: { features: new Set(["b"]) }, set: { "address.city": "{Basel}" } },
    );
    const updated = await accounts().update({ id }, { remove: ["address.zip"], where: "${balance} = {15}" });
    expect(updated).toMatchObject({
      balance: 15,
      contacts: ["x", "y"],
      features: new Set(["a"]),
      address: { city: "Basel" },
      expires,
    });
    const Key = { pk: { S: `account#${id}` }, sk: { S: "account#" } };
    const { Item: stored } = await client.send(new GetItemCommand({ TableName: table.name, Key }));
    expect(stored?.["expires"]).toEqual({ N: String(expires.getTime() / 1000) });
    expect(
      await failure(accounts().update({ id }, { add: { balance: 1 }, where: "${balance} > {100}" })),
    ).toMatchObject({
      code: "ConditionalCheckFailedException",
    });
    expect(await failure(accounts().update({ id: "nobody", balance: 1 }))).toMatchObject({
      code: "ConditionalCheckFailedException",
    });
  });

  it("upserts", async () => {
    const key = { accountId: "upsert", email: "ann@upsert" };
    await users().upsert({ ...key, joined: "2026-01-01" });
    const after = await users().upsert({ ...key, role: "admin" });
    expect(after).toMatchObject({ ...key, joined: "2026-01-01", role: "admin" });
  });

  it("locks optimistically by a version", async () => {
    await addUsers("locks", ["ann"]);
    const key = { accountId: "locks", email: "ann@locks" };
    const write = (version: number) =>
      users().update(key, {
        add: { version: 1 },
        where: `\${version} = {${version}}`,
      });
    expect(await write(1)).toMatchObject({ version: 2 });
    expect(await failure(write(1))).toMatchObject({ code: "ConditionalCheckFailedException" });
    expect(await write(2)).toMatchObject({ version: 3 });
  });

  it("finds by ranges, orders, filters and counts", async () => {
    const accountId = "ranges";
    await addUsers(accountId, ["a", "b", "c", "d"]);
    await addTickets(accountId, 3);
    const emails = (found: readonly { readonly email?: string }[]) => found.map(({ email }) => email?.[0]);
    expect(emails(await users().find({ accountId }))).toEqual(["a", "b", "c", "d"]);
    expect(emails(await users().find({ accountId }, { reverse: true, limit: 2 }))).toEqual(["d", "c"]);
    const begins = await users().find({ pk: `account#${accountId}`, sk: { begins: "user#b" } } as object);
    expect(emails(begins)).toEqual(["b"]);
    const between = await users().find({
      pk: `account#${accountId}`,
      sk: { between: ["user#b", "user#c~"] },
    } as object);
    expect(emails(between)).toEqual(["b", "c"]);
    // The local index has them by the day they joined.
    const byDay = await users().find({ pk: `account#${accountId}`, ls1sk: { begins: "joined#" } } as object, {
      index: "ls1",
      consistent: true,
    });
    expect(emails(byDay)).toEqual(["d", "c", "b", "a"]);
    const filtered = await users().find({ accountId }, { where: "${joined} >= {2026-01-27}" });
    expect(emails(filtered)).toEqual(["a", "b"]);
    expect((await tickets().find({ accountId }, { count: true })).count).toBe(3);
    const groups = await table.fetch(["User", "Ticket"], { pk: `account#${accountId}` });
    expect(groups["User"]?.length).toBe(4);
    expect(groups["Ticket"]?.length).toBe(3);
  });

  it("pages forward and back", async () => {
    const accountId = "pages";
    await addTickets(accountId, 7);
    const numbers = (found: readonly { readonly number?: string }[]) =>
      found.map(({ number }) => Number(number));
    const first = await tickets().find({ accountId }, { limit: 3, hidden: true });
    expect(numbers(first)).toEqual([1, 2, 3]);
    const second = await tickets().find({ accountId }, { limit: 3, hidden: true, next: first.next ?? {} });
    expect(numbers(second)).toEqual([4, 5, 6]);
    const third = await tickets().find({ accountId }, { limit: 3, hidden: true, next: second.next ?? {} });
    expect(numbers(third)).toEqual([7]);
    expect(third.next).toBeUndefined();
    const back = await tickets().find({ accountId }, { limit: 3, hidden: true, prev: second.prev ?? {} });
    expect(numbers(back)).toEqual([1, 2, 3]);
  });

  it("looks things up in overloaded and sparse global indexes", async () => {
    const accountId = "global";
    await addUsers(accountId, ["ann"]);
    await addTickets(accountId, 4);
    for (const number of ["002", "003"]) {
      await tickets().update({
        accountId,
        number,
        assignee: "ann@global",
        gs2pk: "urgent",
        urgentSince: `2026-${number}`,
      });
    }
    await target.indexesCaughtUp();
    const user = await users().get({ email: "ann@global" }, { index: "gs1" });
    expect(user).toMatchObject({ accountId, email: "ann@global" });
    const assigned = await tickets().find(
      { gs1pk: "email#ann@global", gs1sk: { begins: "ticket#" } } as object,
      { index: "gs1" },
    );
    expect(assigned.map(({ title }) => title)).toEqual(["ticket 2", "ticket 3"]);
    const urgent = await tickets().find({ gs2pk: "urgent" } as object, {
      index: "gs2",
      reverse: true,
      follow: true,
    });
    expect(urgent.map(({ title }) => title)).toEqual(["ticket 3", "ticket 2"]);
    await tickets().update({ accountId, number: "003" }, { remove: ["gs2pk"] });
    await target.indexesCaughtUp();
    const left = await tickets().find({ gs2pk: "urgent" } as object, { index: "gs2", follow: true });
    expect(left.map(({ title }) => title)).toEqual(["ticket 2"]);
  });

  it("scans by model, in segments", async () => {
    await addTickets("scans", 9);
    const found: string[] = [];
    for (const segment of [0, 1, 2]) {
      const page = await tickets().scan({ accountId: "scans" }, { segment, segments: 3 });
      found.push(...page.map(({ number }) => number ?? ""));
    }
    expect(found.map(Number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await tickets().scan({}, { count: true, where: "${accountId} = {scans}" })).count).toBe(9);
  });

  it("writes and reads batches", async () => {
    const accountId = "batch";
    const batch = {};
    for (let number = 1; number <= 20; number += 1) {
      await tickets().create({ accountId, number: String(number), title: `ticket ${number}` }, { batch });
    }
    expect(await table.batchWrite(batch)).toBe(true);
    const reads = {};
    for (const number of ["3", "20", "21"]) await tickets().get({ accountId, number }, { batch: reads });
    const read = await table.batchGet<{ readonly title: string }>(reads, { parse: true, consistent: true });
    expect(read.map(({ title }) => title).toSorted()).toEqual(["ticket 20", "ticket 3"]);
  });

  it("writes and reads transactions", async () => {
    const accountId = "transaction";
    await addUsers(accountId, ["old"]);
    const old = { accountId, email: `old@${accountId}` };
    const writes = {};
    await users().remove(old, { transaction: writes });
    await users().create({ accountId, email: "new@x", joined: "2026-01-01" }, { transaction: writes });
    await tickets().create({ accountId, number: "1", title: "hello" }, { transaction: writes });
    users().check(
      { accountId, email: "other@x" },
      { transaction: writes, where: "attribute_not_exists(${email})" },
    );
    await table.transact("write", writes);
    const reads = {};
    await users().get(old, { transaction: reads });
    await users().get({ accountId, email: "new@x" }, { transaction: reads });
    await tickets().get({ accountId, number: "1" }, { transaction: reads });
    const read: unknown = await table.transact("get", reads, { parse: true, hidden: false });
    expect(read).toMatchObject([{ email: "new@x" }, { title: "hello" }]);
  });

  it("says why a transaction was cancelled", async () => {
    const accountId = "cancelled";
    await addUsers(accountId, ["ann"]);
    const writes = {};
    await tickets().create({ accountId, number: "1", title: "never" }, { transaction: writes });
    await users().create(
      { accountId, email: `ann@${accountId}`, joined: "2026-02-02" },
      { transaction: writes },
    );
    const error = await failure(table.transact("write", writes));
    expect(error).toMatchObject({
      name: "OneTableError",
      code: "TransactionCanceledException",
      context: {
        err: {
          message:
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
          CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed" }],
        },
      },
    });
    expect(await tickets().get({ accountId, number: "1" })).toBeUndefined();
  });

  it("keeps its schema in the table, and adds an index to it", async () => {
    await table.saveSchema();
    expect(await table.readSchema()).toMatchObject({
      version: "0.0.1",
      indexes: { primary: { hash: "pk" } },
    });
    await table.updateTable({ create: { name: "gs3", hash: "title", project: "keys" } });
    await target.indexesCaughtUp();
    expect(JSON.stringify(await table.describeTable())).toContain('"IndexName":"gs3"');
  });
});
