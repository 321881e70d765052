// Query and Scan on local and global indexes: what they answer, page by page, and what that costs.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type IndexedTable, openIndexedTable } from "../testing/indexed-table.ts";
import { N, S, sampleIndexes, sampleItem } from "../testing/sample-indexes.ts";
import { compareScalars, type Item, writeItemJson } from "../values/index.ts";

type JsonObject = Readonly<Record<string, unknown>>;

async function opened(items: readonly Item[] = []): Promise<IndexedTable> {
  const table = openIndexedTable({ table: sampleIndexes });
  await table.put(items);
  return table;
}

async function answered(table: IndexedTable, operation: string, input: JsonObject): Promise<JsonObject> {
  const answer = await table.call(operation, { TableName: "Items", ...input });
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

interface Pages {
  readonly items: readonly JsonObject[];
  readonly sizes: readonly number[];
  readonly lastKeys: readonly JsonObject[];
}

/** Every page, each resumed with the key of the one before. */
async function pages(table: IndexedTable, operation: string, input: JsonObject): Promise<Pages> {
  const items: JsonObject[] = [];
  const sizes: number[] = [];
  const lastKeys: JsonObject[] = [];
  for (let start: JsonObject | undefined; sizes.length < 100;) {
    const page = await answered(table, operation, { ...input, ...(start && { ExclusiveStartKey: start }) });
    items.push(...(page["Items"] as readonly JsonObject[]));
    sizes.push(page["ScannedCount"] as number);
    start = page["LastEvaluatedKey"] as JsonObject | undefined;
    if (start === undefined) return { items, sizes, lastKeys };
    lastKeys.push(start);
  }
  throw new Error("the pages have no end");
}

const jsonOf = (one: Item): JsonObject => JSON.parse(writeItemJson(one)) as JsonObject;
const where = (text: string, values: JsonObject, more: JsonObject = {}): JsonObject => ({
  KeyConditionExpression: text,
  ExpressionAttributeValues: values,
  ...more,
});
const g = { ":g": { S: "g" } };
const p = { ":p": { S: "p" } };

function byNames(...names: readonly string[]): (left: Item, right: Item) => number {
  return (left, right) => {
    for (const name of names) {
      const order = compareScalars(left.get(name) ?? S(""), right.get(name) ?? S("")) ?? 0;
      if (order !== 0) return order;
    }
    return 0;
  };
}

describe("pages of an index", () => {
  // Few values, so that most entries share their index keys with others.
  const anyItems = fc.uniqueArray(
    fc
      .record({
        pk: fc.constantFrom("p", "q"),
        sk: fc.constantFrom("a", "b", "a\0", "\0", "c"),
        n: fc.constantFrom(-10, -1, 0, 2, 10),
        r: fc.constantFrom("x", "x\0", "y"),
      })
      .map(({ pk, sk, n, r }) => sampleItem(pk, sk, { g: S("g"), n: N(n), r: S(r), b: S("b") })),
    { maxLength: 10, selector: (one) => JSON.stringify([one.get("pk"), one.get("sk")]) },
  );
  const inPartition = (one: Item): boolean => compareScalars(one.get("pk") ?? S(""), S("p")) === 0;
  const whole = ["pk", "sk", "g", "n", "r", "b"];
  const queries = [
    {
      index: "global",
      condition: where("g = :g", g),
      picks: () => true,
      order: byNames("pk", "sk"),
      shows: whole,
      pageKey: ["g", "pk", "sk"],
    },
    {
      index: "long",
      condition: where("g = :g AND pk = :p", { ...g, ...p }),
      picks: inPartition,
      order: byNames("n", "r", "sk"),
      shows: ["pk", "sk", "g", "n", "r"],
      pageKey: ["g", "pk", "n", "r", "sk"],
    },
    {
      index: "long",
      condition: where("g = :g AND pk = :p AND n = :n AND r > :r", {
        ...g,
        ...p,
        ":n": { N: "-1" },
        ":r": { S: "x" },
      }),
      picks: (one: Item) =>
        inPartition(one) &&
        compareScalars(one.get("n") ?? S(""), N(-1)) === 0 &&
        (compareScalars(one.get("r") ?? S(""), S("x")) ?? 0) > 0,
      order: byNames("r", "sk"),
      shows: ["pk", "sk", "g", "n", "r"],
      pageKey: ["g", "pk", "n", "r", "sk"],
    },
    {
      index: "local",
      condition: where("pk = :p AND n >= :n", { ...p, ":n": { N: "-1" } }),
      picks: (one: Item) => inPartition(one) && (compareScalars(one.get("n") ?? S(""), N(-1)) ?? 0) >= 0,
      order: byNames("n", "sk"),
      shows: whole,
      pageKey: ["pk", "n", "sk"],
    },
  ] as const;

  test.each(queries)(
    "Query $index %#: every item once, in order, at any Limit and in both directions",
    async (query) => {
      await fc.assert(
        fc.asyncProperty(
          anyItems,
          fc.integer({ min: 1, max: 11 }),
          fc.boolean(),
          async (items, limit, forward) => {
            const table = await opened(items);
            const read = await pages(table, "Query", {
              ...query.condition,
              IndexName: query.index,
              Limit: limit,
              ScanIndexForward: forward,
            });
            const expected = items
              .filter(query.picks)
              .toSorted(query.order)
              .map((one) =>
                jsonOf(
                  new Map([...one].filter(([name]) => (query.shows as readonly string[]).includes(name))),
                ),
              );
            expect(read.items).toEqual(forward ? expected : expected.toReversed());
            for (const key of read.lastKeys) expect(Object.keys(key)).toEqual(query.pageKey);
            for (const size of read.sizes.slice(0, -1)) expect(size).toBe(limit);
          },
        ),
        { seed: 7, numRuns: 60 },
      );
    },
  );

  test.each(["global", "local"])("Scan %s: segments together hold every entry once", async (index) => {
    await fc.assert(
      fc.asyncProperty(
        anyItems,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (items, total, limit) => {
          const table = await opened([...items, sampleItem("p", "unindexed")]);
          const found: JsonObject[] = [];
          for (let segment = 0; segment < total; segment += 1) {
            const input = { IndexName: index, Segment: segment, TotalSegments: total, Limit: limit };
            found.push(...(await pages(table, "Scan", input)).items);
          }
          const inOrder = (all: readonly JsonObject[]): readonly string[] =>
            all.map((one) => JSON.stringify(one)).toSorted();
          expect(inOrder(found)).toEqual(inOrder(items.map(jsonOf)));
        },
      ),
      { seed: 8, numRuns: 30 },
    );
  });

  test("a start key need not name an entry that is there", async () => {
    const items = ["a", "b", "c", "d"].map((sk) => sampleItem("p", sk, { g: S("g"), n: N(1) }));
    const table = await opened(items);
    const query = { IndexName: "global", ...where("g = :g", g) };
    const { LastEvaluatedKey: start } = await answered(table, "Query", { ...query, Limit: 2 });
    await table.removeEntries(items[1] as Item);
    expect(start).toEqual({ g: { S: "g" }, pk: { S: "p" }, sk: { S: "b" } });
    const rest = await answered(table, "Query", { ...query, ExclusiveStartKey: start });
    expect(rest["Items"]).toEqual(items.slice(2).map(jsonOf));
  });

  test("a filter works on entries after they were counted; the table's key may be in it", async () => {
    const table = await opened(["a", "b", "c"].map((sk) => sampleItem("p", sk, { g: S("g"), n: N(1) })));
    const values = { ...g, ":b": { S: "b" } };
    const query = { IndexName: "global", ...where("g = :g", values), FilterExpression: "sk = :b" };
    expect(await answered(table, "Query", query)).toMatchObject({ Count: 1, ScannedCount: 3 });
    expect(await answered(table, "Query", { ...query, Select: "COUNT" })).toEqual({
      Count: 1,
      ScannedCount: 3,
    });
  });
});

describe("items of local index entries", () => {
  const items = ["a", "b", "c"].map((sk, n) => sampleItem("p", sk, { n: N(n), word: S(sk) }));
  const query = { IndexName: "localKeys", ...where("pk = :p", p) };

  test("are not looked at without need", async () => {
    const table = await opened(items);
    const [first] = (await answered(table, "Query", query))["Items"] as readonly JsonObject[];
    expect(first).toEqual({ pk: { S: "p" }, sk: { S: "a" }, n: { N: "0" } });
  });

  const words = ["a", "b", "c"].map((word) => ({ word: { S: word } }));
  test.each<[string, JsonObject, readonly JsonObject[]]>([
    ["all attributes", { ...query, Select: "ALL_ATTRIBUTES" }, items.map(jsonOf)],
    ["a projection", { ...query, ProjectionExpression: "word" }, words],
    [
      "AttributesToGet",
      {
        IndexName: "localKeys",
        KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "p" }] } },
        AttributesToGet: ["word"],
      },
      words,
    ],
    [
      "a filter on what is returned",
      {
        ...query,
        Select: "ALL_ATTRIBUTES",
        FilterExpression: "word = :w",
        ExpressionAttributeValues: { ...p, ":w": { S: "b" } },
      },
      [jsonOf(items[1] as Item)],
    ],
  ])("are fetched for %s", async (_, input, expected) => {
    const table = await opened(items);
    expect((await answered(table, "Query", input))["Items"]).toEqual(expected);
  });

  test("are fetched by Scan, too, and with strong reads", async () => {
    const table = await opened(items);
    const input = { IndexName: "localKeys", Select: "ALL_ATTRIBUTES", ConsistentRead: true };
    expect((await answered(table, "Scan", input))["Items"]).toEqual(items.map(jsonOf));
  });

  test("that went away between the two reads are left out, the page goes on", async () => {
    const table = await opened(items);
    await table.removeItem(items[1] as Item);
    const read = await pages(table, "Query", { ...query, Select: "ALL_ATTRIBUTES", Limit: 1 });
    expect(read.items).toEqual([items[0], items[2]].map((one) => jsonOf(one as Item)));
    expect(read.sizes).toEqual([1, 1, 1, 0]);
  });

  test("that have another entry by now are left out", async () => {
    const table = await opened(items);
    await table.putItem(sampleItem("p", "b", { n: N(7), word: S("moved") }));
    await table.putItem(sampleItem("p", "c", { n: N(2), word: S("changed") }));
    const read = await answered(table, "Query", { ...query, ProjectionExpression: "word" });
    expect(read).toMatchObject({
      Count: 2,
      ScannedCount: 3,
      Items: [{ word: { S: "a" } }, { word: { S: "changed" } }],
    });
  });

  test("count in 4 KB each towards the size of a page", async () => {
    const many = Array.from({ length: 300 }, (_, n) => sampleItem("p", `sk${n}`, { n: N(n) }));
    const table = await opened(many);
    const page = await answered(table, "Query", { ...query, Select: "ALL_ATTRIBUTES" });
    // 255 entries of some 15 bytes take 4 KB, so that 255 items fill the rest of 1 MB.
    expect(page["ScannedCount"]).toBe(255);
    const counted = await answered(table, "Query", { ...query, Select: "COUNT" });
    expect(counted["ScannedCount"]).toBe(300);
  });
});

describe("consumed capacity", () => {
  /** Exactly this many bytes with the attributes before it. */
  function sized(bytes: number, sk: string): Item {
    const small = sampleItem("p", sk, { g: S("g"), n: N(1), r: S("r") });
    // pk, sk, g, n, r and their values of one byte each, the number's two; then "f".
    const used = 3 + 3 + 2 + 3 + 2 + 1;
    return new Map([...small, ["f", S("x".repeat(bytes - used))]]);
  }
  const indexes = { ReturnConsumedCapacity: "INDEXES" };

  test("a global index: 8 entries of 2,000 bytes are 2 eventual units", async () => {
    const table = await opened("abcdefgh".split("").map((sk) => sized(2000, sk)));
    const query = { TableName: "Items", IndexName: "global", Select: "COUNT", ...where("g = :g", g) };
    expect(await table.body("Query", { ...query, ...indexes })).toBe(
      '{"Count":8,"ScannedCount":8,"ConsumedCapacity":{"TableName":"Items","CapacityUnits":2.0,' +
        '"Table":{"CapacityUnits":0.0},"GlobalSecondaryIndexes":{"global":{"CapacityUnits":2.0}}}}',
    );
    expect(await table.body("Query", { ...query, ReturnConsumedCapacity: "TOTAL" })).toBe(
      '{"Count":8,"ScannedCount":8,"ConsumedCapacity":{"TableName":"Items","CapacityUnits":2.0}}',
    );
  });

  test.each([
    [true, 5, 4, 1],
    [false, 2.5, 2, 0.5],
  ])("a local index with items fetched, strong %s: %d units", async (strong, total, fetched, ofIndex) => {
    const table = await opened("abcd".split("").map((sk) => sized(300, sk)));
    const query = {
      IndexName: "localKeys",
      Select: "ALL_ATTRIBUTES",
      ConsistentRead: strong,
      ...where("pk = :p", p),
    };
    const answer = await answered(table, "Query", { ...query, ...indexes });
    expect(answer["ConsumedCapacity"]).toEqual({
      TableName: "Items",
      CapacityUnits: total,
      Table: { CapacityUnits: fetched },
      LocalSecondaryIndexes: { localKeys: { CapacityUnits: ofIndex } },
    });
  });

  test("an empty Query costs the minimum of the index, an empty Scan that of every bucket", async () => {
    const table = await opened();
    const query = await answered(table, "Query", { IndexName: "global", ...where("g = :g", g), ...indexes });
    expect(query["ConsumedCapacity"]).toMatchObject({ CapacityUnits: 0.5 });
    const scan = await answered(table, "Scan", { IndexName: "global", ...indexes });
    expect(scan["ConsumedCapacity"]).toMatchObject({ CapacityUnits: 2 });
  });
});

describe("what a read of a global index waits for", () => {
  test("comes before it; the table and local indexes wait for nothing", async () => {
    const asked: string[] = [];
    let table: IndexedTable | undefined = undefined;
    const late = sampleItem("p", "late", { g: S("g"), n: N(1) });
    const caughtUp = async (name: string): Promise<void> => {
      asked.push(name);
      await table?.put([late]);
    };
    table = openIndexedTable({
      table: sampleIndexes,
      services: { indexReader: { caughtUp: ({ name }, index) => caughtUp(`${name}.${index}`) } },
    });
    expect(await answered(table, "Query", { IndexName: "local", ...where("pk = :p", p) })).toMatchObject({
      Count: 0,
    });
    expect(await answered(table, "Scan", {})).toMatchObject({ Count: 0 });
    expect(asked).toEqual([]);
    expect(await answered(table, "Query", { IndexName: "global", ...where("g = :g", g) })).toMatchObject({
      Count: 1,
    });
    expect(asked).toEqual(["Items.global"]);
  });
});
