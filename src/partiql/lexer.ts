/**
 * Cuts a statement into tokens, in one pass and without looking back. Never fails: with what fits nowhere, such
 * as a comment or a quote that is never closed, the tokens end.
 */
import { reservedWord } from "./reserved-words.ts";

export type Sign =
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "("
  | ")"
  | "["
  | "]"
  | "{"
  | "}"
  | "<<"
  | ">>"
  | ","
  | "."
  | ":"
  | ";"
  | "?"
  | "*"
  | "+"
  | "-";

export type TokenKind =
  | Sign
  /** A reserved word, in upper case. */
  | "keyword"
  /** Name of an attribute, a table or a function. */
  | "word"
  /** A name in double quotes, here without them. */
  | "quoted"
  /** A text in single quotes, here without them. */
  | "string"
  /** Without a sign. */
  | "number"
  | "unknown"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of what follows. */
  readonly end: number;
}

/** The last token is always of kind `end`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (isBlank(code)) {
      position += 1;
      continue;
    }
    const token = tokenAt(text, position, code);
    tokens.push(token);
    if (token.kind === "unknown") break;
    position = token.end;
  }
  tokens.push({ kind: "end", text: "", end: text.length });
  return tokens;
}

const singleQuote = 0x27;
const doubleQuote = 0x22;
const point = 0x2e;

function tokenAt(text: string, start: number, code: number): Token {
  if (isWordStart(code)) return wordAt(text, start);
  if (code === singleQuote) return quotedAt(text, start, "string");
  if (code === doubleQuote) return quotedAt(text, start, "quoted");
  if (isDigit(code) || (code === point && isDigit(text.charCodeAt(start + 1)))) return numberAt(text, start);
  return signAt(text, start);
}

function wordAt(text: string, start: number): Token {
  let end = start + 1;
  while (isWordPart(text.charCodeAt(end))) end += 1;
  const word = text.slice(start, end);
  const keyword = reservedWord(word);
  return keyword === undefined ? { kind: "word", text: word, end } : { kind: "keyword", text: keyword, end };
}

/** A quote inside is written twice. A name has one character at least. */
function quotedAt(text: string, start: number, kind: "string" | "quoted"): Token {
  const quote = text.charAt(start);
  let content = "";
  let from = start + 1;
  for (;;) {
    const close = text.indexOf(quote, from);
    if (close < 0) return unknown;
    const twice = text.charAt(close + 1) === quote;
    content += text.slice(from, twice ? close + 1 : close);
    from = close + 2;
    if (twice) continue;
    return kind === "quoted" && content === "" ? unknown : { kind, text: content, end: close + 1 };
  }
}

/** Digits, a fraction and an exponent; directly after them no word may begin. */
function numberAt(text: string, start: number): Token {
  let end = digitsEnd(text, start);
  if (text.charCodeAt(end) === point) end = digitsEnd(text, end + 1);
  const mark = text.charAt(end);
  if (mark === "e" || mark === "E") {
    const sign = text.charAt(end + 1);
    const digits = sign === "+" || sign === "-" ? end + 2 : end + 1;
    end = digitsEnd(text, digits);
    if (end === digits) return unknown;
  }
  return isWordPart(text.charCodeAt(end)) ? unknown : { kind: "number", text: text.slice(start, end), end };
}

function digitsEnd(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

const signs: ReadonlyMap<string, Sign> = new Map(
  (["=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ".", ":", ";", "?", "*", "+", "-"] as const).map(
    (sign) => [sign, sign],
  ),
);

const longSigns: ReadonlyMap<string, Sign> = new Map<string, Sign>([
  ["<>", "<>"],
  ["!=", "<>"],
  ["<=", "<="],
  [">=", ">="],
  ["<<", "<<"],
  [">>", ">>"],
]);

/** Two minuses begin a comment, which is nothing a statement may hold. */
function signAt(text: string, start: number): Token {
  const first = text.charAt(start);
  const next = text.charAt(start + 1);
  if (next === ">" || next === "=" || next === "<") {
    const long = longSigns.get(first + next);
    if (long !== undefined) return { kind: long, text: long, end: start + 2 };
  }
  const sign = signs.get(first);
  if (sign === undefined || (first === "-" && next === "-")) return unknown;
  return { kind: sign, text: sign, end: start + 1 };
}

const unknown: Token = Object.freeze({ kind: "unknown", text: "", end: 0 });

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** ASCII letters, `_` and `$`. */
function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code === 0x24;
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}
