// A primary that must not acknowledge without its standby, and whose standby is gone: commits wait, whoever ends their waits
// does not make them acknowledged, and reads go on.
import { expect, test } from "vitest";
import { monotonicMs, systemClock } from "../../base/index.ts";
import type { MutationOutcome } from "../contract/index.ts";
import {
  describePostgres,
  serverPlace,
  settableClock,
  startReplicated,
  suiteDecides,
  takePostgresStore,
} from "../../testing/index.ts";
import { increment, key, readText } from "../../testing/storage-contract/subject.ts";

describePostgres(
  "a standby that is gone",
  (programs) => {
    test(
      "leaves commits unknown whose wait somebody cancels, and reads as they were",
      { timeout: 90_000 },
      async () => {
        await using set = await startReplicated(programs, { standbys: 1, quorum: "ANY 1", durable: false });
        const { primary, standbys } = set;
        // Durability does not depend on what an administrator has made the default.
        await primary.sql("ALTER ROLE postgres SET synchronous_commit = off");
        const store = await takePostgresStore(serverPlace(primary), 3);
        const options = { decide: suiteDecides, clock: settableClock(1_767_225_600_000) };
        const membershipMs = 1000;
        const hasty = await store.open(options, { limits: { resolveMs: 500, membershipMs } });
        const patient = await store.open(options, { limits: { resolveMs: 30_000, membershipMs } });
        const keys = [0, 1, 2].map((placement) => key("n", "", { placement }));
        for (const each of keys) await increment(hasty, each);
        await Promise.all(standbys.map((standby) => standby.stop()));

        /** Of a commit that waits for the standby. */
        const pids = new Set<number>();
        const commit = async (
          engine: typeof hasty,
          index: number,
        ): Promise<[Promise<MutationOutcome>, number]> => {
          const writing = increment(engine, keys[index] ?? key("none"));
          let found: number | undefined;
          await until(async () => {
            const rows = await primary.sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
            found = rows.map((row) => Number(row["pid"])).find((pid) => !pids.has(pid));
            return found !== undefined;
          });
          const pid = found ?? 0;
          pids.add(pid);
          return [writing, pid];
        };

        const [cancelled, cancelledPid] = await commit(hasty, 0);
        await primary.sql("SELECT pg_cancel_backend($1)", [cancelledPid]);
        expect(await cancelled).toEqual({ kind: "unknown" });
        const [ended, endedPid] = await commit(hasty, 1);
        await primary.sql("SELECT pg_terminate_backend($1)", [endedPid]);
        expect(await ended).toEqual({ kind: "unknown" });

        // Members stay sure of themselves, reads are answered, and a further server can start.
        await systemClock().sleep(membershipMs + 500);
        expect(hasty.logSignal(0)).toBe(hasty.logSignal(0));
        expect(await readText(hasty, keys[2] ?? key("none"))).toBe("1");
        const third = await store.open(options, { limits: { membershipMs } });
        expect(await readText(third, keys[2] ?? key("none"))).toBe("1");
        await third.close();

        const [resolved, resolvedPid] = await commit(patient, 2);
        await primary.sql("SELECT pg_cancel_backend($1)", [resolvedPid]);
        await Promise.all(standbys.map((standby) => standby.start()));
        expect(await resolved).toMatchObject({ kind: "committed", result: 2 });
        for (const each of keys) {
          await until(
            async () => (await increment(hasty, each).catch(() => undefined))?.kind === "committed",
          );
          expect(await readText(patient, each)).toBe("3");
        }
        await Promise.all([hasty.close(), patient.close()]);
        await store.end();
      },
    );
  },
  "standbys",
);

async function until(done: () => Promise<boolean>): Promise<void> {
  const endMs = monotonicMs() + 20_000;
  while (!(await done())) {
    if (monotonicMs() > endMs) throw new Error("it has not become true");
    await systemClock().sleep(20);
  }
}
