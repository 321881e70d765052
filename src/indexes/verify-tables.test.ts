// What belongs to no table and no index is found, and an index that is being filled is judged by how far it is.
import { describe, expect, test } from "vitest";
import { assert } from "../base/index.ts";
import { indexBackfillId, indexConsumerId } from "../catalog/index.ts";
import { cursorKey, itemShard } from "../changes/index.ts";
import { encodeCursor } from "../changes/cursors.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { type DamageableStore, openDamageableStore } from "../testing/index.ts";

const orphan = 1900;
const key: RecordKey = { keyspace: orphan, placement: 0, partition: Buffer.from("p"), sort: Buffer.alloc(0) };
const cursor = encodeCursor({ position: 0, owner: "o", leaseUntilMs: 0, token: 1 });

describe("orphans", () => {
  const belongsToNobody = [`keyspace ${orphan} belongs to no table and no index`];

  test.each([
    ["records", { records: [{ kind: "put" as const, key, value: Buffer.from("v") }] }],
    ["a counter", { counters: [{ counter: { keyspace: orphan, index: 0 }, delta: 1 }] }],
    [
      "a counter of a part",
      { counters: [{ counter: { keyspace: orphan, index: 2, part: key.partition }, delta: 1 }] },
    ],
    ["an epoch", { setEpochs: [{ keyspace: orphan, epoch: 1 }] }],
  ])("%s in a keyspace of nobody", async (_, commit) => {
    await using store = await openDamageableStore();
    await store.damage(commit);
    expect(await store.problems()).toEqual(belongsToNobody);
    await store.damage({ dropKeyspaces: [orphan] });
    expect(await store.problems()).toEqual([]);
  });

  test("two tables with one keyspace", async () => {
    await using store = await openDamageableStore();
    const [record] = (
      await store.engine.range({
        keyspace: 1,
        placement: 0,
        reverse: false,
        recordsMax: 1,
        bytesMax: 1,
        consistency: "strong",
      })
    ).records;
    assert(record !== undefined, "the table is stored");
    const twin = Buffer.from(Buffer.from(record.value).toString().replace('"name":"Tab"', '"name":"U"'));
    await store.damage({
      records: [{ kind: "put", key: { ...record.key, sort: Buffer.from("U") }, value: twin }],
    });
    expect(await store.problems()).toContain(
      `table U and table Tab have the same keyspace ${store.table().keyspace}`,
    );
  });

  test("log records of no table and of no bucket, until they are trimmed", async () => {
    await using store = await openDamageableStore();
    const { keyspace, bucketCount } = store.table();
    for (const [shard, owner] of [
      [itemShard(orphan, 0), orphan],
      [itemShard(keyspace, bucketCount), keyspace],
    ] as const) {
      await store.damage({ log: [{ shard, value: Buffer.from("v") }] });
      expect(await store.problems()).toEqual([
        `the change log keeps 1 records of keyspace ${owner}, which is no table's`,
      ]);
      await store.engine.trimLog(shard, 1);
      expect(await store.problems()).toEqual([]);
    }
  });

  test("cursors of nobody and for the shards of others", async () => {
    await using store = await openDamageableStore();
    const { keyspace, bucketCount, globalIndexes } = store.table();
    const id = indexConsumerId(globalIndexes?.[0]?.keyspace ?? 0);
    const put = (consumerId: string, shard: number): Promise<void> =>
      store.damage({ records: [{ kind: "put", key: cursorKey(consumerId, shard), value: cursor }] });
    await put(indexConsumerId(orphan), itemShard(keyspace, 0));
    await put(indexBackfillId(orphan), 0);
    await put(id, itemShard(keyspace, bucketCount));
    expect(await store.problems()).toEqual([
      `there is a cursor of backfill/${orphan}, which does not exist`,
      `there is a cursor of index/${orphan}, which does not exist`,
      `there is a cursor of ${id} for a shard that is not its table's`,
    ]);
  });

  test("a table that cannot be read", async () => {
    await using store = await openDamageableStore();
    const tables: RecordKey = {
      keyspace: 1,
      placement: 0,
      partition: Buffer.from("x"),
      sort: Buffer.alloc(0),
    };
    await store.damage({ records: [{ kind: "put", key: tables, value: Buffer.from("{") }] });
    expect(await store.problems()).toEqual(["the catalog holds a table record that is no JSON"]);
  });
});

describe("an index that is being filled", () => {
  /** The index `late` exists, and nothing has been read into it. */
  async function begun(): Promise<DamageableStore> {
    const store = await openDamageableStore();
    for (const sk of ["1", "2", "3"]) {
      await store.call("PutItem", { Item: { pk: { S: "a" }, sk: { S: sk }, h: { S: "x" } } });
    }
    await store.call("UpdateTable", {
      AttributeDefinitions: [{ AttributeName: "h", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "late",
            KeySchema: [{ AttributeName: "h", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        },
      ],
    });
    return store;
  }

  test("need not have what it has not come to, but everything before", async () => {
    await using store = await begun();
    expect(await store.problems()).toEqual([]);
    const late = store.table().globalIndexes?.find(({ name }) => name === "late");
    assert(late?.backfill !== undefined, "the index is being filled");
    const progress = { format: 1, bucket: store.table().bucketCount, itemsSeen: 3, done: false };
    const progressKey = cursorKey(indexBackfillId(late.keyspace), 0);
    await store.damage({
      records: [{ kind: "put", key: progressKey, value: Buffer.from(JSON.stringify(progress)) }],
    });
    expect(await store.problems()).toEqual(
      Array.from({ length: 3 }, () => "table Tab: index late lacks the entry of an item"),
    );
    await store.damage({ records: [{ kind: "delete", key: progressKey }] });
    await store.core.indexes?.settle();
    expect(await store.problems()).toEqual([]);
    expect(await store.engine.counter({ keyspace: late.keyspace, index: 0 })).toBe(3);
  });
});
