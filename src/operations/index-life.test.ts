// Indexes from making to deletion: what the answers about their table show, and what a state forbids.
import { describe, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  startMs,
  type TableOperations,
  testNamespace,
  units,
} from "../testing/table-operations.ts";

const inUse = "ResourceInUseException: Attempt to change a resource which is still in use: ";
const oneOnline =
  "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table";
const TableName = "Orders";
const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/index/";

const hash = (name: string): JsonObject => ({ AttributeName: name, KeyType: "HASH" });
const range = (name: string): JsonObject => ({ AttributeName: name, KeyType: "RANGE" });
const attributes = (...names: readonly string[]): JsonObject => ({
  AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: "S" })),
});
const definition = (name: string, more: JsonObject = {}): JsonObject => ({
  IndexName: name,
  KeySchema: [hash(name)],
  Projection: { ProjectionType: "ALL" },
  ...more,
});
const create = (name: string, more: JsonObject = {}): JsonObject => ({
  ...attributes(name),
  GlobalSecondaryIndexUpdates: [{ Create: definition(name, more) }],
});
const change = (name: string, more: JsonObject): JsonObject => ({
  GlobalSecondaryIndexUpdates: [{ Update: { IndexName: name, ...more } }],
});
const drop = (name: string): JsonObject => ({
  GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: name } }],
});

/** On-demand, with the key pk, sk, a local index on l and the global indexes gsi and hsi. */
const indexed = onDemandTable(TableName, {
  ...attributes("sk", "pk", "l", "hsi", "gsi"),
  KeySchema: [hash("pk"), range("sk")],
  LocalSecondaryIndexes: [
    {
      IndexName: "local",
      KeySchema: [hash("pk"), range("l")],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["z", "a"] },
    },
  ],
  GlobalSecondaryIndexes: [
    definition("hsi", { Projection: { ProjectionType: "KEYS_ONLY" } }),
    definition("gsi", {
      KeySchema: [hash("gsi"), range("l"), range("sk")],
      OnDemandThroughput: { MaxReadRequestUnits: 9 },
      WarmThroughput: { ReadUnitsPerSecond: 13_000 },
    }),
  ],
});
const provisioned = (reads: number, writes: number): JsonObject =>
  onDemandTable(TableName, {
    ...attributes("pk", "gsi"),
    BillingMode: "PROVISIONED",
    ProvisionedThroughput: units(reads, writes),
    GlobalSecondaryIndexes: [definition("gsi", { ProvisionedThroughput: units(reads, writes) })],
  });

interface Subject extends TableOperations {
  readonly created: JsonObject;
  readonly update: (changes: JsonObject) => Promise<JsonObject>;
  readonly refused: (changes: JsonObject) => Promise<string>;
  readonly describe: () => Promise<JsonObject>;
  /** As the consumer of the index tells when its backfill is done. */
  readonly built: (indexName: string) => Promise<void>;
}

async function subject(
  request: JsonObject,
  delays: Parameters<typeof openTableOperations>[0] = { updateMs: 1000 },
): Promise<Subject> {
  const tables = await openTableOperations(delays);
  const created = await tables.answer("CreateTable", request);
  return {
    ...tables,
    created: created["TableDescription"] as JsonObject,
    update: async (changes) =>
      (await tables.answer("UpdateTable", { TableName, ...changes }))["TableDescription"] as JsonObject,
    refused: (changes) => tables.refusal("UpdateTable", { TableName, ...changes }),
    describe: async () => (await tables.answer("DescribeTable", { TableName }))["Table"] as JsonObject,
    built: async (indexName) => {
      const table = tables.catalog.find(testNamespace, TableName);
      const index = table?.globalIndexes?.find(({ name }) => name === indexName);
      if (table === undefined || index === undefined) throw new Error(`no index ${indexName}`);
      expect((await tables.catalog.indexBuilt(table, index.keyspace)).kind).toBe("built");
    },
  };
}

function globals(description: JsonObject): readonly JsonObject[] {
  return (description["GlobalSecondaryIndexes"] ?? []) as readonly JsonObject[];
}

function statuses(description: JsonObject): unknown {
  return [description["TableStatus"], ...globals(description).map(({ IndexStatus }) => IndexStatus)];
}

const units0 = { NumberOfDecreasesToday: 0, ...units(0, 0) };

describe("indexes made with the table", () => {
  test("are answered whole, with definitions and projected names in order", async () => {
    const { created } = await subject(indexed);
    expect(created["AttributeDefinitions"]).toEqual(
      attributes("gsi", "hsi", "l", "pk", "sk")["AttributeDefinitions"],
    );
    expect(created["LocalSecondaryIndexes"]).toEqual([
      {
        IndexName: "local",
        KeySchema: [hash("pk"), range("l")],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "z"] },
        IndexSizeBytes: 0,
        ItemCount: 0,
        IndexArn: `${arn}local`,
      },
    ]);
    expect(created["GlobalSecondaryIndexes"]).toEqual([
      {
        IndexName: "hsi",
        KeySchema: [hash("hsi")],
        Projection: { ProjectionType: "KEYS_ONLY" },
        IndexStatus: "CREATING",
        ProvisionedThroughput: units0,
        IndexSizeBytes: 0,
        ItemCount: 0,
        IndexArn: `${arn}hsi`,
      },
      {
        IndexName: "gsi",
        KeySchema: [hash("gsi"), range("l"), range("sk")],
        Projection: { ProjectionType: "ALL" },
        IndexStatus: "CREATING",
        ProvisionedThroughput: units0,
        IndexSizeBytes: 0,
        ItemCount: 0,
        IndexArn: `${arn}gsi`,
        OnDemandThroughput: { MaxReadRequestUnits: 9 },
        WarmThroughput: { ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 4000, Status: "UPDATING" },
      },
    ]);
  });

  test("become ACTIVE with the table, and never show a backfill", async () => {
    const { clock, describe: shown } = await subject(indexed, { createMs: 1000 });
    expect(statuses(await shown())).toEqual(["CREATING", "CREATING", "CREATING"]);
    await clock.advance(1000);
    const active = await shown();
    expect(statuses(active)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
    for (const index of globals(active)) {
      expect(index).toMatchObject({ WarmThroughput: { Status: "ACTIVE" } });
      expect(index).not.toHaveProperty("Backfilling");
    }
  });

  test("without global ones definitions stay in the order of the request", async () => {
    const { created } = await subject({
      ...indexed,
      ...attributes("sk", "pk", "l"),
      GlobalSecondaryIndexes: undefined,
    });
    expect(created["AttributeDefinitions"]).toEqual(attributes("sk", "pk", "l")["AttributeDefinitions"]);
  });

  test("show what is counted in their keyspaces", async () => {
    const { catalog, describe: shown, store } = await counted();
    const table = catalog.find(testNamespace, TableName);
    const [h] = table?.globalIndexes ?? [];
    store(h?.keyspace ?? 0, { items: 3, bytes: 70 });
    expect(globals(await shown())).toMatchObject([
      { ItemCount: 3, IndexSizeBytes: 70 },
      { ItemCount: 0, IndexSizeBytes: 0 },
    ]);
    // There are no such entries, and the store is looked through after the test.
    store(h?.keyspace ?? 0, { items: 0, bytes: 0 });
  });

  test("are in no answer while the table is being deleted", async () => {
    const { answer, describe: shown } = await subject(indexed, { deleteMs: 1000 });
    const deleted = (await answer("DeleteTable", { TableName }))["TableDescription"];
    for (const description of [deleted, await shown()]) {
      expect(description).toMatchObject({ TableStatus: "DELETING" });
      expect(description).not.toHaveProperty("LocalSecondaryIndexes");
      expect(description).not.toHaveProperty("GlobalSecondaryIndexes");
    }
  });

  test("have as many buckets as their own throughput asks for", async () => {
    const { catalog } = await subject(
      onDemandTable(TableName, {
        ...attributes("pk", "gsi", "hsi"),
        BillingMode: "PROVISIONED",
        ProvisionedThroughput: units(1, 1),
        GlobalSecondaryIndexes: [
          definition("gsi", { ProvisionedThroughput: units(1, 5000) }),
          definition("hsi", { ProvisionedThroughput: units(1, 1) }),
        ],
      }),
    );
    const table = catalog.find(testNamespace, TableName);
    expect([table?.bucketCount, ...(table?.globalIndexes ?? []).map((index) => index.bucketCount)]).toEqual([
      1, 8, 1,
    ]);
  });
});

/** A table whose counters can be set, as writes of items would. */
async function counted(): Promise<
  Subject & { readonly store: (keyspace: number, counts: { items: number; bytes: number }) => void }
> {
  const opened = await subject(indexed, {});
  const counts = new Map<number, { items: number; bytes: number }>();
  const counter = opened.engine.counter.bind(opened.engine);
  opened.engine.counter = async (asked) => {
    const set = counts.get(asked.keyspace);
    if (set === undefined) return counter(asked);
    return asked.index === 0 ? set.items : set.bytes;
  };
  return { ...opened, store: (keyspace, set) => counts.set(keyspace, set) };
}

describe("an index added to a table", () => {
  test("is allocated while the table is UPDATING, then built until it is told to be complete", async () => {
    const { clock, update, describe: shown, built } = await subject(onDemandTable(TableName));
    const answered = await update(create("gsi"));
    expect(statuses(answered)).toEqual(["UPDATING", "CREATING"]);
    expect(answered["AttributeDefinitions"]).toEqual(attributes("gsi", "pk")["AttributeDefinitions"]);
    expect(globals(answered)).toMatchObject([
      { IndexName: "gsi", Backfilling: false, IndexArn: `${arn}gsi`, ItemCount: 0 },
    ]);
    await clock.advance(999);
    expect(globals(await shown())).toMatchObject([{ IndexStatus: "CREATING", Backfilling: false }]);
    await clock.advance(1);
    const building = await shown();
    expect(statuses(building)).toEqual(["ACTIVE", "CREATING"]);
    expect(globals(building)).toMatchObject([{ Backfilling: true, WarmThroughput: { Status: "UPDATING" } }]);
    await built("gsi");
    const active = await shown();
    expect(statuses(active)).toEqual(["ACTIVE", "ACTIVE"]);
    expect(globals(active)[0]).not.toHaveProperty("Backfilling");
    expect(globals(active)).toMatchObject([{ WarmThroughput: { Status: "ACTIVE" } }]);
  });

  test("is built at once without delays, after an answer that says otherwise", async () => {
    const { update, describe: shown } = await subject(onDemandTable(TableName), {});
    const answered = await update(create("gsi"));
    expect(statuses(answered)).toEqual(["UPDATING", "CREATING"]);
    expect(globals(answered)).toMatchObject([{ Backfilling: false }]);
    const building = await shown();
    expect(statuses(building)).toEqual(["ACTIVE", "CREATING"]);
    expect(globals(building)).toMatchObject([{ Backfilling: true }]);
  });

  test("forgets definitions nothing uses", async () => {
    const { update } = await subject(onDemandTable(TableName));
    const answered = await update({ ...create("gsi"), ...attributes("unused", "gsi", "pk") });
    expect(answered["AttributeDefinitions"]).toEqual(attributes("gsi", "pk")["AttributeDefinitions"]);
  });

  test("may come with the switch to on-demand billing", async () => {
    const {
      clock,
      update,
      describe: shown,
    } = await subject(
      onDemandTable(TableName, { BillingMode: "PROVISIONED", ProvisionedThroughput: units(5, 5) }),
      { updateMs: 1000, billingModeMs: 5000 },
    );
    await update({ BillingMode: "PAY_PER_REQUEST", ...create("gsi") });
    await clock.advance(4999);
    expect(globals(await shown())).toMatchObject([{ IndexStatus: "CREATING", Backfilling: false }]);
    await clock.advance(1);
    expect(await shown()).toMatchObject({
      TableStatus: "ACTIVE",
      BillingModeSummary: { LastUpdateToPayPerRequestDateTime: (startMs + 5000) / 1000 },
      GlobalSecondaryIndexes: [{ Backfilling: true, ProvisionedThroughput: units0 }],
    });
  });

  test("goes on after a restart in each phase", async () => {
    const { clock, update, reopened } = await subject(onDemandTable(TableName));
    await update(create("gsi"));
    const shownAfterRestart = async (): Promise<JsonObject> =>
      (await (await reopened()).answer("DescribeTable", { TableName }))["Table"] as JsonObject;
    expect(globals(await shownAfterRestart())).toMatchObject([{ Backfilling: false }]);
    await clock.advance(1000);
    expect(globals(await shownAfterRestart())).toMatchObject([{ Backfilling: true }]);
  });

  test("stands in the way of other indexes and of the table's deletion", async () => {
    const { clock, update, refused, refusal, built } = await subject(indexed);
    const cannotDelete = `${inUse}Cannot delete table while indexes are being created, updated, or deleted.`;
    await update(create("nsi"));
    expect(await refused(create("other"))).toBe(oneOnline);
    expect(await refused(drop("gsi"))).toBe(oneOnline);
    expect(await refused(drop("nsi"))).toBe(
      `${inUse}Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is active. Table: Orders Index: nsi`,
    );
    expect(await refused(change("gsi", { OnDemandThroughput: { MaxReadRequestUnits: 1 } }))).toBe(
      `${inUse}Table: Orders is in the process of being updated.`,
    );
    expect(await refused({ OnDemandThroughput: { MaxReadRequestUnits: 1 } })).toBe(
      `${inUse}Table: Orders is in the process of being updated.`,
    );
    expect(await refusal("DeleteTable", { TableName })).toBe(cannotDelete);
    await clock.advance(1000);
    expect(await refused(create("other"))).toBe(oneOnline);
    expect(await refused(drop("gsi"))).toBe(oneOnline);
    expect(await refusal("DeleteTable", { TableName })).toBe(cannotDelete);
    await update(change("gsi", { OnDemandThroughput: { MaxReadRequestUnits: 1 } }));
    await built("nsi");
    await update(create("other"));
  });

  test("may be deleted while it is being built", async () => {
    const { clock, update, describe: shown } = await subject(onDemandTable(TableName));
    await update(create("gsi"));
    await clock.advance(1000);
    const answered = await update(drop("gsi"));
    expect(statuses(answered)).toEqual(["UPDATING", "DELETING"]);
    expect(globals(answered)[0]).not.toHaveProperty("Backfilling");
    await clock.advance(1000);
    expect(await shown()).not.toHaveProperty("GlobalSecondaryIndexes");
  });

  test("gets more throughput while it is being built, at once", async () => {
    const { update, describe: shown } = await subject(provisioned(5, 5), {});
    await update(create("nsi", { ProvisionedThroughput: units(1, 1) }));
    await update(change("nsi", { ProvisionedThroughput: units(1, 9) }));
    expect(globals(await shown())[1]).toMatchObject({
      IndexStatus: "CREATING",
      ProvisionedThroughput: units(1, 9),
    });
  });
});

describe("an index that is deleted", () => {
  test("is DELETING with its table UPDATING, then gone with the definitions it alone needed", async () => {
    const { catalog, clock, update, describe: shown } = await subject(indexed);
    const answered = await update(drop("gsi"));
    expect(statuses(answered)).toEqual(["UPDATING", "ACTIVE", "DELETING"]);
    expect(answered["AttributeDefinitions"]).toEqual(
      attributes("gsi", "hsi", "l", "pk", "sk")["AttributeDefinitions"],
    );
    await clock.advance(1000);
    const after = await shown();
    expect(statuses(after)).toEqual(["ACTIVE", "ACTIVE"]);
    expect(after["AttributeDefinitions"]).toEqual(attributes("hsi", "l", "pk", "sk")["AttributeDefinitions"]);
    const { epoch } = catalog.find(testNamespace, TableName) ?? { epoch: 0 };
    await catalog.step();
    expect(catalog.find(testNamespace, TableName)).toMatchObject({ epoch: epoch + 1 });
    expect(await shown()).toEqual(after);
  });

  test("stands in the way of other indexes and of the table's deletion", async () => {
    const { update, refused, refusal } = await subject(indexed);
    await update(drop("gsi"));
    for (const other of [create("nsi"), drop("hsi"), drop("gsi")])
      expect(await refused(other)).toBe(oneOnline);
    expect(await refused(change("gsi", { OnDemandThroughput: { MaxReadRequestUnits: 1 } }))).toBe(
      `${inUse}Index is being deleted. Table: Orders Index: gsi`,
    );
    expect(await refusal("DeleteTable", { TableName })).toBe(
      `${inUse}Cannot delete table while indexes are being created, updated, or deleted.`,
    );
  });

  test("frees its name", async () => {
    const { update, describe: shown } = await subject(indexed, {});
    await update(drop("gsi"));
    await update(create("gsi"));
    expect(globals(await shown()).map(({ IndexName }) => IndexName)).toEqual(["hsi", "gsi"]);
  });
});

describe("throughput of an index", () => {
  test("changes with the index UPDATING and the table ACTIVE", async () => {
    const { clock, update, refused, refusal, describe: shown } = await subject(provisioned(10, 10));
    const answered = await update(change("gsi", { ProvisionedThroughput: units(20, 5) }));
    const times = { LastIncreaseDateTime: startMs / 1000, LastDecreaseDateTime: startMs / 1000 };
    expect(statuses(answered)).toEqual(["ACTIVE", "UPDATING"]);
    expect(globals(answered)).toMatchObject([
      { ProvisionedThroughput: { ...times, NumberOfDecreasesToday: 0, ...units(10, 10) } },
    ]);
    expect(await refused(change("gsi", { ProvisionedThroughput: units(1, 1) }))).toBe(
      `${inUse}Index is being updated. Table: Orders Index: gsi`,
    );
    expect(await refused(drop("gsi"))).toBe(`${inUse}Index is being updated. Table: Orders Index: gsi`);
    expect(await refusal("DeleteTable", { TableName })).toBe(
      `${inUse}Cannot delete table while indexes are being created, updated, or deleted.`,
    );
    await clock.advance(1000);
    const after = await shown();
    expect(statuses(after)).toEqual(["ACTIVE", "ACTIVE"]);
    expect(after).toMatchObject({ ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...units(10, 10) } });
    expect(globals(after)).toMatchObject([
      {
        ProvisionedThroughput: { ...times, NumberOfDecreasesToday: 1, ...units(20, 5) },
        WarmThroughput: { ReadUnitsPerSecond: 20, WriteUnitsPerSecond: 10, Status: "ACTIVE" },
      },
    ]);
  });

  test("may change together with the table's", async () => {
    const { update, describe: shown } = await subject(provisioned(10, 10), {});
    const both = {
      ProvisionedThroughput: units(11, 11),
      ...change("gsi", { ProvisionedThroughput: units(9, 12) }),
    };
    expect(statuses(await update(both))).toEqual(["UPDATING", "UPDATING"]);
    expect(await shown()).toMatchObject({
      ProvisionedThroughput: units(11, 11),
      GlobalSecondaryIndexes: [{ IndexStatus: "ACTIVE", ProvisionedThroughput: units(9, 12) }],
    });
  });

  test("that does not change is refused", async () => {
    const { refused } = await subject(provisioned(3, 4));
    expect(await refused(change("gsi", { ProvisionedThroughput: units(3, 4) }))).toBe(
      "ValidationException: The provisioned throughput for the index gsi will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the index: 3. Requested ReadCapacityUnits: 3. Current WriteCapacityUnits provisioned for the index: 4. Requested WriteCapacityUnits: 4. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  });

  test("decreases from a budget of its own, and a request that has none left changes nothing", async () => {
    const { update, refused, describe: shown } = await subject(provisioned(20, 20), {});
    for (const reads of [19, 18, 17, 16]) {
      await update(change("gsi", { ProvisionedThroughput: units(reads, 20) }));
    }
    const both = {
      ProvisionedThroughput: units(19, 20),
      ...change("gsi", { ProvisionedThroughput: units(15, 20) }),
    };
    expect(await refused(both)).toMatch(
      /^LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are limited/u,
    );
    expect(await shown()).toMatchObject({
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...units(20, 20) },
      GlobalSecondaryIndexes: [{ ProvisionedThroughput: { NumberOfDecreasesToday: 4, ...units(16, 20) } }],
    });
    await update({ ProvisionedThroughput: units(19, 20) });
  });

  test("has on-demand limits that merge and are taken away", async () => {
    const { update, describe: shown } = await subject(indexed);
    const answered = await update(change("gsi", { OnDemandThroughput: { MaxWriteRequestUnits: 5 } }));
    expect(globals(answered)[1]).toMatchObject({
      IndexStatus: "ACTIVE",
      OnDemandThroughput: { MaxReadRequestUnits: 9, MaxWriteRequestUnits: 5 },
    });
    await update(change("gsi", { OnDemandThroughput: { MaxReadRequestUnits: -1 } }));
    expect(globals(await shown())[1]?.["OnDemandThroughput"]).toEqual({ MaxWriteRequestUnits: 5 });
  });

  test("gets warmer in the background", async () => {
    const { clock, update, refusal, describe: shown } = await subject(indexed, { warmMs: 1000 });
    await update(change("hsi", { WarmThroughput: { WriteUnitsPerSecond: 5000 } }));
    expect(globals(await shown())[0]).toMatchObject({
      IndexStatus: "ACTIVE",
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "UPDATING" },
    });
    expect(await refusal("DeleteTable", { TableName })).toContain("Cannot delete table while indexes");
    await clock.advance(1000);
    expect(globals(await shown())[0]).toMatchObject({
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 5000, Status: "ACTIVE" },
    });
  });
});

describe("billing mode", () => {
  test("to on-demand takes the units of every index, and warms them", async () => {
    const { clock, update, describe: shown } = await subject(provisioned(5, 5));
    const answered = await update({ BillingMode: "PAY_PER_REQUEST" });
    expect(statuses(answered)).toEqual(["UPDATING", "UPDATING"]);
    expect(globals(answered)).toMatchObject([
      { ProvisionedThroughput: units0, WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 5 } },
    ]);
    await clock.advance(1000);
    expect(await shown()).toMatchObject({
      TableStatus: "ACTIVE",
      GlobalSecondaryIndexes: [
        {
          IndexStatus: "ACTIVE",
          WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
        },
      ],
    });
  });

  test("to on-demand may set the limits of an index", async () => {
    const { update, describe: shown } = await subject(provisioned(5, 5), {});
    const limits = { OnDemandThroughput: { MaxReadRequestUnits: 7 } };
    await update({ BillingMode: "PAY_PER_REQUEST", ...change("gsi", limits) });
    expect(globals(await shown())).toMatchObject([{ IndexStatus: "ACTIVE", ...limits }]);
  });

  test("to provisioned needs units for every index, and takes their limits away", async () => {
    const { update, refused, describe: shown } = await subject(indexed, {});
    const mode = { BillingMode: "PROVISIONED", ProvisionedThroughput: units(2, 3) };
    const missing =
      "ValidationException: One or more parameter values were invalid: ProvisionedThroughput must be specified for index: ";
    expect(await refused(mode)).toBe(`${missing}hsi`);
    expect(await refused({ ...mode, ...change("hsi", { ProvisionedThroughput: units(1, 1) }) })).toBe(
      `${missing}gsi`,
    );
    await update({
      ...mode,
      GlobalSecondaryIndexUpdates: ["gsi", "hsi"].map((IndexName) => ({
        Update: { IndexName, ProvisionedThroughput: units(4, 5) },
      })),
    });
    const after = await shown();
    expect(statuses(after)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
    expect(globals(after)).toMatchObject([
      { ProvisionedThroughput: units(4, 5) },
      { ProvisionedThroughput: units(4, 5), WarmThroughput: { ReadUnitsPerSecond: 13_000 } },
    ]);
    expect(globals(after)[1]).not.toHaveProperty("OnDemandThroughput");
  });

  test("waits for indexes that are being built", async () => {
    const { update, refused } = await subject(onDemandTable(TableName), {});
    await update(create("gsi"));
    expect(
      await refused({
        BillingMode: "PROVISIONED",
        ProvisionedThroughput: units(1, 1),
        ...change("gsi", { ProvisionedThroughput: units(1, 1) }),
      }),
    ).toBe(`${inUse}Index is being created. Table: Orders Index: gsi`);
  });
});
