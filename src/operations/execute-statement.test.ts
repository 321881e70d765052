// ExecuteStatement over a table with indexes: pages and tokens, capacity, what RETURNING shows, refusals.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type JsonObject,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

let db: TransactionOperations;

const definitions = (...names: readonly string[]): JsonObject[] =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: "S" }));
const schema = (...names: readonly string[]): JsonObject[] =>
  names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" }));

const music: JsonObject = {
  TableName: "Music",
  AttributeDefinitions: definitions("artist", "song", "year", "label"),
  KeySchema: schema("artist", "song"),
  BillingMode: "PAY_PER_REQUEST",
  LocalSecondaryIndexes: [
    { IndexName: "byYear", KeySchema: schema("artist", "year"), Projection: { ProjectionType: "KEYS_ONLY" } },
  ],
  GlobalSecondaryIndexes: [
    { IndexName: "byLabel", KeySchema: schema("label", "song"), Projection: { ProjectionType: "KEYS_ONLY" } },
  ],
};

beforeEach(async () => {
  db = await openTransactionOperations();
  await db.call("CreateTable", music);
});

afterEach(async () => {
  await db[Symbol.asyncDispose]();
});

const S = (value: string): JsonObject => ({ S: value });
const refused = (message: string): JsonObject => ({ error: "ValidationException", message });

function execute(statement: string, more: JsonObject = {}): Promise<JsonObject> {
  return db.call("ExecuteStatement", { Statement: statement, ...more });
}

async function put(artist: string, song: string, more: JsonObject = {}): Promise<void> {
  const answer = await db.call("PutItem", {
    TableName: "Music",
    Item: { artist: S(artist), song: S(song), ...more },
  });
  expect(answer).toEqual({});
}

function songs(answer: JsonObject): readonly unknown[] {
  const items = answer["Items"] as readonly Record<string, { S: string }>[];
  return items.map(({ song }) => song?.S);
}

/** All pages, and how many there were. */
async function paged(statement: string, more: JsonObject): Promise<readonly (readonly unknown[])[]> {
  const pages: (readonly unknown[])[] = [];
  let NextToken: unknown;
  do {
    const answer = await execute(statement, { ...more, ...(NextToken === undefined ? {} : { NextToken }) });
    pages.push(songs(answer));
    NextToken = answer["NextToken"];
  } while (NextToken !== undefined);
  return pages;
}

describe("SELECT", () => {
  beforeEach(async () => {
    for (const artist of ["a", "b"]) for (const song of ["1", "2", "3"]) await put(artist, song);
  });

  test("of a whole key is one item", async () => {
    const statement = `SELECT * FROM Music WHERE artist = 'a' AND song = ?`;
    expect(await execute(statement, { Parameters: [S("2")] })).toEqual({
      Items: [{ artist: S("a"), song: S("2") }],
    });
    expect(await execute(statement, { Parameters: [S("9")] })).toEqual({ Items: [] });
  });

  test("costs what the API's own reads cost", async () => {
    await put("big", "1", { text: S("x".repeat(9000)) });
    const units = async (statement: string, more: JsonObject = {}): Promise<unknown> => {
      const answer = await execute(statement, { ReturnConsumedCapacity: "INDEXES", ...more });
      return answer["ConsumedCapacity"];
    };
    const table = (CapacityUnits: number): JsonObject => ({
      TableName: "Music",
      CapacityUnits,
      Table: { CapacityUnits },
    });
    expect(await units(`SELECT * FROM Music WHERE artist = 'big' AND song = '1'`)).toEqual(table(1.5));
    expect(await units(`SELECT artist FROM Music WHERE artist = 'big'`, { ConsistentRead: true })).toEqual(
      table(3),
    );
    expect(await units(`SELECT * FROM Music WHERE artist IN ['a', 'b', 'c']`)).toEqual(table(1.5));
    expect(await units(`SELECT * FROM Music WHERE artist = 'a' AND song IN ['1', '2', '9']`)).toEqual(
      table(1.5),
    );
    expect(await units(`SELECT * FROM Music.byLabel WHERE label = 'x'`)).toEqual({
      TableName: "Music",
      CapacityUnits: 0.5,
      Table: { CapacityUnits: 0 },
      GlobalSecondaryIndexes: { byLabel: { CapacityUnits: 0.5 } },
    });
  });

  test("reads the attributes a local index lacks from the table", async () => {
    await put("a", "4", { year: S("1999"), other: S("x") });
    const answer = await execute(
      `SELECT song, other FROM Music.byYear WHERE artist = 'a' AND year >= '1990'`,
      {
        ReturnConsumedCapacity: "INDEXES",
      },
    );
    expect(answer).toMatchObject({
      Items: [{ song: S("4"), other: S("x") }],
      ConsumedCapacity: { CapacityUnits: 1, Table: { CapacityUnits: 0.5 } },
    });
    expect(await execute(`SELECT * FROM Music.byYear WHERE artist = 'a'`)).toEqual({
      Items: [{ artist: S("a"), song: S("4"), year: S("1999") }],
    });
  });

  test.each([
    ["a query", `SELECT * FROM Music WHERE artist = 'a'`, [["1", "2"], ["3"]]],
    ["a query backwards", `SELECT * FROM Music WHERE artist = 'a' ORDER BY song DESC`, [["3", "2"], ["1"]]],
    [
      "two queries",
      `SELECT * FROM Music WHERE artist IN ['a', 'b']`,
      [["1", "2"], ["3", "1"], ["2", "3"], []],
    ],
    [
      "whole keys",
      `SELECT * FROM Music WHERE artist IN ['b', 'a'] AND song IN ['3', '0', '1']`,
      [
        ["1", "3"],
        ["1", "3"],
      ],
    ],
    [
      "a filter, which Limit comes before",
      `SELECT * FROM Music WHERE artist = 'a' AND begins_with(song, '3') AND song <> '3'`,
      [[]],
    ],
    ["an index", `SELECT * FROM Music.byYear WHERE artist = 'a'`, [[]]],
  ])("pages of %s follow each other by token", async (_, statement, pages) => {
    expect(await paged(statement, { Limit: 2 })).toEqual(pages);
  });

  test("pages of a scan have every item once", async () => {
    const found = (await paged("SELECT * FROM Music", { Limit: 1 })).flat().map(String);
    expect(found.toSorted((left, right) => Number(left) - Number(right))).toEqual([
      "1",
      "1",
      "2",
      "2",
      "3",
      "3",
    ]);
  });

  test("a page tells the key it ended with", async () => {
    const page = await execute(`SELECT * FROM Music WHERE artist = 'a'`, { Limit: 2 });
    expect(page["LastEvaluatedKey"]).toEqual({ artist: S("a"), song: S("2") });
    const last = await execute(`SELECT * FROM Music WHERE artist = 'a'`, {
      Limit: 2,
      NextToken: page["NextToken"],
    });
    expect(last).toEqual({ Items: [{ artist: S("a"), song: S("3") }] });
    const points = await execute(`SELECT * FROM Music WHERE artist = 'a' AND song IN ['1', '2']`, {
      Limit: 1,
    });
    expect(points["LastEvaluatedKey"]).toEqual({ artist: S("a"), song: S("1") });
  });

  test("a page ends after 1 MB, also where several partitions make it", async () => {
    const text = S("x".repeat(300_000));
    for (const artist of ["c", "d", "e"]) for (const song of ["1", "2"]) await put(artist, song, { text });
    expect(await paged(`SELECT * FROM Music WHERE artist IN ['c', 'd', 'e']`, {})).toEqual([
      ["1", "2", "1", "2"],
      ["1", "2"],
    ]);
    const points = `SELECT * FROM Music WHERE artist IN ['c', 'd', 'e'] AND song IN ['1', '2']`;
    expect(await paged(points, {})).toEqual([
      ["1", "2", "1", "2"],
      ["1", "2"],
    ]);
  });

  test("the limit of 1 MB counts what is fetched for a local index", async () => {
    const text = S("x".repeat(300_000));
    for (const artist of ["c", "d", "e"]) {
      for (const song of ["1", "2"]) await put(artist, song, { text, year: S("1999") });
    }
    const statement = `SELECT song, text FROM Music.byYear WHERE artist IN ['c', 'd', 'e'] AND year = '1999'`;
    // 300,000 bytes are 74 units of 4 KB, the entries at least one more: the fourth reaches 256 of them.
    expect(await paged(statement, {})).toEqual([
      ["1", "2", "1", "2"],
      ["1", "2"],
    ]);
  });

  test("a global index is waited for", async () => {
    const waited: string[] = [];
    await db[Symbol.asyncDispose]();
    db = await openTransactionOperations({
      services: {
        indexReader: {
          caughtUp: async ({ name }, index) => {
            waited.push(`${name}.${index}`);
          },
        },
      },
    });
    await db.call("CreateTable", music);
    await execute(`SELECT * FROM Music.byLabel WHERE label = 'x'`);
    await execute(`SELECT * FROM Music.byYear WHERE artist = 'x'`);
    await execute(`SELECT * FROM Music WHERE artist = 'x'`);
    expect(waited).toEqual(["Music.byLabel"]);
  });

  test.each([
    [`SELECT * FROM Music.none`, "The table does not have the specified index: none"],
    [
      `SELECT other FROM Music.byLabel WHERE label = 'x'`,
      "One or more parameter values were invalid: Global secondary index byLabel does not project [other]",
    ],
    [
      `SELECT * FROM Music WHERE artist = 1`,
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    ],
    [
      `SELECT * FROM Music WHERE artist = '' AND song = 'x'`,
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: artist",
    ],
    [
      `SELECT artist.x FROM Music`,
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: artist",
    ],
    [
      `SELECT * FROM Music WHERE artist = 'a' ORDER BY other`,
      "Variable reference other in ORDER BY clause must be part of the primary key",
    ],
    [`SELECT * FROM Music WHERE artist = ?`, "Number of parameters in request and statement don't match."],
    [`EXISTS (SELECT * FROM Music WHERE artist = 'a')`, "EXISTS can only be used in ExecuteTransaction"],
    [`DROP TABLE Music`, "Statement wasn't well formed, can't be processed: Expected data manipulation"],
  ])("%s is refused", async (statement, message) => {
    expect(await execute(statement)).toEqual(refused(message));
  });

  test("consistent reads of a global index are refused, tables that are not there are not found", async () => {
    expect(await execute(`SELECT * FROM Music.byLabel`, { ConsistentRead: true })).toEqual(
      refused("Consistent reads are not supported on global secondary indexes"),
    );
    expect(await execute(`SELECT * FROM "None"`)).toEqual({
      error: "ResourceNotFoundException",
      message: "Requested resource not found",
    });
  });

  test("a table may be named by its ARN", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Music";
    const answer = await execute(`SELECT song FROM "${arn}" WHERE artist = 'a' AND song = '1'`, {
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(answer).toEqual({
      Items: [{ song: S("1") }],
      ConsumedCapacity: { TableName: arn, CapacityUnits: 0.5 },
    });
  });
});

describe("a token", () => {
  const statement = `SELECT * FROM Music WHERE artist = ?`;
  let token = "";

  beforeEach(async () => {
    for (const song of ["1", "\ud83d\ude00", "\ud800"]) await put("a", song);
    const { NextToken } = await execute(statement, { Parameters: [S("a")], Limit: 1 });
    token = String(NextToken);
  });

  const invalid = refused("Given page token is invalid");
  const again = (more: JsonObject): Promise<JsonObject> =>
    execute(statement, { Parameters: [S("a")], NextToken: token, ...more });

  test("goes on with another Limit, and carries any text", async () => {
    const second = await again({ Limit: 1 });
    const third = await again({ NextToken: second["NextToken"] });
    const rest = await again({});
    expect([...songs(second), ...songs(third)]).toEqual(songs(rest));
    expect(songs(rest)).toHaveLength(2);
  });

  test("is refused by another statement and with other parameters", async () => {
    expect(await again({ Parameters: [S("b")] })).toEqual(invalid);
    expect(await again({ Statement: `${statement} ` })).toEqual(invalid);
    expect(
      await execute(`INSERT INTO Music VALUE {'artist': 'x', 'song': 'y'}`, { NextToken: token }),
    ).toEqual(invalid);
    expect(
      await execute(`SELECT * FROM Music WHERE artist = 'x' AND song = 'y'`, { NextToken: token }),
    ).toEqual(invalid);
  });

  test("is refused whatever is done to it", async () => {
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === "A" ? "B" : "A";
      expect(await again({ NextToken: `${token.slice(0, at)}${other}${token.slice(at + 1)}` })).toEqual(
        invalid,
      );
      if (at > 0) expect(await again({ NextToken: token.slice(0, at) })).toEqual(invalid);
    }
    for (const hostile of ["x", `${token}=`, `${token}AAAA`, "\0", "é".repeat(32_768), "A".repeat(32_768)]) {
      expect(await again({ NextToken: hostile })).toEqual(invalid);
    }
    expect(await again({ NextToken: "A".repeat(32_769) })).toMatchObject({ error: "ValidationException" });
  });

  test("of the longest keys is within its limit", async () => {
    const artist = "é".repeat(1024);
    for (const song of ["1", "2"]) {
      await put(artist, `${"\0".repeat(1023)}${song}`, { label: S("\u{10ffff}".repeat(512)) });
    }
    const page = await execute(`SELECT * FROM Music.byLabel`, { Limit: 1 });
    const asked = await execute(statement, { Parameters: [S(artist)], Limit: 1 });
    expect(page["Items"]).toHaveLength(0);
    expect(String(asked["NextToken"]).length).toBeLessThan(32_768);
    const rest = await execute(statement, { Parameters: [S(artist)], NextToken: asked["NextToken"] });
    expect(rest["Items"]).toHaveLength(1);
  });
});

describe("INSERT", () => {
  test("puts an item where none is", async () => {
    const statement = `INSERT INTO Music VALUE {'artist': 'a', 'song': ?, 'n': 1}`;
    const done = await execute(statement, { Parameters: [S("1")], ReturnConsumedCapacity: "TOTAL" });
    expect(done).toEqual({ Items: [], ConsumedCapacity: { TableName: "Music", CapacityUnits: 1 } });
    expect(
      await execute(statement, { Parameters: [S("1")], ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
    ).toEqual({ error: "DuplicateItemException", message: "Duplicate primary key exists in table" });
  });

  test.each([
    [`{'artist': 'a'}`, "One or more parameter values were invalid: Missing the key song in the item"],
    [
      `{'artist': 1, 'song': 'x'}`,
      "One or more parameter values were invalid: Type mismatch for key artist expected: S actual: N",
    ],
    [
      `{'artist': 'a', 'song': 'x', 'year': 1999}`,
      "One or more parameter values were invalid: Type mismatch for Index Key year Expected: S Actual: N IndexName: byYear",
    ],
    [
      `{'artist': '', 'song': 'x'}`,
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: artist",
    ],
  ])("of %s is refused", async (tuple, message) => {
    expect(await execute(`INSERT INTO Music VALUE ${tuple}`)).toEqual(refused(message));
  });

  test("keeps to the size of items and the depth of documents", async () => {
    const insert = (value: unknown): Promise<JsonObject> =>
      execute(`INSERT INTO Music VALUE {'artist': 'a', 'song': 'x', 'v': ?}`, { Parameters: [value] });
    expect(await insert(S("x".repeat(409_600)))).toEqual(
      refused("Item size has exceeded the maximum allowed size"),
    );
    const nested = (levels: number): string => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
    const insertNested = (levels: number): Promise<JsonObject> =>
      execute(`INSERT INTO Music VALUE {'artist': 'a', 'song': '${levels}', 'v': ${nested(levels)}}`);
    expect(await insertNested(31)).toEqual({ Items: [] });
    expect(await insertNested(32)).toMatchObject({ error: "ValidationException" });
  });
});

describe("UPDATE", () => {
  beforeEach(async () => {
    await put("a", "1", { n: { N: "1" }, m: { M: { x: S("old"), y: S("y") } } });
  });

  const where = `WHERE artist = 'a' AND song = '1'`;

  test.each([
    ["", []],
    [
      "RETURNING ALL OLD *",
      [{ artist: S("a"), song: S("1"), n: { N: "1" }, m: { M: { x: S("old"), y: S("y") } } }],
    ],
    [
      "RETURNING ALL NEW *",
      [{ artist: S("a"), song: S("1"), n: { N: "3" }, m: { M: { x: S("new"), y: S("y") } } }],
    ],
    ["RETURNING MODIFIED OLD *", [{ n: { N: "1" }, m: { M: { x: S("old") } } }]],
    ["RETURNING MODIFIED NEW *", [{ n: { N: "3" }, m: { M: { x: S("new") } } }]],
  ])("%s answers %j", async (returning, items) => {
    const statement = `UPDATE Music SET n = n + 2 SET m.x = 'new' ${where} ${returning}`;
    expect(await execute(statement)).toEqual({ Items: items });
  });

  test("of what is removed has nothing new", async () => {
    expect(await execute(`UPDATE Music REMOVE n ${where} RETURNING MODIFIED NEW *`)).toEqual({ Items: [] });
    expect(await execute(`UPDATE Music SET k = 1 ${where} RETURNING MODIFIED OLD *`)).toEqual({ Items: [] });
  });

  test("fails on an item that is not there, and on a false condition, which may show the item", async () => {
    const failed = { error: "ConditionalCheckFailedException", message: "The conditional request failed" };
    expect(await execute(`UPDATE Music SET n = 2 WHERE artist = 'x' AND song = '1'`)).toEqual(failed);
    const statement = `UPDATE Music SET n = 2 ${where} AND n = 7`;
    expect(await execute(statement)).toEqual(failed);
    expect(await execute(statement, { ReturnValuesOnConditionCheckFailure: "ALL_OLD" })).toMatchObject({
      ...failed,
      Item: { artist: S("a"), n: { N: "1" } },
    });
  });

  test.each([
    [
      `UPDATE Music SET n = 2 WHERE artist = 'a'`,
      "Where clause does not contain a mandatory equality on all key attributes",
    ],
    [
      `UPDATE Music SET song = 'x' ${where}`,
      "One or more parameter values were invalid: Cannot update attribute song. This attribute is part of the key",
    ],
    [
      `UPDATE Music SET label = 1 ${where}`,
      "One or more parameter values were invalid: Type mismatch for Index Key label Expected: S Actual: N IndexName: byLabel",
    ],
    [
      `UPDATE Music SET n = none + 1 ${where}`,
      "The provided expression refers to an attribute that does not exist in the item",
    ],
    [
      `UPDATE Music SET n = 2 WHERE artist = 1 AND song = '1'`,
      "The provided key element does not match the schema",
    ],
  ])("%s is refused", async (statement, message) => {
    expect(await execute(statement)).toEqual(refused(message));
  });

  test("writes index entries, and is charged for them", async () => {
    const answer = await execute(`UPDATE Music SET label = 'x', year = '1999' ${where}`, {
      ReturnConsumedCapacity: "INDEXES",
    });
    expect(answer["ConsumedCapacity"]).toEqual({
      TableName: "Music",
      CapacityUnits: 3,
      Table: { CapacityUnits: 1 },
      LocalSecondaryIndexes: { byYear: { CapacityUnits: 1 } },
      GlobalSecondaryIndexes: { byLabel: { CapacityUnits: 1 } },
    });
    expect(songs(await execute(`SELECT * FROM Music.byYear WHERE artist = 'a'`))).toEqual(["1"]);
  });
});

describe("DELETE", () => {
  beforeEach(() => put("a", "1", { n: { N: "1" } }));

  const statement = `DELETE FROM Music WHERE artist = 'a' AND song = ?`;

  test("answers the old item if asked, and succeeds without one", async () => {
    const returning = `${statement} RETURNING ALL OLD *`;
    expect(await execute(returning, { Parameters: [S("1")] })).toEqual({
      Items: [{ artist: S("a"), song: S("1"), n: { N: "1" } }],
    });
    expect(await execute(returning, { Parameters: [S("1")] })).toEqual({ Items: [] });
    expect(await execute(`${statement} AND n = 5`, { Parameters: [S("1")] })).toEqual({ Items: [] });
  });

  test("fails on an item its condition does not hold for", async () => {
    expect(await execute(`${statement} AND n = 5`, { Parameters: [S("1")] })).toMatchObject({
      error: "ConditionalCheckFailedException",
    });
  });
});
