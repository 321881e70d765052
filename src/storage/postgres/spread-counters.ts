/** Sums of counters over the heads of a spread store: a statement for each head, since none may concern several. */
import type { CounterId } from "../contract/index.ts";
import type { PostgresResult, PostgresSession } from "./driver.ts";
import type { HeadMap } from "./heads.ts";
import { selectionOfRows, sendRows } from "./row-statements.ts";
import { storedBytes } from "./stored-key.ts";
import { numberOf } from "./wire-values.ts";

const readCounters = selectionOfRows({
  name: "readCounterRows",
  head: "SELECT value, keyspace, number FROM counters",
  columns: [
    ["keyspace", "int8"],
    ["number", "int4"],
  ],
});
const readPartCounters = selectionOfRows({
  name: "readPartCounterRows",
  head: "SELECT value, keyspace, number, head, digest FROM part_counters",
  columns: [
    ["keyspace", "int8"],
    ["number", "int4"],
    ["head", "bytea"],
    ["digest", "bytea"],
  ],
});

/**
 * In their order; counters of dropped keyspaces are not left out. All statements are on their way when this returns.
 */
export async function sumCounters(
  session: PostgresSession,
  map: HeadMap,
  counters: readonly CounterId[],
): Promise<readonly number[]> {
  const whole = new Map<string, readonly [number, number]>();
  const parts = new Map<string, readonly [number, number, Uint8Array, Uint8Array]>();
  const names = counters.map(({ keyspace, index, part }) => {
    if (part === undefined) {
      const name = `${keyspace}/${index}`;
      whole.set(name, [keyspace, index]);
      return name;
    }
    const { head, digest } = storedBytes(part);
    const name = `${keyspace}/${index}/${hexColumn(head)}/${hexColumn(digest)}`;
    parts.set(name, [keyspace, index, head, digest]);
    return name;
  });
  const send = (...asked: Parameters<PostgresSession["query"]>): Promise<PostgresResult> =>
    session.query(...asked);
  const answers = map.all.flatMap((head) => [
    ...sendRows(send, readCounters, { head, rows: [...whole.values()] }),
    ...sendRows(send, readPartCounters, { head, rows: [...parts.values()] }),
  ]);
  const sums = new Map<string, number>();
  for (const { rows } of await Promise.all(answers)) {
    for (const [value, ...columns] of rows) {
      const name = columns.join("/");
      sums.set(name, (sums.get(name) ?? 0) + numberOf(value));
    }
  }
  return names.map((name) => sums.get(name) ?? 0);
}

/** As a server writes it. */
function hexColumn(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString("hex")}`;
}
