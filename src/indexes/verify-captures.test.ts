// What the checker says of captures: their cursors are there, inside the log, and nobody else's.
import { expect, test } from "vitest";
import { assert } from "../base/index.ts";
import { captureReader } from "../catalog/index.ts";
import { cursorKey, itemShard } from "../changes/index.ts";
import { encodeCursor } from "../changes/cursors.ts";
import { type DamageableStore, openDamageableStore } from "../testing/index.ts";

/** A table with a capture that has begun, and one change in the log of one bucket. */
async function captured(): Promise<
  DamageableStore & { readonly id: string; readonly shards: readonly number[] }
> {
  const store = await openDamageableStore();
  const { namespace } = store.table();
  const json = { TableName: "Tab", CaptureId: "copy-1" };
  const call = { service: "Stator", operation: "BeginCapture", json, namespace, requestId: "R" } as const;
  expect((await store.core.dispatch(call)).kind).toBe("ok");
  await store.call("PutItem", { Item: { pk: { S: "a" }, sk: { S: "1" } } });
  const table = store.table();
  const [capture] = table.captures ?? [];
  assert(capture !== undefined, "the capture is there");
  return { ...store, ...captureReader(table, capture) };
}

const cursor = (position: number): Uint8Array =>
  encodeCursor({ position, owner: "", leaseUntilMs: 0, token: 1 });

test("nothing of a sound one", async () => {
  await using store = await captured();
  expect(await store.problems()).toEqual([]);
});

test("a cursor beyond the log, and one of what is trimmed", async () => {
  await using store = await captured();
  const { id, shards } = store;
  const ends = await Promise.all(shards.map(async (shard) => (await store.engine.logEnd(shard)).last));
  const shard = shards[ends.indexOf(1)] ?? 0;
  const put = (position: number): Promise<void> =>
    store.damage({ records: [{ kind: "put", key: cursorKey(id, shard), value: cursor(position) }] });
  await put(2);
  expect(await store.problems()).toEqual(["table Tab: capture copy-1 has read to 2 of a log that ends at 1"]);
  await put(1);
  await store.damage({ log: [1, 2, 3].map(() => ({ shard, value: Buffer.from("v") })) });
  await store.engine.trimLog(shard, 4);
  expect(await store.problems()).toContain(
    "table Tab: capture copy-1 has read to 1 of a log that begins at 5",
  );
});

test("a cursor that is missing, and cursors of nobody", async () => {
  await using store = await captured();
  const { id, shards } = store;
  const [first = 0] = shards;
  const { keyspace, bucketCount } = store.table();
  await store.damage({
    records: [
      { kind: "delete", key: cursorKey(id, first) },
      { kind: "put", key: cursorKey(id, itemShard(keyspace, bucketCount)), value: cursor(0) },
      { kind: "put", key: cursorKey(`capture/${keyspace}/999`, first), value: cursor(0) },
    ],
  });
  expect(await store.problems()).toEqual([
    `table Tab: capture copy-1 has no cursor for shard ${first}`,
    `there is a cursor of capture/${keyspace}/999, which does not exist`,
    `there is a cursor of ${id} for a shard that is not its table's`,
  ]);
});
