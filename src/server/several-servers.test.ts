// Several servers on one store of an engine for many processes: what one that dies had begun, another ends.
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AdjustableClock, adjustableClock, nextTurn } from "../base/index.ts";
import { type Engine, StorageError } from "../storage/contract/index.ts";
import { modelStore, openModelEngine, testServerSettings } from "../testing/index.ts";
import { altered } from "../testing/copying-consumers.ts";
import { composeStator, type StatorCore } from "./create-stator.ts";
import { decideRegistry } from "./decide-registry.ts";

type Json = Readonly<Record<string, unknown>>;

interface Server {
  readonly core: StatorCore;
  readonly call: (operation: string, json: Json) => Promise<Json>;
  /** As when its process was killed: nothing it does from now on reaches the store. */
  readonly die: () => void;
}

const namespace = { account: "000000000000", region: "us-east-1" };
const TableName = "Orders";
const group = { AttributeName: "group", AttributeType: "S" };
const byGroup = {
  IndexName: "byGroup",
  KeySchema: [{ AttributeName: "group", KeyType: "HASH" }],
  Projection: { ProjectionType: "ALL" },
};
const orders = {
  TableName,
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
const addIndex = {
  TableName,
  AttributeDefinitions: [...orders.AttributeDefinitions, group],
  GlobalSecondaryIndexUpdates: [{ Create: byGroup }],
};

let store = modelStore();
let clock: AdjustableClock;
const running: StatorCore[] = [];

beforeEach(() => {
  store = modelStore();
  clock = adjustableClock({ startMs: Date.UTC(2026, 9, 8) });
  clock.freeze();
});

afterEach(async () => {
  for (const core of running.splice(0)) await core.close();
});

async function startServer(isSick: () => boolean = () => false): Promise<Server> {
  const model = openModelEngine({ decide: decideRegistry, clock, store });
  let dead = false;
  const gone = (): Promise<never> => Promise.reject(new StorageError("unavailable", "this server is dead"));
  const engine: Engine = altered(model, {
    capabilities: { ...model.capabilities, multiProcess: true },
    mutate: (mutation) =>
      dead || (isSick() && mutation.kind === "index.backfill") ? gone() : model.mutate(mutation),
    lease: (...args) => (dead ? gone() : model.lease(...args)),
    releaseLease: (lease) => (dead ? gone() : model.releaseLease(lease)),
  });
  const { auth, region, shared, delays } = testServerSettings;
  const core = await composeStator(
    { auth, region, shared, delays, clock, housekeeping: "byClock", inspect: async () => undefined },
    engine,
  );
  running.push(core);
  return {
    core,
    die: () => {
      dead = true;
    },
    call: async (operation, json) => {
      const result = await core.dispatch({ service: "DynamoDB", operation, json, namespace, requestId: "R" });
      if (result.kind === "error") throw result.error;
      const { body } = result;
      return JSON.parse(typeof body === "string" ? body : Buffer.from(body).toString("utf8")) as Json;
    },
  };
}

async function indexStatus({ call }: Server): Promise<string | undefined> {
  const { Table } = (await call("DescribeTable", { TableName })) as {
    Table: { GlobalSecondaryIndexes?: readonly { IndexStatus: string }[] };
  };
  return Table.GlobalSecondaryIndexes?.[0]?.IndexStatus;
}

/** How long by the clock it takes until something is so; wake-ups are gathered for some real milliseconds. */
async function secondsUntil(done: () => Promise<boolean>): Promise<number> {
  for (let seconds = 0; seconds < 60; seconds += 1) {
    for (let turn = 0; turn < 500; turn += 1) {
      if (await done()) return seconds;
      await nextTurn();
    }
    await clock.advance(1000);
  }
  throw new Error("it did not happen within a minute");
}

test("without being told, each follows the tables of the others", async () => {
  const [one, two] = [await startServer(), await startServer()];
  await one.call("CreateTable", orders);
  expect(await two.call("ListTables", {})).toEqual({ TableNames: [TableName] });
  await two.call("DeleteTable", { TableName });
  expect(await one.call("ListTables", {})).toEqual({ TableNames: [] });
});

test("an index whose filling a server began and left is completed by another", async () => {
  let sick = true;
  const one = await startServer(() => sick);
  await one.call("CreateTable", orders);
  await one.call("PutItem", { TableName, Item: { pk: { S: "a" }, group: { S: "g" } } });
  await one.call("UpdateTable", addIndex);
  await secondsUntil(async () => store.leases.size > 1);
  const two = await startServer();
  await clock.advance(2000);
  expect(await indexStatus(two)).toBe("CREATING");
  one.die();
  sick = false;
  const seconds = await secondsUntil(async () => (await indexStatus(two)) === "ACTIVE");
  expect(seconds).toBeGreaterThanOrEqual(10);
  expect(seconds).toBeLessThanOrEqual(22);
});

test("an index is kept in step by another, some seconds after a death and at once after a stop", async () => {
  const one = await startServer();
  await one.call("CreateTable", {
    ...orders,
    AttributeDefinitions: addIndex.AttributeDefinitions,
    GlobalSecondaryIndexes: [byGroup],
  });
  // One item: leases are of the buckets that items are in.
  const put = (server: Server, n: string): Promise<Json> =>
    server.call("PutItem", { TableName, Item: { pk: { S: "a" }, group: { S: "g" }, n: { N: n } } });
  const indexed = async ({ call }: Server): Promise<string | undefined> => {
    const page = (await call("Scan", { TableName, IndexName: "byGroup" })) as {
      Items: readonly { n: { N: string } }[];
    };
    return page.Items[0]?.n.N;
  };
  await put(one, "1");
  await secondsUntil(async () => (await indexed(one)) === "1");
  const two = await startServer();
  one.die();
  await put(two, "2");
  const afterDeath = await secondsUntil(async () => (await indexed(two)) === "2");
  expect(afterDeath).toBeGreaterThanOrEqual(1);
  expect(afterDeath).toBeLessThanOrEqual(7);

  const three = await startServer();
  await two.core.close();
  await put(three, "3");
  expect(await secondsUntil(async () => (await indexed(three)) === "3")).toBe(0);
});
