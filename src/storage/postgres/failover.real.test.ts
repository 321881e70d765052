// A standby is promoted that lacks the last commits, as it may be where nobody waits for standbys. What was acknowledged and
// is lost nobody can bring back; but an engine that remembers it must not build on it.
import { expect, test } from "vitest";
import { monotonicMs, systemClock } from "../../base/index.ts";
import type { Engine } from "../contract/index.ts";
import {
  describePostgres,
  postgresSettings,
  type ReplicatedPostgres,
  startReplicated,
  suiteDecides,
} from "../../testing/index.ts";
import { bytes, increment, key, mutation, readText, write } from "../../testing/storage-contract/subject.ts";
import { migratePostgresStore, openPostgresEngine } from "./index.ts";

describePostgres(
  "a failover that loses commits",
  (programs) => {
    test("leaves engines that go on from where the new primary is", { timeout: 90_000 }, async () => {
      await using set = await startReplicated(programs, { standbys: 1, quorum: "none", durable: false });
      const settings = postgresSettings(set, "store");
      await migratePostgresStore({ settings, heads: 2 });
      const options = { settings, decide: suiteDecides, clock: systemClock() };
      await using engine = await openPostgresEngine(options);
      await appendAll(engine, 3);
      await set.caughtUp();
      await Promise.all(set.standbys.map((standby) => standby.stop()));
      await appendAll(engine, 2);
      await write(engine, { setEpochs: [{ keyspace: 1, epoch: 9 }] });
      const lost = { last: (await engine.logEnd(20)).last, signal: engine.logSignal(0) };
      expect(lost.last).toBe(5);

      await failOver(set);
      await until(() => served(engine));
      expect([await readText(engine, key("n")), (await engine.logEnd(20)).last]).toEqual(["3", 3]);
      // What was known of the catalog may be wrong now.
      await until(async () => engine.logSignal(0) === engine.logSignal(0));
      expect(engine.logSignal(0)).not.toBe(lost.signal);

      // As many groups as were lost, by another process: the same numbers stand for other things now.
      await using other = await openPostgresEngine(options);
      let wakes = 0;
      engine.watchLog(20, () => {
        wakes += 1;
      });
      await until(async () => wakes > 0);
      const [woken, signal] = [wakes, engine.logSignal(0)];
      await appendAll(other, 2);
      await until(async () => wakes > woken);
      expect(engine.logSignal(0)).not.toBe(signal);
      await appendAll(engine, 1);
      expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 7 });
      const epochs = [{ keyspace: 1, epoch: 0 }];
      expect(await engine.mutate(mutation("tellTime", { epochs }))).toMatchObject({ kind: "committed" });
      const page = await engine.readLog(20, 0, 100);
      expect(page.kind === "records" && page.records.map(({ position }) => position)).toEqual([
        1, 2, 3, 4, 5, 6,
      ]);
      expect(await engine.verify()).toEqual([]);
    });
  },
  "standbys",
);

/** One record, one log record of a shard and one of the catalog's, so many times. */
async function appendAll(engine: Engine, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await increment(engine, key("n"));
    await write(engine, {
      log: [
        { shard: 20, value: bytes("v") },
        { shard: 0, value: bytes("v") },
      ],
    });
  }
}

async function failOver(set: ReplicatedPostgres): Promise<void> {
  const { standbys } = set;
  await set.primary.kill();
  await Promise.all(standbys.map((standby) => standby.start()));
  await set.promote({ mayLose: true });
}

async function served(engine: Engine): Promise<boolean> {
  return engine.get(key("n"), "strong").then(
    () => true,
    () => false,
  );
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const endMs = monotonicMs() + 20_000;
  while (!(await done())) {
    if (monotonicMs() > endMs) throw new Error("it has not become true");
    await systemClock().sleep(20);
  }
}
