// Definitions of vector indexes in CreateTable: what is refused, in which words, and what is good.
import { expect, test } from "vitest";
import type { CreateTableInput } from "../api/index.ts";
import {
  refuseBadVectorIndexes,
  refuseEmptyVectorIndexList,
  searchSchemaNames,
  type VectorIndexDefinition,
} from "./vector-index-rules.ts";

type Schema = NonNullable<VectorIndexDefinition["SearchSchema"]>;

const hash = (name: string): Schema[number] => ({ AttributeName: name, SearchSchemaElementType: "HASH" });
const filter = (name: string): Schema[number] => ({
  AttributeName: name,
  SearchSchemaElementType: "INLINE_FILTER",
});
const vector = (more: Partial<VectorIndexDefinition> = {}): VectorIndexDefinition => ({
  IndexName: "meaning",
  VectorAttribute: { AttributeName: "embedding" },
  Projection: { ProjectionType: "ALL" },
  Dimensions: 3,
  DistanceFunction: "COSINE",
  ...more,
});
/** An on-demand table with definitions of these attributes beside the key's. */
const table = (names: readonly string[], more: Partial<CreateTableInput>): CreateTableInput => ({
  TableName: "Table",
  AttributeDefinitions: ["pk", ...names].map((name) => ({ AttributeName: name, AttributeType: "S" })),
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
  ...more,
});
const schemaOf = (...schema: Schema): CreateTableInput =>
  table(
    schema.map(({ AttributeName }) => AttributeName),
    { VectorIndexes: [vector({ SearchSchema: schema })] },
  );
const one = (more: Partial<VectorIndexDefinition>): CreateTableInput =>
  table([], { VectorIndexes: [vector(more)] });
const named = (count: number): readonly VectorIndexDefinition[] =>
  Array.from({ length: count }, (_, index) => vector({ IndexName: `index${index}` }));
const filters = (count: number): Schema => Array.from({ length: count }, (_, index) => filter(`f${index}`));
const global = {
  IndexName: "meaning",
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" as const }],
  Projection: { ProjectionType: "ALL" as const },
};

const refused: readonly (readonly [what: string, input: CreateTableInput, text: string])[] = [
  [
    "a provisioned table",
    table([], { BillingMode: "PROVISIONED", VectorIndexes: [vector()] }),
    "Vector indexes are supported only on tables that use on-demand capacity mode",
  ],
  [
    "a table that is provisioned by default",
    (({ BillingMode: _mode, ...rest }) => rest)(one({})),
    "Vector indexes are supported only on tables that use on-demand capacity mode",
  ],
  [
    "six indexes",
    table([], { VectorIndexes: named(6) }),
    "VectorIndex count exceeds the per-table limit of 5",
  ],
  ["two of one name", table([], { VectorIndexes: [vector(), vector()] }), "Duplicate index name: meaning"],
  [
    "the name of a global index",
    table([], { GlobalSecondaryIndexes: [global], VectorIndexes: [vector()] }),
    "Duplicate index name: meaning",
  ],
  [
    "the name of a local index",
    table([], { LocalSecondaryIndexes: [global], VectorIndexes: [vector()] }),
    "Duplicate index name: meaning",
  ],
  [
    "a search schema with an attribute that is not defined",
    table(["a"], { VectorIndexes: [vector({ SearchSchema: [hash("a"), filter("b")] })] }),
    "One element in SearchSchema is not defined in attribute definitions",
  ],
  [
    "a vector attribute that is defined as a scalar",
    one({ VectorAttribute: { AttributeName: "pk" } }),
    "Vector attribute pk must not be defined in AttributeDefinitions",
  ],
  [
    "two HASH attributes",
    schemaOf(hash("a"), hash("b")),
    "The SearchSchema exceeds the maximum allowed number of HASH attributes",
  ],
  [
    "nineteen inline filters",
    schemaOf(hash("a"), ...filters(19)),
    "The SearchSchema exceeds the maximum allowed number of INLINE_FILTER attributes",
  ],
  [
    "one attribute twice in a search schema",
    table(["a"], { VectorIndexes: [vector({ SearchSchema: [hash("a"), filter("a")] })] }),
    "The SearchSchema contains multiple attributes with the same name",
  ],
  [
    "4097 dimensions",
    one({ Dimensions: 4097 }),
    "Provided Dimensions value '4097' is out of valid range. The value must be between 1 and 4096 inclusive",
  ],
  [
    "no dimensions",
    one({ Dimensions: 0 }),
    "Provided Dimensions value '0' is out of valid range. The value must be between 1 and 4096 inclusive",
  ],
  ["no projection type", one({ Projection: {} }), "Unknown ProjectionType: null"],
  [
    "INCLUDE of nothing",
    one({ Projection: { ProjectionType: "INCLUDE" } }),
    "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
  ],
  [
    "different dimensions of one attribute",
    table([], { VectorIndexes: [vector(), vector({ IndexName: "other", Dimensions: 4 })] }),
    "All vector indexes of the attribute embedding must have the same Dimensions",
  ],
];

test.each(refused)("refuses %s", (_what, input, text) => {
  expect(() => refuseBadVectorIndexes(input)).toThrow(`One or more parameter values were invalid: ${text}`);
});

const good: readonly (readonly [what: string, input: CreateTableInput])[] = [
  ["no vector index, of a provisioned table", table([], { BillingMode: "PROVISIONED" })],
  ["an index without a search schema", one({})],
  ["a HASH attribute and eighteen inline filters", schemaOf(hash("a"), ...filters(18))],
  ["the table's key as HASH", table([], { VectorIndexes: [vector({ SearchSchema: [hash("pk")] })] })],
  ["five indexes of one attribute", table([], { VectorIndexes: named(5) })],
  [
    "different dimensions of different attributes",
    table([], {
      VectorIndexes: [
        vector(),
        vector({ IndexName: "other", VectorAttribute: { AttributeName: "picture" }, Dimensions: 4096 }),
      ],
    }),
  ],
  ["one dimension", one({ Dimensions: 1 })],
];

test.each(good)("has nothing against %s", (_what, input) => {
  expect(() => refuseBadVectorIndexes(input)).not.toThrow();
});

test("a list of vector indexes is absent or holds one", () => {
  expect(() => refuseEmptyVectorIndexList(table([], { VectorIndexes: [] }))).toThrow(
    "One or more parameter values were invalid: List of VectorIndexes is empty",
  );
  expect(() => refuseEmptyVectorIndexList(table([], {}))).not.toThrow();
  expect(() => refuseEmptyVectorIndexList(one({}))).not.toThrow();
});

test("definitions of the attributes of search schemas are in use", () => {
  const indexes = [
    vector({ SearchSchema: [hash("a"), filter("b")] }),
    vector({ SearchSchema: [hash("c")] }),
    vector(),
  ];
  expect(searchSchemaNames(indexes)).toEqual(["a", "b", "c"]);
});
