// Random programs on the engine and on the model. STATOR_PROGRAMS and STATOR_SEED make it long and different.
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareWithModel, folderSubject, passingSubject, storeProgram } from "../../testing/index.ts";

const numRuns = Number(process.env["STATOR_PROGRAMS"] ?? 30);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const timeout = 10_000 + numRuns * 200;

test("random programs in a folder, with closes and crashes, end as on the model", { timeout }, () =>
  fc.assert(
    fc.asyncProperty(storeProgram(40), (program) => compareWithModel(folderSubject("plain"), program)),
    { numRuns, seed, endOnFailure: false },
  ),
);

test("random programs in memory end as on the model", { timeout }, () =>
  fc.assert(
    fc.asyncProperty(storeProgram(60), (program) =>
      compareWithModel(
        passingSubject("memory"),
        // A store in memory keeps nothing over these.
        program.filter(({ kind }) => kind !== "reopen" && kind !== "crash"),
      ),
    ),
    { numRuns: numRuns * 3, seed },
  ),
);

test("the comparison notices an engine that forgets a write", async () => {
  const forgetful = folderSubject("plain");
  const key = { keyspace: 1, placement: 0, partition: new Uint8Array(1), sort: new Uint8Array(0) };
  const args = {
    refuse: false,
    commit: { records: [{ kind: "put", key, value: new Uint8Array(1) }] },
  };
  const program = [
    { kind: "burst", mutations: [{ kind: "asTold", epochs: [], keys: [], args }] },
    { kind: "getMany", keys: [key] },
  ] as const;
  const comparison = compareWithModel(
    {
      ...forgetful,
      open: async (options) => {
        const fixture = await forgetful.open(options);
        fixture.engine.getMany = async (keys) => keys.map(() => undefined);
        return fixture;
      },
    },
    program,
  );
  await expect(comparison).rejects.toThrow("step 1, getMany: the engine differs from the model");
  await compareWithModel(forgetful, program);
});
