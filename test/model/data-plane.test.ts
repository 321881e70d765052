// Random programs of item operations against a naive model, over the whole stack but the socket.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorBody } from "../../src/api/index.ts";
import { open, type Stator } from "../../src/client/index.ts";
import { identity, naiveItems, type NaiveItems, type WireItem } from "./naive-items.ts";

const tableName = "Model";
const partitions = ["a", "b", "\u00e9", "__proto__", "\ud800"];

type Step =
  | { readonly kind: "put"; readonly item: WireItem; readonly onlyIfAbsent: boolean }
  | { readonly kind: "get"; readonly key: WireItem }
  | { readonly kind: "delete"; readonly key: WireItem; readonly onlyIfPresent: boolean }
  | { readonly kind: "update"; readonly key: WireItem; readonly by: number; readonly label: string }
  | { readonly kind: "query"; readonly partition: string; readonly limit: number; readonly reverse: boolean }
  | { readonly kind: "scan"; readonly limit: number; readonly segments: number }
  | { readonly kind: "batchGet"; readonly keys: readonly WireItem[] }
  | { readonly kind: "batchWrite"; readonly puts: readonly WireItem[]; readonly deletes: readonly WireItem[] }
  | { readonly kind: "counts" };

const partition = fc.constantFrom(...partitions);
const sortKey = fc.integer({ min: -3, max: 12 }).map(String);
const key: fc.Arbitrary<WireItem> = fc.record({
  pk: fc.record({ S: partition }),
  sk: fc.record({ N: sortKey }),
});
const payload = fc.dictionary(
  fc.constantFrom("x", "constructor", "__proto__", "counter"),
  fc.oneof(
    fc.record({ S: fc.string({ maxLength: 5 }) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ L: fc.array(fc.record({ S: fc.string({ maxLength: 2 }) }), { maxLength: 2 }) }),
  ),
  { maxKeys: 3 },
);
const item: fc.Arbitrary<WireItem> = fc.tuple(key, payload).map(([itemKey, more]) => {
  const whole = Object.assign(Object.create(null) as Record<string, WireItem[string]>, itemKey);
  for (const [name, value] of Object.entries(more)) whole[name] = value as WireItem[string];
  return whole;
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("put" as const), item, onlyIfAbsent: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("get" as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("delete" as const), key, onlyIfPresent: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("update" as const),
      key,
      by: fc.integer({ min: -5, max: 5 }),
      label: fc.string({ maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("query" as const),
      partition,
      limit: fc.integer({ min: 1, max: 20 }),
      reverse: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("scan" as const),
      limit: fc.integer({ min: 1, max: 7 }),
      segments: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("batchGet" as const),
      keys: fc.uniqueArray(key, { selector: identity, minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.tuple(item, fc.boolean()), {
        selector: ([of]) => identity(of),
        minLength: 1,
        maxLength: 6,
      })
      .map((writes) => ({
        kind: "batchWrite" as const,
        puts: writes.filter(([, isPut]) => isPut).map(([of]) => of),
        deletes: writes
          .filter(([, isPut]) => !isPut)
          .map(([of]) => ({ pk: of["pk"], sk: of["sk"] }) as WireItem),
      })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("counts" as const) }) },
);

type Call = (operation: string, body: Record<string, unknown>) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Page {
  readonly Items: readonly WireItem[];
  readonly LastEvaluatedKey?: WireItem;
}

describe("item operations", () => {
  const runs = Number(process.env["STATOR_MODEL_RUNS"] ?? 25);
  const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);

  test(`agree with the naive model (${runs} programs, seed ${seed})`, async () => {
    await using stator = await open({ tables: [tableDefinition] });
    const call = caller(stator);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (program) => {
        await stator.reset();
        const model = naiveItems();
        for (const [index, next] of program.entries()) {
          await runStep(call, model, next);
          if (index === program.length - 1)
            expect(sorted(await scanAll(call, 3, 1))).toEqual(sorted(model.all()));
        }
      }),
      { seed, numRuns: runs },
    );
  });
});

const tableDefinition = {
  TableName: tableName,
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  BillingMode: "PAY_PER_REQUEST",
};

function caller(stator: Stator): Call {
  return async (operation, body) => {
    // Through JSON and back, so that the program's objects cannot be touched.
    const json: unknown = JSON.parse(JSON.stringify({ TableName: tableName, ...body }));
    const result = await stator.dispatch({
      service: "DynamoDB",
      operation,
      json,
      namespace: { account: "000000000000", region: "us-east-1" },
      requestId: "model",
    });
    const text = result.kind === "ok" ? result.body : errorBody(result.error);
    return {
      status: result.kind === "ok" ? 200 : result.error.httpStatus,
      body: JSON.parse(Buffer.from(text).toString()) as Record<string, unknown>,
    };
  };
}

async function runStep(call: Call, model: NaiveItems, next: Step): Promise<void> {
  switch (next.kind) {
    case "put":
    case "delete":
    case "update":
      return runWrite(call, model, next);
    case "get": {
      const { body } = await call("GetItem", { Key: next.key, ConsistentRead: true });
      return expect(body["Item"]).toEqual(model.get(next.key));
    }
    case "query":
      return expect(await queryAll(call, next)).toEqual(
        next.reverse ? model.query(next.partition).toReversed() : model.query(next.partition),
      );
    case "scan": {
      const found: WireItem[] = [];
      for (let segment = 0; segment < next.segments; segment += 1) {
        found.push(...(await scanAll(call, next.limit, next.segments, segment)));
      }
      return expect(sorted(found)).toEqual(sorted(model.all()));
    }
    case "batchGet":
    case "batchWrite":
      return runBatch(call, model, next);
    case "counts": {
      const { body } = await call("DescribeTable", {});
      return expect(body["Table"]).toMatchObject({ ItemCount: model.all().length });
    }
  }
}

async function runWrite(
  call: Call,
  model: NaiveItems,
  next: Extract<Step, { kind: "put" | "delete" | "update" }>,
): Promise<void> {
  const names = { "#pk": "pk" };
  if (next.kind === "put") {
    const condition = { ConditionExpression: "attribute_not_exists(#pk)", ExpressionAttributeNames: names };
    const answer = await call("PutItem", {
      Item: next.item,
      ReturnValues: "ALL_OLD",
      ...(next.onlyIfAbsent ? condition : {}),
    });
    return expectOutcome(answer, model.put(next.item, next.onlyIfAbsent));
  }
  if (next.kind === "delete") {
    const condition = { ConditionExpression: "attribute_exists(#pk)", ExpressionAttributeNames: names };
    const answer = await call("DeleteItem", {
      Key: next.key,
      ReturnValues: "ALL_OLD",
      ...(next.onlyIfPresent ? condition : {}),
    });
    return expectOutcome(answer, model.delete(next.key, next.onlyIfPresent));
  }
  const answer = await call("UpdateItem", {
    Key: next.key,
    UpdateExpression: "ADD #c :by SET label = :label",
    ExpressionAttributeNames: { "#c": "counter" },
    ExpressionAttributeValues: { ":by": { N: String(next.by) }, ":label": { S: next.label } },
    ReturnValues: "ALL_NEW",
  });
  return expectOutcome(answer, model.update(next.key, next.by, next.label));
}

function expectOutcome(answer: Answer, outcome: ReturnType<NaiveItems["put"]>): void {
  if (outcome.kind === "error") {
    expect(String(answer.body["__type"]).split("#")[1]).toBe(outcome.name);
  } else {
    expect(answer.body["Attributes"]).toEqual(outcome.item);
  }
}

async function runBatch(
  call: Call,
  model: NaiveItems,
  next: Extract<Step, { kind: "batchGet" | "batchWrite" }>,
): Promise<void> {
  if (next.kind === "batchGet") {
    const { body } = await call("BatchGetItem", {
      RequestItems: { [tableName]: { Keys: next.keys, ConsistentRead: true } },
    });
    const responses = body["Responses"] as Record<string, readonly WireItem[]>;
    const expected = next.keys.flatMap((of) => {
      const present = model.get(of);
      return present === undefined ? [] : [present];
    });
    return expect(sorted(responses[tableName] ?? [])).toEqual(sorted(expected));
  }
  const requests = [
    ...next.puts.map((of) => ({ PutRequest: { Item: of } })),
    ...next.deletes.map((of) => ({ DeleteRequest: { Key: of } })),
  ];
  const { body } = await call("BatchWriteItem", { RequestItems: { [tableName]: requests } });
  expect(body).toEqual({ UnprocessedItems: {} });
  for (const of of next.puts) model.put(of, false);
  for (const of of next.deletes) model.delete(of, false);
}

async function queryAll(call: Call, next: Extract<Step, { kind: "query" }>): Promise<readonly WireItem[]> {
  return allPages((start) =>
    call("Query", {
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: next.partition } },
      Limit: next.limit,
      ScanIndexForward: !next.reverse,
      ConsistentRead: true,
      ...start,
    }),
  );
}

async function scanAll(call: Call, limit: number, total: number, segment = 0): Promise<readonly WireItem[]> {
  return allPages((start) =>
    call("Scan", { Limit: limit, TotalSegments: total, Segment: segment, ConsistentRead: true, ...start }),
  );
}

async function allPages(
  page: (start: { ExclusiveStartKey?: WireItem }) => Promise<Answer>,
): Promise<readonly WireItem[]> {
  const items: WireItem[] = [];
  let start: { ExclusiveStartKey?: WireItem } = {};
  for (let pages = 0; pages < 1000; pages += 1) {
    const answer = await page(start);
    expect(answer.status).toBe(200);
    const { Items: found, LastEvaluatedKey: last } = answer.body as unknown as Page;
    items.push(...found);
    if (last === undefined) return items;
    start = { ExclusiveStartKey: last };
  }
  throw new Error("paging did not end");
}

function sorted(items: readonly WireItem[]): readonly WireItem[] {
  return items.toSorted((a, b) => (identity(a) < identity(b) ? -1 : 1));
}
