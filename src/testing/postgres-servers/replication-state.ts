/** What nodes of a replicated set say about themselves, and waiting until they say it. */
import type { PostgresServer, SqlRow } from "./postgres-server.ts";
import { until } from "./until.ts";

const waitMsMax = 30_000;

/** The primary sends to all of them. */
export function untilStreaming(primary: PostgresServer, standbys: readonly PostgresServer[]): Promise<void> {
  const names = standbys.map((node) => node.name);
  return until(`${names.join(", ")} follow ${primary.name}`, waitMsMax, async () => {
    const rows = await primary.sql(
      "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'",
    );
    const streaming = rows.map((row) => row["application_name"]);
    return names.every((name) => streaming.includes(name));
  });
}

/** What its dead primary sent has all arrived: the receiver has come to the end of the connection. */
export function untilUnfed(standby: PostgresServer): Promise<void> {
  return untilOneRow(standby, "nobody sends to", [
    "SELECT 1 AS found WHERE NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')",
  ]);
}

export function untilPaused(standby: PostgresServer): Promise<void> {
  return untilOneRow(standby, "replay is paused on", [
    "SELECT 1 AS found WHERE pg_get_wal_replay_pause_state() = 'paused'",
  ]);
}

export function untilReplayed(standby: PostgresServer, lsn: string): Promise<void> {
  return untilOneRow(standby, `${lsn} is replayed on`, [
    "SELECT 1 AS found WHERE pg_last_wal_replay_lsn() >= $1::pg_lsn",
    lsn,
  ]);
}

/** How much of the log it has on its disk. After a restart that is what it has replayed, until it receives again. */
export async function receivedBytes(standby: PostgresServer): Promise<bigint> {
  const rows = await standby.sql(
    `SELECT (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::text AS bytes`,
  );
  return BigInt(String(rows[0]?.["bytes"]));
}

/** Resolves when new sessions have the setting; the server reads its files in its own time. */
export async function setSetting(node: PostgresServer, name: string, value: string): Promise<void> {
  await node.sql(`ALTER SYSTEM SET ${name} = '${value.replaceAll("'", "''")}'`);
  await node.sql("SELECT pg_reload_conf()");
  await untilOneRow(node, `${name} is set on`, [
    "SELECT 1 AS found WHERE current_setting($1) = $2",
    name,
    value,
  ]);
}

function untilOneRow(
  node: PostgresServer,
  what: string,
  [text, ...values]: readonly [string, ...string[]],
): Promise<void> {
  return until(`${what} ${node.name}`, waitMsMax, async () => {
    const rows: readonly SqlRow[] = await node.sql(text, values);
    return rows.length > 0;
  });
}
