/** Makes a store's tables, or brings them to this version's format. One process does it; others wait for it. */
import { StorageError } from "../contract/index.ts";
import {
  type PostgresDriver,
  PostgresError,
  type PostgresHost,
  type PostgresSession,
  type PostgresStatement,
} from "./driver.ts";
import { citusVersion, defaultSpreadHeads, refuseLivingMembers, spreadTables } from "./citus-tables.ts";
import { Primary } from "./primary.ts";
import { quoteIdentifier } from "./session-settings.ts";
import { defaultPostgresLimits, type PostgresSettings } from "./settings.ts";
import { formatNumber, schema, sql } from "./statements.ts";

export interface PostgresMigration {
  /** 0: there was no store. */
  readonly from: number;
  readonly to: number;
  /** Present when its tables were spread over a cluster now. */
  readonly spread?: true;
}

/**
 * Writers under one head take turns, so their number bounds how many groups commit at once. A process takes several heads
 * in one group while it has little to write, so more of them cost next to nothing there: measured from 1 to 8, within the
 * noise; at 32 a tenth more. A new table on demand has four placements, and more are for tables with more throughput.
 * Fixed when the store is made.
 */
const defaultHeads = 8;

/** What the engine has to know before its first statement. */
export interface StoreFacts {
  readonly format: number;
  readonly heads: number;
  /** Over the servers of a cluster. */
  readonly isSpread: boolean;
  readonly storeId: string;
}

/** SQLSTATE of a table or schema that is not there. */
const missing: ReadonlySet<string> = new Set(["42P01", "3F000"]);

/** Undefined where there is no store. */
export async function readFacts(session: PostgresSession): Promise<StoreFacts | undefined> {
  const find = async (name: string): Promise<string | undefined> =>
    (await session.query(sql.readMeta, [name])).rows[0]?.[0] ?? undefined;
  const read = async (name: string): Promise<string> => {
    const value = await find(name);
    if (value === undefined) {
      throw new StorageError("corrupted", `the table meta of the store says nothing of its ${name}`);
    }
    return value;
  };
  try {
    const [format, heads, storeId] = [await read("format"), await read("heads"), await read("storeId")];
    const isSpread = (await find("spread")) !== undefined;
    return { format: Number(format), heads: Number(heads), isSpread, storeId };
  } catch (error: unknown) {
    if (error instanceof PostgresError && missing.has(error.sqlState)) return undefined;
    throw error;
  }
}

export interface MigrationOptions {
  readonly settings: PostgresSettings;
  readonly driver: PostgresDriver;
  /** For a store that is made now; absent: the default. */
  readonly heads?: number;
  readonly storeId: string;
}

/** Rejects with a StorageError for a newer format, and with a PostgresError when the role may not make tables. */
export async function migrateStore(options: MigrationOptions): Promise<PostgresMigration> {
  const { settings, driver } = options;
  const { address } = settings;
  const hosts: readonly PostgresHost[] = address.hosts;
  const connectMs = settings.limits?.connectMs ?? defaultPostgresLimits.connectMs;
  const session = await new Primary({ driver, hosts, connectMs, onReachable: undefined }).connect();
  try {
    const quoted = quoteIdentifier(address.schema);
    await session.script(`BEGIN; SELECT pg_advisory_xact_lock(${migrationLock})`);
    const known = await factsWithin(session);
    const isCluster = (await citusVersion(session)) !== undefined;
    if (known !== undefined) {
      checkFormat(known);
      checkHeads(known, options.heads);
      const spread = isCluster && !known.isSpread;
      if (spread) await spreadKnown(session, quoted);
      await session.script("COMMIT");
      return { from: known.format, to: formatNumber, ...(spread ? { spread } : {}) };
    }
    // IF NOT EXISTS would ask for the right to make schemas, also where an owner of nothing else has been given his.
    const { rowCount } = await session.query(findSchema, [address.schema]);
    if (rowCount === 0) await session.script(`CREATE SCHEMA ${quoted}`);
    await session.script(`SET LOCAL search_path TO ${quoted}`);
    await session.script(schema);
    if (isCluster) await spreadTables(session);
    await session.script(firstRows(options, isCluster ? defaultSpreadHeads : defaultHeads));
    await session.script("COMMIT");
    return { from: 0, to: formatNumber, ...(isCluster ? { spread: isCluster } : {}) };
  } finally {
    session.destroy();
  }
}

const findSchema: PostgresStatement = {
  name: "findSchema",
  text: "SELECT 1 FROM pg_namespace WHERE nspname = $1",
};

/** "Stat", as the number two processes that migrate agree on. */
const migrationLock = 0x53746174;

/** A failed look-up would spoil the open transaction. */
async function factsWithin(session: PostgresSession): Promise<StoreFacts | undefined> {
  await session.script("SAVEPOINT facts");
  const facts = await readFacts(session);
  await session.script("ROLLBACK TO SAVEPOINT facts");
  return facts;
}

function firstRows({ heads: wanted, storeId }: MigrationOptions, heads: number): string {
  const count = wanted ?? heads;
  const rows = Array.from({ length: count }, (_, head) => `(${head}, 0, 0, 0)`);
  return `INSERT INTO heads VALUES ${rows.join(", ")};
    INSERT INTO meta VALUES ('format', '${formatNumber}'), ('heads', '${count}'), ('storeId', '${storeId}');`;
}

/** A store that was made before its database became a cluster's. */
async function spreadKnown(session: PostgresSession, quotedSchema: string): Promise<void> {
  await session.script(`SET LOCAL search_path TO ${quotedSchema}`);
  await refuseLivingMembers(session);
  await spreadTables(session);
}

function checkHeads({ heads }: StoreFacts, wanted: number | undefined): void {
  if (wanted === undefined || wanted === heads) return;
  throw new StorageError(
    "unsupported",
    `the store was made with ${heads} heads, and their number cannot be changed: copy it into one made with ${wanted}`,
  );
}

export function checkFormat({ format }: StoreFacts): void {
  if (format > formatNumber) {
    throw new StorageError(
      "unsupported",
      `the store has format ${format}, made by a newer version; this one knows formats up to ${formatNumber}`,
    );
  }
  if (format < formatNumber) {
    throw new StorageError(
      "unsupported",
      `the store has format ${format}, this version needs ${formatNumber}: run "stator migrate" first`,
    );
  }
}
