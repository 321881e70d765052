// VectorIndexUpdates of UpdateTable: rules of the request, and rules of the table it meets.
import { expect, test } from "vitest";
import type { UpdateTableInput } from "../api/index.ts";
import type { GlobalIndex, IndexStatus, TableDescription, VectorIndex } from "../catalog/index.ts";
import { newTestTable } from "../testing/new-table.ts";
import {
  refuseBadVectorUpdates,
  refuseImpossibleVectorUpdates,
  refuseProvisioningVectors,
} from "./vector-index-rules-update.ts";

type Update = NonNullable<UpdateTableInput["VectorIndexUpdates"]>[number];
type Creation = NonNullable<Update["Create"]>;

const prefix = "One or more parameter values were invalid: ";

const create = (name: string, more: Partial<Creation> = {}): Update => ({
  Create: {
    IndexName: name,
    VectorAttribute: { AttributeName: "embedding" },
    Projection: { ProjectionType: "KEYS_ONLY" },
    Dimensions: 3,
    DistanceFunction: "EUCLIDEAN",
    ...more,
  },
});
const drop = (name: string): Update => ({ Delete: { IndexName: name } });
const request = (updates: readonly Update[], more: Partial<UpdateTableInput> = {}): UpdateTableInput => ({
  TableName: "Table",
  VectorIndexUpdates: updates,
  ...more,
});

const refused: readonly (readonly [what: string, input: UpdateTableInput, text: string])[] = [
  ["an empty list", request([]), "List of VectorIndexUpdates is empty"],
  [
    "an entry of nothing",
    request([{}]),
    "One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be null",
  ],
  [
    "an entry of two actions",
    request([{ ...create("one"), ...drop("two") }]),
    "Only one vector index action is allowed per VectorIndexUpdate object",
  ],
  [
    "two entries of one index",
    request([drop("one"), create("one")]),
    "Only one vector index update per index is allowed simultaneously. Index: one",
  ],
  [
    "a search schema the request does not define",
    request([create("one", { SearchSchema: [{ AttributeName: "a", SearchSchemaElementType: "HASH" }] })]),
    "One element in SearchSchema is not defined in attribute definitions",
  ],
  [
    "a bad definition",
    request([create("one", { Dimensions: 5000 })]),
    "Provided Dimensions value '5000' is out of valid range. The value must be between 1 and 4096 inclusive",
  ],
  [
    "an index of a table that becomes provisioned",
    request([create("one")], { BillingMode: "PROVISIONED" }),
    "Vector indexes are supported only on tables that use on-demand capacity mode",
  ],
];

test.each(refused)("refuses %s, whatever the table", (_what, input, text) => {
  expect(() => refuseBadVectorUpdates(input)).toThrow(prefix + text);
});

const sound: readonly (readonly [what: string, input: UpdateTableInput])[] = [
  ["no vector indexes", { TableName: "Table" }],
  ["a deletion", request([drop("one")])],
  [
    "a creation with its definitions",
    request(
      [create("one", { SearchSchema: [{ AttributeName: "a", SearchSchemaElementType: "INLINE_FILTER" }] })],
      {
        AttributeDefinitions: [{ AttributeName: "a", AttributeType: "N" }],
      },
    ),
  ],
  ["a creation as the table becomes on-demand", request([create("one")], { BillingMode: "PAY_PER_REQUEST" })],
];

test.each(sound)("has nothing against %s before it knows the table", (_what, input) => {
  expect(() => refuseBadVectorUpdates(input)).not.toThrow();
});

const derived = (name: string, status: IndexStatus) =>
  ({ name, keyspace: 90, bucketCount: 4, projection: { type: "ALL" }, sinceEpoch: 1, status }) as const;
const vectorIndex = (name: string, more: Partial<VectorIndex> = {}): VectorIndex => ({
  ...derived(name, "ACTIVE"),
  vectorAttribute: "embedding",
  dimensions: 3,
  distance: "COSINE",
  hash: [],
  inlineFilters: [],
  ...more,
});
const globalIndex = (name: string, status: IndexStatus): GlobalIndex => ({
  ...derived(name, status),
  hash: [{ name: "pk", type: "S" }],
  range: [],
  throughput: { readUnits: 0, writeUnits: 0 },
  throughputHistory: { decreasesToday: 0 },
  warmReadUnits: 1,
  warmWriteUnits: 1,
});
/** Without the lists of indexes: those of a table that is to be made have no keyspaces yet. */
const {
  localIndexes: _locals,
  globalIndexes: _globals,
  vectorIndexes: _vectors,
  ...plain
} = newTestTable("Table", 0);
const table = (more: Partial<TableDescription> = {}): TableDescription => ({
  ...plain,
  status: "ACTIVE",
  epoch: 1,
  keyspace: 70,
  ...more,
});
const many = Array.from({ length: 5 }, (_, index) => vectorIndex(`index${index}`));

const oneAtATime =
  "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table";

const impossible: readonly (readonly [
  what: string,
  table: TableDescription,
  input: UpdateTableInput,
  text: string,
])[] = [
  ["two creations", table(), request([create("one"), create("two")]), oneAtATime],
  [
    "one beside a global index",
    table(),
    request([create("one")], { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "two" } }] }),
    oneAtATime,
  ],
  [
    "a creation while a vector index is made",
    table({ vectorIndexes: [vectorIndex("two", { status: "CREATING" })] }),
    request([create("one")]),
    oneAtATime,
  ],
  [
    "a creation while a global index goes away",
    table({ globalIndexes: [globalIndex("two", "DELETING")] }),
    request([create("one")]),
    oneAtATime,
  ],
  [
    "deleting what is not there",
    table(),
    request([drop("one")]),
    "Requested resource not found: Index one for table Table",
  ],
  [
    "deleting a global index as a vector index",
    table({ globalIndexes: [globalIndex("one", "ACTIVE")] }),
    request([drop("one")]),
    "Cannot delete an index that is not a VectorIndex: one",
  ],
  [
    "a second index of a name",
    table({ vectorIndexes: [vectorIndex("one")] }),
    request([create("one")]),
    "Attempting to create an index which already exists",
  ],
  [
    "the name of a global index",
    table({ globalIndexes: [globalIndex("one", "ACTIVE")] }),
    request([create("one")]),
    "Attempting to create an index which already exists",
  ],
  [
    "an index of a provisioned table",
    table({ billingMode: "PROVISIONED" }),
    request([create("one")]),
    `${prefix}Vector indexes are supported only on tables that use on-demand capacity mode`,
  ],
  [
    "a sixth index",
    table({ vectorIndexes: many }),
    request([create("one")]),
    `${prefix}VectorIndex count exceeds the per-table limit of 5`,
  ],
  [
    "vectors in the table's key",
    table(),
    request([create("one", { VectorAttribute: { AttributeName: "pk" } })]),
    `${prefix}Vector attribute pk must not be defined in AttributeDefinitions`,
  ],
  [
    "other dimensions of an attribute than there are",
    table({ vectorIndexes: [vectorIndex("two", { dimensions: 4 })] }),
    request([create("one")]),
    `${prefix}All vector indexes of the attribute embedding must have the same Dimensions`,
  ],
];

test.each(impossible)("refuses %s", (_what, present, input, text) => {
  expect(() => refuseImpossibleVectorUpdates(present, input)).toThrow(
    expect.objectContaining({ message: text }),
  );
});

const possible: readonly (readonly [what: string, table: TableDescription, input: UpdateTableInput])[] = [
  ["a first index", table(), request([create("one")])],
  ["a fifth index of the same dimensions", table({ vectorIndexes: many.slice(1) }), request([create("one")])],
  ["a deletion", table({ vectorIndexes: [vectorIndex("one")] }), request([drop("one")])],
  [
    "deleting what is being made",
    table({ vectorIndexes: [vectorIndex("one", { status: "CREATING" })] }),
    request([drop("one")]),
  ],
  [
    "throughput of a global index in the same request",
    table({ vectorIndexes: [vectorIndex("one")] }),
    request([drop("one")], { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: "two" } }] }),
  ],
];

test.each(possible)("has nothing against %s", (_what, present, input) => {
  expect(() => refuseImpossibleVectorUpdates(present, input)).not.toThrow();
});

test("a table with a vector index stays on-demand", () => {
  const present = table({ vectorIndexes: [vectorIndex("one")] });
  const provision: UpdateTableInput = { TableName: "Table", BillingMode: "PROVISIONED" };
  expect(() => refuseProvisioningVectors(present, provision)).toThrow("only on tables that use on-demand");
  expect(() => refuseProvisioningVectors(table(), provision)).not.toThrow();
  expect(() => refuseProvisioningVectors(present, { TableName: "Table" })).not.toThrow();
});
