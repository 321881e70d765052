/** Finds out what an initial file is, by its name and its first line, and reads it. */
import { readFile, stat } from "node:fs/promises";
import type { Namespace } from "../../catalog/index.ts";
import type { InitFile } from "../settings.ts";
import { type InitIssue, type InitSource, issue } from "./init-source.ts";
import { ItemFileError, readItemLines } from "./item-lines.ts";
import { isObject, member } from "./plain-data.ts";
import { readDefinitions } from "./read-definitions.ts";
import { parseYaml } from "./template/parse-yaml.ts";

/** CloudFormation itself stops at 1 MB. */
const definitionBytesMax = 16 * 1024 * 1024;

export async function readInitFile(file: InitFile, namespace: Namespace): Promise<InitSource | InitIssue> {
  const { path, table } = file;
  try {
    if (/\.(ndjson|jsonl)(\.gz)?$|\.json\.gz$/.test(path)) return await itemSource(path, table);
    if (path.endsWith(".json")) {
      return (await startsWithItem(path)) ? await itemSource(path, table) : await readJson(path, namespace);
    }
    if (/\.(ya?ml|template)$/.test(path)) return await readYaml(path, namespace);
  } catch (error) {
    if (error instanceof ItemFileError || isFileError(error)) return issue(path, error.message);
    throw error;
  }
  return issue(
    path,
    "unknown kind of file: expected .json, .yaml, .yml, .template, .ndjson, .jsonl (or .gz)",
  );
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}

async function itemSource(path: string, table: string | undefined): Promise<InitSource> {
  // A missing file is told before anything is created.
  await stat(path);
  return { kind: "items", path, table };
}

/** An export of a table has the ending .json, too. */
async function startsWithItem(path: string): Promise<boolean> {
  for await (const [, text] of readItemLines(path)) {
    try {
      const data: unknown = JSON.parse(text);
      return isObject(data) && isObject(member(data, "Item"));
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }
  return false;
}

async function readJson(path: string, namespace: Namespace): Promise<InitSource | InitIssue> {
  const text = await readText(path);
  if (typeof text !== "string") return text;
  try {
    const data: unknown = JSON.parse(text);
    return readDefinitions(data, path, namespace);
  } catch (error) {
    if (error instanceof SyntaxError) return issue(path, `not valid JSON (${error.message})`);
    throw error;
  }
}

async function readYaml(path: string, namespace: Namespace): Promise<InitSource | InitIssue> {
  const text = await readText(path);
  if (typeof text !== "string") return text;
  const outcome = await parseYaml(text);
  if (outcome.kind === "malformed") return issue(path, `not valid YAML (${outcome.message})`);
  return readDefinitions(outcome.data, path, namespace);
}

async function readText(path: string): Promise<string | InitIssue> {
  const { size } = await stat(path);
  if (size > definitionBytesMax) return issue(path, `larger than ${definitionBytesMax} bytes`);
  return readFile(path, "utf8");
}
