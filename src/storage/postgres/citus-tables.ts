/**
 * Spreads a store's tables over the servers of a Citus cluster: what belongs to a head lies with its head, everybody has
 * the list of keyspaces, and the rest stays on the coordinator, which all servers of the store connect to. There leases,
 * members and the store's facts need no commit on every server, and no server that is down keeps anybody from them.
 */
import { StorageError } from "../contract/index.ts";
import type { PostgresSession, PostgresStatement } from "./driver.ts";
import { nowMs } from "./statements.ts";
import { numberOf } from "./wire-values.ts";

/** Of a store that is made on a cluster: its rows move from one server to another by heads. */
export const defaultSpreadHeads = 64;

/** In the order in which they are spread; each has the column h in its primary key. */
export const tablesOfHeads = [
  "heads",
  "records",
  "log",
  "shards",
  "counters",
  "part_counters",
  "holds",
  "commits",
] as const;
/** Read beside the tables of heads, and changed under all heads. */
export const tablesOfEverywhere = ["keyspaces"] as const;

const findCitus: PostgresStatement = {
  name: "findCitus",
  text: "SELECT extversion FROM pg_extension WHERE extname = 'citus'",
};
const countCoordinators: PostgresStatement = {
  name: "countCoordinators",
  text: "SELECT count(*) FROM pg_dist_node WHERE groupid = 0 AND isactive",
};
const countMembers: PostgresStatement = {
  name: "countMembers",
  text: `SELECT count(*) FROM members WHERE expires > ${nowMs}`,
};

/** Undefined where the database has not the extension. */
export async function citusVersion(session: PostgresSession): Promise<string | undefined> {
  const { rows } = await session.query(findCitus);
  return rows[0]?.[0] ?? undefined;
}

/**
 * Within the transaction that makes or changes the store, with its schema on the search path. Rows that are there move
 * along. Afterwards the store says of itself that it is spread.
 */
export async function spreadTables(session: PostgresSession): Promise<void> {
  await checkCluster(session);
  // The schema and its tables may be of this transaction, which other sessions to the servers would not see.
  await session.script("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'");
  for (const table of tablesOfHeads) {
    const colocated = table === "heads" ? "none" : "heads";
    await session.script(`SELECT create_distributed_table('${table}', 'h', colocate_with := '${colocated}')`);
  }
  for (const table of tablesOfEverywhere) {
    await session.script(`SELECT create_reference_table('${table}')`);
  }
  for (const table of [...tablesOfHeads, ...tablesOfEverywhere]) {
    await session.script(`SELECT truncate_local_data_after_distributing_table('${table}')`);
  }
  await session.script("INSERT INTO meta VALUES ('spread', 'citus')");
}

/** Servers that have the store open go on as they were told when they opened it. */
export async function refuseLivingMembers(session: PostgresSession): Promise<void> {
  const { rows } = await session.query(countMembers);
  const count = numberOf(rows[0]?.[0]);
  if (count === 0) return;
  throw new StorageError(
    "unavailable",
    `the store is to be spread over the cluster, but ${count} server(s) have it open: stop them first`,
  );
}

/** Without its own copy of the keyspaces the coordinator would read one that changes later than it does itself. */
async function checkCluster(session: PostgresSession): Promise<void> {
  const { rows } = await session.query(countCoordinators);
  if (numberOf(rows[0]?.[0]) > 0) return;
  throw new StorageError(
    "unsupported",
    "the coordinator is no node of its own cluster: run SELECT citus_set_coordinator_host('HOST', PORT) there first",
  );
}
