/**
 * A process that increments hot keys until it is killed, and says each outcome on a line of its own. Its arguments are an
 * order as JSON. Its own file, because a process that is killed has to be one.
 */
import process from "node:process";
import { systemClock } from "../base/index.ts";
import { openPostgresEngine, type PostgresHost } from "../storage/postgres/index.ts";
import { hotKeyDecides, startHotKeyWriters } from "./hot-keys.ts";
import { postgresSettings } from "./postgres-places.ts";

export interface HotKeyOrder {
  readonly host: PostgresHost;
  readonly schema: string;
  readonly hotKeys: number;
  readonly callers: number;
}

const { host, schema, hotKeys, callers } = JSON.parse(process.argv[2] ?? "") as HotKeyOrder;
const engine = await openPostgresEngine({
  settings: postgresSettings({ hosts: [host] }, schema),
  decide: hotKeyDecides,
  clock: systemClock(),
});
startHotKeyWriters(engine, {
  hotKeys,
  callers,
  // To a pipe this is written before it returns.
  onOutcome: (outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`),
});
