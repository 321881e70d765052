/**
 * Stored bytes back to values. Reads exactly the form json.ts writes, which makes it twice as fast as
 * JSON.parse and a walk over its objects, keeps the order of the attributes (objects move names that are
 * integers to the front), and never lets an attribute's name meet an object. Bytes in any other form are a
 * store that contradicts itself, hence assertions.
 */

import { assert, AssertionFailure } from "../base/index.ts";
import type { AttributeValue, Item, ScalarType, SetValue } from "./types.ts";

/** Reads back what encodeItem wrote; nothing about the values is checked again. */
export function decodeItem(bytes: Uint8Array): Item {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const reader: Reader = { text, at: 0, escapes: text.includes("\\") };
  const item = readAttributes(reader);
  assert(reader.at === text.length, "a stored item ends with its last attribute");
  return item;
}

interface Reader {
  readonly text: string;
  /** Index of the next character to read. */
  at: number;
  /** False when no string of the item can hold an escape: their ends are then the next quotes. */
  readonly escapes: boolean;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const listStart = 0x5b;
const backslash = 0x5c;
const listEnd = 0x5d;
const objectStart = 0x7b;
const objectEnd = 0x7d;

function readAttributes(reader: Reader): Item {
  const item = new Map<string, AttributeValue>();
  expectUnit(reader, objectStart);
  if (skipUnit(reader, objectEnd)) {
    return item;
  }
  do {
    const name = readString(reader);
    expectUnit(reader, colon);
    item.set(name, readValue(reader));
  } while (skipUnit(reader, comma));
  expectUnit(reader, objectEnd);
  return item;
}

function readValue(reader: Reader): AttributeValue {
  expectUnit(reader, objectStart);
  const type = readString(reader);
  expectUnit(reader, colon);
  const value = readContent(reader, type);
  expectUnit(reader, objectEnd);
  return value;
}

function readContent(reader: Reader, type: string): AttributeValue {
  switch (type) {
    case "S":
    case "N":
    case "B":
      return scalar(type, readString(reader));
    case "BOOL":
      return { type: "BOOL", value: readTruth(reader) };
    case "NULL":
      readTruth(reader);
      return { type: "NULL", value: true };
    case "SS":
    case "NS":
    case "BS":
      return set(type, readList(reader, readString));
    case "L":
      return { type, value: readList(reader, readValue) };
    case "M":
      return { type, value: readAttributes(reader) };
    default:
      throw new AssertionFailure(`a stored value has a known type, not ${type}`);
  }
}

function scalar(type: ScalarType, value: string): AttributeValue {
  return { type, value };
}

function set(type: SetValue["type"], value: readonly string[]): AttributeValue {
  return { type, value };
}

function readList<T>(reader: Reader, read: (reader: Reader) => T): readonly T[] {
  const list: T[] = [];
  expectUnit(reader, listStart);
  if (skipUnit(reader, listEnd)) {
    return list;
  }
  do {
    list.push(read(reader));
  } while (skipUnit(reader, comma));
  expectUnit(reader, listEnd);
  return list;
}

function readTruth(reader: Reader): boolean {
  const truth = reader.text.startsWith("true", reader.at);
  assert(truth || reader.text.startsWith("false", reader.at), "a stored truth value is true or false");
  reader.at += truth ? 4 : 5;
  return truth;
}

function readString(reader: Reader): string {
  const { text } = reader;
  expectUnit(reader, quote);
  const start = reader.at;
  let end = text.indexOf('"', start);
  while (reader.escapes && isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  assert(end >= 0, "a stored string ends");
  reader.at = end + 1;
  const content = text.slice(start, end);
  if (reader.escapes && content.includes("\\")) {
    return JSON.parse(`"${content}"`) as string;
  }
  return content;
}

/** A quote is part of the string when the backslashes before it are odd in number. */
function isEscaped(text: string, quoteAt: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quoteAt - 1 - backslashes) === backslash) {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

function expectUnit(reader: Reader, unit: number): void {
  assert(reader.text.charCodeAt(reader.at) === unit, "stored JSON is canonical");
  reader.at += 1;
}

function skipUnit(reader: Reader, unit: number): boolean {
  if (reader.text.charCodeAt(reader.at) !== unit) {
    return false;
  }
  reader.at += 1;
  return true;
}
