// The SQLite engine obeys the storage contract with its writer on a thread of its own, whichever engine is asked.
import fc from "fast-check";
import { test } from "vitest";
import {
  alternatingSubject,
  compareWithModel,
  enginesApart,
  lostWriterContract,
  openThreaded,
  severalEnginesContract,
  storageContract,
  storeProgram,
  threadedSubject,
} from "../../src/testing/index.ts";

storageContract(threadedSubject());
severalEnginesContract(enginesApart("writer on a thread", openThreaded));
lostWriterContract("writer on a thread", openThreaded);

const numRuns = Number(process.env["STATOR_PROGRAMS"] ?? 5);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_123);

test("random programs through two engines end as on the model", { timeout: 20_000 + numRuns * 2000 }, () =>
  fc.assert(
    fc.asyncProperty(storeProgram(40), (program) =>
      compareWithModel(alternatingSubject("writer on a thread", openThreaded, seed), program),
    ),
    { numRuns, seed, endOnFailure: false },
  ),
);
