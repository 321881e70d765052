// The checker sees each kind of damage, and none where there is none.
import { describe, expect, test } from "vitest";
import { assert } from "../base/index.ts";
import { indexConsumerId, tableCounters } from "../catalog/index.ts";
import { cursorKey, itemShard, readCursor } from "../changes/index.ts";
import { encodeCursor } from "../changes/cursors.ts";
import type { CounterDelta, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import { type DamageableStore, openDamageableStore } from "../testing/index.ts";
import {
  type AttributeValue,
  encodeItem,
  encodeRecord,
  type Item,
  itemSizeBytes,
  recordHeader,
  recordJson,
} from "../values/index.ts";
import { globalShape, localShape, tableKeyAttributes } from "./index-shape.ts";
import { indexEntry } from "./index-entry.ts";
import { recordsOf } from "./verify-walk.ts";

const wire = (pk: string, sk: string, more: object = {}): Readonly<Record<string, unknown>> => ({
  Item: { pk: { S: pk }, sk: { S: sk }, ...more },
});

async function filledStore(): Promise<DamageableStore> {
  const store = await openDamageableStore();
  await store.call("PutItem", wire("a", "1", { n: { N: "1" }, g: { S: "x" }, a: { S: "seen" } }));
  await store.call("PutItem", wire("a", "2", { n: { N: "2" } }));
  await store.call("PutItem", wire("b", "1", { g: { S: "x" }, other: { S: "unseen" } }));
  await store.core.indexes?.settle();
  return store;
}

async function recordsIn(
  store: DamageableStore,
  where: "items" | "local" | "global",
): Promise<StoredRecord[]> {
  const { keyspace, bucketCount } = placeOf(store, where);
  const records: StoredRecord[] = [];
  for await (const record of recordsOf(store.engine, { keyspace, bucketCount })) records.push(record);
  return records;
}

function placeOf(
  store: DamageableStore,
  where: "items" | "local" | "global",
): { keyspace: number; bucketCount: number } {
  const table = store.table();
  const local = table.localIndexes?.[0];
  const global = table.globalIndexes?.[0];
  assert(local !== undefined && global !== undefined, "the table has both indexes");
  if (where === "items") return table;
  return where === "global" ? global : { keyspace: local.keyspace, bucketCount: table.bucketCount };
}

/** The record an item would have in an index. */
function entryOf(
  store: DamageableStore,
  where: "local" | "global",
  item: Item,
): { key: RecordKey; value: Uint8Array } {
  const table = store.table();
  const tableKey = tableKeyAttributes(table);
  const [local] = table.localIndexes ?? [];
  const [global] = table.globalIndexes ?? [];
  assert(local !== undefined && global !== undefined, "the table has both indexes");
  const shape = where === "local" ? localShape(local, table) : globalShape(global, tableKey);
  const entry = indexEntry(shape, tableKey, item);
  assert(entry !== undefined, "the item is in the index");
  return { key: entry.key, value: recordOf(entry.item) };
}

function recordOf(item: Item): Uint8Array {
  const header = { sizeBytes: itemSizeBytes(item), writeTimeMicros: 1, regionId: 0 };
  return encodeRecord(header, encodeItem(item));
}

function attributes(values: Readonly<Record<string, AttributeValue>>): Item {
  return new Map(Object.entries(values));
}

const S = (value: string): AttributeValue => ({ type: "S", value });
const N = (value: string): AttributeValue => ({ type: "N", value });

function counted(
  store: DamageableStore,
  where: "items" | "local" | "global",
  items: number,
  bytes: number,
): CounterDelta[] {
  const { keyspace } = placeOf(store, where);
  return [
    { counter: { keyspace, index: tableCounters.items }, delta: items },
    { counter: { keyspace, index: tableCounters.bytes }, delta: bytes },
  ];
}

describe("a sound table", () => {
  test("has no problems, with its indexes caught up or behind", async () => {
    await using store = await filledStore();
    expect(await store.problems()).toEqual([]);
    await store.core.indexes?.pause(store.index("global"));
    await store.call("PutItem", wire("b", "1", { g: { S: "y" } }));
    await store.call("PutItem", wire("a", "2", { g: { S: "x" } }));
    await store.call("DeleteItem", { Key: { pk: { S: "a" }, sk: { S: "1" } } });
    await store.call("PutItem", wire("c", "1", { g: { S: "z" } }));
    await store.call("DeleteItem", { Key: { pk: { S: "c" }, sk: { S: "1" } } });
    expect(await store.problems()).toEqual([]);
    store.core.indexes?.resume(store.index("global"));
    await store.core.indexes?.settle();
    expect(await store.problems()).toEqual([]);
  });

  test("may be without items", async () => {
    await using store = await openDamageableStore();
    expect(await store.problems()).toEqual([]);
  });
});

describe("damage", () => {
  test.each(["local", "global"] as const)("a missing entry of a %s index", async (where) => {
    await using store = await filledStore();
    const [entry] = await recordsIn(store, where);
    assert(entry !== undefined, "there is an entry");
    await store.damage({ records: [{ kind: "delete", key: entry.key }] });
    const problems = await store.problems();
    expect(problems).toContain(`table Tab: index ${where} lacks the entry of an item`);
    expect(problems).toContain(`table Tab: index ${where} counts 2 items and has 1`);
  });

  test.each(["local", "global"] as const)("an extra entry of a %s index", async (where) => {
    await using store = await filledStore();
    const { key, value } = entryOf(
      store,
      where,
      attributes({ pk: S("q"), sk: S("1"), n: N("1"), g: S("x") }),
    );
    await store.damage({ records: [{ kind: "put", key, value }] });
    expect(await store.problems()).toContain(`table Tab: index ${where} has an entry that no item makes`);
  });

  test.each(["local", "global"] as const)("an entry of a %s index under an older key", async (where) => {
    await using store = await filledStore();
    const old = { pk: S("a"), sk: S("1"), n: N("7"), g: S("old"), a: S("seen") };
    const { key, value } = entryOf(store, where, attributes(old));
    await store.damage({ records: [{ kind: "put", key, value }], counters: counted(store, where, 1, 22) });
    expect(await store.problems()).toContain(`table Tab: index ${where} has an entry that no item makes`);
  });

  test.each(["local", "global"] as const)("a stale entry of a %s index", async (where) => {
    await using store = await filledStore();
    const stale = { pk: S("a"), sk: S("1"), n: N("1"), g: S("x"), a: S("seem") };
    const { key, value } = entryOf(store, where, attributes(stale));
    await store.damage({ records: [{ kind: "put", key, value }] });
    expect(await store.problems()).toEqual([
      `table Tab: index ${where} has an entry that is not as its item`,
    ]);
  });

  test.each(["items", "local", "global"] as const)("a wrong count of %s", async (where) => {
    await using store = await filledStore();
    const items = (await recordsIn(store, where)).length;
    const what = where === "items" ? "the table" : `index ${where}`;
    await store.damage({ counters: counted(store, where, 1, 10) });
    expect(await store.problems()).toEqual([
      `table Tab: ${what} counts ${items + 1} items and has ${items}`,
      expect.stringMatching(`^table Tab: ${what} counts \\d+ bytes and has \\d+$`),
    ]);
  });

  test("a wrong size of an item collection", async () => {
    await using store = await filledStore();
    const [item] = await recordsIn(store, "items");
    assert(item !== undefined, "there is an item");
    const { keyspace } = store.table();
    const size = (part: Uint8Array, delta: number): Promise<void> =>
      store.damage({
        counters: [{ counter: { keyspace, index: tableCounters.collectionBytes, part }, delta }],
      });
    await size(item.key.partition, 5);
    expect(await store.problems()).toEqual([
      expect.stringMatching(/^table Tab: an item collection counts \d+ bytes/),
    ]);
    await size(item.key.partition, -5);
    await size(Buffer.from("nobody"), 3);
    expect(await store.problems()).toEqual(["table Tab: an item collection counts 3 bytes and has 0"]);
  });

  test.each(["items", "local", "global"] as const)("damaged bytes of %s", async (where) => {
    await using store = await filledStore();
    const [record] = await recordsIn(store, where);
    assert(record !== undefined, "there is a record");
    const value = Uint8Array.from(record.value, (byte, at) =>
      at === record.value.length - 3 ? byte ^ 1 : byte,
    );
    await store.damage({ records: [{ kind: "put", key: record.key, value }] });
    const what = where === "items" ? "an item" : `an entry of index ${where}`;
    expect(await store.problems()).toContain(`table Tab: ${what} is damaged`);
  });

  test("an item whose size is not what its header says", async () => {
    await using store = await filledStore();
    const [record] = await recordsIn(store, "items");
    assert(record !== undefined, "there is an item");
    const json = record.value.subarray(20);
    const value = encodeRecord({ sizeBytes: 99, writeTimeMicros: 1, regionId: 0 }, json);
    await store.damage({ records: [{ kind: "put", key: record.key, value }] });
    expect(await store.problems()).toContainEqual(
      expect.stringMatching(/^table Tab: an item says that it has 99 bytes and has \d+$/),
    );
  });

  test("an item under another key, and one in another bucket", async () => {
    await using store = await filledStore();
    const [record] = await recordsIn(store, "items");
    assert(record !== undefined, "there is an item");
    const placement = (record.key.placement + 1) % store.table().bucketCount;
    for (const other of [{ sort: Buffer.from("other") }, { placement }]) {
      const key = { ...record.key, ...other };
      await store.damage({ records: [{ kind: "put", key, value: record.value }] });
      expect(await store.problems()).toContain("table Tab: an item is stored under another key than its own");
      await store.damage({ records: [{ kind: "delete", key }] });
      expect(await store.problems()).toEqual([]);
    }
  });
});

describe("a vector index", () => {
  const item = { v: { L: [{ N: "1" }, { N: "2.5" }] }, a: { S: "seen" } };

  async function withVectors(): Promise<DamageableStore> {
    const store = await filledStore();
    await store.call("UpdateTable", {
      VectorIndexUpdates: [
        {
          Create: {
            IndexName: "near",
            VectorAttribute: { AttributeName: "v" },
            Projection: { ProjectionType: "ALL" },
            Dimensions: 2,
            DistanceFunction: "COSINE",
          },
        },
      ],
    });
    await store.call("PutItem", wire("v", "1", item));
    await store.core.indexes?.settle();
    return store;
  }

  test("is sound, caught up or behind", async () => {
    await using store = await withVectors();
    expect(await store.problems()).toEqual([]);
    await store.core.indexes?.pause(store.index("near"));
    await store.call("PutItem", wire("v", "1", { ...item, v: { L: [{ N: "1" }, { N: "3" }] } }));
    await store.call("PutItem", wire("v", "2", item));
    expect(await store.problems()).toEqual([]);
  });

  test("with another vector than its item, or none", async () => {
    await using store = await withVectors();
    const [index] = store.table().vectorIndexes ?? [];
    assert(index !== undefined, "the table has a vector index");
    const entries: StoredRecord[] = [];
    for await (const record of recordsOf(store.engine, index)) entries.push(record);
    const [entry] = entries;
    assert(entry !== undefined, "the index has an entry");
    const { sizeBytes } = recordHeader(entry.value);
    const header = { sizeBytes, writeTimeMicros: 1, regionId: 0 };
    const value = encodeRecord(header, recordJson(entry.value), Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0]));
    await store.damage({ records: [{ kind: "put", key: entry.key, value }] });
    expect(await store.problems()).toEqual(["table Tab: index near has an entry that is not as its item"]);
    await store.damage({ records: [{ kind: "delete", key: entry.key }] });
    expect(await store.problems()).toContain("table Tab: index near lacks the entry of an item");
  });
});

describe("the change log", () => {
  /** Cursor and shard of the bucket of items `a`. */
  async function cursorOf(
    store: DamageableStore,
  ): Promise<{ key: RecordKey; shard: number; position: number }> {
    const { keyspace, globalIndexes } = store.table();
    const [item] = (await recordsIn(store, "items")).filter(({ value }) =>
      Buffer.from(value).includes("seen"),
    );
    const [index] = globalIndexes ?? [];
    assert(item !== undefined && index !== undefined, "there is an item and an index");
    const shard = itemShard(keyspace, item.key.placement);
    const id = indexConsumerId(index.keyspace);
    const cursor = await readCursor(store.engine, id, shard);
    assert(cursor !== undefined, "the index has read the shard");
    return { key: cursorKey(id, shard), shard, position: cursor.position };
  }

  test("a cursor beyond its log", async () => {
    await using store = await filledStore();
    const { key, position } = await cursorOf(store);
    const value = encodeCursor({ position: position + 5, owner: "o", leaseUntilMs: 0, token: 9 });
    await store.damage({ records: [{ kind: "put", key, value }] });
    expect(await store.problems()).toEqual([
      `table Tab: index global has read to ${position + 5} of a log that ends at ${position}`,
    ]);
  });

  test("a cursor before what is left of its log", async () => {
    await using store = await filledStore();
    const { shard, position } = await cursorOf(store);
    await store.core.indexes?.pause(store.index("global"));
    for (const a of ["1", "2", "3"]) {
      await store.call("PutItem", wire("a", "1", { n: { N: "1" }, g: { S: "x" }, a: { S: a } }));
    }
    expect(await store.problems()).toEqual([]);
    await store.engine.trimLog(shard, position + 2);
    expect(await store.problems()).toContain(
      `table Tab: index global has read to ${position} of a log that begins at ${position + 3}`,
    );
  });

  test("a cursor and a log record that cannot be read", async () => {
    await using store = await filledStore();
    const { key, shard } = await cursorOf(store);
    await store.core.indexes?.pause(store.index("global"));
    await store.damage({ log: [{ shard, value: Buffer.from("\0nonsense") }] });
    expect(await store.problems()).toEqual([
      expect.stringMatching(/^table Tab: position \d+ of its log: the change log holds an item change that/),
    ]);
    await store.damage({ records: [{ kind: "put", key, value: Buffer.from("nonsense") }] });
    expect(await store.problems()).toContain("table Tab: the change log has a cursor that is no JSON");
  });

  test("explains only states that an item had", async () => {
    await using store = await filledStore();
    await store.core.indexes?.pause(store.index("global"));
    await store.call("PutItem", wire("b", "1", { g: { S: "y" } }));
    const state = (g: string): Item => attributes({ pk: S("b"), sk: S("1"), g: S(g) });
    const was = entryOf(store, "global", state("x"));
    const never = entryOf(store, "global", state("z"));
    await store.damage({
      records: [
        { kind: "delete", key: was.key },
        { kind: "put", ...never },
      ],
    });
    expect(await store.problems()).toEqual(["table Tab: index global has an entry that no item makes"]);
    // Not one of both sides: neither the old content nor the new one, at the old key.
    const value = recordOf(attributes({ pk: S("b"), sk: S("1"), g: S("x"), a: S("?") }));
    await store.damage({
      records: [
        { kind: "delete", key: never.key },
        { kind: "put", key: was.key, value },
      ],
    });
    expect(await store.problems()).toContain("table Tab: index global has an entry that no item makes");
  });
});
