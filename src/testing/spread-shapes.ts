/**
 * What a statement of the PostgreSQL engine says of tables that lie on several servers. It reads no SQL but the engine's own:
 * whatever it does not understand is a problem of the statement.
 */

import { tablesOfEverywhere, tablesOfHeads } from "../storage/postgres/citus-tables.ts";

const tablesOfCoordinator: readonly string[] = ["meta", "leases", "members"];
const allTables: readonly string[] = [...tablesOfHeads, ...tablesOfEverywhere, ...tablesOfCoordinator];

function isOfHeads(table: string): boolean {
  return tablesOfHeads.some((name) => name === table);
}

export interface StatementShape {
  /** Of heads, as often as they are named. */
  readonly tables: readonly string[];
  /** Each of these tables is pinned to the head in the first parameter. */
  readonly isPinned: boolean;
  readonly isSelect: boolean;
  /** The statement that takes a head. */
  readonly takesHead: boolean;
  /** What Citus would refuse, or do in a way that nobody wants, wherever the statement stands. */
  readonly problems: readonly string[];
}

export function shapeOf(statement: string): StatementShape {
  const text = statement.replaceAll(/'[^']*'/gu, "''");
  const named = [...text.matchAll(/\b(?:from|join|into|update|using)\s+([a-z_]+)/giu)]
    .map(([, name = ""]) => name.toLowerCase())
    .filter((name) => allTables.includes(name));
  const tables = named.filter((name) => isOfHeads(name));
  const insert = /^INSERT INTO ([a-z_]+)/u.exec(text.trim());
  const target = /^(?:INSERT INTO|UPDATE|DELETE FROM) ([a-z_]+)/u.exec(text.trim())?.[1];
  const isInsert = insert !== null && isOfHeads(insert[1] ?? "");
  return {
    tables,
    isPinned: isInsert ? insertsUnderOneHead(text) : countPins(text) >= tables.length,
    isSelect: /^SELECT\b/u.test(text.trim()),
    takesHead: /^UPDATE heads SET n = n \+ 1 WHERE h = \$1\b/u.test(text.trim()),
    problems: tables.length === 0 ? [] : problemsOf(text, { named, target }),
  };
}

interface Named {
  /** Tables of any kind. */
  readonly named: readonly string[];
  /** What is changed. */
  readonly target: string | undefined;
}

function problemsOf(text: string, { named, target }: Named): string[] {
  const problems: string[] = [];
  for (const table of allTables) {
    const words = [...text.matchAll(new RegExp(`(?<![.\\w])${table}\\b(?!\\s*\\.)`, "giu"))].length;
    const known = named.filter((name) => name === table).length;
    if (words !== known) problems.push(`names ${table} in a way that is not understood`);
  }
  if (named.some((name) => tablesOfCoordinator.includes(name))) {
    problems.push("joins a table of heads with one that only the coordinator has");
  }
  if (target !== undefined && tablesOfEverywhere.some((name) => name === target)) {
    problems.push(`changes ${target}, of which every server has a copy, by what lies under heads`);
  }
  if (/^INSERT\b.*\bSELECT\b/su.test(text.trim())) problems.push("inserts what a SELECT returns");
  if (/\bWITH\b[^(]*\(\s*INSERT\b/su.test(text)) problems.push("inserts within WITH");
  if (/\bFOR (?:NO KEY )?(?:UPDATE|KEY SHARE|SHARE)\b/u.test(text)) problems.push("locks rows that it reads");
  if (/\bh = \$1(?:::int4)?\s+OR\b|\bOR\s+(?:\w+\.)?h = \$1/u.test(text))
    problems.push("pins a head within OR");
  return [...problems, ...problemsOfFunctions(text)];
}

/** Words before a parenthesis that are none of a function. */
const keywords = new Set(
  "all and any as by conflict exists from in lateral not on or over returning select set using values where with".split(
    " ",
  ),
);
const immutable = new Set(
  "coalesce count extract greatest least lag octet_length substr sum unnest min max".split(" "),
);
/** The same within one statement, and evaluated once, on the coordinator. */
const stable = new Set(["statement_timestamp"]);

function problemsOfFunctions(text: string): string[] {
  const problems: string[] = [];
  const names = [...text.matchAll(/\b([a-z_]+)\s*\(/giu)].map(([, name = ""]) => name.toLowerCase());
  for (const name of new Set(names)) {
    // An alias with columns is one letter.
    const isKnown = keywords.has(name) || immutable.has(name) || stable.has(name) || name.length === 1;
    if (!isKnown && !allTables.includes(name)) problems.push(`calls ${name}, which may be volatile`);
  }
  for (const clause of ["RETURNING", "DO UPDATE", "CASE"]) {
    const at = text.search(new RegExp(`\\b${clause}\\b`, "u"));
    if (at >= 0 && [...stable].some((name) => text.slice(at).includes(name))) {
      problems.push(`calls a function that is not immutable after ${clause}`);
    }
  }
  return problems;
}

function countPins(text: string): number {
  return [...text.matchAll(/\bh = \$1\b/gu)].length;
}

/** VALUES whose rows all begin with the head. */
function insertsUnderOneHead(text: string): boolean {
  const isHeadFirst = /^INSERT INTO (?:[a-z_]+\(h, |commits\s+VALUES)/u.test(text.trim());
  const at = text.search(/\bVALUES\b/u);
  if (!isHeadFirst || at < 0) return false;
  const rows = topLevelParentheses(text.slice(at).replace(/\b(?:ON CONFLICT|RETURNING)\b.*$/su, ""));
  return rows.length > 0 && rows.every((row) => /^\$1(?:::int4)?,/u.test(row));
}

function topLevelParentheses(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: parenthesis, index } of text.matchAll(/[()]/gu)) {
    if (parenthesis === "(") {
      if (depth === 0) from = index + 1;
      depth += 1;
    } else {
      depth -= 1;
      if (depth === 0) found.push(text.slice(from, index));
    }
  }
  return found;
}
