/** Reads what an UPDATE does: SET and REMOVE words, each as often as wanted and with one action or several. */
import { type DocumentPath, formTexts } from "../expressions/index.ts";
import { malformedTexts } from "./issues.ts";
import { missingTerm, readPath, readTerm } from "./read-term.ts";
import {
  accept,
  acceptKeyword,
  enter,
  expect,
  fail,
  leave,
  peek,
  type StatementReader,
} from "./statement-reader.ts";
import type { ParsedAction, ParsedUpdateValue } from "./syntax-tree.ts";

export function readActions(reader: StatementReader): readonly ParsedAction[] {
  const actions: ParsedAction[] = [];
  for (;;) {
    if (acceptKeyword(reader, "SET")) {
      do actions.push(readSet(reader));
      while (accept(reader, ","));
    } else if (acceptKeyword(reader, "REMOVE")) {
      do actions.push({ kind: "remove", path: readPath(reader) });
      while (accept(reader, ","));
    } else {
      break;
    }
  }
  if (actions.length === 0) fail(reader, malformedTexts.dataManipulation);
  return actions;
}

function readSet(reader: StatementReader): ParsedAction {
  const path = readPath(reader);
  expect(reader, "=");
  const name = calledFunction(reader);
  return name === "set_add" || name === "set_delete"
    ? readSetChange(reader, path, name)
    : { kind: "set", path, value: readValue(reader) };
}

function readSetChange(
  reader: StatementReader,
  path: DocumentPath,
  name: "set_add" | "set_delete",
): ParsedAction {
  reader.operatorCount += 1;
  reader.position += 1;
  expect(reader, "(");
  const operand = readPath(reader);
  expect(reader, ",");
  const members = readTerm(reader);
  expect(reader, ")");
  return { kind: name === "set_add" ? "setAdd" : "setDelete", path, operand, members };
}

/** One + or - joins two operands, as in update expressions. */
function readValue(reader: StatementReader): ParsedUpdateValue {
  const left = readOperand(reader);
  const { kind } = peek(reader);
  if (kind !== "+" && kind !== "-") return left;
  reader.position += 1;
  reader.operatorCount += 1;
  return { kind: "arithmetic", operator: kind, left, right: readOperand(reader) };
}

function readOperand(reader: StatementReader): ParsedUpdateValue {
  const { kind } = peek(reader);
  if (kind === "(") return readGroup(reader);
  if (calledFunction(reader) !== undefined) return readFunction(reader);
  return kind === "word" || kind === "quoted" ? { kind: "path", path: readPath(reader) } : readTerm(reader);
}

function readGroup(reader: StatementReader): ParsedUpdateValue {
  if (!enter(reader)) return missingTerm;
  expect(reader, "(");
  const inner = readValue(reader);
  expect(reader, ")");
  leave(reader);
  return inner;
}

/** The name in lower case of the function that is called here, if one is. */
function calledFunction(reader: StatementReader): string | undefined {
  const { kind, text } = peek(reader);
  return kind === "word" && peek(reader, 1).kind === "(" ? text.toLowerCase() : undefined;
}

function readFunction(reader: StatementReader): ParsedUpdateValue {
  if (calledFunction(reader) !== "list_append") {
    fail(reader, formTexts.unknownFunction(peek(reader).text));
    return missingTerm;
  }
  if (!enter(reader)) return missingTerm;
  reader.operatorCount += 1;
  reader.position += 1;
  expect(reader, "(");
  const first = readOperand(reader);
  expect(reader, ",");
  const second = readOperand(reader);
  expect(reader, ")");
  leave(reader);
  return { kind: "listAppend", first, second };
}
