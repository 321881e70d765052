// A spread store on a real server: several sessions and processes side by side, whose statements are watched. The server is
// no cluster; what a cluster would make of the statements the watch says.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../base/index.ts";
import {
  alternatingPostgres,
  checkHotKeys,
  compareWithModel,
  describePostgres,
  hotKeyDecides,
  type HotOutcome,
  type PostgresPlace,
  pretendedCluster,
  settableClock,
  severalEnginesContract,
  sharedPostgresPlace,
  startHotKeyWriters,
  storeProgram,
  takePostgresStore,
  twoPostgresEngines,
  watchSpread,
} from "../../testing/index.ts";

const numRuns = Number(process.env["STATOR_PROGRAMS"] ?? 8);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const seconds = Number(process.env["STATOR_SECONDS"] ?? 2);
const timeout = 30_000 + numRuns * 2000 + seconds * 2000;

const watch = watchSpread();

describePostgres("a spread store on a real server", (programs) => {
  const place = async (): Promise<PostgresPlace> =>
    pretendedCluster(await sharedPostgresPlace(programs), watch);

  describe("through several engines", () => {
    severalEnginesContract(twoPostgresEngines("postgres, spread", { place }));
  });

  test("random programs through two engines end as on the model", { timeout }, () =>
    fc.assert(
      fc.asyncProperty(storeProgram(40), (program) =>
        compareWithModel(alternatingPostgres("postgres, spread", { place }, seed), program, {
          oneByOne: true,
        }),
      ),
      { numRuns, seed, endOnFailure: false },
    ),
  );

  test("hot keys through three engines lose nothing, and nothing is done twice", { timeout }, async () => {
    const store = await takePostgresStore(await place(), 6);
    const openOptions = { decide: hotKeyDecides, clock: settableClock(1_767_225_600_000) };
    const outcomes: HotOutcome[] = [];
    const engines = await Promise.all([1, 2, 3].map(() => store.open(openOptions)));
    const writers = engines.map((engine) =>
      startHotKeyWriters(engine, {
        hotKeys: 7,
        callers: 16,
        onOutcome: (outcome) => outcomes.push(outcome),
      }),
    );
    await systemClock().sleep(seconds * 1000);
    await Promise.all(writers.map((each) => each.stop()));
    const total = await checkHotKeys(await store.open(openOptions), { hotKeys: 7, outcomes });
    expect(outcomes.filter(({ kind }) => kind === "committed")).toHaveLength(total);
    expect(total).toBeGreaterThan(seconds * 20);
    await store.end();
  });

  test("all that was asked would have gone to one server at a time", () => {
    expect(watch.statementsSeen).toBeGreaterThan(1000);
    expect(watch.problems).toEqual([]);
  });
});
