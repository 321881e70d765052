// Several engines of one store with a writer apart, all on one thread (on several: test/storage/).
import fc from "fast-check";
import { test } from "vitest";
import {
  alternatingSubject,
  compareWithModel,
  enginesApart,
  lostWriterContract,
  openSplit,
  severalEnginesContract,
  storeProgram,
} from "../../testing/index.ts";

severalEnginesContract(enginesApart("one thread", openSplit));
lostWriterContract("one thread", openSplit);

const numRuns = Number(process.env["STATOR_PROGRAMS"] ?? 10);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_122);

test("random programs through two engines end as on the model", { timeout: 10_000 + numRuns * 200 }, () =>
  fc.assert(
    fc.asyncProperty(storeProgram(40), (program) =>
      compareWithModel(alternatingSubject("one thread", openSplit, seed), program),
    ),
    { numRuns, seed, endOnFailure: false },
  ),
);
