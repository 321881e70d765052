// Indexes in the catalog: their keyspaces come and go with the commits that add and drop them, and what time does.
import { beforeEach, describe, expect, test } from "vitest";
import { type AdjustableClock, adjustableClock } from "../base/index.ts";
import type { Engine, RecordKey } from "../storage/contract/index.ts";
import {
  modelStore,
  type ModelStore,
  newTestTable,
  openModelEngine,
  testNamespace,
} from "../testing/index.ts";
import { keyName } from "../testing/model-engine.ts";
import {
  type Catalog,
  catalogDecides,
  derivedIndexes,
  type GlobalIndex,
  indexBackfillId,
  indexConsumerId,
  indexRecordKeys,
  isAllocating,
  type NewGlobalIndex,
  type NewTable,
  type NewVectorIndex,
  openCatalog,
  type TableDescription,
} from "./index.ts";

const startMs = 1_000_000;
const namespace = testNamespace;

let clock: AdjustableClock;
let store: ModelStore;
let engine: Engine;
let catalog: Catalog;

/** Another catalog of the same store, as after a restart. */
function open(): Promise<Catalog> {
  return openCatalog({ engine, clock, delays: { createMs: 0, updateMs: 0, deleteMs: 0 } });
}

beforeEach(async () => {
  clock = adjustableClock({ startMs: startMs - 60_000 });
  clock.freeze(startMs);
  store = modelStore();
  engine = openModelEngine({ decide: catalogDecides, clock, store });
  catalog = await open();
});

function globalIndex(name: string, more: Partial<NewGlobalIndex> = {}): NewGlobalIndex {
  return {
    name,
    bucketCount: 4,
    hash: [{ name, type: "S" }],
    range: [],
    projection: { type: "ALL" },
    status: "CREATING",
    statusUntilMs: startMs,
    throughput: { readUnits: 0, writeUnits: 0 },
    throughputHistory: { decreasesToday: 0 },
    warmReadUnits: 12_000,
    warmWriteUnits: 4000,
    ...more,
  };
}

function vectorIndex(name: string, more: Partial<NewVectorIndex> = {}): NewVectorIndex {
  return {
    name,
    bucketCount: 1,
    projection: { type: "ALL" },
    status: "CREATING",
    statusUntilMs: startMs,
    vectorAttribute: "v",
    dimensions: 3,
    distance: "COSINE",
    hash: [],
    inlineFilters: [],
    ...more,
  };
}

const localIndexes = [
  { name: "l", range: { name: "l", type: "N" }, projection: { type: "KEYS_ONLY" } },
] as const;

async function created(more: Partial<NewTable> = {}): Promise<TableDescription> {
  expect((await catalog.create(newTestTable("t", startMs, more))).kind).toBe("created");
  return table();
}

function table(from = catalog): TableDescription {
  const found = from.find(namespace, "t");
  if (found === undefined) throw new Error("no table t");
  return found;
}

function index(name: string, from = catalog): GlobalIndex {
  const found = table(from).globalIndexes?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no index ${name}`);
  return found;
}

/** The index begins to be deleted; over at once unless said otherwise. */
async function deleteIndex(name: string, statusUntilMs = startMs): Promise<void> {
  const present = table();
  const globalIndexes = (present.globalIndexes ?? []).map((one) =>
    one.name === name ? ({ ...one, status: "DELETING", statusUntilMs } as const) : one,
  );
  expect((await catalog.change(present, { ...present, globalIndexes })).kind).toBe("changed");
}

async function addIndex(name: string, allocatedMs = startMs): Promise<GlobalIndex> {
  const present = table();
  const { statusUntilMs: _none, ...added } = globalIndex(name);
  const outcome = await catalog.change(present, {
    ...present,
    status: "UPDATING",
    updating: "index",
    statusUntilMs: allocatedMs,
    newGlobalIndex: { ...added, backfill: { allocatedMs } },
  });
  expect(outcome.kind).toBe("changed");
  return index(name);
}

/** Cursors as the consumer of an index would have left them. */
function leaveCursors(of: Pick<GlobalIndex, "keyspace">): readonly RecordKey[] {
  const keys = indexRecordKeys(table(), of);
  for (const key of keys) {
    store.records.set(keyName(key), { key, version: 1, value: new Uint8Array(0) });
  }
  return keys;
}

async function present(keys: readonly RecordKey[]): Promise<number> {
  return (await engine.getMany(keys, "strong")).filter((record) => record !== undefined).length;
}

describe("keyspaces", () => {
  test("of all indexes are given out with the table's, in order", async () => {
    const made = await created({
      localIndexes,
      globalIndexes: [globalIndex("g"), globalIndex("h")],
      vectorIndexes: [vectorIndex("v")],
    });
    expect(made.keyspace).toBe(1000);
    expect(made.localIndexes?.map(({ keyspace }) => keyspace)).toEqual([1001]);
    expect(derivedIndexes(made).map(({ keyspace, sinceEpoch }) => [keyspace, sinceEpoch])).toEqual([
      [1002, 1],
      [1003, 1],
      [1004, 1],
    ]);
    expect((await catalog.create(newTestTable("other", startMs))).kind).toBe("created");
    expect(catalog.find(namespace, "other")?.keyspace).toBe(1005);
  });

  test("of a new index are given out in the change that adds it, with its epoch", async () => {
    await created();
    const added = await addIndex("g");
    expect(added).toMatchObject({ keyspace: 1001, sinceEpoch: 2 });
    expect(table()).not.toHaveProperty("newGlobalIndex");
    const present = table();
    await catalog.change(present, { ...present, newVectorIndex: vectorIndex("v") });
    expect(table().vectorIndexes).toMatchObject([{ keyspace: 1002, sinceEpoch: 3 }]);
    expect(table(await open())).toEqual(table());
  });

  test("take no more writes once the index is dropped", async () => {
    await created({ globalIndexes: [globalIndex("g")] });
    const { keyspace, sinceEpoch: epoch } = index("g");
    const write = { kind: "catalog.drop", epochs: [{ keyspace, epoch }], keys: [] };
    const nothing = { ...write, args: { subject: [], logged: false } };
    expect((await engine.mutate(nothing)).kind).toBe("refused");
    await deleteIndex("g");
    await catalog.step();
    expect((await engine.mutate(nothing)).kind).toBe("staleEpoch");
  });

  test("all go with the table, and so do the records of consumers", async () => {
    await created({ localIndexes, globalIndexes: [globalIndex("g")], vectorIndexes: [vectorIndex("v")] });
    const keys = derivedIndexes(table()).flatMap(leaveCursors);
    expect(await present(keys)).toBe(10);
    await catalog.change(table(), { ...table(), status: "DELETING", statusUntilMs: startMs });
    await catalog.step();
    expect(store.dropped).toEqual(new Set([1000, 1001, 1002, 1003]));
    expect(await present(keys)).toBe(0);
  });

  test("all go when a new table takes the name of one whose deletion is over", async () => {
    await created({ localIndexes, globalIndexes: [globalIndex("g")] });
    const keys = leaveCursors(index("g"));
    await catalog.change(table(), { ...table(), status: "DELETING", statusUntilMs: startMs });
    expect((await created()).keyspace).toBe(1003);
    expect(store.dropped).toEqual(new Set([1000, 1001, 1002]));
    expect(await present(keys)).toBe(0);
  });

  test("of more tables than fit into one commit all go", async () => {
    const globalIndexes = Array.from({ length: 20 }, (_, at) => globalIndex(`g${at}`));
    for (const name of ["a", "b", "c", "d"]) {
      await catalog.create(newTestTable(name, startMs, { bucketCount: 128, globalIndexes }));
    }
    await catalog.clear();
    expect(store.dropped.size).toBe(84);
  });
});

describe("an index whose deletion is over", () => {
  test("is seen no more, and dropped once by the next step, with the records of its consumer", async () => {
    await created({ globalIndexes: [globalIndex("g"), globalIndex("h")] });
    const keys = leaveCursors(index("g"));
    const kept = leaveCursors(index("h"));
    await deleteIndex("g", startMs + 10);
    await catalog.step();
    expect(index("g").status).toBe("DELETING");
    await clock.advance(10);
    expect(table().globalIndexes?.map(({ name }) => name)).toEqual(["h"]);
    expect(store.dropped).toEqual(new Set());
    await catalog.step();
    expect(store.dropped).toEqual(new Set([1001]));
    expect([await present(keys), await present(kept)]).toEqual([0, 5]);
    const { epoch } = table();
    await catalog.step();
    expect(table()).toMatchObject({ epoch, globalIndexes: [{ name: "h" }] });
    expect(table()).not.toHaveProperty("deletedIndexes");
  });

  test("is dropped by a change about something else", async () => {
    await created({ globalIndexes: [globalIndex("g")] });
    await deleteIndex("g");
    await catalog.change(table(), { ...table(), deletionProtection: true });
    expect(store.dropped).toEqual(new Set([1001]));
    expect(table()).not.toHaveProperty("deletedIndexes");
    expect(table()).not.toHaveProperty("globalIndexes");
    expect(table(await open())).toEqual(table());
  });

  test("is dropped together with its table", async () => {
    await created({ globalIndexes: [globalIndex("g")] });
    await deleteIndex("g");
    expect(table().globalIndexes).toBeUndefined();
    await catalog.clear();
    expect(store.dropped).toEqual(new Set([1000, 1001]));
  });

  test("makes way for a new one of its name in one commit", async () => {
    await created({ globalIndexes: [globalIndex("g")] });
    await deleteIndex("g");
    expect((await addIndex("g")).keyspace).toBe(1002);
    expect(store.dropped).toEqual(new Set([1001]));
  });

  test("is dropped after a restart", async () => {
    await created({ globalIndexes: [globalIndex("g")] });
    await deleteIndex("g", startMs + 10);
    await clock.advance(10);
    const again = await open();
    await again.step();
    expect(store.dropped).toEqual(new Set([1001]));
    expect(table(again).globalIndexes).toBeUndefined();
  });

  test("takes the definitions along that nothing else needs", async () => {
    const shared = { name: "h", type: "S" } as const;
    await created({
      attributeDefinitions: ["g", "h", "pk"].map((name) => ({ name, type: "S" })),
      globalIndexes: [globalIndex("g", { range: [shared] }), globalIndex("h")],
    });
    await deleteIndex("g");
    expect(table().attributeDefinitions.map(({ name }) => name)).toEqual(["h", "pk"]);
  });

  test("is gone for vectors alike", async () => {
    await created({ vectorIndexes: [vectorIndex("v", { status: "DELETING" })] });
    expect(table().vectorIndexes).toBeUndefined();
    await catalog.step();
    expect(store.dropped).toEqual(new Set([1001]));
  });
});

describe("time", () => {
  test("makes the indexes ACTIVE that were made with the table, together with it", async () => {
    const statusUntilMs = startMs + 10;
    await created({
      statusUntilMs,
      globalIndexes: [globalIndex("g", { statusUntilMs })],
      vectorIndexes: [vectorIndex("v", { statusUntilMs })],
    });
    const statuses = (): unknown => [table(), ...derivedIndexes(table())].map(({ status }) => status);
    expect(statuses()).toEqual(["CREATING", "CREATING", "CREATING"]);
    await clock.advance(10);
    expect(statuses()).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
    expect(index("g")).not.toHaveProperty("statusUntilMs");
  });

  test("ends an update of an index, whatever its table does", async () => {
    const pending = { throughput: { readUnits: 5, writeUnits: 6 }, warm: { readUnits: 1, writeUnits: 9000 } };
    const updated = { status: "UPDATING", statusUntilMs: startMs + 10, pending } as const;
    const rising = { pendingWarm: { readUnits: 20_000, writeUnits: 1 }, warmStatusUntilMs: startMs + 20 };
    await created({ globalIndexes: [globalIndex("g", { ...updated, ...rising })] });
    await clock.advance(10);
    expect(index("g")).toMatchObject({
      status: "ACTIVE",
      throughput: { readUnits: 5, writeUnits: 6 },
      warmReadUnits: 12_000,
      warmWriteUnits: 9000,
    });
    expect(index("g")).not.toHaveProperty("pending");
    await clock.advance(10);
    expect(index("g")).toMatchObject({ warmReadUnits: 20_000, warmWriteUnits: 9000 });
    expect(index("g")).not.toHaveProperty("pendingWarm");
    expect(index("g")).not.toHaveProperty("warmStatusUntilMs");
  });

  test("ends the allocation of an added index, and never its backfill", async () => {
    await created();
    await addIndex("g", startMs + 10);
    const phases = (): unknown => [table().status, index("g").status, isAllocating(table(), index("g"))];
    expect(phases()).toEqual(["UPDATING", "CREATING", true]);
    await clock.advance(10);
    expect(phases()).toEqual(["ACTIVE", "CREATING", false]);
    await clock.advance(86_400_000);
    expect(phases()).toEqual(["ACTIVE", "CREATING", false]);
    expect((await catalog.indexBuilt(table(), index("g").keyspace)).kind).toBe("built");
    expect(phases()).toEqual(["ACTIVE", "ACTIVE", false]);
  });
});

describe("a built index", () => {
  test("is ACTIVE on disk, and told so again nothing changes", async () => {
    await created();
    const { keyspace } = await addIndex("g");
    expect(await catalog.indexBuilt(table(), keyspace)).toEqual({ kind: "built" });
    expect(index("g")).not.toHaveProperty("backfill");
    const { epoch } = table();
    expect(await catalog.indexBuilt(table(), keyspace)).toEqual({ kind: "built" });
    expect(table().epoch).toBe(epoch);
    expect(index("g", await open()).status).toBe("ACTIVE");
  });

  test("is told again when another catalog changed the table meanwhile", async () => {
    await created();
    const { keyspace } = await addIndex("g");
    const other = await open();
    await other.change(table(other), { ...table(other), deletionProtection: true });
    expect(await catalog.indexBuilt(table(), keyspace)).toEqual({ kind: "built" });
    expect(table()).toMatchObject({ deletionProtection: true, globalIndexes: [{ status: "ACTIVE" }] });
  });

  test("that is being deleted or gone stays so", async () => {
    await created();
    const { keyspace } = await addIndex("g");
    const before = table();
    await deleteIndex("g", startMs + 10);
    expect(await catalog.indexBuilt(before, keyspace)).toEqual({ kind: "gone" });
    expect(index("g").status).toBe("DELETING");
    await clock.advance(10);
    expect(await catalog.indexBuilt(before, keyspace)).toEqual({ kind: "gone" });
    await catalog.clear();
    await created();
    expect(await catalog.indexBuilt(before, keyspace)).toEqual({ kind: "gone" });
  });

  test("may hold vectors", async () => {
    await created();
    const { statusUntilMs: _none, ...added } = vectorIndex("v", { backfill: { allocatedMs: startMs } });
    await catalog.change(table(), { ...table(), newVectorIndex: added });
    const [vectors] = table().vectorIndexes ?? [];
    expect(await catalog.indexBuilt(table(), vectors?.keyspace ?? 0)).toEqual({ kind: "built" });
    expect(table().vectorIndexes).toMatchObject([{ status: "ACTIVE" }]);
  });
});

describe("counts", () => {
  test("of an index are those of its keyspace", async () => {
    await created({ globalIndexes: [globalIndex("g")] });
    expect(await catalog.counts(index("g"))).toEqual({ items: 0, bytes: 0 });
  });
});

describe("records of an index", () => {
  test("are one cursor for each bucket of the table, and the backfill's", async () => {
    await created({ bucketCount: 8, globalIndexes: [globalIndex("g", { bucketCount: 2 })] });
    const keys = indexRecordKeys(table(), index("g"));
    expect(new Set(keys.map(keyName)).size).toBe(9);
    const { keyspace } = index("g");
    expect(indexConsumerId(keyspace)).not.toBe(indexBackfillId(keyspace));
  });
});
