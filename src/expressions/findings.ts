/**
 * Problems of an expression's form other than its syntax. The parser notes the first of each kind while it
 * reads on; which one is reported is a matter of DynamoDB's precedence, not of position.
 */
import { formTexts } from "./issues.ts";

export interface Findings {
  redundantParentheses: boolean;
  unknownFunction: string | undefined;
  misusedFunction: string | undefined;
  reservedWord: string | undefined;
  repeatedSection: string | undefined;
  listIndex: string | undefined;
  pathDepth: number | undefined;
}

export function noFindings(): Findings {
  return {
    redundantParentheses: false,
    unknownFunction: undefined,
    misusedFunction: undefined,
    reservedWord: undefined,
    repeatedSection: undefined,
    listIndex: undefined,
    pathDepth: undefined,
  };
}

/** Kinds of finding in the order they are reported. */
export type Precedence = readonly (keyof Findings)[];

/** Where path limits stand among the others is unconfirmed. */
export const conditionPrecedence: Precedence = [
  "redundantParentheses",
  "unknownFunction",
  "misusedFunction",
  "reservedWord",
  "listIndex",
  "pathDepth",
];

/** The place of redundant parentheses is that of conditions (unconfirmed). */
export const updatePrecedence: Precedence = [
  "redundantParentheses",
  "reservedWord",
  "unknownFunction",
  "repeatedSection",
  "listIndex",
  "pathDepth",
];

export const projectionPrecedence: Precedence = ["reservedWord", "listIndex", "pathDepth"];

/** DynamoDB's text for the finding that goes first. */
export function firstFinding(findings: Findings, precedence: Precedence): string | undefined {
  for (const kind of precedence) {
    const text = findingText(findings, kind);
    if (text !== undefined) return text;
  }
  return undefined;
}

function findingText(findings: Findings, kind: keyof Findings): string | undefined {
  switch (kind) {
    case "redundantParentheses":
      return findings.redundantParentheses ? formTexts.redundantParentheses : undefined;
    case "unknownFunction":
      return textOf(findings.unknownFunction, formTexts.unknownFunction);
    case "misusedFunction":
      return textOf(findings.misusedFunction, formTexts.misusedFunction);
    case "reservedWord":
      return textOf(findings.reservedWord, formTexts.reservedWord);
    case "repeatedSection":
      return textOf(findings.repeatedSection, formTexts.repeatedSection);
    case "listIndex":
      return textOf(findings.listIndex, formTexts.listIndex);
    case "pathDepth":
      return textOf(findings.pathDepth, formTexts.pathDepth);
  }
}

function textOf<Detail>(detail: Detail | undefined, text: (detail: Detail) => string): string | undefined {
  return detail === undefined ? undefined : text(detail);
}
