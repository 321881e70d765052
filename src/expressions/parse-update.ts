/** Parser of update expressions: SET, REMOVE, ADD and DELETE sections in any order, each once. */
import { updatePrecedence } from "./findings.ts";
import type { Keyword } from "./lexer.ts";
import { concludeParse, type ParseResult } from "./parse-result.ts";
import type { RawUpdate, RawUpdateAction, RawUpdateValue } from "./syntax-tree.ts";
import {
  accept,
  enter,
  expect,
  failSyntax,
  leave,
  missingPath,
  peek,
  readPath,
  readValue,
  type TokenReader,
  tokenReader,
} from "./token-reader.ts";

/** Operands each function of updates takes. */
export const updateFunctionOperands: ReadonlyMap<string, number> = new Map([
  ["if_not_exists", 2],
  ["list_append", 2],
]);

type Section = Extract<Keyword, "SET" | "REMOVE" | "ADD" | "DELETE">;

export function parseUpdate(text: string): ParseResult<RawUpdate> {
  const reader = tokenReader(text);
  const actions: RawUpdateAction[] = [];
  const seen = new Set<Section>();
  do {
    const section = readSection(reader);
    if (section === undefined) break;
    if (seen.has(section)) reader.findings.repeatedSection ??= section;
    seen.add(section);
    do actions.push(readAction(reader, section));
    while (accept(reader, ","));
  } while (peek(reader).kind !== "end");
  return concludeParse(reader, { kind: "update", actions }, updatePrecedence);
}

function readSection(reader: TokenReader): Section | undefined {
  const { kind } = peek(reader);
  if (kind === "SET" || kind === "REMOVE" || kind === "ADD" || kind === "DELETE") {
    reader.position += 1;
    return kind;
  }
  failSyntax(reader);
  return undefined;
}

function readAction(reader: TokenReader, section: Section): RawUpdateAction {
  const path = readPath(reader);
  switch (section) {
    case "SET":
      expect(reader, "=");
      return { kind: "set", path, value: readUpdateValue(reader) };
    case "REMOVE":
      return { kind: "remove", path };
    case "ADD":
      return { kind: "add", path, value: readValue(reader) };
    case "DELETE":
      return { kind: "delete", path, value: readValue(reader) };
  }
}

/**
 * One + or - joins two operands; more of them need parentheses, as the published grammar has it. (The
 * documentation's example for counting operators chains two without; unconfirmed.)
 */
function readUpdateValue(reader: TokenReader): RawUpdateValue {
  const left = readOperand(reader);
  const { kind } = peek(reader);
  if (kind !== "+" && kind !== "-") return left;
  reader.position += 1;
  reader.operatorCount += 1;
  return { kind: "arithmetic", operator: kind, left, right: readOperand(reader) };
}

function readOperand(reader: TokenReader): RawUpdateValue {
  const { kind } = peek(reader);
  if (kind === "valuePlaceholder") return readValue(reader);
  if (kind === "(") return readGroup(reader);
  if (kind === "word" && peek(reader, 1).kind === "(") return readFunction(reader);
  return readPath(reader);
}

function readGroup(reader: TokenReader): RawUpdateValue {
  if (!enter(reader)) return missingPath;
  expect(reader, "(");
  const inner = readUpdateValue(reader);
  if (inner === reader.group) reader.findings.redundantParentheses = true;
  expect(reader, ")");
  leave(reader);
  reader.group = inner;
  return inner;
}

/** Functions of conditions are unknown here, as those of updates are in conditions (unconfirmed). */
function readFunction(reader: TokenReader): RawUpdateValue {
  const name = peek(reader).text;
  if (!updateFunctionOperands.has(name)) reader.findings.unknownFunction ??= name;
  if (!enter(reader)) return missingPath;
  reader.operatorCount += 1;
  expect(reader, "word");
  expect(reader, "(");
  const operands: RawUpdateValue[] = [];
  do operands.push(readOperand(reader));
  while (accept(reader, ","));
  expect(reader, ")");
  leave(reader);
  return { kind: "function", name, operands };
}
