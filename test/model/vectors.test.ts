// Random programs of writes and searches against a search that sorts all items, over the whole stack but the socket.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorBody } from "../../src/api/index.ts";
import { open, type Stator } from "../../src/client/index.ts";
import {
  type Found,
  type NaiveIndex,
  naiveSearch,
  type Search,
  searchInput,
  type VectorItem,
  vectorIndexInput,
} from "./naive-vectors.ts";

const tableName = "Vectors";
const dimensions = 3;

/** Of these the change log need not carry whole items. */
const narrowIndexes: readonly NaiveIndex[] = [
  { name: "euclid-team", distance: "EUCLIDEAN", byTeam: true, byNumber: false, included: [] },
  { name: "dot-both", distance: "DOT_PRODUCT", byTeam: true, byNumber: true, included: ["label"] },
];
const indexes: readonly NaiveIndex[] = [
  { name: "cosine-all", distance: "COSINE", byTeam: false, byNumber: false },
  ...narrowIndexes,
  { name: "cosine-number", distance: "COSINE", byTeam: false, byNumber: true },
];

type Step =
  | {
      readonly kind: "put";
      readonly items: readonly VectorItem[];
      readonly by: "item" | "batch" | "transaction";
    }
  | { readonly kind: "set"; readonly pk: string; readonly attributes: Omit<VectorItem, "pk"> }
  | { readonly kind: "remove"; readonly pk: string; readonly name: "v" | "team" | "n" | "label" }
  | { readonly kind: "delete"; readonly pk: string }
  | { readonly kind: "search"; readonly search: Search };

const component = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(0.1, -0.333_333_333_333, 1e-7, 12_345_678.9),
);
const components = fc.array(component, { minLength: dimensions, maxLength: dimensions });
const pk = fc.integer({ min: 0, max: 15 }).map((at) => `item-${at}`);
const team = fc.constantFrom("red", "blue");
const attributes = fc.record(
  {
    v: components.map((numbers) => ({ L: numbers.map((each) => ({ N: String(each) })) })),
    team: fc.record({ S: team }),
    n: fc.record({ N: fc.integer({ min: 0, max: 4 }).map(String) }),
    label: fc.record({ S: fc.string({ maxLength: 3 }) }),
  },
  { requiredKeys: [] },
);
const item: fc.Arbitrary<VectorItem> = fc.tuple(pk, attributes).map(([S, more]) => ({ pk: { S }, ...more }));
const filter = fc.record({
  kind: fc.constantFrom("=" as const, "<" as const, "between" as const, "in" as const),
  values: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 3, max: 4 })),
});
const searchOf = (some: readonly NaiveIndex[]): fc.Arbitrary<Search> =>
  fc
    .record({
      index: fc.constantFrom(...some),
      vector: components,
      topK: fc.integer({ min: 1, max: 12 }),
      team,
      filter: fc.option(filter, { nil: undefined }),
    })
    .map(({ filter: wanted, ...rest }) => (wanted === undefined ? rest : { ...rest, filter: wanted }));

const stepOf = (some: readonly NaiveIndex[]): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("put" as const),
        items: fc.uniqueArray(item, { selector: (one) => one.pk.S, minLength: 1, maxLength: 6 }),
        by: fc.constantFrom("item" as const, "batch" as const, "transaction" as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("set" as const),
        pk,
        attributes: attributes.filter((some) => Object.keys(some).length > 0),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("remove" as const),
        pk,
        name: fc.constantFrom("v" as const, "team" as const, "n" as const, "label" as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), pk }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("search" as const), search: searchOf(some) }) },
  );
const step = stepOf(indexes);

type Call = (operation: string, body: Record<string, unknown>) => Promise<Record<string, unknown>>;

const bareTable = {
  TableName: tableName,
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
const searchDefinitions = [
  { AttributeName: "team", AttributeType: "S" },
  { AttributeName: "n", AttributeType: "N" },
];
const tableWith = (some: readonly NaiveIndex[]): Record<string, unknown> => ({
  ...bareTable,
  AttributeDefinitions: [...bareTable.AttributeDefinitions, ...searchDefinitions],
  VectorIndexes: some.map((index) => vectorIndexInput(index, dimensions)),
});

const runs = Number(process.env["STATOR_MODEL_RUNS"] ?? 25);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);

describe("vector indexes", () => {
  test.each([
    ["that hold all or part of their items", indexes],
    ["that hold part of their items", narrowIndexes],
  ])(`%s agree with sorting all items (${runs} programs, seed ${seed})`, async (_, some) => {
    const program = fc.array(stepOf(some), { minLength: 5, maxLength: 50 });
    await using stator = await open({ tables: [tableWith(some)] });
    const call = caller(stator);
    await fc.assert(
      fc.asyncProperty(program, async (steps) => {
        await stator.reset();
        const items = new Map<string, VectorItem>();
        for (const next of steps) await runStep(call, items, next);
      }),
      { seed, numRuns: runs },
    );
  });

  test("hold what was in the table when they were added to it, and what came meanwhile and later", async () => {
    await using stator = await open({ tables: [bareTable] });
    const call = caller(stator);
    const items = new Map<string, VectorItem>();
    const steps = fc.sample(step, { seed, numRuns: 400 });
    const withoutSearches = steps.filter(({ kind }) => kind !== "search");
    for (const next of withoutSearches) await runStep(call, items, next);
    // What an index cannot take is no reason not to build it.
    for (const unfit of [{ S: "text" }, { L: [{ N: "1" }] }, { L: [{ N: "1" }, { S: "2" }, { N: "3" }] }]) {
      await call("PutItem", { Item: { pk: { S: `unfit-${JSON.stringify(unfit)}` }, v: unfit } });
    }
    for (const index of indexes) {
      await call("UpdateTable", {
        AttributeDefinitions: searchDefinitions,
        VectorIndexUpdates: [{ Create: vectorIndexInput(index, dimensions) }],
      });
    }
    for (const next of steps) await runStep(call, items, next);
    const { Table: table } = await call("DescribeTable", {});
    expect(table).toMatchObject({
      VectorIndexes: indexes.map(({ name }) => ({ IndexName: name, IndexStatus: "ACTIVE" })),
    });
  });

  test("are there again after a restart", async () => {
    const folder = await mkdtemp(join(tmpdir(), "stator-vectors-"));
    try {
      const items = new Map<string, VectorItem>();
      const steps = fc.sample(step, { seed: seed + 1, numRuns: 200 });
      await using first = await open({ data: folder, tables: [tableWith(indexes)] });
      for (const next of steps) await runStep(caller(first), items, next);
      await first.close();
      await using second = await open({ data: folder });
      for (const next of steps.filter(({ kind }) => kind === "search")) {
        await runStep(caller(second), items, next);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function caller(stator: Stator): Call {
  return async (operation, body) => {
    const perTable = operation === "BatchWriteItem" || operation === "TransactWriteItems";
    const json: unknown = JSON.parse(JSON.stringify(perTable ? body : { TableName: tableName, ...body }));
    const result = await stator.dispatch({
      service: "DynamoDB",
      operation,
      json,
      namespace: { account: "000000000000", region: "us-east-1" },
      requestId: "model",
    });
    if (result.kind === "error") throw new Error(`${operation}: ${errorBody(result.error)}`);
    return JSON.parse(Buffer.from(result.body).toString() || "{}") as Record<string, unknown>;
  };
}

async function runStep(call: Call, items: Map<string, VectorItem>, next: Step): Promise<void> {
  switch (next.kind) {
    case "put":
      await putAll(call, next);
      for (const one of next.items) items.set(one.pk.S, one);
      return;
    case "set": {
      const entries = Object.entries(next.attributes);
      await call("UpdateItem", {
        Key: { pk: { S: next.pk } },
        UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(", ")}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
      });
      items.set(next.pk, { ...items.get(next.pk), pk: { S: next.pk }, ...next.attributes });
      return;
    }
    case "remove": {
      await call("UpdateItem", {
        Key: { pk: { S: next.pk } },
        UpdateExpression: "REMOVE #name",
        ExpressionAttributeNames: { "#name": next.name },
      });
      const present = items.get(next.pk);
      if (present === undefined) return;
      const { [next.name]: _gone, ...rest } = present;
      items.set(next.pk, rest);
      return;
    }
    case "delete":
      await call("DeleteItem", { Key: { pk: { S: next.pk } } });
      items.delete(next.pk);
      return;
    case "search":
      return runSearch(call, [...items.values()], next.search);
  }
}

async function putAll(call: Call, { items, by }: Extract<Step, { kind: "put" }>): Promise<void> {
  if (by === "item") {
    for (const one of items) await call("PutItem", { Item: one });
  } else if (by === "batch") {
    await call("BatchWriteItem", {
      RequestItems: { [tableName]: items.map((Item) => ({ PutRequest: { Item } })) },
    });
  } else {
    await call("TransactWriteItems", {
      TransactItems: items.map((Item) => ({ Put: { TableName: tableName, Item } })),
    });
  }
}

/** Among items that are equally near any may be found: those that are must be as near as the naive ones. */
async function runSearch(call: Call, items: readonly VectorItem[], wanted: Search): Promise<void> {
  const answer = await call("SearchVectors", searchInput(wanted));
  const results = answer["SearchResults"] as readonly { Item: Partial<VectorItem>; Score: number }[];
  const expected = naiveSearch(items, wanted);
  const byKey = new Map(expected.map((found) => [found.item.pk?.S, found]));
  expect(results.length).toBe(Math.min(wanted.topK, expected.length));
  for (const [at, { Item: found, Score: score }] of results.entries()) {
    const naive = byKey.get(found.pk?.S);
    expect(found).toEqual(naive?.item);
    expectNear(score, naive);
    expectNear(score, expected[at]);
  }
  expect(new Set(results.map(({ Item: { pk: key } }) => key?.S)).size).toBe(results.length);
}

function expectNear(score: number, naive: Found | undefined): void {
  const other = naive?.score ?? Number.NaN;
  expect(Math.abs(score - other)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(other)));
}
