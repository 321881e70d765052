/** Parser of PartiQL statements, as far as DynamoDB has them: text to syntax tree, without regard to any table. */
import {
  type DocumentPath,
  expressionIssue,
  type ExpressionIssue,
  frozen,
  parseCache,
} from "../expressions/index.ts";
import { malformedTexts } from "./issues.ts";
import { readCondition } from "./read-condition.ts";
import { missingTerm, readName, readPath, readTerm } from "./read-term.ts";
import { readActions } from "./read-update.ts";
import {
  accept,
  acceptKeyword,
  acceptWord,
  atKeyword,
  expect,
  expectKeyword,
  fail,
  failAtToken,
  firstProblem,
  peek,
  type StatementReader,
  statementReader,
} from "./statement-reader.ts";
import type {
  ParsedCondition,
  ParsedSelect,
  ParsedStatement,
  Returning,
  SortKey,
  Statement,
} from "./syntax-tree.ts";

export interface StatementParser {
  parse(text: string): ParsedStatement | ExpressionIssue;
}

/**
 * A parser that remembers the trees of up to so many texts, most of all of those asked for last. A tree is frozen
 * when it is shared for the first time: freezing is a third of the work of parsing, and statements with values in
 * their text are seldom asked for twice.
 */
export function createStatementParser({
  cacheEntriesMax,
}: {
  readonly cacheEntriesMax: number;
}): StatementParser {
  const cache = parseCache<ParsedStatement | ExpressionIssue>(cacheEntriesMax);
  return {
    parse: (text) => {
      const known = cache.get(text);
      if (known !== undefined) return Object.isFrozen(known) ? known : frozen(known);
      const parsed = parseStatement(text);
      cache.set(text, parsed);
      return parsed;
    },
  };
}

/** That the text is not too long is checked by the shape of requests. */
export function parseStatement(text: string): ParsedStatement | ExpressionIssue {
  const reader = statementReader(text);
  const statement = readStatement(reader);
  const problem = firstProblem(reader);
  if (problem !== undefined) return expressionIssue(problem);
  return { kind: "parsed", statement, parameterCount: reader.parameterCount };
}

function readStatement(reader: StatementReader): Statement {
  if (atKeyword(reader, "SELECT")) return readSelect(reader);
  if (acceptKeyword(reader, "INSERT")) return readInsert(reader);
  if (acceptKeyword(reader, "UPDATE")) return readUpdate(reader);
  if (acceptKeyword(reader, "DELETE")) return readDelete(reader);
  if (acceptKeyword(reader, "EXISTS")) return readExists(reader);
  fail(reader, malformedTexts.dataManipulation);
  return { kind: "delete", table: "", returning: "none" };
}

function readSelect(reader: StatementReader): ParsedSelect {
  expectKeyword(reader, "SELECT");
  const paths = accept(reader, "*") ? undefined : readPaths(reader);
  expectKeyword(reader, "FROM");
  const table = readName(reader);
  const index = accept(reader, ".") ? readName(reader) : undefined;
  const where = readWhere(reader);
  return {
    kind: "select",
    table,
    ...(index === undefined ? {} : { index }),
    ...(paths === undefined ? {} : { paths }),
    ...(where === undefined ? {} : { where }),
    orderBy: readOrderBy(reader),
  };
}

function readPaths(reader: StatementReader): readonly DocumentPath[] {
  const paths: DocumentPath[] = [];
  do paths.push(readPath(reader));
  while (accept(reader, ","));
  return paths;
}

function readWhere(reader: StatementReader): ParsedCondition | undefined {
  return acceptKeyword(reader, "WHERE") ? readCondition(reader) : undefined;
}

function readOrderBy(reader: StatementReader): readonly SortKey[] {
  const keys: SortKey[] = [];
  if (!acceptKeyword(reader, "ORDER")) return keys;
  expectKeyword(reader, "BY");
  do {
    const attribute = readName(reader);
    const descending = acceptKeyword(reader, "DESC");
    if (!descending) acceptKeyword(reader, "ASC");
    keys.push({ attribute, descending });
  } while (accept(reader, ","));
  return keys;
}

/** What the service says to a list of columns after the table was seen; to anything else it is unconfirmed. */
function readInsert(reader: StatementReader): Statement {
  expectKeyword(reader, "INTO");
  const table = readName(reader);
  if (!acceptKeyword(reader, "VALUE")) fail(reader, malformedTexts.keyword);
  const { kind } = peek(reader);
  const isTuple = kind === "{" || kind === "?";
  if (!isTuple) failAtToken(reader);
  return { kind: "insert", table, tuple: isTuple ? readTerm(reader) : missingTerm };
}

function readUpdate(reader: StatementReader): Statement {
  const table = readName(reader);
  const actions = readActions(reader);
  const where = readWhere(reader);
  const returning = readReturning(reader);
  return { kind: "update", table, actions, ...(where === undefined ? {} : { where }), returning };
}

function readDelete(reader: StatementReader): Statement {
  expectKeyword(reader, "FROM");
  const table = readName(reader);
  const where = readWhere(reader);
  const returning = readReturning(reader);
  if (returning !== "none" && returning !== "allOld") fail(reader, malformedTexts.term);
  return { kind: "delete", table, ...(where === undefined ? {} : { where }), returning };
}

function readReturning(reader: StatementReader): Returning {
  if (!acceptKeyword(reader, "RETURNING")) return "none";
  const all = acceptKeyword(reader, "ALL");
  if (!all && !acceptWord(reader, "MODIFIED")) failAtToken(reader);
  const old = acceptWord(reader, "OLD");
  if (!old && !acceptWord(reader, "NEW")) failAtToken(reader);
  expect(reader, "*");
  if (all) return old ? "allOld" : "allNew";
  return old ? "updatedOld" : "updatedNew";
}

function readExists(reader: StatementReader): Statement {
  expect(reader, "(");
  const select = readSelect(reader);
  expect(reader, ")");
  return { kind: "exists", select };
}
