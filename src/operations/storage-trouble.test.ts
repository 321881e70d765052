// Table operations over a store in trouble: a clear answer each, no crash, and no table that is not there.
import { describe, expect, test } from "vitest";
import { createTurnPacer, seededRandom } from "../base/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { createStatementParser } from "../partiql/index.ts";
import { type Engine, type Mutation, type MutationOutcome, StorageError } from "../storage/contract/index.ts";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  type TableOperations,
  testNamespace,
} from "../testing/table-operations.ts";
import { createDispatch } from "./index.ts";

type Mutate = (mutation: Mutation) => Promise<MutationOutcome>;
type Trouble = (mutate: Mutate) => Mutate;

const ResourceArn = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders";
const writes: readonly (readonly [operation: string, input: JsonObject])[] = [
  ["CreateTable", onDemandTable("Fresh")],
  ["UpdateTable", { TableName: "Orders", DeletionProtectionEnabled: true }],
  ["TagResource", { ResourceArn, Tags: [{ Key: "k", Value: "v" }] }],
  ["UntagResource", { ResourceArn, TagKeys: ["old"] }],
  ["DeleteTable", { TableName: "Orders" }],
];

async function prepared(): Promise<TableOperations> {
  const tables = await openTableOperations();
  await tables.answer("CreateTable", onDemandTable("Orders", { Tags: [{ Key: "old", Value: "v" }] }));
  return tables;
}

/** Status, name and message of the answer to a call whose mutations end in this trouble. */
async function answered(
  { engine, catalog, clock }: TableOperations,
  [operation, json]: readonly [string, JsonObject],
  trouble: Trouble,
): Promise<string> {
  const mutate = engine.mutate.bind(engine);
  engine.mutate = trouble(mutate);
  const dispatch = createDispatch({
    engine,
    catalog,
    clock,
    random: seededRandom(1),
    pacer: createTurnPacer(),
    compiler: createExpressionCompiler({ cacheEntriesMax: 1 }),
    statements: createStatementParser({ cacheEntriesMax: 1 }),
    collectionBytesMax: 10 * 1024 ** 3,
    regionId: 0,
  });
  const call = { service: "DynamoDB", operation, json, namespace: testNamespace, requestId: "R" } as const;
  const result = await dispatch(call);
  engine.mutate = mutate;
  return result.kind === "ok"
    ? "ok"
    : `${result.error.httpStatus} ${result.error.code}: ${result.error.message}`;
}

const internal = "500 InternalServerError: Internal server error";

describe.each(writes)("%s", (...write) => {
  test("answers 500 when nobody knows whether it took place, and shows what is stored", async () => {
    const lost = await prepared();
    const before = JSON.stringify(lost.catalog.list(testNamespace, { after: undefined, namesMax: 9 }));
    expect(await answered(lost, write, () => async () => ({ kind: "unknown" }))).toBe(internal);
    expect(JSON.stringify(lost.catalog.list(testNamespace, { after: undefined, namesMax: 9 }))).toBe(before);

    const landed = await prepared();
    const appliedAllTheSame: Trouble = (mutate) => async (mutation) => {
      await mutate(mutation);
      return { kind: "unknown" };
    };
    expect(await answered(landed, write, appliedAllTheSame)).toBe(internal);
    const stored = await landed.reopened();
    for (const name of ["Orders", "Fresh"]) {
      expect(landed.catalog.find(testNamespace, name)).toEqual(stored.catalog.find(testNamespace, name));
    }
  });

  test("answers 500, too, when the store cannot be read after that", async () => {
    const tables = await prepared();
    const unreadable = (engine: Engine): Trouble => {
      return () => async () => {
        engine.get = async () => {
          throw new StorageError("unavailable", "the store cannot be read");
        };
        return { kind: "unknown" };
      };
    };
    expect(await answered(tables, write, unreadable(tables.engine))).toBe(internal);
  });

  test("answers 503 when the store does not write, and changes nothing", async () => {
    const tables = await prepared();
    const full: Trouble = () => async () => {
      throw new StorageError("unavailable", "the disk is full");
    };
    expect(await answered(tables, write, full)).toBe(
      "503 ServiceUnavailable: Service is temporarily unavailable. Please retry.",
    );
    expect(await answered(tables, write, (mutate) => mutate)).toBe("ok");
  });

  test("tries again after a conflict, and answers 500 when they do not end", async () => {
    const tables = await prepared();
    let left = 3;
    const some: Trouble = (mutate) => async (mutation) => {
      left -= 1;
      return left >= 0 ? { kind: "conflict", keys: [] } : mutate(mutation);
    };
    expect(await answered(tables, write, () => async () => ({ kind: "conflict", keys: [] }))).toBe(internal);
    expect(await answered(tables, write, some)).toBe("ok");
    expect(left).toBe(-1);
  });
});
