// Eventually consistent reads on a primary with two standbys: where they go, and how old they get.
import { expect, test } from "vitest";
import { monotonicMs, systemClock } from "../../base/index.ts";
import { describePostgres, startReplicated, suiteDecides } from "../../testing/index.ts";
import { bytes, key, text, write } from "../../testing/storage-contract/subject.ts";
import {
  migratePostgresStore,
  openPostgresEngine,
  type PostgresEngine,
  type PostgresSettings,
} from "./index.ts";

const staleMsMax = 1200;

describePostgres(
  "eventually consistent reads from standbys",
  (programs) => {
    test(
      "come from standbys while these are young enough, and from the primary otherwise",
      { timeout: 60_000 },
      async () => {
        await using set = await startReplicated(programs, { standbys: 2, quorum: "ANY 1", durable: false });
        const settings: PostgresSettings = {
          address: {
            hosts: set.hosts,
            database: "postgres",
            user: "postgres",
            password: async () => undefined,
            tls: { mode: "disable" },
            schema: "stator",
          },
          replicas: "random",
          limits: { staleMsMax, membershipMs: 2000 },
        };
        await migratePostgresStore({ settings });
        await using engine = await openPostgresEngine({
          settings,
          decide: suiteDecides,
          clock: systemClock(),
        });
        expect(engine.capabilities.replicas).toBe(true);

        await put(engine, 0);
        await until(
          async () => engine.eventualReads.standby > 20,
          () => eventual(engine),
        );
        expect(await eventual(engine)).toBe("0");

        // Standbys that replay nothing answer with what they have, but not for longer than the policy allows.
        await Promise.all(set.standbys.map((node) => set.pauseReplay(node)));
        const pausedMs = monotonicMs();
        await put(engine, 1);
        expect(await eventual(engine)).toBe("0");
        let stale = 0;
        await until(
          async () => (await eventual(engine)) === "1",
          async () => {
            stale += 1;
          },
        );
        expect(stale).toBeGreaterThan(0);
        expect(monotonicMs() - pausedMs).toBeLessThan(staleMsMax + 500);
        for (let round = 2; round < 20; round += 1) {
          await put(engine, round);
          expect(await strong(engine)).toBe(`${round}`);
          expect(await eventual(engine)).toBe(`${round}`);
        }

        await Promise.all(set.standbys.map((node) => set.resumeReplay(node)));
        const before = engine.eventualReads.standby;
        await until(
          async () => engine.eventualReads.standby > before + 20,
          () => eventual(engine),
        );
        await until(
          async () => (await eventual(engine)) === "19",
          async () => undefined,
        );
      },
    );
  },
  "standbys",
);

async function put(engine: PostgresEngine, value: number): Promise<void> {
  const outcome = await write(engine, {
    records: [{ kind: "put", key: key("a"), value: bytes(`${value}`) }],
  });
  expect(outcome.kind).toBe("committed");
}

async function eventual(engine: PostgresEngine): Promise<string | undefined> {
  const record = await engine.get(key("a"), "eventual");
  return record && text(record.value);
}

async function strong(engine: PostgresEngine): Promise<string | undefined> {
  const record = await engine.get(key("a"), "strong");
  return record && text(record.value);
}

/** Polls with a limit. */
async function until(isDone: () => Promise<boolean>, step: () => Promise<unknown>): Promise<void> {
  const endMs = monotonicMs() + 15_000;
  while (!(await isDone())) {
    if (monotonicMs() > endMs) throw new Error("it takes too long");
    await step();
    await systemClock().sleep(2);
  }
}
