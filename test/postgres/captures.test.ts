// Captures through two Stators on one PostgreSQL store: a copy that follows the changes of both misses none.
import { afterEach, expect, test } from "vitest";
import {
  type CaptureCalls,
  captureCalls,
  dispatchSend,
  ordersTable,
  withIndex,
} from "../../src/testing/captured-table.ts";
import { followedCopy } from "../../src/testing/followed-copy.ts";
import { endStators, newStorage, openStator } from "./pglite-stators.ts";

afterEach(endStators);

test.each([
  ["without an index", 1, {}],
  ["with an index", 2, withIndex],
])("a copy that follows the changes of two servers misses none, %s", async (_what, seed, table) => {
  const storage = await newStorage();
  const open = async (): Promise<CaptureCalls> =>
    captureCalls(dispatchSend((await openStator(storage)).core.dispatch));
  const writers = [await open(), await open()] as const;
  const [, copier] = writers;
  await copier.ok("CreateTable", ordersTable(table));
  const { copied, there, logged } = await followedCopy({ writers, copier, seed, writesEach: 40 });
  expect(copied).toEqual(there);
  expect(logged).toBeGreaterThan(0);
});
