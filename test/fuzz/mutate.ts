/**
 * Makes a wrong request of a right one: changes in the JSON structure, in members and their values, inside
 * expressions, and in the bytes. One to four changes at a time, so that many requests get past the first check.
 */
import type { Random } from "../../src/base/index.ts";
import type { Sample } from "./corpus.ts";

export interface FuzzedRequest {
  readonly operation: string;
  readonly body: Uint8Array;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export function fuzzed(sample: Sample, samples: readonly Sample[], random: Random): FuzzedRequest {
  let request = structuredClone(sample.request) as Json;
  if (random.below(3) === 0) request = crossed(request, pick(samples, random).request as Json, random);
  const changes = 1 + (random.below(3) === 0 ? random.below(3) : 0);
  for (let change = 0; change < changes; change++) request = changedSomewhere(request, random);
  // Now and then a request of one operation is sent to another.
  const operation = random.below(20) === 0 ? pick(samples, random).operation : sample.operation;
  const body = Buffer.from(JSON.stringify(request), "utf8");
  return { operation, body: random.below(12) === 0 ? changedBytes(body, random) : body };
}

const interesting: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  1e21,
  -1e-7,
  2 ** 31,
  2 ** 53 + 2,
  "",
  " ",
  "a",
  "__proto__",
  "constructor",
  "0",
  "1e130",
  "1e-200",
  "NaN",
  "9".repeat(40),
  "A".repeat(70_000),
  "\u0000",
  "\ud800",
  "\u{1f600}",
  "#",
  ":v",
  "arn:aws:dynamodb:us-east-1:000000000000:table/fuzz-text",
  [],
  {},
  [[]],
  [null],
  { S: "a" },
  { N: "1" },
  { N: "1e126" },
  { B: "A" },
  { B: "AQ==" },
  { NULL: true },
  { SS: [] },
  { SS: ["a", "a"] },
  { L: [{}] },
  { M: { ["__proto__"]: { S: "x" } } },
  { S: "a", N: "1" },
];

const memberNames: readonly string[] = [
  "TableName",
  "Key",
  "Item",
  "Keys",
  "Limit",
  "Select",
  "IndexName",
  "ConsistentRead",
  "ExclusiveStartKey",
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
  "ProjectionExpression",
  "UpdateExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "Expected",
  "AttributesToGet",
  "ReturnValues",
  "Segment",
  "TotalSegments",
  "GlobalSecondaryIndexes",
  "StreamSpecification",
  "BillingMode",
  "pk",
  "sk",
  "S",
  "N",
  "L",
  "M",
  "__proto__",
  "toString",
];

/** Right values where another value stood: these get past the checks of shapes. */
const attributeValues: readonly Json[] = [
  { S: "a" },
  { S: "" },
  { S: "\u{1f600}" },
  { S: "x".repeat(1_025) },
  { N: "0" },
  { N: "-1.5e-3" },
  { N: "9.9e125" },
  { N: "1".repeat(38) },
  { B: "AQ==" },
  { B: "" },
  { BOOL: true },
  { NULL: true },
  { L: [] },
  { L: [{ N: "1" }, { S: "x" }] },
  { M: {} },
  { M: { k: { N: "1" }, deep: { M: { n: { N: "2" } } } } },
  { SS: ["a", "q"] },
  { NS: ["1", "3"] },
  { BS: ["AQ=="] },
];

const typeNames: ReadonlySet<string> = new Set(["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]);

function looksLikeValue(value: { readonly [name: string]: Json }): boolean {
  const names = Object.keys(value);
  return names.length === 1 && typeNames.has(names[0] ?? "");
}

/** A member of one request, in the other. */
function crossed(request: Json, other: Json, random: Random): Json {
  if (!isObject(request) || !isObject(other)) return request;
  const [name, value] = pick(Object.entries(other), random);
  return name === "TableName" ? request : { ...request, [name]: value };
}

/** Walks down to a random node and changes it there. */
function changedSomewhere(value: Json, random: Random): Json {
  if (typeof value === "object" && value !== null && random.below(10) > 0) {
    if (isList(value)) {
      if (value.length === 0) return changed(value, random);
      const at = random.below(value.length);
      return value.map((element, index) => (index === at ? changedSomewhere(element, random) : element));
    }
    const entries = Object.entries(value);
    if (entries.length === 0) return changed(value, random);
    const at = random.below(entries.length);
    return fromEntries(
      entries.map(([name, member], index) => [
        name,
        index === at ? changedSomewhere(member, random) : member,
      ]),
    );
  }
  return changed(value, random);
}

function changed(value: Json, random: Random): Json {
  if (isObject(value) && looksLikeValue(value) && random.below(2) === 0) return pick(attributeValues, random);
  if (random.below(10) === 0) return pick(interesting, random);
  if (typeof value === "string") return changedText(value, random);
  if (typeof value === "number") return random.below(2) === 0 ? -value : value * 1000;
  if (typeof value === "boolean" || value === null) return pick(interesting, random);
  if (isList(value)) return changedList(value, random);
  return changedObject(value, random);
}

function changedList(list: readonly Json[], random: Random): Json {
  switch (random.below(5)) {
    case 0:
      return [...list, pick(interesting, random)];
    case 1:
      return list.slice(1);
    case 2:
      return [...list, ...list];
    case 3:
      return Array.from({ length: 120 }, () => list[0] ?? null);
    default:
      return list.toReversed();
  }
}

function changedObject(object: { readonly [name: string]: Json }, random: Random): Json {
  const entries = Object.entries(object);
  const at = random.below(Math.max(1, entries.length));
  switch (random.below(7)) {
    case 0:
      return fromEntries(entries.filter((_, index) => index !== at));
    case 1:
      return fromEntries([...entries, [pick(memberNames, random), pick(interesting, random)]]);
    case 2:
      return fromEntries(
        entries.map(([name, member], index) => [index === at ? pick(memberNames, random) : name, member]),
      );
    case 3:
      return fromEntries(
        entries.map(([name, member], index) => [index === at ? changedText(name, random) : name, member]),
      );
    case 4:
      return [object];
    case 5:
      return deep(object, random);
    default:
      return fromEntries([
        ...entries,
        ...Array.from({ length: 40 }, (_, index): [string, Json] => [`extra${index}`, { S: "x" }]),
      ]);
  }
}

function deep(value: Json, random: Random): Json {
  let nested = value;
  const levels = [2, 31, 33, 1_000][random.below(4)] ?? 2;
  for (let level = 0; level < levels; level++)
    nested = level % 2 === 0 ? { L: [nested] } : { M: { k: nested } };
  return nested;
}

const words: readonly string[] = [
  "AND",
  "OR",
  "NOT",
  "IN",
  "BETWEEN",
  "SET",
  "REMOVE",
  "ADD",
  "DELETE",
  "size",
  "contains",
  "begins_with",
  "attribute_exists",
  "attribute_type",
  "if_not_exists",
  "list_append",
  "(",
  ")",
  ",",
  ".",
  "[0]",
  "[99999999999]",
  "=",
  "<>",
  "<=",
  "+",
  "-",
  ":n",
  ":nowhere",
  "#s",
  "#nowhere",
  "pk",
  "l",
  "m.k",
  "name",
  "'",
  '"',
  "\u0000",
  "\u00e9",
];

/** Tokens of an expression, or just characters: texts of all kinds go through here. */
function changedText(text: string, random: Random): string {
  const tokens = text.split(/(?<=\W)|(?=\W)/u);
  const at = random.below(Math.max(1, tokens.length));
  switch (random.below(8)) {
    case 0:
      return tokens.toSpliced(at, 1).join("");
    case 1:
      return tokens.toSpliced(at, 0, ` ${pick(words, random)} `).join("");
    case 2:
      return tokens.toSpliced(at, 1, pick(words, random)).join("");
    case 3:
      return tokens.toSpliced(at, 0, tokens[random.below(Math.max(1, tokens.length))] ?? "").join("");
    case 4:
      return text.slice(0, random.below(text.length + 1));
    case 5:
      return text + text;
    case 6:
      return `${"(".repeat(200)}${text}${")".repeat(200)}`;
    default:
      return `${text} ${pick(words, random)} `.repeat(300).slice(0, 5_000);
  }
}

function changedBytes(body: Buffer, random: Random): Uint8Array {
  const bytes = Buffer.from(body);
  const at = random.below(Math.max(1, bytes.length));
  switch (random.below(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      bytes[at] = random.below(256);
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))]);
    default:
      return Buffer.concat([bytes, bytes]);
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !isList(value);
}

/** Keeps a member called __proto__ a member. */
function fromEntries(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries);
}

function pick<T>(from: readonly T[], random: Random): T {
  const chosen = from[random.below(from.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}
