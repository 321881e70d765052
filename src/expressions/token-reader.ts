/**
 * Walks over the tokens of one expression for the parsers. The first syntax error is kept and the walk jumps
 * to the end, where nothing more can match: parsers go on without looking and end at once.
 */
import { limits } from "../base/index.ts";
import { listIndexMax } from "./document-path.ts";
import { type Findings, noFindings } from "./findings.ts";
import { formTexts } from "./issues.ts";
import { type Token, type TokenKind, tokensOf } from "./lexer.ts";
import { isReservedWord } from "./reserved-words.ts";
import type { RawElement, RawPath, RawValue } from "./syntax-tree.ts";

/** Changes as it is read; belongs to one parse. */
export interface TokenReader {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly findings: Findings;
  position: number;
  /** Text of the first error that ends the parse. */
  problem: string | undefined;
  operatorCount: number;
  /** Open parentheses, functions and NOTs around the current token. */
  depth: number;
  /** Node that the last closed pair of parentheses held. */
  group: object | undefined;
}

/**
 * Every level of a correct expression has an operator or function of its own and at most one pair of
 * parentheses, so deeper ones have too many operators or redundant parentheses.
 */
const depthMax = 2 * limits.expressionOperatorsMax + 20;

/** Stands in for what could not be read. */
export const missingPath: RawPath = { kind: "path", elements: [""] };

export function tokenReader(text: string): TokenReader {
  return {
    text,
    tokens: tokensOf(text),
    findings: noFindings(),
    position: 0,
    problem: undefined,
    operatorCount: 0,
    depth: 0,
    group: undefined,
  };
}

export function peek(reader: TokenReader, ahead = 0): Token {
  const last = reader.tokens.length - 1;
  return reader.tokens[Math.min(reader.position + ahead, last)] ?? { kind: "end", text: "<EOF>", start: 0 };
}

/** Steps over the current token if it is of the kind. */
export function accept(reader: TokenReader, kind: TokenKind): boolean {
  if (kind === "end" || peek(reader).kind !== kind) return false;
  reader.position += 1;
  return true;
}

export function expect(reader: TokenReader, kind: TokenKind): void {
  if (!accept(reader, kind)) failSyntax(reader);
}

/** The current token is the offending one; `near` is the text from the token before it to the one after. */
export function failSyntax(reader: TokenReader): void {
  const token = peek(reader);
  const from = reader.tokens[reader.position - 1] ?? token;
  const next = peek(reader, 1);
  const to = next.kind === "end" ? token : next;
  const end = to.kind === "end" ? to.start : to.start + to.text.length;
  fail(reader, formTexts.syntax(token.text, reader.text.slice(from.start, end)));
}

function fail(reader: TokenReader, problem: string): void {
  reader.problem ??= problem;
  reader.position = reader.tokens.length - 1;
}

/** Called where a construct opens; false, and the parse over, when it is nested too deeply. */
export function enter(reader: TokenReader): boolean {
  reader.depth += 1;
  if (reader.depth <= depthMax) return true;
  const operators = reader.tokens.filter((token, index) =>
    isOperator(token, reader.tokens[index + 1]),
  ).length;
  fail(
    reader,
    operators > limits.expressionOperatorsMax
      ? formTexts.tooManyOperators(operators)
      : formTexts.redundantParentheses,
  );
  return false;
}

export function leave(reader: TokenReader): void {
  reader.depth -= 1;
}

const operatorKinds: ReadonlySet<string> = new Set("= <> < <= > >= OR AND NOT IN + -".split(" "));

/** BETWEEN is counted through its AND. */
function isOperator(token: Token, next: Token | undefined): boolean {
  return operatorKinds.has(token.kind) || (token.kind === "word" && next?.kind === "(");
}

export function readPath(reader: TokenReader): RawPath {
  const first = readName(reader);
  if (first === undefined) return missingPath;
  const elements: RawElement[] = [first];
  for (;;) {
    const element = readElement(reader);
    if (element === undefined) break;
    elements.push(element);
  }
  if (elements.length > limits.documentPathLevelsMax) reader.findings.pathDepth ??= elements.length;
  return { kind: "path", elements };
}

function readElement(reader: TokenReader): RawElement | undefined {
  if (accept(reader, ".")) return readName(reader);
  return accept(reader, "[") ? readIndex(reader) : undefined;
}

function readName(reader: TokenReader): string | undefined {
  const token = peek(reader);
  if (token.kind === "word") {
    if (isReservedWord(token.text)) reader.findings.reservedWord ??= token.text;
  } else if (token.kind !== "namePlaceholder") {
    failSyntax(reader);
    return undefined;
  }
  reader.position += 1;
  return token.text;
}

function readIndex(reader: TokenReader): number | undefined {
  const token = peek(reader);
  expect(reader, "digits");
  expect(reader, "]");
  if (reader.problem !== undefined) return undefined;
  const index = Number(token.text);
  if (index > listIndexMax) reader.findings.listIndex ??= token.text;
  return index;
}

/** A value placeholder; undefined, and the parse over, for anything else. */
export function readValue(reader: TokenReader): RawValue {
  const { text } = peek(reader);
  expect(reader, "valuePlaceholder");
  return { kind: "value", placeholder: text };
}

/** Ends a parse: everything must have been read. */
export function finish(reader: TokenReader): void {
  if (peek(reader).kind !== "end") failSyntax(reader);
}
