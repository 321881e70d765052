/** Creates initial tables. A table that is there already is left as it is: data folders outlive their servers. */
import type { Note } from "../notes.ts";
import { callOperation, type Caller } from "./call-operation.ts";
import { type InitIssue, issue, type TableInput } from "./init-source.ts";
import { isObject, member } from "./plain-data.ts";

export interface CreatedTables {
  readonly kind: "created";
  readonly names: readonly string[];
}

/** On failure the tables created by this call are deleted again, as far as possible. */
export async function applyTables(
  caller: Caller,
  tables: readonly TableInput[],
  onNote: Note,
): Promise<CreatedTables | InitIssue> {
  const names: string[] = [];
  for (const table of tables) {
    const outcome = await createTable(caller, table);
    if (outcome === "exists") {
      onNote(`${table.source}: table ${table.name} exists and is left as it is`);
      continue;
    }
    if (outcome === "created") names.push(table.name);
    const problem = outcome === "created" ? await enableTimeToLive(caller, table) : outcome;
    if (problem !== undefined) {
      await removeTables(caller, names);
      return problem;
    }
    for (const text of table.notes) onNote(`${table.source}: ${text}`);
    onNote(`${table.source}: created table ${table.name}`);
  }
  return { kind: "created", names };
}

export async function removeTables(caller: Caller, names: readonly string[]): Promise<void> {
  for (const name of names) await callOperation(caller, "DeleteTable", { TableName: name });
}

async function createTable(caller: Caller, table: TableInput): Promise<"created" | "exists" | InitIssue> {
  const outcome = await callOperation(caller, "CreateTable", table.createTable);
  if (outcome.kind === "ok") return "created";
  if (outcome.error.code === "ResourceInUseException") return "exists";
  return issue(table.source, `${outcome.error.code}: ${outcome.error.message}`);
}

const pollMs = 20;
const pollsMax = 3000;

/** Waits by the clock of the data; false when the table does not become ACTIVE in a minute. */
export async function waitUntilActive(caller: Caller, name: string): Promise<boolean> {
  for (let polls = 0; polls < pollsMax; polls++) {
    const outcome = await callOperation(caller, "DescribeTable", { TableName: name });
    const json = outcome.kind === "ok" && isObject(outcome.json) ? outcome.json : {};
    const description = member(json, "Table");
    if (isObject(description) && member(description, "TableStatus") === "ACTIVE") return true;
    await caller.core.services.clock.sleep(pollMs);
  }
  return false;
}

async function enableTimeToLive(caller: Caller, table: TableInput): Promise<InitIssue | undefined> {
  if (table.timeToLive === undefined) return undefined;
  await waitUntilActive(caller, table.name);
  const input = { TableName: table.name, TimeToLiveSpecification: table.timeToLive };
  const outcome = await callOperation(caller, "UpdateTimeToLive", input);
  if (outcome.kind === "ok") return undefined;
  const { code, message } = outcome.error;
  const reason = code === "UnknownOperationException" ? "is not supported yet" : `${code}: ${message}`;
  return issue(table.source, `TimeToLiveSpecification ${reason}`);
}
