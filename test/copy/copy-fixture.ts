/** Ends for tests of copying: Stators in this process, ends that fail when told to, and tables with all kinds of values. */
import { systemClock, type Clock } from "../../src/base/index.ts";
import { dispatchEnd, type CopyOptions, type CopyOutcome, type End, runCopy } from "../../src/copy/index.ts";
import { createStator, type StorageChoice } from "../../src/server/index.ts";

export type Json = Readonly<Record<string, unknown>>;

const namespace = { account: "000000000000", region: "us-east-1" };

/** Waits of a copy are not waited. */
export const hastyClock: Clock = { ...systemClock(), sleep: async () => undefined };

export async function storeEnd(name: string, storage: StorageChoice = { kind: "memory" }): Promise<End> {
  const core = await createStator({
    storage,
    auth: { mode: "open" },
    region: namespace.region,
    shared: false,
    delays: { createMs: 0, updateMs: 0, deleteMs: 0 },
    housekeeping: "afterRequests",
  });
  return dispatchEnd({
    name,
    identity: name,
    dispatch: core.dispatch,
    namespace,
    close: () => core.close(),
  });
}

/** What an end answers; a refusal fails the test. */
export async function ask(end: End, operation: string, input: Json): Promise<Json> {
  const request = { service: "DynamoDB", operation, input } as const;
  const outcome = await end.call(request, new AbortController().signal);
  if (outcome.kind !== "answer") throw new Error(`${operation}: ${JSON.stringify(outcome)}`);
  return outcome.body;
}

export async function putItems(end: End, table: string, items: readonly Json[]): Promise<void> {
  // Some batches together: a store on a disk then syncs once for all of them.
  for (let at = 0; at < items.length; at += 500) {
    const group = items.slice(at, at + 500).map((item) => ({ PutRequest: { Item: item } }));
    const batches = Array.from({ length: Math.ceil(group.length / 25) }, (_, index) =>
      group.slice(index * 25, (index + 1) * 25),
    );
    await Promise.all(
      batches.map((requests) => ask(end, "BatchWriteItem", { RequestItems: { [table]: requests } })),
    );
  }
}

/** In the order of their keys `pk`. */
export async function allItems(end: End, table: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  let start: unknown;
  do {
    const page = await ask(end, "Scan", {
      TableName: table,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    items.push(...(page["Items"] as Json[]));
    start = page["LastEvaluatedKey"];
  } while (start !== undefined);
  return items.sort((left, right) => (JSON.stringify(left["pk"]) < JSON.stringify(right["pk"]) ? -1 : 1));
}

export const plainTable: Json = {
  TableName: "Plain",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};

/** Two key attributes, all sorts of indexes and settings. */
export const richTable: Json = {
  TableName: "Rich",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "N" },
    { AttributeName: "g", AttributeType: "S" },
    { AttributeName: "l", AttributeType: "B" },
    { AttributeName: "v", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "byL",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "l", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byG",
      KeySchema: [
        { AttributeName: "g", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["text"] },
    },
  ],
  VectorIndexes: [
    {
      IndexName: "byV",
      VectorAttribute: { AttributeName: "vector" },
      SearchSchema: [{ AttributeName: "v", SearchSchemaElementType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
      Dimensions: 2,
      DistanceFunction: "COSINE",
    },
  ],
  BillingMode: "PAY_PER_REQUEST",
  OnDemandThroughput: { MaxReadRequestUnits: 500, MaxWriteRequestUnits: 600 },
  TableClass: "STANDARD_INFREQUENT_ACCESS",
  DeletionProtectionEnabled: true,
  Tags: [
    { Key: "team", Value: "blue" },
    { Key: "env", Value: "test" },
  ],
};

/** Every attribute type, and names and values that code tends to stumble over. */
export const oddItem: Json = JSON.parse(`{
  "pk": {"S": "odd \\u00e9 \\ud83d\\ude00 \\ud800"}, "sk": {"N": "-0.000000000000000000000000000000000000001"},
  "g": {"S": "g"}, "l": {"B": "AAH/"}, "v": {"S": "v"}, "vector": {"L": [{"N": "1"}, {"N": "0.5"}]},
  "empty": {"S": ""}, "__proto__": {"M": {"constructor": {"NULL": true}, "1": {"BOOL": false}}}, "toString": {"B": ""},
  "ss": {"SS": ["b", "a", ""]}, "ns": {"NS": ["3", "1", "99999999999999999999999999999999999999"]}, "bs": {"BS": ["Ag==", "AQ=="]},
  "list": {"L": [{"L": []}, {"M": {}}, {"N": "1E+125"}, {"SS": ["x"]}]}, "text": {"S": "line\\nbreak \\u0000 \\"quoted\\""}
}`) as Json;

/** Items `k0`, `k1`, ... */
export function manyItems(count: number, textLength = 20): readonly Json[] {
  return Array.from({ length: count }, (_, index) => ({
    pk: { S: `k${index}` },
    n: { N: String(index) },
    text: { S: "x".repeat(textLength + (index % 10)) },
  }));
}

/** Calls go through until `refuse` says otherwise; counts the calls of each operation. */
export function watchedEnd(
  end: End,
  refuse: (
    operation: string,
    count: number,
  ) => { readonly error: string; readonly message?: string } | undefined,
): End & { readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return {
    ...end,
    counts,
    async call(request, signal) {
      const { operation } = request;
      const count = (counts.get(operation) ?? 0) + 1;
      counts.set(operation, count);
      const refusal = refuse(operation, count);
      if (refusal !== undefined) return { kind: "refused", message: "", retryable: false, ...refusal };
      return end.call(request, signal);
    },
  };
}

export interface CopyRun {
  readonly outcome: CopyOutcome;
  readonly lines: readonly string[];
}

/** A copy that tests have every chance to change. */
export async function copyOnce(
  options: Pick<CopyOptions, "from" | "to" | "stateFile"> & Partial<CopyOptions>,
): Promise<CopyRun> {
  const lines: string[] = [];
  const outcome = await runCopy({
    tables: [],
    intoExisting: false,
    sync: false,
    dryRun: false,
    compare: true,
    workersMax: 4,
    without: [],
    signal: new AbortController().signal,
    say: (line) => lines.push(line),
    clock: hastyClock,
    patienceMs: 0,
    ...options,
  });
  return { outcome, lines };
}

/** For a copy that must have ended well. */
export function reportOf({ outcome }: CopyRun): Extract<CopyOutcome, { readonly kind: "done" }> {
  if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
  return outcome;
}
