/** What the rows of taken heads say together. */
import { assert } from "../../base/index.ts";
import type { PostgresRow } from "./driver.ts";
import type { Head } from "./heads.ts";
import type { TakenHeads } from "./layout.ts";
import { numberOf } from "./wire-values.ts";

/** Rows of number, group, generation and held keys. */
export function takenHeads(
  heads: readonly Head[],
  rows: readonly PostgresRow[],
): Omit<TakenHeads, "nowMicros"> {
  assert(rows.length === heads.length, "every head has a row");
  return {
    heads: rows
      .map(([head, n]) => ({ head: numberOf(head), n: numberOf(n) }))
      .toSorted((left, right) => left.head - right.head),
    generation: Math.max(...rows.map(([, , generation]) => numberOf(generation))),
    held: rows.reduce((sum, [, , , held]) => sum + numberOf(held), 0),
  };
}
