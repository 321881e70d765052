// Random programs on a table with indexes against a naive model. STATOR_MODEL_RUNS makes it long, STATOR_SEED different.
import fc from "fast-check";
import { expect, test } from "vitest";
import { storeUnderTest } from "../../src/testing/store-under-test.ts";
import { tableName } from "./index-definitions.ts";
import { runIndexProgram } from "./index-programs.ts";
import { indexProgram, type IndexStep } from "./index-steps.ts";
import { keptPrograms } from "./kept-programs.ts";

const numRuns = Number(process.env["STATOR_MODEL_RUNS"] ?? 25);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
/** Making a failing program smaller takes longer than its limit where every store is made on a server. */
const endOnFailure = storeUnderTest().kind !== "sqlite";

test(
  `indexes agree with the naive model (${numRuns} programs, seed ${seed})`,
  { timeout: 30_000 + numRuns * 2000 },
  () =>
    fc.assert(
      fc.asyncProperty(indexProgram(60), (program) => runIndexProgram(program)),
      { numRuns, seed, endOnFailure },
    ),
);

test.each(keptPrograms)("$about", ({ program }) => runIndexProgram(program));

test("the comparison notices an index that has not all", async () => {
  const write = (n: string): IndexStep => ({
    kind: "write",
    action: { kind: "put", item: { pk: { S: "a" }, sk: { N: n }, group: { S: "g" } } },
  });
  const program = { onDisk: false, stale: false, steps: [write("1"), write("2")] };
  const disturbed = runIndexProgram(program, (stator) => stator.indexes.pause(tableName, "byGroup"));
  await expect(disturbed).rejects.toThrow("byGroup");
  await runIndexProgram(program);
});
