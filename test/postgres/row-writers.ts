/**
 * Writers that insert rows through whichever node is the primary, and remember what was acknowledged. They find the
 * primary as any client of several hosts does: by asking each whether it is in recovery.
 */
import { Client } from "pg";
import { monotonicMs, systemClock } from "../../src/base/index.ts";
import type { ClusterHost, PatroniCluster } from "./patroni-cluster.ts";

/** An answer that takes longer ends the connection: the row is neither acknowledged nor known to be missing. */
const answerMsMax = 3000;
const connectMsMax = 1000;
const retryMs = 20;

export interface Acknowledged {
  readonly row: string;
  readonly atMs: number;
  /** Where the log was before the row's own commit: whoever has the row has received more than this. */
  readonly logBytes: bigint;
  readonly node: number;
}

export interface RowWriters {
  readonly acknowledged: readonly Acknowledged[];
  /** Of all their rows. */
  readonly name: string;
  /** Resolves when every writer has ended what it was doing. */
  stop(): Promise<void>;
}

export async function connectTo(cluster: PatroniCluster, { host, port }: ClusterHost): Promise<Client> {
  const client = new Client({
    host,
    port,
    user: "stator",
    database: "stator",
    password: cluster.password,
    connectionTimeoutMillis: connectMsMax,
    query_timeout: answerMsMax,
  });
  // A connection that breaks between two statements is told at the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error: unknown) {
    void client.end().catch(() => undefined);
    throw error;
  }
}

interface Primary {
  readonly client: Client;
  readonly node: number;
}

/** The first host that is no standby; undefined when there is none now. */
export async function connectToPrimary(cluster: PatroniCluster): Promise<Primary | undefined> {
  for (const host of cluster.hosts) {
    const client = await connectTo(cluster, host).catch(() => undefined);
    if (client === undefined) continue;
    const inRecovery = await isInRecovery(client).catch(() => true);
    if (!inRecovery) return { client, node: host.node };
    await end(client);
  }
  return undefined;
}

export async function isInRecovery(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ standby: boolean }>("SELECT pg_is_in_recovery() AS standby");
  return rows[0]?.standby ?? true;
}

/** Breaks the connection when the server does not say goodbye. */
export async function end(client: Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), systemClock().sleep(answerMsMax)]);
}

export interface WritersOptions {
  readonly count: number;
  /** Rows are called "name/writer/number". */
  readonly name: string;
}

/** One row at a time and writer, each tried once. */
export function startWriters(cluster: PatroniCluster, { count, name }: WritersOptions): RowWriters {
  const acknowledged: Acknowledged[] = [];
  const stopping = new AbortController();
  const write = async (writer: number): Promise<void> => {
    let primary: Primary | undefined;
    for (let number = 0; !stopping.signal.aborted; number++) {
      primary ??= await connectToPrimary(cluster);
      if (primary === undefined) {
        await systemClock().sleep(retryMs);
        continue;
      }
      const row = `${name}/${writer}/${number}`;
      try {
        const logBytes = await insertRow(primary.client, row);
        acknowledged.push({ row, atMs: monotonicMs(), logBytes, node: primary.node });
      } catch {
        // It may be there or not; both are right.
        void end(primary.client);
        primary = undefined;
      }
    }
    if (primary !== undefined) await end(primary.client);
  };
  const writers = Array.from({ length: count }, (_, writer) => write(writer));
  return {
    acknowledged,
    name,
    stop: async () => {
      stopping.abort();
      await Promise.all(writers);
    },
  };
}

/** Rejects when the server refuses, is gone, or does not answer in time. */
export async function insertRow(client: Client, row: string): Promise<bigint> {
  const { rows } = await client.query<{ bytes: string }>(
    "INSERT INTO rows VALUES ($1) RETURNING pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes",
    [row],
  );
  return BigInt(rows[0]?.bytes ?? 0);
}
