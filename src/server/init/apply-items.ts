/** Loads items into tables that this start has created; others keep what they hold. */
import type { Note } from "../notes.ts";
import { callOperation, type Caller } from "./call-operation.ts";
import { waitUntilActive } from "./apply-tables.ts";
import { type InitIssue, issue } from "./init-source.ts";
import { ItemFileError, readItemLines } from "./item-lines.ts";
import { isObject, member } from "./plain-data.ts";

export interface ItemFile {
  readonly path: string;
  /** For lines that name no table. */
  readonly table: string | undefined;
}

interface ItemLine {
  readonly line: number;
  readonly table: string;
  readonly item: unknown;
}

/** Writes on their way at once: they share commits, and start in the order of their lines. */
const waveItems = 64;

export async function applyItems(
  caller: Caller,
  file: ItemFile,
  { created, onNote }: { readonly created: ReadonlySet<string>; readonly onNote: Note },
): Promise<InitIssue | undefined> {
  const counts = new Map<string, number>();
  const skipped = new Set<string>();
  let wave: ItemLine[] = [];
  try {
    for await (const [line, text] of readItemLines(file.path)) {
      const parsed = parseLine(text, file.table);
      if (typeof parsed === "string") return issue(file.path, `line ${line}: ${parsed}`);
      if (!created.has(parsed.table)) {
        skipped.add(parsed.table);
        continue;
      }
      const count = counts.get(parsed.table) ?? 0;
      if (count === 0) await waitUntilActive(caller, parsed.table);
      counts.set(parsed.table, count + 1);
      wave.push({ line, ...parsed });
      if (wave.length < waveItems) continue;
      const problem = await putWave(caller, file, wave);
      if (problem !== undefined) return problem;
      wave = [];
    }
  } catch (error) {
    if (error instanceof ItemFileError) return issue(file.path, error.message);
    throw error;
  }
  const problem = await putWave(caller, file, wave);
  if (problem !== undefined) return problem;
  for (const [table, count] of counts) onNote(`${file.path}: put ${count} items into ${table}`);
  for (const table of skipped) {
    onNote(`${file.path}: skipped the items of ${table}, which was not created by this start`);
  }
  return undefined;
}

/** Table and item of a line, or what is wrong with it. */
function parseLine(
  text: string,
  fileTable: string | undefined,
): { readonly table: string; readonly item: unknown } | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return `not valid JSON (${error.message})`;
    throw error;
  }
  if (!isObject(data) || !isObject(member(data, "Item"))) return "expected an object with the member Item";
  const stranger = Object.keys(data).find((name) => name !== "Item" && name !== "TableName");
  if (stranger !== undefined) return `the member ${stranger} is not supported`;
  const table = member(data, "TableName") ?? fileTable;
  if (typeof table !== "string") {
    return "no table: add TableName to the line, or give the file as TABLE=FILE";
  }
  return { table, item: member(data, "Item") };
}

async function putWave(
  caller: Caller,
  file: ItemFile,
  wave: readonly ItemLine[],
): Promise<InitIssue | undefined> {
  const outcomes = await Promise.all(
    wave.map(({ table, item }) => callOperation(caller, "PutItem", { TableName: table, Item: item })),
  );
  for (const [index, outcome] of outcomes.entries()) {
    const { code, message } = outcome.kind === "error" ? outcome.error : { code: undefined, message: "" };
    if (code !== undefined) return issue(file.path, `line ${wave[index]?.line}: ${code}: ${message}`);
  }
  return undefined;
}
