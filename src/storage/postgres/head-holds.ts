/** Rows of held keys and of members, as the reads of holds need them. */
import type { PostgresRow } from "./driver.ts";
import { holdNameOf } from "./key-names.ts";
import { bytesOf } from "./wire-values.ts";

export function namesOf(rows: readonly PostgresRow[]): Set<string> {
  return new Set(rows.map(([name]) => name ?? ""));
}

/** Names of keys, with the holds they have. */
export function holdsByName(rows: readonly PostgresRow[]): Map<string, string> {
  return new Map(rows.map(([key, id]) => [holdNameOf(bytesOf(key)), id ?? ""]));
}
