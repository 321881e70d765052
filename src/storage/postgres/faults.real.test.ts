// The engine behind a network that is cut, and beside writers that stand still, on a real server.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { monotonicMs, systemClock } from "../../base/index.ts";
import {
  checkHotKeys,
  describePostgres,
  hotKeyDecides,
  type HotOutcome,
  type PostgresPlace,
  type PostgresTestStore,
  settableClock,
  serverPlace,
  sharedPostgresPlace,
  startHotKeyWriters,
  suiteDecides,
  takePostgresStore,
  tappedDriver,
  type TappedStatement,
} from "../../testing/index.ts";
import { startTcpProxy, type TcpProxy } from "../../testing/postgres-servers/tcp-proxy.ts";
import { bytes, increment, key, readText, write } from "../../testing/storage-contract/subject.ts";
import type { PostgresEngine, PostgresLimits, PostgresSession } from "./index.ts";

const limits = {
  connectMs: 1000,
  answerMs: 1200,
  resolveMs: 1500,
  membershipMs: 1200,
} satisfies Partial<PostgresLimits>;
/** A watch is an eighth late, and a login is tried at a known host and then at all. */
const callMsMax = limits.answerMs * 1.125 + 2 * limits.connectMs;
/** Of a machine that does other things, too. */
const marginMs = 2500;

describePostgres("faults on a real server", (programs) => {
  let place: PostgresPlace;
  let store: PostgresTestStore;
  let proxy: TcpProxy;
  let onSend: (sent: TappedStatement) => void;

  beforeEach(async () => {
    place = await sharedPostgresPlace(programs);
    store = await takePostgresStore(place, 3);
    const [target] = place.hosts;
    if (target === undefined) throw new Error("a place has a host");
    proxy = await startTcpProxy({ target });
    onSend = () => undefined;
  });

  afterEach(async () => {
    proxy.restore();
    await store.end();
    await proxy[Symbol.asyncDispose]();
  });

  const clock = settableClock(1_767_225_600_000);

  function openThroughProxy(decide = suiteDecides): Promise<PostgresEngine> {
    const way = serverPlace(proxy);
    return store.open(
      { decide, clock },
      {
        limits,
        way: {
          hosts: way.hosts,
          driver: (settings) => tappedDriver(way.driver(settings), (sent) => onSend(sent)),
        },
      },
    );
  }

  describe("a network that is cut", () => {
    test(
      "ends every call in time and loses nothing; afterwards all is as before",
      { timeout: 60_000 },
      async () => {
        const engine = await openThroughProxy(hotKeyDecides);
        const outcomes: HotOutcome[] = [];
        const onOutcome = (outcome: HotOutcome): number => outcomes.push(outcome);
        const writers = startHotKeyWriters(engine, { hotKeys: 6, callers: 24, onOutcome });
        await systemClock().sleep(300);
        proxy.cut();
        const cutMs = monotonicMs();
        const others = [
          () => engine.get(key("a"), "strong"),
          () => engine.lease("sweep", "a", 1000),
          () => engine.readLog(7, 0, 10),
          () => engine.reclaim(),
          () => engine.held([key("a")]),
        ].map(async (call) => {
          await expect(call()).rejects.toMatchObject({ code: "unavailable" });
          expect(monotonicMs() - cutMs).toBeLessThan(callMsMax + marginMs);
        });
        await Promise.all(others);
        await systemClock().sleep(Math.max(0, 4500 - (monotonicMs() - cutMs)));
        proxy.restore();
        const before = outcomes.length;
        await until(() => outcomes.slice(before).filter(({ kind }) => kind === "committed").length > 100);
        await writers.stop();
        const slowest = Math.max(...outcomes.map(({ durationMs }) => durationMs));
        expect(slowest).toBeLessThan(callMsMax + limits.resolveMs + limits.answerMs + marginMs);
        expect(outcomes.filter(({ kind }) => kind === "unavailable").length).toBeGreaterThan(24);
        await checkHotKeys(engine, { hotKeys: 6, outcomes });
        // Four write, two read, one listens.
        expect(proxy.connections).toBeLessThanOrEqual(7);
      },
    );

    test("behind a commit on its way: whether it landed is found out from the store", async () => {
      const engine = await openThroughProxy();
      await increment(engine, key("n"));
      onSend = ({ statement }) => {
        if (statement.name === "commit") proxy.cut("answers");
      };
      const writing = increment(engine, key("n"));
      await systemClock().sleep(limits.answerMs + 500);
      onSend = () => undefined;
      proxy.restore();
      expect(await writing).toMatchObject({ kind: "committed", result: 2 });
      expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 3 });
    });

    test("before a commit: it comes late or never, and what is answered is what has become of it", async () => {
      const engine = await openThroughProxy();
      await increment(engine, key("n"));
      onSend = ({ statement }) => {
        if (statement.name === "commit") proxy.cut("requests");
      };
      const writing = endOf(increment(engine, key("n")));
      await systemClock().sleep(limits.answerMs + 500);
      onSend = () => undefined;
      proxy.restore();
      const end = await writing;
      const found = await readText(engine, key("n"));
      expect([end, found]).toEqual(end === "committed" ? ["committed", "2"] : ["unavailable", "1"]);
    });

    test("does not keep an engine from closing", async () => {
      const engine = await openThroughProxy();
      const accepted = [
        increment(engine, key("n")),
        write(engine, { log: [{ shard: 2, value: bytes("v") }] }),
      ];
      proxy.cut();
      const startedMs = monotonicMs();
      await Promise.all([engine.close(), ...accepted.map(endOf)]);
      const goodbyesMs = 2 * limits.connectMs;
      expect(monotonicMs() - startedMs).toBeLessThan(
        callMsMax + limits.resolveMs + limits.answerMs + goodbyesMs + marginMs,
      );
    });

    test("that resets its connections costs no more than the calls on their way", async () => {
      const engine = await openThroughProxy();
      for (let round = 0; round < 5; round += 1) {
        const calls = Array.from({ length: 6 }, (_, index) => endOf(increment(engine, key(`n${index}`))));
        proxy.reset();
        for (const end of await Promise.all(calls)) expect(["committed", "unavailable"]).toContain(end);
      }
      await until(async () => (await endOf(increment(engine, key("n")))) === "committed");
    });
  });

  describe("giving back space while another process", () => {
    /** Ends the transaction when whoever gives back space waits for it. */
    async function reclaimBeside(engine: PostgresEngine, script: string): Promise<void> {
      const other = await store.connect();
      await other.script(`BEGIN; ${script}`);
      const reclaiming = engine.reclaim();
      const waiters =
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'stator'";
      await until(async () => (await store.rows(waiters)).length > 0);
      await other.script("COMMIT");
      await other.close();
      for (let progress = await reclaiming; !progress.done;) progress = await engine.reclaim();
    }

    test("does so, too, leaves nothing", async () => {
      const engine = await store.open({ decide: suiteDecides, clock });
      const records = Array.from({ length: 1200 }, (_, index) => ({
        kind: "put" as const,
        key: key(`${index}`),
        value: bytes("v"),
      }));
      await write(engine, { records });
      await write(engine, { dropKeyspaces: [1] });
      const some = "SELECT keyspace, placement, head, digest FROM records WHERE h = 0 LIMIT 500";
      await reclaimBeside(
        engine,
        `DELETE FROM records WHERE h = 0 AND (keyspace, placement, head, digest) IN (${some})`,
      );
      expect(await store.rows("SELECT count(*) FROM records")).toEqual([["0"]]);
    });

    test("trims the log, removes what was trimmed and forgets nothing", async () => {
      const engine = await store.open({ decide: suiteDecides, clock });
      await write(engine, { log: Array.from({ length: 600 }, () => ({ shard: 20, value: bytes("v") })) });
      await engine.trimLog(20, 100);
      await reclaimBeside(engine, "UPDATE shards SET oldest = 401 WHERE shard = 20");
      expect(await store.rows("SELECT min(position), count(*) FROM log")).toEqual([["401", "200"]]);
    });
  });

  describe("a head that another process has", () => {
    /** All heads, in a transaction that is left open. */
    async function takeHeads(): Promise<PostgresSession> {
      const session = await store.connect();
      await session.script("BEGIN; UPDATE heads SET n = n + 1 WHERE h = 0");
      return session;
    }

    const elsewhere = key("n", "", { placement: 1 });

    test("and does nothing with is free again after some seconds", { timeout: 20_000 }, async () => {
      const engine = await store.open({ decide: suiteDecides, clock });
      await takeHeads();
      const startedMs = monotonicMs();
      const waiting = increment(engine, key("n"));
      expect(await increment(engine, elsewhere)).toMatchObject({ kind: "committed" });
      expect(await waiting).toMatchObject({ kind: "committed", result: 1 });
      expect(monotonicMs() - startedMs).toBeGreaterThan(4000);
    });

    test("and keeps is waited for within limits, by those in line too", { timeout: 20_000 }, async () => {
      const engine = await openThroughProxy();
      const other = await takeHeads();
      const busy = other.script("SELECT pg_sleep(60)").catch(() => "ended");
      const startedMs = monotonicMs();
      const lateBy: number[] = [];
      const calls: Promise<void>[] = [];
      for (let round = 0; round < 8; round += 1) {
        const sentMs = monotonicMs();
        // More than some groups can take.
        for (let index = 0; index < 250; index += 1) {
          const call = endOf(increment(engine, key("n"))).then((end) => {
            expect(end).toBe("unavailable");
            lateBy.push(monotonicMs() - sentMs);
          });
          calls.push(call);
        }
        // The first ones may share a group.
        const end = await endOf(increment(engine, elsewhere));
        if (round > 0) expect(end).toBe("committed");
        await systemClock().sleep(300);
      }
      await Promise.all(calls);
      expect(Math.max(...lateBy)).toBeLessThan(limits.answerMs * 2.25 + marginMs);
      expect(monotonicMs() - startedMs).toBeGreaterThan(limits.answerMs);
      other.destroy();
      expect(await busy).toBe("ended");
      await until(async () => (await endOf(increment(engine, key("n")))) === "committed");
      expect(await readText(engine, key("n"))).toBe("1");
    });
  });
});

async function endOf(work: Promise<{ readonly kind: string }>): Promise<string> {
  try {
    return (await work).kind;
  } catch (error: unknown) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = monotonicMs() + 15_000;
  while (!(await done())) {
    if (monotonicMs() > endMs) throw new Error("it has not become true");
    await systemClock().sleep(10);
  }
}
