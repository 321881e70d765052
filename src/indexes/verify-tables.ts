/**
 * The invariants of all tables of a store, and that it holds nothing else: no keyspace, no piece of the change log and
 * no cursor without a table or an index it belongs to. Tables are those that are stored, whatever time makes of them.
 * For a store that nobody uses meanwhile.
 */
import {
  captureReader,
  derivedIndexes,
  indexBackfillId,
  indexConsumerId,
  loadTables,
  type TableDescription,
} from "../catalog/index.ts";
import { cursorKey, cursorsKeyspace, itemShard, itemShardParts, readCursor } from "../changes/index.ts";
import {
  type Engine,
  type Keyspace,
  type ListedEngine,
  type RecordKey,
  type ShardId,
  StorageError,
  type StoredRecord,
} from "../storage/contract/index.ts";
import { readBackfill } from "./backfill.ts";
import { verifyTable } from "./verify-table.ts";
import { pageRecords, recordsAt, type Tell } from "./verify-walk.ts";

/** One sentence each; the first ones say enough. */
const problemsMax = 100;

/** Keyspaces of tables and indexes begin here, those below are the house's own. */
const firstTableKeyspace = 1000;

export async function verifyTables(engine: ListedEngine): Promise<readonly string[]> {
  const problems: string[] = [];
  const tell: Tell = (problem) => {
    if (problems.length < problemsMax) problems.push(problem);
  };
  try {
    const tables = await storedTables(engine);
    for (const table of tables) for (const problem of await verifyTable(engine, table)) tell(problem);
    await verifyKeyspaces(engine, tables, tell);
    await verifyShards(engine, tables, tell);
    await verifyConsumers(engine, tables, tell);
  } catch (error: unknown) {
    if (!(error instanceof StorageError)) throw error;
    tell(error.message);
  }
  return problems;
}

async function storedTables(engine: Engine): Promise<readonly TableDescription[]> {
  const tables: TableDescription[] = [];
  for await (const page of loadTables(engine)) tables.push(...page);
  return tables;
}

async function verifyKeyspaces(
  engine: ListedEngine,
  tables: readonly TableDescription[],
  tell: Tell,
): Promise<void> {
  const owners = new Map<Keyspace, string>();
  for (const table of tables) {
    for (const { name, keyspace } of keyspacesOf(table)) {
      const other = owners.get(keyspace);
      if (other !== undefined) tell(`${name} and ${other} have the same keyspace ${keyspace}`);
      owners.set(keyspace, name);
    }
  }
  let after = firstTableKeyspace - 1;
  for (;;) {
    const keyspaces = await engine.keyspaces(after, pageRecords);
    for (const keyspace of keyspaces) {
      if (!owners.has(keyspace)) tell(`keyspace ${keyspace} belongs to no table and no index`);
    }
    const last = keyspaces.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

function keyspacesOf(
  table: TableDescription,
): readonly { readonly name: string; readonly keyspace: Keyspace }[] {
  const indexes = [...(table.localIndexes ?? []), ...derivedIndexes(table)];
  return [
    { name: `table ${table.name}`, keyspace: table.keyspace },
    ...indexes.map(({ name, keyspace }) => ({ name: `index ${table.name}/${name}`, keyspace })),
  ];
}

/** A shard stays known for ever; what is wrong is one whose records nobody will read or trim. */
async function verifyShards(
  engine: ListedEngine,
  tables: readonly TableDescription[],
  tell: Tell,
): Promise<void> {
  const buckets = new Map(tables.map(({ keyspace, bucketCount }) => [keyspace, bucketCount]));
  let after = itemShard(firstTableKeyspace, 0) - 1;
  for (;;) {
    const shards = await engine.logShards(after, pageRecords);
    for (const { shard, last, oldest } of shards) {
      const { keyspace, bucket } = itemShardParts(shard);
      if (bucket >= (buckets.get(keyspace) ?? 0) && oldest <= last) {
        tell(
          `the change log keeps ${last - oldest + 1} records of keyspace ${keyspace}, which is no table's`,
        );
      }
    }
    const last = shards.at(-1);
    if (last === undefined) return;
    after = last.shard;
  }
}

/** Every record beside the cursors of indexes and captures and the progress of backfills is an orphan. */
async function verifyConsumers(
  engine: Engine,
  tables: readonly TableDescription[],
  tell: Tell,
): Promise<void> {
  const readers = new Map<string, TableDescription>();
  const backfills = new Map<string, Keyspace>();
  for (const table of tables) {
    for (const { keyspace } of derivedIndexes(table)) {
      readers.set(indexConsumerId(keyspace), table);
      backfills.set(indexBackfillId(keyspace), keyspace);
    }
    for (const capture of table.captures ?? []) readers.set(captureReader(table, capture).id, table);
  }
  for await (const { key } of cursorRecords(engine, tables)) {
    const consumerId = Buffer.from(key.partition).toString("utf8");
    const backfill = backfills.get(consumerId);
    const table = readers.get(consumerId);
    if (backfill !== undefined) {
      await readBackfill(engine, backfill);
    } else if (table === undefined) {
      tell(`there is a cursor of ${consumerId}, which does not exist`);
    } else if (isCursorOf(table, consumerId, key)) {
      await readCursor(engine, consumerId, shardOf(key));
    } else {
      tell(`there is a cursor of ${consumerId} for a shard that is not its table's`);
    }
  }
}

/** Those of dropped tables too, unless these had more buckets than any table that is left, and than tables have. */
async function* cursorRecords(
  engine: Engine,
  tables: readonly TableDescription[],
): AsyncGenerator<StoredRecord> {
  const placements = Math.max(usualBucketsMax, ...tables.map(({ bucketCount }) => bucketCount));
  for (let placement = 0; placement < placements; placement += 1) {
    yield* recordsAt(engine, { keyspace: cursorsKeyspace, placement });
  }
}

const usualBucketsMax = 64;

function isCursorOf(table: TableDescription, consumerId: string, key: RecordKey): boolean {
  const shard = shardOf(key);
  const { keyspace, bucket } = itemShardParts(shard);
  if (keyspace !== table.keyspace || bucket >= table.bucketCount) return false;
  return Buffer.from(cursorKey(consumerId, shard).sort).equals(Buffer.from(key.sort));
}

function shardOf({ sort }: RecordKey): ShardId {
  const bytes = Buffer.from(sort);
  return bytes.length < 8 ? 0 : bytes.readUInt32BE(0) * 0x1_0000_0000 + bytes.readUInt32BE(4);
}
