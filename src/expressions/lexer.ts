/** Cuts the text of an expression into tokens. Never fails: what fits nowhere becomes a token of its own. */
import type { Comparator } from "./syntax-tree.ts";

export type Keyword = "AND" | "OR" | "NOT" | "BETWEEN" | "IN" | "SET" | "REMOVE" | "ADD" | "DELETE";

export type Sign = Comparator | "(" | ")" | "[" | "]" | "," | "." | "+" | "-";

export type TokenKind =
  | Keyword
  | Sign
  /** Attribute or function name. */
  | "word"
  | "namePlaceholder"
  | "valuePlaceholder"
  | "digits"
  | "unknown"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of the first character in the expression. */
  readonly start: number;
}

/**
 * Words begin with a letter: the service answers `Syntax error; token: "_", near: "_type"` to a leading
 * underscore (reported from live tables in 2017 and 2022), while it accepts underscores further on.
 */
const tokenPattern = /[A-Za-z][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|[0-9]+|<>|<=|>=|[^ \t\r\n]/gu;

const keywords: ReadonlySet<string> = new Set("AND OR NOT BETWEEN IN SET REMOVE ADD DELETE".split(" "));
const signs: ReadonlySet<string> = new Set("= <> < <= > >= ( ) [ ] , . + -".split(" "));

const longestKeyword = 7;

/** The last token is always the one of kind `end`, shown as `<EOF>` in messages. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(tokenPattern)) {
    const [found] = match;
    tokens.push({ kind: kindOf(found), text: found, start: match.index });
  }
  tokens.push({ kind: "end", text: "<EOF>", start: text.length });
  return tokens;
}

function kindOf(text: string): TokenKind {
  if (signs.has(text)) return text as Sign;
  const first = text.charCodeAt(0);
  if (isDigit(first)) return "digits";
  if (text.length > 1 && first === 0x23) return "namePlaceholder";
  if (text.length > 1 && first === 0x3a) return "valuePlaceholder";
  if (!isLetter(first)) return "unknown";
  if (text.length > longestKeyword) return "word";
  const upper = text.toUpperCase();
  return keywords.has(upper) ? (upper as Keyword) : "word";
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
