/** Reads names, document paths and what stands for values. */
import { limits } from "../base/index.ts";
import { type DocumentPath, formTexts, listIndexMax, type PathElement } from "../expressions/index.ts";
import { parseAttributeValue } from "../values/index.ts";
import { accept, enter, expect, failAtToken, leave, peek, type StatementReader } from "./statement-reader.ts";
import type { ParsedMember, ParsedTerm } from "./syntax-tree.ts";

/** Stands in for what could not be read. */
export const missingTerm: ParsedTerm = Object.freeze({ kind: "missing" });

/** A word that is not reserved, or anything in double quotes; empty after a problem. */
export function readName(reader: StatementReader): string {
  const { kind, text } = peek(reader);
  if (kind !== "word" && kind !== "quoted") {
    failAtToken(reader);
    return "";
  }
  reader.position += 1;
  return text;
}

const noElements: readonly PathElement[] = Object.freeze([]);

export function readPath(reader: StatementReader): DocumentPath {
  const name = readName(reader);
  const { kind } = peek(reader);
  if (kind !== "." && kind !== "[") return { name, inner: noElements };
  const inner: PathElement[] = [];
  for (;;) {
    if (accept(reader, ".")) inner.push(readName(reader));
    else if (accept(reader, "[")) inner.push(readIndex(reader));
    else break;
  }
  const levels = inner.length + 1;
  if (levels > limits.documentPathLevelsMax) reader.finding ??= formTexts.pathDepth(levels);
  return { name, inner };
}

const digits = /^[0-9]+$/;

function readIndex(reader: StatementReader): number {
  const { text } = peek(reader);
  expect(reader, "number");
  if (reader.problem === undefined && !digits.test(text)) {
    reader.position -= 1;
    failAtToken(reader);
  }
  expect(reader, "]");
  const index = Number(text);
  if (index > listIndexMax) reader.finding ??= formTexts.listIndex(text);
  return index;
}

export function readTerm(reader: StatementReader): ParsedTerm {
  const { kind, text } = peek(reader);
  switch (kind) {
    case "string":
      reader.position += 1;
      return { kind: "value", value: { type: "S", value: text } };
    case "number":
      reader.position += 1;
      return number(reader, text);
    case "+":
    case "-":
      return readSigned(reader);
    case "?":
      reader.position += 1;
      reader.parameterCount += 1;
      return { kind: "parameter", position: reader.parameterCount - 1 };
    case "keyword":
      return readConstant(reader, text);
    case "[":
      return { kind: "list", members: readMembers(reader, "]") };
    case "<<":
      return { kind: "set", members: readMembers(reader, ">>") };
    case "{":
      return readMap(reader);
    default:
      failAtToken(reader);
      return missingTerm;
  }
}

function readSigned(reader: StatementReader): ParsedTerm {
  const sign = accept(reader, "-") ? "-" : "";
  if (sign === "") expect(reader, "+");
  const { text } = peek(reader);
  expect(reader, "number");
  return reader.problem === undefined ? number(reader, `${sign}${text}`) : missingTerm;
}

function number(reader: StatementReader, text: string): ParsedTerm {
  const parsed = parseAttributeValue({ N: text });
  if (parsed.kind === "value") return { kind: "value", value: parsed.value };
  reader.finding ??= parsed.message;
  return missingTerm;
}

function readConstant(reader: StatementReader, word: string): ParsedTerm {
  reader.position += 1;
  switch (word) {
    case "NULL":
      return { kind: "value", value: { type: "NULL", value: true } };
    case "TRUE":
    case "FALSE":
      return { kind: "value", value: { type: "BOOL", value: word === "TRUE" } };
    case "MISSING":
      return missingTerm;
    default:
      reader.position -= 1;
      failAtToken(reader);
      return missingTerm;
  }
}

/** The members of a list or set, the bracket that opens it included. */
function readMembers(reader: StatementReader, close: "]" | ">>"): readonly ParsedTerm[] {
  const members: ParsedTerm[] = [];
  readEnclosed(reader, close, () => members.push(readTerm(reader)));
  return members;
}

function readMap(reader: StatementReader): ParsedTerm {
  const members: ParsedMember[] = [];
  readEnclosed(reader, "}", () => {
    const name = peek(reader).text;
    expect(reader, "string");
    expect(reader, ":");
    members.push({ name, term: readTerm(reader) });
  });
  return { kind: "map", members };
}

/** Members with commas between them, or none, up to the bracket that closes. */
function readEnclosed(reader: StatementReader, close: "]" | ">>" | "}", readMember: () => void): void {
  if (!enter(reader)) return;
  reader.position += 1;
  if (!accept(reader, close)) {
    do readMember();
    while (accept(reader, ","));
    expect(reader, close);
  }
  leave(reader);
}
