/**
 * Brings a store of an older format to the present one, in one transaction: whatever interrupts it, the file has one
 * format or the other. Only whoever may write a store brings it to another format.
 */
import { assert } from "../../base/index.ts";
import type { SqliteConnection } from "./driver.ts";
import { formatNumber, partCountersTable, spreadPlacements, sql } from "./statements.ts";

/** Of each older format, from 1 on: what makes it the next one. */
const steps: readonly string[] = [partCountersTable, spreadPlacements];

export function migrate(connection: SqliteConnection, format: number): void {
  if (format === formatNumber) return;
  beginMigration(connection, format);
  connection.exec(sql.commit);
}

/** Leaves the transaction open, for who commits it or only wants to look at what would be. */
export function beginMigration(connection: SqliteConnection, format: number): void {
  assert(steps.length === formatNumber - 1, "each older format has a way to the next");
  connection.exec(sql.begin);
  for (const step of steps.slice(format - 1)) connection.exec(step);
  connection.exec(`PRAGMA user_version = ${formatNumber}`);
  connection.prepare(sql.writeMeta).run("format", formatNumber);
}
