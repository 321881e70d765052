/** Operations over a real SQLite engine, in memory or in a folder, on a clock that stands still: for tests of transactions. */
import { type AdjustableClock, adjustableClock, createTurnPacer, seededRandom } from "../base/index.ts";
import { catalogDecides, type Namespace, openCatalog } from "../catalog/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { mutationDecides } from "../mutations/index.ts";
import { createDispatch, type Services } from "../operations/index.ts";
import { createStatementParser } from "../partiql/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { openSqliteEngine } from "../storage/sqlite/index.ts";
import { inspectStore } from "./inspect-store.ts";
import { testNamespace } from "./new-table.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export interface TransactionOperations extends AsyncDisposable {
  readonly clock: AdjustableClock;
  readonly engine: Engine;
  /** The body of the answer, or of the error; throws on what is a bug of ours. */
  readonly call: (operation: string, input: JsonObject, namespace?: Namespace) => Promise<JsonObject>;
}

export interface TransactionStoreOptions {
  readonly clock?: AdjustableClock;
  /** Absent: in memory. */
  readonly directory?: string;
  readonly services?: Partial<Services>;
}

const startMs = Date.UTC(2026, 9, 8, 23);

export function stoppedClock(): AdjustableClock {
  // Set to the moment and not stopped there: a millisecond may pass between the two calls.
  const clock = adjustableClock({ startMs: startMs - 60_000 });
  clock.freeze(startMs);
  return clock;
}

export async function openTransactionOperations(
  options: TransactionStoreOptions = {},
): Promise<TransactionOperations> {
  const { clock = stoppedClock(), directory: path } = options;
  const engine = await openSqliteEngine({
    location: path === undefined ? { kind: "memory" } : { kind: "directory", path },
    decide: new Map([...catalogDecides, ...mutationDecides]),
    clock,
  });
  const catalog = await openCatalog({ engine, clock, delays: { createMs: 0, updateMs: 0, deleteMs: 0 } });
  const dispatch = createDispatch({
    engine,
    catalog,
    clock,
    random: seededRandom(1),
    pacer: createTurnPacer(),
    compiler: createExpressionCompiler({ cacheEntriesMax: 100 }),
    statements: createStatementParser({ cacheEntriesMax: 100 }),
    collectionBytesMax: 10 * 1024 ** 3,
    regionId: 0,
    ...options.services,
  });
  return {
    clock,
    engine,
    async call(operation, input, namespace = testNamespace) {
      // Through JSON, so that the input is what a client could have sent.
      const json: unknown = JSON.parse(JSON.stringify(input));
      const result = await dispatch({ service: "DynamoDB", operation, json, namespace, requestId: "R" });
      if (result.kind === "ok") return JSON.parse(Buffer.from(result.body).toString("utf8")) as JsonObject;
      if (result.cause instanceof Error) throw result.cause;
      const { code, message, members } = result.error;
      const more = members.map(({ name, json: text }) => [name, JSON.parse(text) as unknown] as const);
      return { error: code, message, ...Object.fromEntries(more) };
    },
    async [Symbol.asyncDispose]() {
      try {
        await inspectStore(engine);
      } finally {
        await engine.close();
      }
    },
  };
}

/** CreateTable with a partition key `pk` and, if told, a sort key `sk` and a local index on `lk`. */
export function keyedTable(name: string, keys: "hash" | "range" | "local" = "hash"): JsonObject {
  const attributes = { hash: ["pk"], range: ["pk", "sk"], local: ["pk", "sk", "lk"] }[keys];
  const schema = (second: string): JsonObject[] => [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: second, KeyType: "RANGE" },
  ];
  return {
    TableName: name,
    AttributeDefinitions: attributes.map((attribute) => ({ AttributeName: attribute, AttributeType: "S" })),
    KeySchema: keys === "hash" ? schema("sk").slice(0, 1) : schema("sk"),
    BillingMode: "PAY_PER_REQUEST",
    ...(keys === "local"
      ? {
          LocalSecondaryIndexes: [
            { IndexName: "byLk", KeySchema: schema("lk"), Projection: { ProjectionType: "ALL" } },
          ],
        }
      : {}),
  };
}

/** What `call` answers for a transaction that was cancelled for these reasons. */
export function cancelled(...reasons: readonly JsonObject[]): JsonObject {
  const codes = reasons.map((reason) => reason["Code"]).join(", ");
  return {
    error: "TransactionCanceledException",
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  };
}
