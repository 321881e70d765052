/** What reads consume: the guide's arithmetic on tables and on their indexes, worked examples included. */
import { type JsonObject, S } from "./case-types.ts";
import {
  filled,
  type IndexedCase,
  type IndexedGroup,
  items,
  letters,
  perIndex,
  total,
  totalOf,
  type Units,
  unitsJson,
  where,
} from "./indexed-case.ts";

const key = items({ pk: "k" });
const sized = (bytes: number, pk = "k"): JsonObject => filled({ pk }, bytes);
const sizedOrNone = (bytes: number | undefined): readonly JsonObject[] =>
  bytes === undefined ? [] : [sized(bytes)];

/** One item: undefined for none, then the units of an eventual, a strong and a transactional read. */
const formula: readonly (readonly [
  bytes: number | undefined,
  ...units: readonly [number, number, number],
])[] = [
  [undefined, 0.5, 1, 2],
  [6, 0.5, 1, 2],
  [3500, 0.5, 1, 2],
  [4096, 0.5, 1, 2],
  [4097, 1, 2, 4],
  [8192, 1, 2, 4],
  [8193, 1.5, 3, 6],
  [20 * 1024, 2.5, 5, 10],
  [400 * 1024, 50, 100, 200],
];

const single: readonly IndexedCase[] = formula.flatMap(([bytes, eventual, strong, transactional]) => {
  const get = (ConsistentRead: boolean, units: number): IndexedCase => ({
    name: `2: GetItem of ${bytes ?? "no"} bytes, ${ConsistentRead ? "strong" : "eventual"}: ${units}`,
    table: "plain-hash",
    given: sizedOrNone(bytes),
    operation: "GetItem",
    request: { Key: key, ConsistentRead, ProjectionExpression: "pk", ...total },
    expect: { includes: totalOf("plain-hash", units) },
  });
  return [
    get(false, eventual),
    get(true, strong),
    {
      name: `2: TransactGetItems of ${bytes ?? "no"} bytes: ${transactional}`,
      table: "plain-hash",
      given: sizedOrNone(bytes),
      operation: "TransactGetItems",
      request: { TransactItems: [{ Get: { TableName: "plain-hash", Key: key } }], ...total },
      expect: {
        includes: {
          ConsumedCapacity: [
            { TableName: "plain-hash", CapacityUnits: transactional, ReadCapacityUnits: transactional },
          ],
        },
      },
    },
  ];
});

const keysOf = (names: readonly string[]): readonly JsonObject[] => names.map((pk) => items({ pk }));

const several: readonly IndexedCase[] = [
  {
    name: "3: BatchGetItem of 1.5 KB and 6.5 KB, strong: 4 KB + 8 KB: 3",
    table: "plain-hash",
    given: [sized(1536, "a"), sized(6656, "b")],
    operation: "BatchGetItem",
    request: {
      RequestItems: { "plain-hash": { Keys: keysOf(["a", "b"]), ConsistentRead: true } },
      ...total,
    },
    expect: { includes: { ConsumedCapacity: [{ TableName: "plain-hash", CapacityUnits: 3 }] } },
  },
  {
    name: "17.3: BatchGetItem of 1.5 KB and 6.5 KB, eventual: 1.5",
    table: "plain-hash",
    given: [sized(1536, "a"), sized(6656, "b")],
    operation: "BatchGetItem",
    request: { RequestItems: { "plain-hash": { Keys: keysOf(["a", "b"]) } }, ...total },
    expect: { includes: { ConsumedCapacity: [{ TableName: "plain-hash", CapacityUnits: 1.5 }] } },
  },
  {
    name: "3: BatchGetItem reads each table as it is told: 1.5 and 3",
    table: "plain-hash",
    given: [sized(1536, "a"), sized(6656, "b")],
    operation: "BatchGetItem",
    request: {
      RequestItems: {
        "plain-hash": { Keys: keysOf(["a", "b"]) },
        shirts: {
          Keys: ["x", "y", "z"].map((color) => items({ "shirt-color": color })),
          ConsistentRead: true,
        },
      },
      ...total,
    },
    expect: {
      includes: {
        ConsumedCapacity: [
          { TableName: "plain-hash", CapacityUnits: 1.5 },
          { TableName: "shirts", CapacityUnits: 3 },
        ],
      },
    },
  },
  {
    name: "3: TransactGetItems of three times 500 B: 6",
    table: "plain-hash",
    given: ["a", "b", "c"].map((pk) => sized(500, pk)),
    operation: "TransactGetItems",
    request: {
      TransactItems: keysOf(["a", "b", "c"]).map((Key) => ({ Get: { TableName: "plain-hash", Key } })),
      ...perIndex,
    },
    expect: {
      includes: { ConsumedCapacity: [unitsJson("plain-hash", { table: 6, as: "ReadCapacityUnits" })] },
    },
  },
];

/** `count` items of one partition, each of so many bytes. */
function collection(
  count: number,
  bytes: number,
  texts: Readonly<Record<string, string>> = {},
): readonly JsonObject[] {
  return Array.from({ length: count }, (_, index) =>
    filled({ pk: "p", sk: `s${String(index).padStart(4, "0")}`, ...texts }, bytes),
  );
}

const inPartition = where("pk = :p", { ":p": S("p") });
const withG = where("g = :g", { ":g": S("g") });

interface PageRow {
  readonly table?: string;
  readonly scan?: boolean;
  readonly more?: JsonObject;
  readonly units: number;
  /** Beside the capacity. */
  readonly page?: JsonObject;
}

/** Query of the partition, or Scan; of a table without indexes if no other is named. */
function page(name: string, given: readonly JsonObject[], row: PageRow): IndexedCase {
  const { table = "plain-range", scan = false, more, units, page: shown } = row;
  return {
    name: `${name}: ${units}`,
    table,
    given,
    operation: scan ? "Scan" : "Query",
    request: { ...(scan ? {} : inPartition), ...more, ...total },
    expect: { includes: { ...shown, ...totalOf(table, units) } },
  };
}

const strong = { ConsistentRead: true };
// The guide's example: ten items of together 40.8 KB are rounded up once, to 44 KB.
const tenItems = collection(10, 4178);
const small = collection(1500, 64);
// 256 of these are the 1 MB of a page.
const megabyte = collection(258, 4096);

const pages: readonly IndexedCase[] = [
  page("3: Query of 40.8 KB in ten items, strong", tenItems, { more: strong, units: 11 }),
  page("3: Query of 40.8 KB in ten items, eventual", tenItems, { units: 5.5 }),
  page("3: counting costs the same", tenItems, { more: { Select: "COUNT" }, units: 5.5 }),
  page("3: a projection does not make it cheaper", tenItems, {
    more: { ProjectionExpression: "sk" },
    units: 5.5,
  }),
  page("3: a filter does not make it cheaper", tenItems, {
    more: { FilterExpression: "attribute_exists(nothing)" },
    units: 5.5,
    page: { Count: 0, ScannedCount: 10 },
  }),
  page("3: what Limit leaves out is not read", tenItems, { more: { Limit: 5, ...strong }, units: 6 }),
  page("3: a second page is rounded by itself", tenItems, {
    more: { ExclusiveStartKey: items({ pk: "p", sk: "s0004" }), ...strong },
    units: 6,
  }),
  page("3: Query of 1500 items of 64 B, 96 KB, strong", small, {
    more: { Select: "COUNT", ...strong },
    units: 24,
  }),
  page("3: Query of 1500 items of 64 B, eventual", small, { more: { Select: "COUNT" }, units: 12 }),
  page("3: the 1 MB of a page are cut before the filter", megabyte, {
    more: { FilterExpression: "attribute_exists(nothing)" },
    units: 128,
    page: { Count: 0, ScannedCount: 256, LastEvaluatedKey: items({ pk: "p", sk: "s0255" }) },
  }),
  page("3: counting reads no more than 1 MB", megabyte, {
    more: { Select: "COUNT", ...strong },
    units: 256,
    page: { Count: 256, ScannedCount: 256 },
  }),
  page("3: Query that finds nothing, eventual", [], { units: 0.5, page: { Count: 0 } }),
  page("3: Query that finds nothing, strong", [], { more: strong, units: 1 }),
  page("3: Scan of 40.8 KB, strong", tenItems, { scan: true, more: strong, units: 11 }),
  page("3: Scan of 40.8 KB, eventual", tenItems, { scan: true, units: 5.5 }),
  page("3: Scan counts the same", tenItems, { scan: true, more: { Select: "COUNT" }, units: 5.5 }),
  page("3: Scan filters the same", tenItems, {
    scan: true,
    more: { FilterExpression: "attribute_exists(nothing)" },
    units: 5.5,
  }),
  // A new on-demand table has four partitions, each of which is looked at (unconfirmed).
  page("3: Scan of an empty table, eventual", [], { scan: true, units: 2 }),
  page("3: Scan of an empty table, strong", [], { scan: true, more: strong, units: 4 }),
];

/** An index read of which everything that is consumed is known. */
function index(
  name: string,
  given: readonly JsonObject[],
  row: Omit<PageRow, "units"> & { readonly table: string; readonly units: Units },
): IndexedCase {
  const { table, scan = false, more, units, page: shown } = row;
  return {
    name,
    table,
    given,
    operation: scan ? "Scan" : "Query",
    request: { ...(scan ? {} : inPartition), IndexName: "byG", ...more, ...perIndex },
    expect: { includes: { ...shown, ConsumedCapacity: unitsJson(table, units) } },
  };
}

const inIndex = (bytes: number, count: number): readonly JsonObject[] =>
  letters(count).map((pk) => filled({ pk, g: "g" }, bytes));
const keysRead = { more: withG, table: "global-keys" };

const globals: readonly IndexedCase[] = [
  index("17.5: Query of 8 entries of 2,000 B: 16 KB: 2", inIndex(2000, 8), {
    table: "global-all",
    more: withG,
    units: { table: 0, global: { byG: 2 } },
    page: { Count: 8 },
  }),
  index("3: entries of keys only count as small as they are: 0.5", inIndex(2000, 8), {
    ...keysRead,
    units: { table: 0, global: { byG: 0.5 } },
    page: { Count: 8 },
  }),
  index("4: at least the minimum where nothing is found: 0.5", [sized(2000)], {
    ...keysRead,
    units: { table: 0, global: { byG: 0.5 } },
    page: { Count: 0, ScannedCount: 0 },
  }),
  index("3: a filter on entries does not make it cheaper: 2", inIndex(2000, 8), {
    table: "global-all",
    more: { ...withG, FilterExpression: "attribute_exists(nothing)" },
    units: { table: 0, global: { byG: 2 } },
    page: { Count: 0, ScannedCount: 8 },
  }),
  index("3: Scan of 26 entries of 4,000 B: 13", inIndex(4000, 26), {
    table: "global-all",
    scan: true,
    units: { table: 0, global: { byG: 13 } },
  }),
  index("3: Scan of an index without entries: 2", [sized(2000)], {
    table: "global-all",
    scan: true,
    units: { table: 0, global: { byG: 2 } },
  }),
];

// Entries of 200 B: pk, sk and g with their values. Items of 300 B.
const long = { sk: (letter: string): string => letter.repeat(100), g: "g".repeat(94) };
const entries200 = letters(4).map((letter) => filled({ pk: "p", sk: long.sk(letter), g: long.g }, 300));
const everything = { Select: "ALL_ATTRIBUTES" };
const tiny = Array.from({ length: 300 }, (_, number) => items({ pk: "p", sk: String(number), g: "g" }));

const locals: readonly IndexedCase[] = [
  index("3: 4 local entries of 200 B hold what is asked, strong: 1", entries200, {
    table: "local-keys",
    more: strong,
    units: { table: 0, local: { byG: 1 } },
  }),
  index("3: 4 local entries of 200 B hold what is asked, eventual: 0.5", entries200, {
    table: "local-keys",
    units: { table: 0, local: { byG: 0.5 } },
  }),
  index("17.6: 4 local entries of 200 B and their items of 300 B, strong: 5", entries200, {
    table: "local-keys",
    more: { ...everything, ...strong },
    units: { table: 4, local: { byG: 1 } },
  }),
  index("17.6: 4 local entries of 200 B and their items of 300 B, eventual: 2.5", entries200, {
    table: "local-keys",
    more: everything,
    units: { table: 2, local: { byG: 0.5 } },
  }),
  index(
    "3: each fetched item is rounded by itself: 4 of 4,097 B: 9",
    letters(4).map((sk) => filled({ pk: "p", sk, g: "g" }, 4097)),
    {
      table: "local-keys",
      more: { ...everything, ...strong },
      units: { table: 8, local: { byG: 1 } },
    },
  ),
  index(
    "3: an index with all fetches nothing: 4 of 4,097 B: 5",
    letters(4).map((sk) => filled({ pk: "p", sk, g: "g" }, 4097)),
    {
      table: "local-all",
      more: { ...everything, ...strong },
      units: { table: 0, local: { byG: 5 } },
    },
  ),
  // 255 times 4 KB for the items and 4 KB for their entries are 1 MB.
  index("3: the 1 MB of a page count fetched items as 4 KB each: 256", tiny, {
    table: "local-keys",
    more: { ...everything, ...strong },
    units: { table: 255, local: { byG: 1 } },
    page: { ScannedCount: 255 },
  }),
  index("3: without fetching they are all on one page: 1", tiny, {
    table: "local-keys",
    more: strong,
    units: { table: 0, local: { byG: 1 } },
    page: { ScannedCount: 300 },
  }),
];

export const readVectors: readonly IndexedGroup[] = [
  { title: "one item", cases: single },
  { title: "several items", cases: several },
  { title: "pages", cases: pages },
  { title: "global indexes", cases: globals },
  { title: "local indexes", cases: locals },
];
