// Closing fails when a test has left a store that contradicts itself.
import { expect, test } from "vitest";
import { openDamageableStore } from "./damageable-store.ts";

test("a Stator whose store is damaged does not close in peace", async () => {
  const store = await openDamageableStore({});
  await store.damage({ counters: [{ counter: { keyspace: store.table().keyspace, index: 0 }, delta: 1 }] });
  await expect(store.core.close()).rejects.toThrow("the table counts 1 items and has 0");
  await expect(store.engine.counter({ keyspace: 1, index: 0 })).rejects.toMatchObject({ code: "closed" });
});
