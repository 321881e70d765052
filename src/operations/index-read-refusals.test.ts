// What Query and Scan on indexes refuse, and how they say it.
import { describe, expect, test } from "vitest";
import { type IndexedTable, openIndexedTable } from "../testing/indexed-table.ts";
import { N, S, sampleIndexes, sampleItem } from "../testing/sample-indexes.ts";
import type { Item } from "../values/index.ts";

type JsonObject = Readonly<Record<string, unknown>>;

async function opened(items: readonly Item[] = []): Promise<IndexedTable> {
  const table = openIndexedTable({ table: sampleIndexes });
  await table.put(items);
  return table;
}

const where = (text: string, values: JsonObject): JsonObject => ({
  KeyConditionExpression: text,
  ExpressionAttributeValues: values,
});
const g = { ":g": { S: "g" } };
const p = { ":p": { S: "p" } };

describe("refusals", () => {
  const invalid = "ValidationException: ";
  const parameters = `${invalid}One or more parameter values were invalid: `;
  const byG = where("g = :g", g);
  const start = { g: { S: "g" }, pk: { S: "p" }, sk: { S: "a" } };
  const startInvalid = `${invalid}The provided starting key is invalid`;
  const three = where("g = :g AND pk = :p AND n = :n", { ...g, ...p, ":n": { N: "1" } });

  const cases: readonly (readonly [string, string, JsonObject, string])[] = [
    [
      "an unknown index",
      "Query",
      { IndexName: "nowhere", ...byG },
      `${invalid}The table does not have the specified index: nowhere`,
    ],
    [
      "an index that is being deleted",
      "Scan",
      { IndexName: "going" },
      `${invalid}The table does not have the specified index: going`,
    ],
    [
      "an index that is being built",
      "Scan",
      { IndexName: "building" },
      `${invalid}Cannot read from backfilling global secondary index: building`,
    ],
    [
      "a strong Query",
      "Query",
      { IndexName: "global", ConsistentRead: true, ...byG },
      `${invalid}Consistent reads are not supported on global secondary indexes`,
    ],
    [
      "a strong Scan",
      "Scan",
      { IndexName: "global", ConsistentRead: true },
      `${invalid}Consistent reads are not supported on global secondary indexes`,
    ],
    [
      "all attributes of an index that has not all",
      "Scan",
      { IndexName: "long", Select: "ALL_ATTRIBUTES" },
      `${parameters}Select type ALL_ATTRIBUTES is not supported for global secondary index long because its projection type is not ALL`,
    ],
    [
      "a projection of what is not projected",
      "Scan",
      { IndexName: "long", ProjectionExpression: "b.c, a, c" },
      `${parameters}Global secondary index long does not project [b, c]`,
    ],
    [
      "AttributesToGet of what is not projected",
      "Scan",
      { IndexName: "long", AttributesToGet: ["b"] },
      `${parameters}Global secondary index long does not project [b]`,
    ],
    [
      "a filter on what a local index does not project",
      "Scan",
      { IndexName: "localKeys", FilterExpression: "word = :g", ExpressionAttributeValues: g },
      `${parameters}Secondary index localKeys does not project one or more filter attributes: [word]`,
    ],
    [
      "a filter on what is not projected",
      "Scan",
      { IndexName: "long", FilterExpression: "a = :g OR b = :g", ExpressionAttributeValues: g },
      `${parameters}Secondary index long does not project one or more filter attributes: [b]`,
    ],
    [
      "a filter on the index key",
      "Query",
      { IndexName: "global", ...byG, FilterExpression: "g = :g" },
      `${invalid}Filter Expression can only contain non-primary key attributes: Primary key attribute: g`,
    ],
    [
      "a QueryFilter on the index key",
      "Query",
      {
        IndexName: "local",
        KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "p" }] } },
        QueryFilter: { n: { ComparisonOperator: "NOT_NULL" } },
      },
      `${invalid}QueryFilter can only contain non-primary key attributes: Primary key attribute: n`,
    ],
    [
      "a path into an index key",
      "Scan",
      { IndexName: "global", ProjectionExpression: "g.a" },
      `${invalid}Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: g`,
    ],
    [
      "a condition on the table's key",
      "Query",
      { IndexName: "global", ...where("pk = :p", p) },
      `${invalid}Query condition missed key schema element: g`,
    ],
    [
      "three conditions on an ordinary index",
      "Query",
      { IndexName: "global", ...three },
      `${invalid}Conditions can be of length 1 or 2 only`,
    ],
    ["three conditions on the table", "Query", three, `${invalid}Conditions can be of length 1 or 2 only`],
    [
      "a start key without the table's key",
      "Query",
      { IndexName: "global", ...byG, ExclusiveStartKey: { g: { S: "g" } } },
      startInvalid,
    ],
    [
      "a start key without the index key",
      "Query",
      { IndexName: "global", ...byG, ExclusiveStartKey: { x: { S: "g" }, pk: { S: "p" }, sk: { S: "a" } } },
      startInvalid,
    ],
    [
      "a start key whose index key has another type",
      "Query",
      { IndexName: "global", ...byG, ExclusiveStartKey: { ...start, g: { N: "1" } } },
      startInvalid,
    ],
    [
      "a start key whose table key has another type",
      "Query",
      { IndexName: "global", ...byG, ExclusiveStartKey: { ...start, sk: { N: "1" } } },
      `${startInvalid}: The provided key element does not match the schema`,
    ],
    [
      "a start key of a Scan without the table's key",
      "Scan",
      { IndexName: "global", ExclusiveStartKey: { g: { S: "g" } } },
      startInvalid,
    ],
    [
      "a start key of a Scan whose table key has another type",
      "Scan",
      { IndexName: "global", ExclusiveStartKey: { ...start, sk: { N: "1" } } },
      startInvalid,
    ],
    [
      "a start key of another partition",
      "Query",
      { IndexName: "global", ...byG, ExclusiveStartKey: { ...start, g: { S: "h" } } },
      `${invalid}The provided starting key is outside query boundaries based on provided conditions`,
    ],
    [
      "a start key of another partition with a sort condition",
      "Query",
      {
        IndexName: "local",
        ...where("pk = :p AND n = :n", { ...p, ":n": { N: "1" } }),
        ExclusiveStartKey: { pk: { S: "q" }, n: { N: "1" }, sk: { S: "a" } },
      },
      `${invalid}The query can return at most one row and cannot be restarted`,
    ],
    [
      "a start key outside the sort condition",
      "Query",
      {
        IndexName: "local",
        ...where("pk = :p AND n = :n", { ...p, ":n": { N: "1" } }),
        ExclusiveStartKey: { pk: { S: "p" }, n: { N: "2" }, sk: { S: "a" } },
      },
      `${invalid}The provided starting key does not match the range key predicate`,
    ],
    [
      "an empty index key in a start key",
      "Scan",
      { IndexName: "global", ExclusiveStartKey: { ...start, g: { S: "" } } },
      `${invalid}One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: g`,
    ],
    [
      "an index key in a start key that is too long",
      "Scan",
      { IndexName: "global", ExclusiveStartKey: { ...start, g: { S: "x".repeat(2049) } } },
      `${parameters}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    ],
    [
      "a key value that is too long",
      "Query",
      { IndexName: "global", ...where("g = :g", { ":g": { S: "x".repeat(20_000) } }) },
      `${parameters}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    ],
  ];

  test.each(cases)("%s (%s)", async (_, operation, input, refusal) => {
    const table = await opened();
    expect(await table.call(operation, { TableName: "Items", ...input })).toBe(refusal);
  });

  test("a start key of another segment", async () => {
    const table = await opened([sampleItem("p", "a", { g: S("g"), n: N(1) })]);
    const ofSegments = await Promise.all(
      [0, 1].map((Segment) =>
        table.call("Scan", {
          TableName: "Items",
          IndexName: "global",
          Segment,
          TotalSegments: 2,
          ExclusiveStartKey: start,
        }),
      ),
    );
    expect(ofSegments.filter((answer) => typeof answer === "string")).toHaveLength(1);
  });
});
