/** Looks for contradictions in what the engine's tables promise each other; it changes nothing and reads everything. */
import type { PostgresStatement } from "./driver.ts";
import type { Ask } from "./reader.ts";

/** A damaged store can have millions of problems; the first ones say enough. */
const problemsMax = 100;

/** Each lists contradictions, one text a row. */
const contradictions: readonly string[] = [
  `SELECT 'record in keyspace ' || keyspace || ' under head ' || h || ' that is not its placement''s' FROM records
    WHERE h <> placement % (SELECT count(*) FROM heads)`,
  `SELECT 'record in keyspace ' || keyspace || ' whose key is cut wrongly' FROM records
    WHERE (octet_length(rest) > 0) <> (octet_length(digest) > 0) OR octet_length(head) < 2`,
  `SELECT 'record in keyspace ' || r.keyspace || ' with a version of the future' FROM records r JOIN heads USING (h)
    WHERE r.version >= (heads.n + 1) * 65536`,
  `SELECT 'record in keyspace ' || keyspace || ' whose space was given back' FROM records
    WHERE keyspace IN (SELECT keyspace FROM keyspaces WHERE state = 2)`,
  `SELECT 'counter of keyspace ' || keyspace || ' whose space was given back' FROM counters
    WHERE keyspace IN (SELECT keyspace FROM keyspaces WHERE state = 2)`,
  `SELECT 'counter of a part of keyspace ' || keyspace || ' whose space was given back' FROM part_counters
    WHERE keyspace IN (SELECT keyspace FROM keyspaces WHERE state = 2)`,
  `SELECT 'keyspace ' || keyspace || ' in unknown state ' || state FROM keyspaces WHERE state NOT IN (0, 1, 2)`,
  `SELECT 'counter ' || number || ' of a part of keyspace ' || keyspace || ' is 0' FROM part_counters WHERE value = 0`,
  `SELECT 'log shard ' || shard || ' has impossible positions' FROM shards
    WHERE kept < 1 OR kept > oldest OR oldest > last + 1`,
  `SELECT 'log shard ' || shard || ' was changed by a group of the future' FROM shards JOIN heads USING (h)
    WHERE changed > n`,
  `SELECT 'log record of unknown shard ' || l.shard FROM log l LEFT JOIN shards s USING (h, shard)
    WHERE s.shard IS NULL`,
  `SELECT 'log shard ' || s.shard || ' has ' || count(l.shard) || ' records for positions ' || s.kept || ' to ' || s.last
    FROM shards s LEFT JOIN log l USING (h, shard) GROUP BY s.h, s.shard
    HAVING count(l.shard) <> s.last - s.kept + 1 OR coalesce(min(l.position), s.kept) <> s.kept
      OR coalesce(max(l.position), s.last) <> s.last`,
  `SELECT 'log shard ' || shard || ' goes back in time at position ' || position FROM
    (SELECT shard, position, time, lag(time) OVER (PARTITION BY h, shard ORDER BY position) AS before FROM log) l
    WHERE time < before`,
  `SELECT 'log shard ' || s.shard || ' ends later than its head says' FROM shards s JOIN log l USING (h, shard)
    WHERE l.time > s.time`,
  `SELECT 'the heads are of different generations' WHERE (SELECT count(DISTINCT generation) FROM heads) > 1`,
  `SELECT 'lease ' || name || ' has an impossible token' FROM leases WHERE token < 1`,
];

const queries: readonly PostgresStatement[] = contradictions.map((query, index) => ({
  name: `verify-${index}`,
  text: `${query} LIMIT ${problemsMax}`,
  isLong: true,
}));

/** Whole tables are read here, which the engine's other statements never do. */
const readWholeTables: PostgresStatement = {
  name: "verify-settings",
  text: `SELECT set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
    set_config('enable_mergejoin', 'on', true), set_config('enable_sort', 'on', true), set_config('plan_cache_mode', 'auto', true)`,
};

/** One sentence each; empty for a sound store. All of one moment. */
export function verifyPostgresStore(ask: Ask): Promise<readonly string[]> {
  return ask(async (session) => {
    const problems: string[] = [];
    await session.query({ name: "verify-begin", text: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" });
    try {
      await session.query(readWholeTables);
      for (const query of queries) {
        const { rows } = await session.query(query);
        problems.push(...rows.map(([problem]) => problem ?? ""));
      }
    } finally {
      await session.query({ name: "verify-end", text: "COMMIT" });
    }
    return problems.slice(0, problemsMax);
  });
}
