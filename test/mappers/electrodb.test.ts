/** ElectroDB: a software service with tenants, users, memberships and invoices in one table, as its manual models it. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createSchema, Entity, Service } from "electrodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../clients/js-tables.ts";
import { type OpenTarget, oppositeTargets } from "../clients/js-targets.ts";
import { makeSingleTable } from "./mapper-tables.ts";

const table = "saas";

const tenantSchema = createSchema({
  model: { entity: "tenant", version: "1", service: "saas" },
  attributes: {
    tenantId: { type: "string", required: true },
    name: { type: "string", required: true },
    plan: { type: ["free", "team", "enterprise"] as const, default: "free" },
    seats: { type: "number", default: 0 },
    credit: { type: "number" },
    regions: { type: "set", items: "string" },
    notes: { type: "list", items: { type: "string" } },
    settings: {
      type: "map",
      properties: {
        theme: { type: "string" },
        limits: { type: "map", properties: { api: { type: "number" } } },
      },
    },
    expiresAt: { type: "number" },
  },
  indexes: {
    record: {
      collection: "account",
      pk: { field: "pk", composite: ["tenantId"] },
      sk: { field: "sk", composite: [] },
    },
  },
});

const userSchema = createSchema({
  model: { entity: "user", version: "1", service: "saas" },
  attributes: {
    tenantId: { type: "string", required: true },
    userId: { type: "string", required: true },
    email: { type: "string", required: true },
    joinedOn: { type: "string", required: true },
    version: { type: "number", required: true, default: 1 },
  },
  indexes: {
    record: {
      collection: "account",
      pk: { field: "pk", composite: ["tenantId"] },
      sk: { field: "sk", composite: ["userId"] },
    },
    byEmail: {
      index: "gsi1",
      collection: "identity",
      pk: { field: "gsi1pk", composite: ["email"] },
      sk: { field: "gsi1sk", composite: ["userId"] },
    },
    byJoining: {
      index: "lsi1",
      pk: { field: "pk", composite: ["tenantId"] },
      sk: { field: "lsi1sk", composite: ["joinedOn", "userId"] },
    },
  },
});

const membershipSchema = createSchema({
  model: { entity: "membership", version: "1", service: "saas" },
  attributes: {
    team: { type: "string", required: true },
    userId: { type: "string", required: true },
    email: { type: "string", required: true },
    role: { type: ["reader", "writer", "owner"] as const, required: true },
  },
  indexes: {
    record: {
      pk: { field: "pk", composite: ["team"] },
      sk: { field: "sk", composite: ["userId"] },
    },
    byEmail: {
      index: "gsi1",
      collection: "identity",
      pk: { field: "gsi1pk", composite: ["email"] },
      sk: { field: "gsi1sk", composite: ["role", "team"] },
    },
  },
});

const invoiceSchema = createSchema({
  model: { entity: "invoice", version: "1", service: "saas" },
  attributes: {
    tenantId: { type: "string", required: true },
    invoiceId: { type: "string", required: true },
    dueOn: { type: "string", required: true },
    cents: { type: "number", required: true },
    status: { type: ["open", "paid"] as const, required: true },
  },
  indexes: {
    record: {
      collection: "account",
      pk: { field: "pk", composite: ["tenantId"] },
      sk: { field: "sk", composite: ["invoiceId"] },
    },
    // Sparse: an invoice leaves the index when it is paid.
    openByDate: {
      index: "gsi2",
      condition: (attributes) => attributes["status"] === "open",
      pk: { field: "gsi2pk", composite: ["status"] },
      sk: { field: "gsi2sk", composite: ["dueOn", "invoiceId"] },
    },
  },
});

function makeService(client: DynamoDBClient) {
  const options = { client, table };
  const tenant = new Entity(tenantSchema, options);
  const user = new Entity(userSchema, options);
  const membership = new Entity(membershipSchema, options);
  const invoice = new Entity(invoiceSchema, options);
  return new Service({ tenant, user, membership, invoice }, options);
}

describe.each(oppositeTargets)("ElectroDB $name", (choice) => {
  let target: OpenTarget;
  let client: DynamoDBClient;
  let saas: ReturnType<typeof makeService>;

  beforeAll(async () => {
    target = await choice.open();
    client = new DynamoDBClient(target.config);
    await makeSingleTable(client, table, [
      "__edb_e__",
      "__edb_v__",
      "tenantId",
      "invoiceId",
      "dueOn",
      "status",
    ]);
    saas = makeService(client);
  });

  afterAll(async () => {
    client.destroy();
    await target.close();
  });

  const createUser = (tenantId: string, userId: string, joinedOn = "2026-01-01") =>
    saas.entities.user.create({ tenantId, userId, email: `${userId}@example.com`, joinedOn });

  const createInvoice = (tenantId: string, number: number, status: "open" | "paid" = "open") =>
    saas.entities.invoice.create({
      tenantId,
      invoiceId: `i${number}`,
      dueOn: `2026-0${number}-01`,
      cents: number * 100,
      status,
    });

  it("creates once, gets, and deletes", async () => {
    const { tenant } = saas.entities;
    const created = await tenant.create({ tenantId: "crud", name: "Crud" }).go();
    expect(created.data).toEqual({ tenantId: "crud", name: "Crud", plan: "free", seats: 0 });
    const again = await failure(tenant.create({ tenantId: "crud", name: "Again" }).go());
    expect(again).toMatchObject({ code: 4001, cause: { name: "ConditionalCheckFailedException" } });
    expect((await tenant.get({ tenantId: "crud" }).go({ consistent: true })).data).toEqual(created.data);
    const removed = await tenant.remove({ tenantId: "crud" }).go({ response: "all_old" });
    expect(removed.data).toEqual(created.data);
    expect((await tenant.get({ tenantId: "crud" }).go()).data).toBeNull();
    expect(await failure(tenant.remove({ tenantId: "crud" }).go())).toMatchObject({ code: 4001 });
  });

  it("updates in every way its chain offers", async () => {
    const { tenant } = saas.entities;
    const tenantId = "updates";
    await tenant
      .put({
        tenantId,
        name: "Updates",
        seats: 5,
        regions: ["eu", "us"],
        notes: ["first"],
        settings: { theme: "dark", limits: { api: 10 } },
      })
      .go();
    const updated = await tenant
      .patch({ tenantId })
      .set({ plan: "team", expiresAt: 1_800_000_000 })
      .add({ seats: 2, regions: ["ap"] })
      .append({ notes: ["second"] })
      .data(({ settings, credit }, { set, remove, ifNotExists }) => {
        set(settings.limits.api, 20);
        remove(settings.theme);
        ifNotExists(credit, 100);
      })
      .where(({ seats }, { lt }) => `${lt(seats, 10)}`)
      .go({ response: "all_new" });
    expect({ ...updated.data, regions: updated.data.regions?.toSorted() }).toEqual({
      tenantId,
      name: "Updates",
      plan: "team",
      seats: 7,
      credit: 100,
      regions: ["ap", "eu", "us"],
      notes: ["first", "second"],
      settings: { limits: { api: 20 } },
      expiresAt: 1_800_000_000,
    });
    await tenant
      .update({ tenantId })
      .subtract({ seats: 3 })
      .delete({ regions: ["us"] })
      .remove(["expiresAt"])
      .go();
    const { data: after } = await tenant.get({ tenantId }).go({ consistent: true });
    expect(after?.seats).toBe(4);
    expect(after?.regions?.toSorted()).toEqual(["ap", "eu"]);
    expect(after?.expiresAt).toBeUndefined();
    expect(await failure(tenant.patch({ tenantId: "nobody" }).set({ seats: 1 }).go())).toMatchObject({
      code: 4001,
    });
  });

  it("upserts", async () => {
    const { tenant } = saas.entities;
    const upsert = (seats: number) =>
      tenant
        .upsert({ tenantId: "upsert", name: "Upsert" })
        .add({ seats })
        .ifNotExists({ credit: seats })
        .go({ response: "all_new" });
    await upsert(3);
    expect((await upsert(4)).data).toMatchObject({ tenantId: "upsert", seats: 7, credit: 3 });
  });

  it("locks optimistically by a version", async () => {
    const { user } = saas.entities;
    await createUser("locks", "u1").go();
    const write = (version: number) =>
      user
        .patch({ tenantId: "locks", userId: "u1" })
        .set({ joinedOn: `2026-02-0${version}` })
        .add({ version: 1 })
        .where((attributes, { eq }) => eq(attributes.version, version))
        .go({ response: "all_new" });
    expect((await write(1)).data).toMatchObject({ version: 2, joinedOn: "2026-02-01" });
    expect(await failure(write(1))).toMatchObject({ code: 4001 });
    expect((await write(2)).data).toMatchObject({ version: 3 });
  });

  it("queries tables and indexes by ranges, orders, limits and cursors", async () => {
    const { user } = saas.entities;
    const tenantId = "ranges";
    for (const number of [3, 1, 5, 2, 4])
      await createUser(tenantId, `u${number}`, `2026-0${6 - number}-01`).go();
    const ids = ({ data }: { readonly data: readonly { readonly userId: string }[] }) =>
      data.map(({ userId }) => userId);
    expect(ids(await user.query.record({ tenantId }).go())).toEqual(["u1", "u2", "u3", "u4", "u5"]);
    expect(
      ids(await user.query.record({ tenantId }).begins({ userId: "u" }).go({ order: "desc", limit: 2 })),
    ).toEqual(["u5", "u4"]);
    expect(
      ids(await user.query.record({ tenantId }).between({ userId: "u2" }, { userId: "u4" }).go()),
    ).toEqual(["u2", "u3", "u4"]);
    expect(ids(await user.query.record({ tenantId }).gt({ userId: "u3" }).go())).toEqual(["u4", "u5"]);
    expect(ids(await user.query.record({ tenantId }).lte({ userId: "u2" }).go())).toEqual(["u1", "u2"]);
    // The local index orders the same users by another attribute, and can be read consistently.
    expect(ids(await user.query.byJoining({ tenantId }).go({ consistent: true }))).toEqual([
      "u5",
      "u4",
      "u3",
      "u2",
      "u1",
    ]);
    expect(ids(await user.query.byJoining({ tenantId }).begins({ joinedOn: "2026-02" }).go())).toEqual([
      "u4",
    ]);
    const paged: string[] = [];
    const nextPage = (from: string | null) =>
      user.query.byJoining({ tenantId }).go({ cursor: from, limit: 2 });
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof nextPage>> = await nextPage(cursor);
      paged.push(...ids(page));
      ({ cursor } = page);
    } while (cursor !== null);
    expect(paged).toEqual(["u5", "u4", "u3", "u2", "u1"]);
    const filtered = user.query
      .record({ tenantId })
      .where(({ joinedOn }, { between }) => between(joinedOn, "2026-02-01", "2026-04-01"));
    expect(ids(await filtered.go({ attributes: ["userId"] }))).toEqual(["u2", "u3", "u4"]);
  });

  it("reads collections of several entities, on the table and on an index", async () => {
    const tenantId = "collection";
    const { tenant, membership } = saas.entities;
    await tenant.create({ tenantId, name: "Collection" }).go();
    await createUser(tenantId, "ann").go();
    await createUser(tenantId, "bob").go();
    await createInvoice(tenantId, 1).go();
    await membership.create({ team: "red", userId: "ann", email: "ann@example.com", role: "owner" }).go();
    await membership.create({ team: "blue", userId: "ann", email: "ann@example.com", role: "reader" }).go();
    const account = await saas.collections.account({ tenantId }).go();
    expect(account.data.tenant.map(({ name }) => name)).toEqual(["Collection"]);
    expect(account.data.user.map(({ userId }) => userId)).toEqual(["ann", "bob"]);
    expect(account.data.invoice.map(({ cents }) => cents)).toEqual([100]);
    await target.indexesCaughtUp();
    const identity = await saas.collections.identity({ email: "ann@example.com" }).go();
    expect(identity.data.user.map((found) => found.tenantId)).toEqual([tenantId]);
    expect(identity.data.membership.map(({ role, team }) => `${role} of ${team}`)).toEqual([
      "owner of red",
      "reader of blue",
    ]);
    const owners = await membership.query.byEmail({ email: "ann@example.com", role: "owner" }).go();
    expect(owners.data.map(({ team }) => team)).toEqual(["red"]);
  });

  it("keeps only some items in a sparse index, with some of their attributes", async () => {
    const tenantId = "sparse";
    const { invoice } = saas.entities;
    for (const number of [1, 2, 3, 4]) await createInvoice(tenantId, number).go();
    await invoice.patch({ tenantId, invoiceId: "i2" }).set({ status: "paid", dueOn: "2026-02-01" }).go();
    await createInvoice(tenantId, 5, "paid").go();
    await target.indexesCaughtUp();
    const open = await invoice.query
      .openByDate({ status: "open" })
      .where((attributes, { eq }) => eq(attributes.tenantId, tenantId))
      .go({ attributes: ["invoiceId", "dueOn"] });
    expect(open.data.map(({ invoiceId }) => invoiceId)).toEqual(["i1", "i3", "i4"]);
    // The amount is not projected; hydrating reads it from the table.
    const late = () =>
      invoice.query
        .openByDate({ status: "open" })
        .gte({ dueOn: "2026-03-01" })
        .where((attributes, { eq }) => eq(attributes.tenantId, tenantId));
    expect((await late().go()).data.map(({ cents }) => cents)).toEqual([undefined, undefined]);
    expect((await late().go({ hydrate: true })).data.map(({ cents }) => cents)).toEqual([300, 400]);
  });

  it("scans, matches and finds", async () => {
    const { invoice, user } = saas.entities;
    for (const number of [5, 6, 7]) await createInvoice("scans", number, "paid").go();
    const found = await invoice.scan
      .where(({ tenantId, cents }, { eq, gte }) => `${eq(tenantId, "scans")} AND ${gte(cents, 600)}`)
      .go({ limit: 3, pages: "all" });
    expect(new Set(found.data.map(({ cents }) => cents))).toEqual(new Set([600, 700]));
    await createUser("scans", "zoe").go();
    await target.indexesCaughtUp();
    const matched = await user.match({ email: "zoe@example.com", tenantId: "scans" }).go();
    expect(matched.data.map(({ userId }) => userId)).toEqual(["zoe"]);
  });

  it("writes, reads and deletes batches", async () => {
    const { invoice } = saas.entities;
    const items = Array.from({ length: 60 }, (_, index) => ({
      tenantId: "batch",
      invoiceId: `b${index}`,
      dueOn: "2026-01-01",
      cents: index,
      status: "paid" as const,
    }));
    const put = await invoice.put(items).go({ concurrent: 2 });
    expect(put.unprocessed).toEqual([]);
    const keys = [...items, { tenantId: "batch", invoiceId: "missing" }];
    const got = await invoice
      .get(keys.map(({ tenantId, invoiceId }) => ({ tenantId, invoiceId })))
      .go({ preserveBatchOrder: true });
    expect(got.data).toEqual([...items, null]);
    expect((await invoice.delete(items).go()).unprocessed).toEqual([]);
    expect((await invoice.query.record({ tenantId: "batch" }).go()).data).toEqual([]);
  });

  it("writes transactions, and says for each item why one was cancelled", async () => {
    const { tenant } = saas.entities;
    const tenantId = "transaction";
    await tenant.create({ tenantId, name: "Transaction", seats: 1 }).go();
    const join = (userId: string) =>
      saas.transaction
        .write(({ tenant: tenants, user }) => [
          tenants
            .patch({ tenantId })
            .subtract({ seats: 1 })
            .where(({ seats }, { gt }) => gt(seats, 0))
            .commit({ response: "all_old" }),
          user.create({ tenantId, userId, email: `${userId}@example.com`, joinedOn: "2026-01-01" }).commit(),
          tenants
            .check({ tenantId: "closed" })
            .where(({ name }, { notExists }) => notExists(name))
            .commit(),
        ])
        .go();
    const first = await join("first");
    expect(first.canceled).toBe(false);
    expect(first.data.map(({ rejected }) => rejected)).toEqual([false, false, false]);
    const second = await join("second");
    expect(second.canceled).toBe(true);
    expect(second.data.map(({ rejected, code }) => ({ rejected, code }))).toEqual([
      { rejected: true, code: "ConditionalCheckFailed" },
      { rejected: false, code: "None" },
      { rejected: false, code: "None" },
    ]);
    expect(second.data[0].item).toMatchObject({ tenantId, seats: 0 });
    const read = await saas.transaction
      .get(({ tenant: tenants, user }) => [
        tenants.get({ tenantId }).commit(),
        user.get({ tenantId, userId: "first" }).commit(),
        user.get({ tenantId, userId: "second" }).commit(),
      ])
      .go();
    expect(read.data.map(({ item }) => item?.tenantId)).toEqual([tenantId, tenantId, undefined]);
    expect(read.data[0].item).toMatchObject({ seats: 0 });
  });

  it("repeats a transaction with its token without a second effect", async () => {
    const { tenant } = saas.entities;
    await tenant.create({ tenantId: "token", name: "Token" }).go();
    const pay = () =>
      saas.transaction
        .write(({ tenant: tenants }) => [tenants.update({ tenantId: "token" }).add({ seats: 1 }).commit()])
        .go({ token: "one-payment" });
    await pay();
    expect((await pay()).canceled).toBe(false);
    expect((await tenant.get({ tenantId: "token" }).go({ consistent: true })).data?.seats).toBe(1);
  });
});
