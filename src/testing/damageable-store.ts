/** A Stator in memory whose store a test can damage behind its back, with a table that has an index of each kind. */
import { adjustableClock, assert } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { type IndexName, verifyTables } from "../indexes/index.ts";
import { composeStator, type StatorCore } from "../server/create-stator.ts";
import { decideRegistry } from "../server/decide-registry.ts";
import type { Commit, DecideFunction } from "../storage/contract/index.ts";
import { openSqliteEngine, type SqliteEngine } from "../storage/sqlite/index.ts";
import { testNamespace } from "./new-table.ts";

type JsonObject = Readonly<Record<string, unknown>>;

export interface DamageableStore extends AsyncDisposable {
  readonly engine: SqliteEngine;
  readonly core: StatorCore;
  /** The parsed answer; throws when the call is refused. Indexes that are not paused follow. */
  readonly call: (operation: string, input: JsonObject) => Promise<JsonObject>;
  /** The table `Tab`, as it is now. */
  readonly table: () => TableDescription;
  /** One of its indexes. */
  readonly index: (indexName: string) => IndexName;
  /** Writes whatever it is told. */
  readonly damage: (commit: Partial<Commit>) => Promise<void>;
  readonly problems: () => Promise<readonly string[]>;
}

const damage: DecideFunction = (args) => ({ kind: "commit", commit: args as Commit, result: undefined });

/** `Tab` has the key (pk, sk), the local index `local` on the number n, and the global index `global` on g. */
export async function openDamageableStore(
  settings: { readonly inspect?: (engine: unknown) => Promise<void> } = { inspect: async () => undefined },
): Promise<DamageableStore> {
  const clock = adjustableClock();
  const decide = new Map([...decideRegistry, ["damage", damage] as const]);
  const engine = await openSqliteEngine({ location: { kind: "memory" }, decide, clock });
  const core = await composeStator(
    {
      auth: { mode: "open" },
      region: testNamespace.region,
      shared: false,
      delays: { createMs: 0, updateMs: 0, deleteMs: 0 },
      clock,
      housekeeping: "afterRequests",
      ...settings,
    },
    engine,
  );
  const table = (): TableDescription => {
    const found = core.services.catalog.find(testNamespace, "Tab");
    assert(found !== undefined, "the table exists");
    return found;
  };
  const store: DamageableStore = {
    engine,
    core,
    async call(operation, input) {
      const json: unknown = JSON.parse(JSON.stringify({ TableName: "Tab", ...input }));
      const request = {
        service: "DynamoDB",
        operation,
        json,
        namespace: testNamespace,
        requestId: "R",
      } as const;
      const result = await core.dispatch(request);
      if (result.kind === "error") throw result.cause instanceof Error ? result.cause : result.error;
      const { body } = result;
      return JSON.parse(typeof body === "string" ? body : Buffer.from(body).toString("utf8")) as JsonObject;
    },
    table,
    index: (indexName) => ({ table: table(), indexName }),
    async damage(commit) {
      const args: Commit = { records: [], ...commit };
      const outcome = await engine.mutate({ kind: "damage", epochs: [], keys: [], args });
      assert(outcome.kind === "committed", "damage is done");
    },
    problems: () => verifyTables(engine),
    [Symbol.asyncDispose]: () => core.close(),
  };
  await store.call("CreateTable", sampleTable);
  return store;
}

const sampleTable: JsonObject = {
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
    { AttributeName: "n", AttributeType: "N" },
    { AttributeName: "g", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "local",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "n", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "global",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a"] },
    },
  ],
  BillingMode: "PAY_PER_REQUEST",
};
