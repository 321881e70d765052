/** A whole stack of operations over the model engine, with a stopped clock, for tests of tables. */
import {
  type AdjustableClock,
  adjustableClock,
  createTurnPacer,
  limits,
  seededRandom,
} from "../base/index.ts";
import {
  type Catalog,
  catalogDecides,
  type CatalogDelays,
  type Namespace,
  openCatalog,
} from "../catalog/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { mutationDecides } from "../mutations/index.ts";
import { createDispatch, type Services } from "../operations/index.ts";
import { createStatementParser } from "../partiql/index.ts";
import type { DecideRegistry, Engine } from "../storage/contract/index.ts";
import { inspectAfterTest } from "./left-stores.ts";
import { modelStore, openModelEngine } from "./model-engine.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export interface TableOperations {
  readonly clock: AdjustableClock;
  readonly engine: Engine;
  readonly catalog: Catalog;
  /** The parsed answer; throws when the call is refused. */
  readonly answer: (operation: string, input: JsonObject, namespace?: Namespace) => Promise<JsonObject>;
  /** `Error: text` of the refusal, or the answer's JSON when the call succeeds. */
  readonly refusal: (operation: string, input: JsonObject, namespace?: Namespace) => Promise<string>;
  /** The same store opened again, as after a restart, at the clock's time. */
  readonly reopened: () => Promise<TableOperations>;
}

export const testNamespace: Namespace = { account: "000000000000", region: "us-east-1" };

/** A Thursday, 23:00 UTC. */
export const startMs: number = Date.UTC(2026, 9, 8, 23);

const noDelays: CatalogDelays = { createMs: 0, updateMs: 0, deleteMs: 0 };

export function openTableOperations(delays: Partial<CatalogDelays> = {}): Promise<TableOperations> {
  // Set to the moment and not stopped there: a millisecond may pass between the two calls.
  const clock = adjustableClock({ startMs: startMs - 60_000 });
  clock.freeze(startMs);
  return openOver({ clock, delays: { ...noDelays, ...delays }, store: modelStore() });
}

interface Stack {
  readonly clock: AdjustableClock;
  readonly delays: CatalogDelays;
  readonly store: ReturnType<typeof modelStore>;
}

async function openOver(stack: Stack): Promise<TableOperations> {
  const { clock, delays, store } = stack;
  const decide: DecideRegistry = new Map([...catalogDecides, ...mutationDecides]);
  const engine = openModelEngine({ decide, clock, store });
  inspectAfterTest(engine);
  const catalog = await openCatalog({ engine, clock, delays });
  const services: Services = {
    engine,
    catalog,
    clock,
    random: seededRandom(store.lastVersion),
    pacer: createTurnPacer(),
    compiler: createExpressionCompiler({ cacheEntriesMax: 10 }),
    statements: createStatementParser({ cacheEntriesMax: 10 }),
    collectionBytesMax: limits.collectionBytesMax,
    transactionHoldMs: 0,
    regionId: 0,
  };
  const dispatch = createDispatch(services);
  const call = async (operation: string, input: JsonObject, namespace = testNamespace): Promise<string> => {
    // Through JSON, so that the input is what a client could have sent.
    const json: unknown = JSON.parse(JSON.stringify(input));
    const request = { service: "DynamoDB", operation, json, namespace, requestId: "R" } as const;
    const result = await dispatch(request);
    if (result.kind === "error") {
      // A bug of ours hides behind an InternalServerError; tests should see it.
      if (result.cause instanceof Error) throw result.cause;
      throw result.error;
    }
    return typeof result.body === "string" ? result.body : Buffer.from(result.body).toString("utf8");
  };
  return {
    clock,
    engine,
    catalog,
    async answer(operation, input, namespace) {
      const body = await call(operation, input, namespace);
      return (body === "" ? {} : JSON.parse(body)) as JsonObject;
    },
    async refusal(operation, input, namespace) {
      try {
        return await call(operation, input, namespace);
      } catch (error) {
        if (error instanceof Error && "code" in error) return `${String(error.code)}: ${error.message}`;
        throw error;
      }
    },
    reopened: () => openOver(stack),
  };
}

/** CreateTable of an on-demand table with the partition key `pk`. */
export function onDemandTable(name: string, more: JsonObject = {}): JsonObject {
  return {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    ...more,
  };
}

export function provisionedTable(name: string, reads: number, writes: number): JsonObject {
  return onDemandTable(name, { BillingMode: "PROVISIONED", ProvisionedThroughput: units(reads, writes) });
}

export function units(reads: number, writes: number): JsonObject {
  return { ReadCapacityUnits: reads, WriteCapacityUnits: writes };
}
