/**
 * Walks over the tokens of one statement for the parsers. The first problem is kept and the walk jumps to the end,
 * where nothing more can match: parsers go on without looking and end at once.
 */
import { limits } from "../base/index.ts";
import { formTexts, nestingText } from "../expressions/index.ts";
import { malformedTexts } from "./issues.ts";
import { type Token, type TokenKind, tokensOf } from "./lexer.ts";

/** Changes as it is read; belongs to one parse. */
export interface StatementReader {
  readonly tokens: readonly Token[];
  position: number;
  /** Text of the first error that ends the parse. */
  problem: string | undefined;
  /** Text of the first thing that is wrong though well formed. */
  finding: string | undefined;
  operatorCount: number;
  /** Open parentheses, functions, NOTs, lists, sets and tuples around the current token. */
  depth: number;
  parameterCount: number;
}

/**
 * What is allowed fits: each level of a condition has an operator or function of its own, most of them with a
 * pair of parentheses, and each level of a value counts against the nesting limit.
 */
const depthMax = 2 * limits.expressionOperatorsMax + limits.nestingLevelsMax;

export function statementReader(text: string): StatementReader {
  return {
    tokens: tokensOf(text),
    position: 0,
    problem: undefined,
    finding: undefined,
    operatorCount: 0,
    depth: 0,
    parameterCount: 0,
  };
}

const end: Token = { kind: "end", text: "", end: 0 };

export function peek(reader: StatementReader, ahead = 0): Token {
  return reader.tokens[reader.position + ahead] ?? end;
}

/** Steps over the current token if it is of the kind. */
export function accept(reader: StatementReader, kind: TokenKind): boolean {
  if (kind === "end" || peek(reader).kind !== kind) return false;
  reader.position += 1;
  return true;
}

export function expect(reader: StatementReader, kind: TokenKind): void {
  if (!accept(reader, kind)) failAtToken(reader);
}

/** For reserved words; `word` is in upper case. */
export function acceptKeyword(reader: StatementReader, word: string): boolean {
  if (!atKeyword(reader, word)) return false;
  reader.position += 1;
  return true;
}

export function expectKeyword(reader: StatementReader, word: string): void {
  if (!acceptKeyword(reader, word)) failAtToken(reader);
}

export function atKeyword(reader: StatementReader, word: string): boolean {
  const { kind, text } = peek(reader);
  return kind === "keyword" && text === word;
}

/** For words that mean something in one place only and are names elsewhere. */
export function acceptWord(reader: StatementReader, word: string): boolean {
  const { kind, text } = peek(reader);
  if (kind !== "word" || text.toUpperCase() !== word) return false;
  reader.position += 1;
  return true;
}

/** The current token is the offending one. */
export function failAtToken(reader: StatementReader): void {
  fail(reader, peek(reader).kind === "keyword" ? malformedTexts.keyword : malformedTexts.term);
}

export function fail(reader: StatementReader, problem: string): void {
  reader.problem ??= problem;
  reader.position = reader.tokens.length - 1;
}

/** Called where a construct opens; false, and the parse over, when it is nested too deeply. */
export function enter(reader: StatementReader): boolean {
  reader.depth += 1;
  if (reader.depth <= depthMax) return true;
  fail(reader, nestingText);
  return false;
}

export function leave(reader: StatementReader): void {
  reader.depth -= 1;
}

/** Ends a parse. Form goes before the operator count, that before findings. */
export function firstProblem(reader: StatementReader): string | undefined {
  if (reader.problem === undefined) {
    accept(reader, ";");
    if (peek(reader).kind !== "end") failAtToken(reader);
  }
  return reader.problem ?? countProblem(reader) ?? reader.finding;
}

function countProblem({ operatorCount }: StatementReader): string | undefined {
  return operatorCount > limits.expressionOperatorsMax
    ? formTexts.tooManyOperators(operatorCount)
    : undefined;
}
