/**
 * Reads conditions: precedence climbing over the tokens. A pair of parentheses may hold a condition or a single
 * operand; only what follows tells them apart. Needless parentheses are allowed, as SQL has it (unconfirmed).
 */
import { type Comparator, formTexts } from "../expressions/index.ts";
import { missingTerm, readPath, readTerm } from "./read-term.ts";
import {
  accept,
  acceptKeyword,
  atKeyword,
  enter,
  expect,
  expectKeyword,
  fail,
  failAtToken,
  leave,
  peek,
  type StatementReader,
} from "./statement-reader.ts";
import type { ConditionFunction, ParsedCondition, ParsedOperand } from "./syntax-tree.ts";

/** What may stand between AND and OR: nothing, ANDs, or neither. */
const orLevel = 1;
const andLevel = 2;
const notLevel = 3;

type ParsedNode = ParsedCondition | ParsedOperand;

export function readCondition(reader: StatementReader): ParsedCondition {
  return asCondition(reader, readExpression(reader, 0));
}

/** Reads as far as operators of the level or a higher one join. */
function readExpression(reader: StatementReader, level: number): ParsedNode {
  let node = readPrefix(reader);
  for (;;) {
    if (level <= orLevel && atKeyword(reader, "OR")) {
      node = readJunction(reader, node, "or");
    } else if (level <= andLevel && atKeyword(reader, "AND")) {
      node = readJunction(reader, node, "and");
    } else if (isOperand(node) && isComparing(reader)) {
      node = readSimple(reader, node);
    } else {
      return node;
    }
  }
}

function isOperand(node: ParsedNode): node is ParsedOperand {
  switch (node.kind) {
    case "path":
    case "value":
    case "parameter":
    case "missing":
    case "list":
    case "set":
    case "map":
    case "size":
      return true;
    default:
      return false;
  }
}

function isComparator(kind: string): kind is Comparator {
  return kind === "=" || kind === "<>" || kind === "<" || kind === "<=" || kind === ">" || kind === ">=";
}

/** NOT after an operand belongs to a BETWEEN or IN. */
function isComparing(reader: StatementReader): boolean {
  const { kind, text } = peek(reader);
  if (kind !== "keyword") return isComparator(kind);
  return text === "BETWEEN" || text === "IN" || text === "IS" || text === "NOT";
}

function readJunction(reader: StatementReader, first: ParsedNode, kind: "and" | "or"): ParsedCondition {
  const conditions = [asCondition(reader, first)];
  while (acceptKeyword(reader, kind === "or" ? "OR" : "AND")) {
    reader.operatorCount += 1;
    const next = readExpression(reader, (kind === "or" ? orLevel : andLevel) + 1);
    conditions.push(asCondition(reader, next));
  }
  return { kind, conditions };
}

function readPrefix(reader: StatementReader): ParsedNode {
  if (atKeyword(reader, "NOT")) return readNot(reader);
  return peek(reader).kind === "(" ? readGroup(reader) : readOperandOrFunction(reader);
}

function readNot(reader: StatementReader): ParsedNode {
  if (!enter(reader)) return missingTerm;
  expectKeyword(reader, "NOT");
  reader.operatorCount += 1;
  const condition = asCondition(reader, readExpression(reader, notLevel));
  leave(reader);
  return { kind: "not", condition };
}

function readGroup(reader: StatementReader): ParsedNode {
  if (!enter(reader)) return missingTerm;
  expect(reader, "(");
  const inner = readExpression(reader, 0);
  expect(reader, ")");
  leave(reader);
  return inner;
}

function readSimple(reader: StatementReader, operand: ParsedOperand): ParsedCondition {
  reader.operatorCount += 1;
  if (acceptKeyword(reader, "NOT")) {
    reader.operatorCount += 1;
    if (atKeyword(reader, "BETWEEN") || atKeyword(reader, "IN")) {
      return { kind: "not", condition: readRange(reader, operand) };
    }
    failAtToken(reader);
    return noCondition;
  }
  if (acceptKeyword(reader, "IS")) return readIs(reader, operand);
  const { kind } = peek(reader);
  if (!isComparator(kind)) return readRange(reader, operand);
  reader.position += 1;
  return { kind: "comparison", operator: kind, left: operand, right: readOperand(reader) };
}

function readIs(reader: StatementReader, operand: ParsedOperand): ParsedCondition {
  const negated = acceptKeyword(reader, "NOT");
  if (acceptKeyword(reader, "MISSING")) return { kind: "isMissing", operand, negated };
  expectKeyword(reader, "NULL");
  return { kind: "isNull", operand, negated };
}

function readRange(reader: StatementReader, operand: ParsedOperand): ParsedCondition {
  if (acceptKeyword(reader, "BETWEEN")) {
    const lower = readOperand(reader);
    expectKeyword(reader, "AND");
    return { kind: "between", operand, lower, upper: readOperand(reader) };
  }
  expectKeyword(reader, "IN");
  const close = accept(reader, "[") ? "]" : ")";
  if (close === ")") expect(reader, "(");
  return { kind: "in", operand, candidates: readOperands(reader, close) };
}

/** Operands up to the closing bracket, one at least. */
function readOperands(reader: StatementReader, close: ")" | "]"): readonly ParsedOperand[] {
  const operands: ParsedOperand[] = [];
  do operands.push(readOperand(reader));
  while (accept(reader, ","));
  expect(reader, close);
  return operands;
}

function readOperand(reader: StatementReader): ParsedOperand {
  const node = peek(reader).kind === "(" ? readGroup(reader) : readOperandOrFunction(reader);
  if (isOperand(node)) return node;
  failAtToken(reader);
  return missingTerm;
}

function readOperandOrFunction(reader: StatementReader): ParsedNode {
  const { kind, text } = peek(reader);
  const called = peek(reader, 1).kind === "(";
  if (called && (kind === "word" || (kind === "keyword" && text === "SIZE"))) {
    return readFunction(reader, text.toLowerCase());
  }
  if (kind !== "word" && kind !== "quoted") return readTerm(reader);
  return { kind: "path", path: readPath(reader) };
}

/** Names of functions are taken in any case. */
function readFunction(reader: StatementReader, name: string): ParsedNode {
  if (name !== "size" && !isConditionFunction(name)) {
    fail(reader, formTexts.unknownFunction(peek(reader).text));
    return missingTerm;
  }
  if (!enter(reader)) return missingTerm;
  reader.operatorCount += 1;
  reader.position += 1;
  expect(reader, "(");
  const operands = readOperands(reader, ")");
  leave(reader);
  return name === "size" ? { kind: "size", operands } : { kind: "function", name, operands };
}

function isConditionFunction(name: string): name is ConditionFunction {
  return name === "attribute_type" || name === "begins_with" || name === "contains";
}

/** Stands in for what could not be read. */
const noCondition: ParsedCondition = Object.freeze({ kind: "and", conditions: [] });

/** A path or value alone is no condition: a comparison should have followed. */
function asCondition(reader: StatementReader, node: ParsedNode): ParsedCondition {
  if (!isOperand(node)) return node;
  failAtToken(reader);
  return noCondition;
}
