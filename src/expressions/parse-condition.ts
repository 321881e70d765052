/**
 * Parser of condition, filter and key condition expressions: precedence climbing over the tokens. A pair of
 * parentheses may hold a condition or a single operand; only what follows tells them apart.
 */
import { conditionFunctionOperands } from "./condition-plans.ts";
import { conditionPrecedence } from "./findings.ts";
import { concludeParse, type ParseResult } from "./parse-result.ts";
import type { Comparator, RawCondition, RawFunction, RawOperand } from "./syntax-tree.ts";
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

/** What may stand between AND and OR: nothing, ANDs, or neither. */
const orLevel = 1;
const andLevel = 2;
const notLevel = 3;

type RawNode = RawCondition | RawOperand;

export function parseCondition(text: string): ParseResult<RawCondition> {
  const reader = tokenReader(text);
  const tree = asCondition(reader, readExpression(reader, 0));
  return concludeParse(reader, tree, conditionPrecedence);
}

/** Reads as far as operators of the level or a higher one join. */
function readExpression(reader: TokenReader, level: number): RawNode {
  let node = readPrefix(reader);
  for (;;) {
    const { kind } = peek(reader);
    if ((kind === "OR" && level <= orLevel) || (kind === "AND" && level <= andLevel)) {
      node = readJunction(reader, node, kind);
    } else if (isOperand(node) && isComparing(kind)) {
      node = readSimple(reader, asOperand(reader, node));
    } else {
      return node;
    }
  }
}

function isOperand(node: RawNode): node is RawOperand {
  return node.kind === "path" || node.kind === "value" || node.kind === "function";
}

function isComparing(kind: string): boolean {
  return kind === "BETWEEN" || kind === "IN" || isComparator(kind);
}

function isComparator(kind: string): kind is Comparator {
  return kind === "=" || kind === "<>" || kind === "<" || kind === "<=" || kind === ">" || kind === ">=";
}

function readJunction(reader: TokenReader, first: RawNode, keyword: "AND" | "OR"): RawCondition {
  const conditions = [asCondition(reader, first)];
  while (accept(reader, keyword)) {
    reader.operatorCount += 1;
    const next = readExpression(reader, (keyword === "OR" ? orLevel : andLevel) + 1);
    conditions.push(asCondition(reader, next));
  }
  return { kind: keyword === "OR" ? "or" : "and", conditions };
}

function readPrefix(reader: TokenReader): RawNode {
  switch (peek(reader).kind) {
    case "NOT":
      return readNot(reader);
    case "(":
      return readGroup(reader, () => readExpression(reader, 0));
    default:
      return readOperand(reader);
  }
}

function readNot(reader: TokenReader): RawNode {
  if (!enter(reader)) return missingPath;
  expect(reader, "NOT");
  reader.operatorCount += 1;
  const condition = asCondition(reader, readExpression(reader, notLevel));
  leave(reader);
  return { kind: "not", condition };
}

function readGroup<Node extends RawNode>(
  reader: TokenReader,
  readInner: () => Node,
): Node | typeof missingPath {
  if (!enter(reader)) return missingPath;
  expect(reader, "(");
  const inner = readInner();
  if (inner === reader.group) reader.findings.redundantParentheses = true;
  expect(reader, ")");
  leave(reader);
  reader.group = inner;
  return inner;
}

function readSimple(reader: TokenReader, operand: RawOperand): RawCondition {
  reader.operatorCount += 1;
  const { kind } = peek(reader);
  if (accept(reader, "BETWEEN")) {
    const lower = readUsedOperand(reader);
    expect(reader, "AND");
    return { kind: "between", operand, lower, upper: readUsedOperand(reader) };
  }
  if (accept(reader, "IN")) {
    expect(reader, "(");
    const candidates = readOperands(reader);
    return { kind: "in", operand, candidates };
  }
  reader.position += 1;
  return { kind: "comparison", operator: kind as Comparator, left: operand, right: readUsedOperand(reader) };
}

/** Operands up to the closing parenthesis. */
function readOperands(reader: TokenReader): readonly RawOperand[] {
  const operands: RawOperand[] = [];
  do operands.push(readUsedOperand(reader));
  while (accept(reader, ","));
  expect(reader, ")");
  return operands;
}

function readUsedOperand(reader: TokenReader): RawOperand {
  return asOperand(reader, readOperand(reader));
}

function readOperand(reader: TokenReader): RawOperand {
  const { kind } = peek(reader);
  if (kind === "valuePlaceholder") return readValue(reader);
  if (kind === "(") return readGroup(reader, () => readOperand(reader));
  if (kind === "word" && peek(reader, 1).kind === "(") return readFunction(reader);
  return readPath(reader);
}

function readFunction(reader: TokenReader): RawOperand {
  const name = peek(reader).text;
  if (!conditionFunctionOperands.has(name)) reader.findings.unknownFunction ??= name;
  if (!enter(reader)) return missingPath;
  reader.operatorCount += 1;
  expect(reader, "word");
  expect(reader, "(");
  const operands = readOperands(reader);
  leave(reader);
  return { kind: "function", name, operands };
}

/** Only size gives a value to go on with. */
function asOperand(reader: TokenReader, node: RawOperand): RawOperand {
  if (node.kind === "function" && node.name !== "size") noteMisuse(reader, node);
  return node;
}

/** A path or value alone is no condition: a comparison should have followed. */
function asCondition(reader: TokenReader, node: RawNode): RawCondition {
  if (node.kind === "path" || node.kind === "value") {
    failSyntax(reader);
    return { kind: "and", conditions: [] };
  }
  if (node.kind === "function" && node.name === "size") noteMisuse(reader, node);
  return node;
}

function noteMisuse(reader: TokenReader, { name }: RawFunction): void {
  if (conditionFunctionOperands.has(name)) reader.findings.misusedFunction ??= name;
}
