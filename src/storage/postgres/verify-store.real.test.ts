// The check of a whole store beside the engine's own limits, on a real server.
import { expect, test } from "vitest";
import { systemClock } from "../../base/index.ts";
import {
  describePostgres,
  settableClock,
  sharedPostgresPlace,
  suiteDecides,
  takePostgresStore,
} from "../../testing/index.ts";

const answerMs = 400;

describePostgres("the check of a whole store", (programs) => {
  test("takes as long as it takes", async () => {
    const store = await takePostgresStore(await sharedPostgresPlace(programs), 3);
    const options = { decide: suiteDecides, clock: settableClock(1_767_225_600_000) };
    const engine = await store.open(options, { limits: { answerMs } });
    const session = await store.connect();
    // As long as it is held, the check waits as it does for a disk.
    await session.script("BEGIN; LOCK TABLE records IN ACCESS EXCLUSIVE MODE");
    const checking = engine.verify();
    await Promise.race([checking, systemClock().sleep(3 * answerMs)]);
    await session.script("COMMIT");
    expect(await checking).toEqual([]);
    await session.close();
    await store.end();
  });
});
