/**
 * The invariants of one table and its indexes, recomputed from the items: every index holds exactly the entries of the
 * items, sizes and counts are the sums, item collections are as large as is counted, and every cursor is inside its
 * log. What an index has not applied yet is looked up in the log, not forgiven.
 *
 * Reads everything, in bounded pages and bounded memory; for a store that nobody writes to meanwhile.
 */
import { bytesEqual } from "../base/index.ts";
import { fedIndexes, tableCounters, type TableDescription } from "../catalog/index.ts";
import { bucketOf, hashOfKey } from "../partitions/index.ts";
import { type Engine, type Keyspace, type RecordKey, StorageError } from "../storage/contract/index.ts";
import { type Item, recordHeader } from "../values/index.ts";
import { baseKey } from "./base-key.ts";
import { verifyCollections } from "./verify-collections.ts";
import { checkedIndexes } from "./verify-checked-index.ts";
import { IndexCheck } from "./verify-index.ts";
import { verifyCaptures, verifyCursors, verifyLog } from "./verify-index-log.ts";
import { intactItem, recordsOf, type Tell } from "./verify-walk.ts";

/** One sentence each; the first ones say enough. */
const problemsMax = 100;

export async function verifyTable(engine: Engine, table: TableDescription): Promise<readonly string[]> {
  const problems: string[] = [];
  const tell: Tell = (problem) => {
    if (problems.length < problemsMax) problems.push(`table ${table.name}: ${problem}`);
  };
  try {
    await lookAt(engine, table, tell);
  } catch (error: unknown) {
    if (!(error instanceof StorageError)) throw error;
    tell(error.message);
  }
  return problems;
}

async function lookAt(engine: Engine, table: TableDescription, tell: Tell): Promise<void> {
  await verifyLog(engine, table, tell);
  // Nobody reads the log of a table that is being deleted, and its end may be forgotten.
  if (table.status !== "DELETING") {
    for (const index of fedIndexes(table)) await verifyCursors(engine, { table, index }, tell);
    await verifyCaptures(engine, table, tell);
  }
  const indexes = await checkedIndexes(engine, table);
  const checks = indexes.map((index) => ({ index, check: new IndexCheck(engine, { table, index }, tell) }));
  const sums = await verifyItems(engine, { table, checks: checks.map(({ check }) => check) }, tell);
  await compareCounts(engine, { what: "the table", keyspace: table.keyspace, sums }, tell);
  for (const { index, check } of checks) {
    const entries = await check.finish();
    await compareCounts(
      engine,
      { what: `index ${index.name}`, keyspace: index.keyspace, sums: entries },
      tell,
    );
  }
  await verifyCollections(engine, { table, local: indexes.filter(({ local }) => local) }, tell);
}

interface Sums {
  readonly items: number;
  readonly bytes: number;
}

interface CheckedTable {
  readonly table: TableDescription;
  readonly checks: readonly IndexCheck[];
}

async function verifyItems(engine: Engine, { table, checks }: CheckedTable, tell: Tell): Promise<Sums> {
  let items = 0;
  let bytes = 0;
  for await (const record of recordsOf(engine, table)) {
    items += 1;
    const item = intactItem(record, "an item", tell);
    if (item === undefined) continue;
    bytes += recordHeader(record.value).sizeBytes;
    if (!isAtItsPlace(table, record.key, item)) {
      tell("an item is stored under another key than its own");
      continue;
    }
    for (const check of checks) await check.meetItem(record.key, item);
  }
  return { items, bytes };
}

function isAtItsPlace(table: TableDescription, key: RecordKey, item: Item): boolean {
  const own = baseKey(table, item);
  return (
    own !== undefined &&
    bytesEqual(own.partition, key.partition) &&
    bytesEqual(own.sort, key.sort) &&
    bucketOf(hashOfKey(key), table.bucketCount) === key.placement
  );
}

interface Counted {
  readonly what: string;
  readonly keyspace: Keyspace;
  readonly sums: Sums;
}

async function compareCounts(engine: Engine, { what, keyspace, sums }: Counted, tell: Tell): Promise<void> {
  const items = await engine.counter({ keyspace, index: tableCounters.items });
  const bytes = await engine.counter({ keyspace, index: tableCounters.bytes });
  if (items !== sums.items) tell(`${what} counts ${items} items and has ${sums.items}`);
  if (bytes !== sums.bytes) tell(`${what} counts ${bytes} bytes and has ${sums.bytes}`);
}
