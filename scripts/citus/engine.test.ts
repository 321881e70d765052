// The storage contract and random programs on a Citus cluster, and what the engine relies on there.
import fc from "fast-check";
import process from "node:process";
import { afterAll, expect, test } from "vitest";
import {
  alternatingPostgres,
  compareWithModel,
  postgresSubject,
  severalEnginesContract,
  storageContract,
  storeProgram,
  takePostgresStore,
  twoPostgresEngines,
} from "../../src/testing/index.ts";
import { dropStores, place } from "./cluster.ts";

const numRuns = Number(process.env["STATOR_PROGRAMS"] ?? 10);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);

afterAll(dropStores);

test("a store is spread: its tables with heads lie with them, and everybody has the keyspaces", async () => {
  const store = await takePostgresStore(await place(), 8);
  const rows = await store.rows(`SELECT logicalrelid::text, partmethod, colocationid FROM pg_dist_partition
    WHERE logicalrelid::oid IN (SELECT oid FROM pg_class WHERE relnamespace = '"${store.schema}"'::regnamespace)
    ORDER BY 1`);
  const kinds = rows.map(([name, kind]) => `${name?.replace(/^.*\./u, "") ?? ""} ${kind ?? ""}`);
  expect(kinds).toEqual([
    "commits h",
    "counters h",
    "heads h",
    "holds h",
    "keyspaces n",
    "log h",
    "part_counters h",
    "records h",
    "shards h",
  ]);
  expect(new Set(rows.filter(([, kind]) => kind === "h").map(([, , group]) => group)).size).toBe(1);
  await store.end();
});

storageContract(postgresSubject("Citus", { place, heads: 8, traits: ["open"] }));

severalEnginesContract(twoPostgresEngines("Citus", { place, heads: 8 }));

test("random programs through two engines end as on the model", { timeout: 60_000 + numRuns * 20_000 }, () =>
  fc.assert(
    fc.asyncProperty(storeProgram(40), (program) =>
      compareWithModel(alternatingPostgres("Citus", { place, heads: 8 }, seed), program, { oneByOne: true }),
    ),
    { numRuns, seed, endOnFailure: false },
  ),
);
