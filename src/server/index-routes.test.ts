// What `/_stator/indexes` tells of indexes: how far behind they are, and when that is over.
import { afterEach, expect, it } from "vitest";
import { type AdjustableClock, adjustableClock } from "../base/index.ts";
import { createStator, type StatorCore } from "./create-stator.ts";
import { indexRoutes } from "./index-routes.ts";

const namespace = { account: "000000000000", region: "us-east-1" };
const updateMs = 1000;

const opened: StatorCore[] = [];
afterEach(async () => {
  for (const core of opened.splice(0)) await core.close();
});

async function start(clock = stoppedClock()): Promise<StatorCore> {
  const core = await createStator({
    storage: { kind: "memory" },
    auth: { mode: "open" },
    region: namespace.region,
    shared: false,
    delays: { createMs: 0, updateMs, deleteMs: 0 },
    clock,
    housekeeping: "afterRequests",
  });
  opened.push(core);
  return core;
}

function stoppedClock(): AdjustableClock {
  const clock = adjustableClock({ startMs: 0 });
  clock.freeze();
  return clock;
}

async function call({ dispatch }: StatorCore, operation: string, members: object): Promise<void> {
  const json = { TableName: "Pets", ...members };
  const result = await dispatch({ service: "DynamoDB", operation, json, namespace, requestId: "R" });
  expect(result).toMatchObject({ kind: "ok" });
}

async function asked({ services }: StatorCore, url: string, method = "GET"): Promise<unknown> {
  const answer = await indexRoutes(services)(
    { method, url, headers: {}, body: new Uint8Array(0) },
    undefined,
  );
  return answer === undefined ? undefined : JSON.parse(String(answer.body));
}

const byName = {
  AttributeDefinitions: [{ AttributeName: "name", AttributeType: "S" }],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: "byName",
        KeySchema: [{ AttributeName: "name", KeyType: "HASH" }],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    },
  ],
};

async function makePets(core: StatorCore): Promise<void> {
  await call(core, "CreateTable", {
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await call(core, "PutItem", { Item: { id: { S: "1" }, name: { S: "Rex" } } });
}

it("has nothing to wait for without indexes", async () => {
  const core = await start();
  await makePets(core);
  expect(await asked(core, "/_stator/indexes?wait=5000")).toEqual({ caughtUp: true, indexes: [] });
});

it("does not call an index caught up that is still being built", async () => {
  const clock = stoppedClock();
  const core = await start(clock);
  await makePets(core);
  await call(core, "UpdateTable", byName);
  const building = { region: "us-east-1", table: "Pets", index: "byName", status: "CREATING" };
  expect(await asked(core, "/_stator/indexes?wait=20")).toMatchObject({
    caughtUp: false,
    indexes: [building],
  });
  await clock.advance(updateMs);
  await call(core, "DescribeTable", {});
  expect(await asked(core, "/_stator/indexes?wait=5000")).toMatchObject({
    caughtUp: true,
    indexes: [{ ...building, status: "ACTIVE", changesBehind: 0 }],
  });
});

it("leaves other paths and methods to others", async () => {
  const core = await start();
  expect(await asked(core, "/_stator/indexes", "POST")).toBeUndefined();
  expect(await asked(core, "/_stator/index")).toBeUndefined();
});
