/**
 * Sizes of items and of index entries, by the byte: as TableSizeBytes and IndexSizeBytes, which are exact here. The
 * numbers are those of the developer guide and of measurements of the service.
 */
import { B, BS, type JsonObject, L, M, N, nil, no, NS, S, SS } from "./case-types.ts";
import { filled, type IndexedCase, type IndexedGroup, items } from "./indexed-case.ts";

function sizes(
  name: string,
  table: string,
  given: readonly JsonObject[],
  expected: { readonly table: number; readonly local?: number; readonly global?: number },
): IndexedCase {
  const ofIndex = (bytes: number | undefined): readonly JsonObject[] => [{ IndexSizeBytes: bytes }];
  return {
    name: `${name}: ${expected.local ?? expected.global ?? expected.table}`,
    table,
    given,
    operation: "DescribeTable",
    request: {},
    expect: {
      includes: {
        Table: {
          ItemCount: given.length,
          TableSizeBytes: expected.table,
          ...(expected.local === undefined ? {} : { LocalSecondaryIndexes: ofIndex(expected.local) }),
          ...(expected.global === undefined ? {} : { GlobalSecondaryIndexes: ofIndex(expected.global) }),
        },
      },
    },
  };
}

/** Beside "pk" of one byte and the name "v". */
function sizeOfValue(name: string, value: JsonObject, bytes: number): IndexedCase {
  return {
    ...sizes(`1: ${name}`, "plain-hash", [{ pk: S("k"), v: value }], { table: 4 + bytes }),
    name: `1: ${name}: ${bytes}`,
  };
}

const numbers: readonly (readonly [text: string, bytes: number])[] = [
  ["0", 1],
  ["-0", 1],
  ["1", 2],
  ["-1", 3],
  ["9", 2],
  ["10", 2],
  ["12", 2],
  ["-12", 3],
  ["100", 2],
  ["101", 3],
  ["120", 3],
  ["123", 3],
  ["1234", 3],
  ["12345", 4],
  ["1.2", 3],
  ["12.34", 3],
  ["1.234", 4],
  ["1.50", 3],
  ["0.1", 2],
  ["0.12", 2],
  ["0.012", 3],
  ["1e3", 2],
  ["1e125", 2],
  ["1e-130", 2],
  ["9".repeat(38), 20],
  [`${"9".repeat(37)}.9`, 21],
  [`-${"9".repeat(38)}`, 21],
];

const values: readonly IndexedCase[] = [
  sizeOfValue("an empty text", S(""), 0),
  sizeOfValue("a text of three letters", S("abc"), 3),
  sizeOfValue("a text in UTF-8", S("é€\u{1f600}"), 2 + 3 + 4),
  sizeOfValue("three bytes as they are decoded", B("AQID"), 3),
  sizeOfValue("a Boolean", no, 1),
  sizeOfValue("a null", nil, 1),
  sizeOfValue("an empty list", L(), 3),
  sizeOfValue("an empty map", M({}), 3),
  sizeOfValue("a list: 3 and 1 for each element", L(S("ab"), nil, N(12)), 3 + (1 + 2) + (1 + 1) + (1 + 2)),
  sizeOfValue("a map: 3, 1 for each pair, its names", M({ key: S("ab"), é: no }), 3 + (1 + 5) + (1 + 3)),
  sizeOfValue("a list in a map", M({ l: L(L()) }), 3 + (1 + 1 + 3 + (1 + 3))),
  sizeOfValue("a set of texts: its members", SS("a", "bcd"), 4),
  sizeOfValue("a set of numbers: its members", NS(0, 1, 123), 1 + 2 + 3),
  sizeOfValue("a set of binaries: its members", BS("AQ==", "AQID"), 4),
];

const documented: readonly IndexedCase[] = [
  sizes("1: the guide's shirt", "shirts", [items({ "shirt-color": "R", "shirt-size": "M" })], { table: 23 }),
  sizes("1: a name in UTF-8", "plain-hash", [{ pk: S("k"), é: no }], { table: 3 + 3 }),
  sizes("1: items add up", "plain-hash", [items({ pk: "a" }), items({ pk: "bc" })], { table: 3 + 4 }),
];

/**
 * Images of the records in the documentation of streams, whose SizeBytes are sums of such sizes: 5 + 21 = 26 for the
 * insertion, 5 + 33 + 21 = 59 for the change, 5 + 33 = 38 for the removal, 41 for keys alone.
 */
const images: readonly IndexedCase[] = [
  sizes("streams 1.5: keys of the insertion", "messages", [{ Id: N(101) }], { table: 5 }),
  sizes("streams 1.5: its new image", "messages", [{ Id: N(101), Message: S("New item!") }], { table: 21 }),
  sizes("streams 1.5: the changed image", "messages", [{ Id: N(101), Message: S("This item has changed") }], {
    table: 33,
  }),
  sizes(
    "streams 1.5: keys alone",
    "threads",
    [items({ ForumName: "DynamoDB", Subject: "DynamoDB Thread 1" })],
    { table: 41 },
  ),
];

const entry = { pk: "k", g: "g", a: "yes" };
const localEntry = { pk: "k", sk: "s", g: "g", a: "yes" };
// pk, g and their values; then a; then the rest. No 100 bytes for the entry, which are for the bill alone.
const keyBytes = 3 + 2;
const localKeyBytes = 3 + 3 + 2;

const entries: readonly IndexedCase[] = [
  sizes("4: an entry with all", "global-all", [filled(entry, 500)], { table: 500, global: 500 }),
  sizes("4: an entry with keys only", "global-keys", [filled(entry, 500)], { table: 500, global: keyBytes }),
  sizes("4: an entry with some", "global-some", [filled(entry, 500)], { table: 500, global: keyBytes + 4 }),
  sizes("4: an entry without what it would project", "global-some", [filled({ pk: "k", g: "g" }, 500)], {
    table: 500,
    global: keyBytes,
  }),
  sizes("4: no entry without the index key", "global-all", [filled({ pk: "k" }, 500)], {
    table: 500,
    global: 0,
  }),
  sizes("4: a local entry with all", "local-all", [filled(localEntry, 500)], { table: 500, local: 500 }),
  sizes("4: a local entry with keys only", "local-keys", [filled(localEntry, 500)], {
    table: 500,
    local: localKeyBytes,
  }),
  sizes("4: a local entry with some", "local-some", [filled(localEntry, 500)], {
    table: 500,
    local: localKeyBytes + 4,
  }),
  sizes("4: keys of the table are held once", "global-same", [filled({ pk: "k", sk: "s" }, 500)], {
    table: 500,
    global: 6,
  }),
  sizes(
    "4: keys of several attributes",
    "many-keys",
    [{ pk: S("k"), a: S("a"), b: N(1), c: S("c"), d: N(12), e: S("e"), f: S("f") }],
    { table: 3 + 2 + 3 + 2 + 3 + 2 + 2, global: 3 + 2 + 3 + 2 + 3 + 2 },
  ),
  sizes("4: not all of several", "many-keys", [{ pk: S("k"), a: S("a"), b: N(1), c: S("c") }], {
    table: 3 + 2 + 3 + 2,
    global: 0,
  }),
];

export const sizeVectors: readonly IndexedGroup[] = [
  { title: "the guide's", cases: documented },
  { title: "numbers", cases: numbers.map(([text, bytes]) => sizeOfValue(`number ${text}`, N(text), bytes)) },
  { title: "values", cases: values },
  { title: "images of stream records", cases: images },
  { title: "index entries", cases: entries },
];
