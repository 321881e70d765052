/**
 * Wire values to AttributeValues: one walk that checks, normalizes, measures and counts levels. Checks follow
 * the order of the values; the first issue is the answer. JSON types were checked before (an S is a string, a
 * list is an array...), so what is checked here is what only DynamoDB's rules forbid.
 */

import { assert, limits } from "../base/index.ts";
import { base64SizeBytes, canonicalBase64 } from "./base64.ts";
import { parseDecimal } from "./decimal.ts";
import {
  duplicatesIssue,
  emptySetIssues,
  emptyValueIssue,
  nameEmptyIssue,
  nameTooLargeIssue,
  nullIssue,
  numberIssue,
  severalTypesIssue,
  type ValueIssue,
} from "./issues.ts";
import { containerSizeBytes, memberSizeBytes, numberSizeBytes } from "./size.ts";
import { stringSizeBytes } from "./text.ts";
import type { AttributeType, AttributeValue, Item, ScalarType, SetValue } from "./types.ts";

export interface ParsedValue {
  readonly kind: "value";
  readonly value: AttributeValue;
  readonly sizeBytes: number;
  /** 1 for a scalar or set, one more for each list or map around it. */
  readonly nestingLevels: number;
}

export interface ParsedItem {
  readonly kind: "item";
  readonly item: Item;
  readonly sizeBytes: number;
  /** The most of any attribute; 0 for an item without attributes. */
  readonly nestingLevels: number;
}

/**
 * More than `limits.nestingLevelsMax` levels are for the caller to refuse, at its own place in the order of
 * checks; what lies deeper is then not in the value.
 */
export function parseAttributeValue(wire: unknown): ParsedValue | ValueIssue {
  const walk: Walk = { sizeBytes: 0, nestingLevels: 0, issue: undefined };
  const value = parseValue(walk, wire, 1);
  return walk.issue ?? { kind: "value", value, sizeBytes: walk.sizeBytes, nestingLevels: walk.nestingLevels };
}

/** As parseAttributeValue, for the attributes of an item or key. */
export function parseItem(wire: Readonly<Record<string, unknown>>): ParsedItem | ValueIssue {
  const walk: Walk = { sizeBytes: 0, nestingLevels: 0, issue: undefined };
  const item = parseAttributes(walk, wire, 1);
  return walk.issue ?? { kind: "item", item, sizeBytes: walk.sizeBytes, nestingLevels: walk.nestingLevels };
}

/** Totals so far. Once there is an issue, what the walk returns means nothing. */
interface Walk {
  sizeBytes: number;
  nestingLevels: number;
  issue: ValueIssue | undefined;
}

/** Stands for a value after an issue, and for what lies too deep. */
const placeholder: AttributeValue = { type: "NULL", value: true };

/**
 * The issue of a null where a value, a list element, a map value or a set member should be. Unconfirmed: to the
 * service such a null is an AttributeValue with none of its members.
 */
const nullPlaceIssue = emptyValueIssue;

type Members = Readonly<Record<string, unknown>>;

function parseValue(walk: Walk, wire: unknown, level: number): AttributeValue {
  if (level > walk.nestingLevels) {
    walk.nestingLevels = level;
  }
  // The walk ends at the first level too many, however deep the request goes.
  if (level > limits.nestingLevelsMax) {
    return placeholder;
  }
  if (wire === null || wire === undefined) {
    return fail(walk, nullPlaceIssue);
  }
  assert(isMembers(wire), "an attribute value is an object");
  let type: AttributeType | undefined;
  for (const member in wire) {
    if (!isAttributeType(member) || isAbsent(wire[member])) {
      continue;
    }
    if (type !== undefined) {
      return fail(walk, issueOfSeveral(wire));
    }
    type = member;
  }
  if (type === undefined) {
    return fail(walk, emptyValueIssue);
  }
  switch (type) {
    case "L":
      return { type, value: parseList(walk, wire["L"], level + 1) };
    case "M":
      return { type, value: parseMap(walk, wire["M"], level + 1) };
    case "SS":
    case "NS":
    case "BS":
      return parseSet(walk, type, wire[type]);
    default:
      return parsePlain(walk, type, wire[type]);
  }
}

function parsePlain(walk: Walk, type: ScalarType | "BOOL" | "NULL", content: unknown): AttributeValue {
  switch (type) {
    case "S":
      assert(typeof content === "string", "S is a string");
      walk.sizeBytes += stringSizeBytes(content);
      return { type, value: content };
    case "N": {
      const value = parseNumber(walk, content);
      walk.sizeBytes += numberSizeBytes(value);
      return { type, value };
    }
    case "B": {
      const value = parseBinary(content);
      walk.sizeBytes += base64SizeBytes(value);
      return { type, value };
    }
    case "BOOL":
      assert(typeof content === "boolean", "BOOL is a boolean");
      walk.sizeBytes += 1;
      return { type, value: content };
    case "NULL":
      walk.sizeBytes += 1;
      return content === true ? { type, value: true } : fail(walk, nullIssue);
  }
}

/** The normalized text; "0" after an issue. */
function parseNumber(walk: Walk, content: unknown): string {
  assert(typeof content === "string", "N is a string");
  const parsed = parseDecimal(content);
  if (parsed.kind === "decimal") {
    return parsed.text;
  }
  walk.issue ??= numberIssue(parsed.message);
  return "0";
}

function parseBinary(content: unknown): string {
  assert(typeof content === "string", "B is a string");
  return canonicalBase64(content);
}

/** Members first, then whether they are unique: a bad number is reported before duplicates. */
function parseSet(walk: Walk, type: SetValue["type"], content: unknown): AttributeValue {
  assert(Array.isArray(content), "a set is an array");
  const wire: readonly unknown[] = content;
  if (wire.length === 0) {
    return fail(walk, emptySetIssues[type]);
  }
  const value: string[] = [];
  for (const member of wire) {
    if (isAbsent(member)) {
      return fail(walk, nullPlaceIssue);
    }
    value.push(parseMember(walk, type, member));
    if (walk.issue !== undefined) {
      return placeholder;
    }
  }
  if (hasDuplicates(value)) {
    return fail(walk, duplicatesIssue(type, value));
  }
  return { type, value };
}

function parseMember(walk: Walk, type: SetValue["type"], wire: unknown): string {
  switch (type) {
    case "SS":
      assert(typeof wire === "string", "a member of SS is a string");
      walk.sizeBytes += stringSizeBytes(wire);
      return wire;
    case "NS": {
      const member = parseNumber(walk, wire);
      walk.sizeBytes += numberSizeBytes(member);
      return member;
    }
    case "BS": {
      const member = parseBinary(wire);
      walk.sizeBytes += base64SizeBytes(member);
      return member;
    }
  }
}

function parseList(walk: Walk, content: unknown, level: number): readonly AttributeValue[] {
  assert(Array.isArray(content), "L is an array");
  const wire: readonly unknown[] = content;
  walk.sizeBytes += containerSizeBytes + wire.length * memberSizeBytes;
  const value: AttributeValue[] = [];
  for (const element of wire) {
    value.push(parseValue(walk, element, level));
    if (walk.issue !== undefined) {
      break;
    }
  }
  return value;
}

function parseMap(walk: Walk, content: unknown, level: number): Item {
  assert(isMembers(content), "M is an object");
  const value = parseAttributes(walk, content, level);
  walk.sizeBytes += containerSizeBytes + value.size * memberSizeBytes;
  return value;
}

/** Names and values of an item or a map. */
function parseAttributes(walk: Walk, wire: Members, level: number): Item {
  const item = new Map<string, AttributeValue>();
  for (const name of Object.keys(wire)) {
    const nameBytes = stringSizeBytes(name);
    walk.sizeBytes += nameBytes;
    if (nameBytes === 0 || nameBytes > limits.attributeNameBytesMax) {
      walk.issue = nameBytes === 0 ? nameEmptyIssue : nameTooLargeIssue;
      break;
    }
    item.set(name, parseValue(walk, wire[name], level));
    if (walk.issue !== undefined) {
      break;
    }
  }
  return item;
}

/** A bad number is reported before the fact that there are several types [observed]. */
function issueOfSeveral(wire: Members): ValueIssue {
  const numbers = isAbsent(wire["NS"]) ? [wire["N"]] : [wire["N"], ...(wire["NS"] as readonly unknown[])];
  for (const number of numbers) {
    const parsed = typeof number === "string" ? parseDecimal(number) : undefined;
    if (parsed?.kind === "issue") {
      return numberIssue(parsed.message);
    }
  }
  return severalTypesIssue;
}

function hasDuplicates(members: readonly string[]): boolean {
  return members.length > 1 && new Set(members).size < members.length;
}

function fail(walk: Walk, issue: ValueIssue): AttributeValue {
  walk.issue ??= issue;
  return placeholder;
}

function isAbsent(wire: unknown): wire is null | undefined {
  return wire === null || wire === undefined;
}

function isMembers(wire: unknown): wire is Members {
  return typeof wire === "object" && wire !== null && !Array.isArray(wire);
}

function isAttributeType(member: string): member is AttributeType {
  switch (member) {
    case "S":
    case "N":
    case "B":
    case "SS":
    case "NS":
    case "BS":
    case "BOOL":
    case "NULL":
    case "L":
    case "M":
      return true;
    default:
      return false;
  }
}
