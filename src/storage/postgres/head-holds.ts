/** What is held in the store under some heads, by members that live. */
import type { PostgresRow, PostgresSession } from "./driver.ts";
import type { Head, HeadMap } from "./heads.ts";
import { holdNameOf } from "./key-names.ts";
import { spreadSql } from "./spread-statements.ts";
import { sql } from "./statements.ts";
import { bytesOf } from "./wire-values.ts";

export interface HeadHolds {
  /** Names of keys, with the holds they have. */
  readonly holds: Map<string, string>;
  /** Of a spread store: the members that live. */
  readonly livingMembers: readonly string[] | undefined;
}

/** The heads are taken, so that nobody places or ends a hold meanwhile. */
export async function readHeadHolds(
  session: PostgresSession,
  map: HeadMap,
  heads: readonly Head[],
): Promise<HeadHolds> {
  if (!map.isSpread) {
    const all = await Promise.all(heads.map((head) => session.query(sql.readHolds, [head])));
    return { holds: byName(all.flatMap(({ rows }) => rows)), livingMembers: undefined };
  }
  const [members, ...all] = await Promise.all([
    session.query(spreadSql.livingMembers),
    ...heads.map((head) => session.query(spreadSql.readHolds, [head])),
  ]);
  const living = namesOf(members.rows);
  const rows = all.flatMap((answer) => answer.rows).filter(([, , member]) => living.has(member ?? ""));
  return { holds: byName(rows), livingMembers: [...living] };
}

export function namesOf(rows: readonly PostgresRow[]): Set<string> {
  return new Set(rows.map(([name]) => name ?? ""));
}

function byName(rows: readonly PostgresRow[]): Map<string, string> {
  return new Map(rows.map(([key, id]) => [holdNameOf(bytesOf(key)), id ?? ""]));
}
