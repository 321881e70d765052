// A spread store on PGlite: the storage contract, and random programs as on the model. What is asked is watched: Citus
// would take each statement of a write to one server.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareWithModel,
  type PostgresPlace,
  postgresSubject,
  pretendedCluster,
  sharedPglitePlace,
  storageContract,
  storeProgram,
  watchSpread,
} from "../../src/testing/index.ts";

const numRuns = Number(process.env["STATOR_PROGRAMS"] ?? 15);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_122);

const watch = watchSpread();
const place = async (): Promise<PostgresPlace> => pretendedCluster(await sharedPglitePlace(), watch);

storageContract(postgresSubject("PGlite, spread", { place, traits: ["open"] }));

test("random programs end as on the model", { timeout: 20_000 + numRuns * 2000 }, () =>
  fc.assert(
    fc.asyncProperty(storeProgram(30), (program) =>
      compareWithModel(postgresSubject("PGlite, spread", { place }), program, { oneByOne: true }),
    ),
    { numRuns, seed, endOnFailure: false },
  ),
);

test("all that was asked would have gone to one server at a time", () => {
  expect(watch.statementsSeen).toBeGreaterThan(1000);
  expect(watch.problems).toEqual([]);
  const wide = [...watch.wideReads].filter((name) => !name.startsWith("verify-"));
  expect(wide.toSorted()).toEqual([
    "firstShards",
    "listAllPartCounters",
    "listPartCounters",
    "nextTrimmed",
    "readHeads",
  ]);
});
