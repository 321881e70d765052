/** Everything given with --init or `tables`: all of it is read first, then applied; a failure undoes it. */
import { defaultAccount } from "../../wire/index.ts";
import type { Namespace } from "../../catalog/index.ts";
import type { Note } from "../notes.ts";
import type { InitFile, ServerSettings } from "../settings.ts";
import { applyItems } from "./apply-items.ts";
import { applyTables, removeTables } from "./apply-tables.ts";
import type { Caller } from "./call-operation.ts";
import { type InitIssue, type InitSource, issue } from "./init-source.ts";
import { readDefinitions } from "./read-definitions.ts";
import { readInitFile } from "./read-init-file.ts";

export type InitOutcome =
  | { readonly kind: "applied" }
  | { readonly kind: "failed"; readonly message: string };

/** A file, or data as it would stand in one: inputs of CreateTable, or a template. */
export type InitEntry =
  | { readonly kind: "file"; readonly file: InitFile }
  | { readonly kind: "data"; readonly data: unknown; readonly source: string };

export interface InitSettings {
  readonly entries: readonly InitEntry[];
  /** Tables are made in this region, in the default account. */
  readonly region: string;
  readonly onNote: Note;
}

/** The files that a server was given. */
export function applyInitFiles(
  core: Caller["core"],
  { init, region, onNote }: Pick<ServerSettings, "init" | "region" | "onNote">,
): Promise<InitOutcome> {
  return applyInit(core, { entries: init.map((file) => ({ kind: "file", file })), region, onNote });
}

export async function applyInit(core: Caller["core"], settings: InitSettings): Promise<InitOutcome> {
  const namespace: Namespace = { region: settings.region, account: defaultAccount };
  const sources: InitSource[] = [];
  for (const entry of settings.entries) {
    const source = await readEntry(entry, namespace);
    if (source.kind === "issue") return { kind: "failed", message: source.message };
    sources.push(source);
  }
  const problem =
    findDuplicate(sources) ?? (await applySources({ core, namespace }, sources, settings.onNote));
  return problem === undefined ? { kind: "applied" } : { kind: "failed", message: problem.message };
}

async function readEntry(entry: InitEntry, namespace: Namespace): Promise<InitSource | InitIssue> {
  if (entry.kind === "file") return readInitFile(entry.file, namespace);
  return readDefinitions(entry.data, entry.source, namespace);
}

/** Two definitions of one table: the second would be taken for a table that was there before. */
function findDuplicate(sources: readonly InitSource[]): InitIssue | undefined {
  const places = new Map<string, string>();
  for (const source of sources) {
    for (const table of source.kind === "tables" ? source.tables : []) {
      const place = places.get(table.name);
      if (place !== undefined)
        return issue(table.source, `table ${table.name} is defined in ${place} as well`);
      places.set(table.name, table.source);
    }
  }
  return undefined;
}

/** Tables first, then items, whatever the order of the files. */
async function applySources(
  caller: Caller,
  sources: readonly InitSource[],
  onNote: Note,
): Promise<InitIssue | undefined> {
  const tables = sources.flatMap((source) => (source.kind === "tables" ? source.tables : []));
  const created = await applyTables(caller, tables, onNote);
  if (created.kind === "issue") return created;
  const names = new Set(created.names);
  for (const source of sources) {
    if (source.kind !== "items") continue;
    const problem = await applyItems(caller, source, { created: names, onNote });
    if (problem === undefined) continue;
    await removeTables(caller, created.names);
    return problem;
  }
  return undefined;
}
