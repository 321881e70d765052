// A primary with standbys: failover without loss, rejoining, standbys that lag on purpose.
import { expect, it } from "vitest";
import { assert } from "../../base/index.ts";
import type { PostgresPrograms } from "./find-postgres.ts";
import { describePostgres } from "./postgres-for-tests.ts";
import type { PostgresServer } from "./postgres-server.ts";
import { startReplicated } from "./replicated-postgres.ts";
import { until } from "./until.ts";

describePostgres(
  "a replicated PostgreSQL",
  (programs) => {
    it("loses nothing acknowledged in a failover, and takes the old primary back", { timeout: 120_000 }, () =>
      failOver(programs),
    );
  },
  "standbys",
);

async function failOver(programs: PostgresPrograms): Promise<void> {
  await using set = await startReplicated(programs, { durable: false });
  const [first, second, third] = set.nodes;
  assert(first !== undefined && second !== undefined && third !== undefined, "there are three nodes");
  expect(set.url()).toBe(
    `postgres://postgres@127.0.0.1:${first.port},127.0.0.1:${second.port},127.0.0.1:${third.port}/postgres`,
  );
  expect(await quorumOf(first)).toBe("ANY 1 (n2, n3)");
  await first.sql("CREATE TABLE kept (what text)");
  await set.caughtUp();

  // A standby that is paused has what was written, and does not show it.
  await set.pauseReplay(third);
  await put(first, "seen late");
  expect(await kept(third)).toStrictEqual([]);
  await set.resumeReplay(third);
  await set.caughtUp();
  expect(await kept(third)).toStrictEqual(["seen late"]);

  // One commit that only the third has acknowledged, and one that nobody has.
  await second.stop();
  await put(first, "acknowledged");
  await third.stop();
  const unanswered = put(first, "never acknowledged").catch((error: unknown) => error);
  await until("the commit waits for a standby", 10_000, () => waitsForStandby(first));
  await first.kill();
  expect(await unanswered).toBeInstanceOf(Error);

  await second.start();
  await expect(set.promote()).rejects.toThrow("2 of 2 standbys must run");
  await third.start();
  expect(await set.promote()).toBe(third);
  expect(set.primary).toBe(third);
  expect(set.standbys).toStrictEqual([second]);
  expect(await quorumOf(third)).toBe("ANY 1 (n2)");
  await put(third, "after");
  const all = ["seen late", "acknowledged", "after"];
  await set.caughtUp();
  expect(await kept(second)).toStrictEqual(all);

  expect(await set.rejoin(first)).toBe("rewound");
  expect(set.standbys).toStrictEqual([second, first]);
  expect(await quorumOf(third)).toBe("ANY 1 (n2, n1)");
  await set.caughtUp();
  expect(await kept(first)).toStrictEqual(all);
}

async function put(node: PostgresServer, what: string): Promise<void> {
  await node.sql("INSERT INTO kept VALUES ($1)", [what]);
}

async function kept(node: PostgresServer): Promise<readonly unknown[]> {
  const rows = await node.sql("SELECT what FROM kept ORDER BY ctid");
  return rows.map((row) => row["what"]);
}

async function quorumOf(node: PostgresServer): Promise<unknown> {
  const [row] = await node.sql("SHOW synchronous_standby_names");
  return row?.["synchronous_standby_names"];
}

async function waitsForStandby(node: PostgresServer): Promise<boolean> {
  const rows = await node.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  return rows.length > 0;
}
