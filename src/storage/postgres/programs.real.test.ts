// Random programs on the engine over a real server and on the model, through one engine and through two. STATOR_PROGRAMS
// and STATOR_SEED make it long and different.
import fc from "fast-check";
import { test } from "vitest";
import {
  alternatingPostgres,
  compareWithModel,
  describePostgres,
  type PostgresPlace,
  postgresSubject,
  sharedPostgresPlace,
  storeProgram,
} from "../../testing/index.ts";

const numRuns = Number(process.env["STATOR_PROGRAMS"] ?? 5);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const timeout = 30_000 + numRuns * 2000;
const runs = { numRuns, seed, endOnFailure: false };

describePostgres("programs on a real server", (programs) => {
  const place = (): Promise<PostgresPlace> => sharedPostgresPlace(programs);

  // With several heads only mutations that are sent one after the other have an order to compare.
  test.each([
    ["one engine, one head", postgresSubject("postgres", { place, heads: 1 }), {}],
    ["one engine, several heads", postgresSubject("postgres", { place }), { oneByOne: true }],
    ["two engines, one head", alternatingPostgres("postgres", { place, heads: 1 }, seed), {}],
    ["two engines, several heads", alternatingPostgres("postgres", { place }, seed), { oneByOne: true }],
  ] as const)("random programs end as on the model: %s", { timeout }, (_name, subject, options) =>
    fc.assert(
      fc.asyncProperty(storeProgram(40), (program) => compareWithModel(subject, program, options)),
      runs,
    ),
  );
});
