/** What is wrong with an expression, as a value, and DynamoDB's texts for it without their prefixes. */
import { limits } from "../base/index.ts";
import type { AttributeType, ScalarValue } from "../values/index.ts";
import { type DocumentPath, printPath } from "./document-path.ts";

export interface ExpressionIssue {
  readonly kind: "expressionIssue";
  /** The whole text of the ValidationException. */
  readonly message: string;
}

export function expressionIssue(message: string): ExpressionIssue {
  return { kind: "expressionIssue", message };
}

/** Starts the texts about parameter values, legacy ones most of all. */
export const parametersPrefix = "One or more parameter values were invalid: ";

/** A value has more lists and maps inside each other than are stored. */
export const nestingText: string =
  "Nesting Levels have exceeded supported limits: " +
  "Attributes in the item have nested levels beyond supported limit";

/** Texts about the form of an expression; the expression alone decides them. */
export const formTexts = {
  empty: "The expression can not be empty;",
  syntax: (token: string, near: string): string => `Syntax error; token: "${token}", near: "${near}"`,
  tooManyOperators: (count: number): string =>
    `The expression contains too many operators; operator count: ${count}`,
  redundantParentheses: "The expression has redundant parentheses;",
  unknownFunction: (name: string): string => `Invalid function name; function: ${name}`,
  misusedFunction: (name: string): string =>
    `The function is not allowed to be used this way in an expression; function: ${name}`,
  reservedWord: (word: string): string => `Attribute name is a reserved keyword; reserved keyword: ${word}`,
  repeatedSection: (section: string): string =>
    `The "${section}" section can only be used once in an update expression;`,
  listIndex: (digits: string): string => `List index is not within the allowable range; index: [${digits}]`,
  /** The number counts the attribute name as the first level (unconfirmed). */
  pathDepth: (levels: number): string =>
    `The document path has too many nesting elements; nesting levels: ${levels}`,
} as const;

/** Texts about what an expression says with the names and values of one request. */
export const operandTexts = {
  undefinedName: (placeholder: string): string =>
    `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
  undefinedValue: (placeholder: string): string =>
    `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
  operandCount: (name: string, count: number): string =>
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
  /** Reported from a live table; the reference has no text of its own for this. */
  inOperands: (count: number): string =>
    `The IN operator is provided with too many operands; number of operands: ${count}`,
  functionOperandType: (name: string, type: string): string =>
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  operatorOperandType: (operator: string, type: AttributeType): string =>
    `Incorrect operand type for operator or function; operator: ${operator}, operand type: ${typeWords[type]}`,
  pathRequired: (name: string): string =>
    `Operator or function requires a document path; operator or function: ${name}`,
  distinctOperands: (operator: string, path: DocumentPath): string =>
    "The first operand must be distinct from the remaining operands for this operator or function; " +
    `operator: ${operator}, first operand: ${printPath(path)}`,
  unknownType: (name: string): string =>
    `Invalid attribute type name found; type: ${name}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
  boundTypes: (lower: ScalarValue, upper: ScalarValue): string =>
    "The BETWEEN operator requires same data type for lower and upper bounds; " +
    `lower bound operand: ${printValue(lower)}, upper bound operand: ${printValue(upper)}`,
  boundOrder: (lower: ScalarValue, upper: ScalarValue): string =>
    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
    `lower bound operand: ${printValue(lower)}, upper bound operand: ${printValue(upper)}`,
  overlap: (one: DocumentPath, two: DocumentPath): string =>
    "Two document paths overlap with each other; must remove or rewrite one of these paths; " +
    `path one: ${printPath(one)}, path two: ${printPath(two)}`,
  conflict: (one: DocumentPath, two: DocumentPath): string =>
    "Two document paths conflict with each other; must remove or rewrite one of these paths; " +
    `path one: ${printPath(one)}, path two: ${printPath(two)}`,
} as const;

/** Operand type shown when attribute_type is given something else than a value to name the type. */
export const anyTypeList = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";

/** Words for types in texts about operators; those for sets are a guess (unconfirmed). */
const typeWords: Readonly<Record<AttributeType, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  BOOL: "BOOLEAN",
  NULL: "NULL",
  L: "LIST",
  M: "MAP",
  SS: "STRING_SET",
  NS: "NUMBER_SET",
  BS: "BINARY_SET",
};

/** Binaries as base64 (unconfirmed). */
function printValue({ type, value }: ScalarValue): string {
  return `AttributeValue: {${type}:${value}}`;
}

/** UpdateExpression's text ends where the others give the size (both seen on live tables). */
export function sizeText(parameter: string, sizeBytes: number): string {
  const text = "Expression size has exceeded the maximum allowed size;";
  return parameter === "UpdateExpression" ? text : `${text} expression size: ${sizeBytes}`;
}

/** Bytes of the text in UTF-8 when they are over the limit for expressions. */
export function oversize(text: string): number | undefined {
  if (text.length * limits.utf8BytesPerUnitMax <= limits.expressionBytesMax) return undefined;
  const sizeBytes = Buffer.byteLength(text);
  return sizeBytes > limits.expressionBytesMax ? sizeBytes : undefined;
}

/** Run-time texts of updates; they carry no prefix. */
export const updateTexts = {
  missingAttribute: "The provided expression refers to an attribute that does not exist in the item",
  operandType: "An operand in the update expression has an incorrect data type",
  invalidPath: "The document path provided in the update expression is invalid for update",
  legacyType: "Type mismatch for attribute to update",
} as const;
