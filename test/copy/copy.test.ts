// Whole copies between ends in this process and over HTTP: everything arrives, nothing is done twice, and what differs is
// told.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/index.ts";
import { CopyStopped, type End, httpEnd } from "../../src/copy/index.ts";
import { type RunningServer, startServer } from "../../src/server/index.ts";
import { testServerSettings } from "../../src/testing/index.ts";
import {
  allItems,
  ask,
  copyOnce,
  manyItems,
  oddItem,
  plainTable,
  putItems,
  reportOf,
  richTable,
  storeEnd,
  watchedEnd,
} from "./copy-fixture.ts";

let folder = "";
let stateFile = "";
let ends: End[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-copy-"));
  stateFile = join(folder, "state.json");
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end.close();
  rmSync(folder, { recursive: true });
});

async function newEnd(name: string, path?: string): Promise<End> {
  const end = await storeEnd(name, path === undefined ? { kind: "memory" } : { kind: "directory", path });
  ends.push(end);
  return end;
}

async function filledEnd(name: string, count: number): Promise<End> {
  const end = await newEnd(name);
  await ask(end, "CreateTable", plainTable);
  await putItems(end, "Plain", manyItems(count));
  return end;
}

async function startedServer(): Promise<RunningServer> {
  const outcome = await startServer(testServerSettings);
  if (outcome.kind !== "started") throw new Error(outcome.message);
  return outcome.server;
}

function serverEnd({ endpoint }: RunningServer): End {
  const end = httpEnd({
    url: new URL(endpoint),
    region: "us-east-1",
    credential: { accessKeyId: "local", secretAccessKey: "local" },
    clock: systemClock(),
    connectionsMax: 16,
  });
  ends.push(end);
  return end;
}

describe("a whole copy", () => {
  test("carries over definition, settings and items of all types", async () => {
    const from = await newEnd("from");
    const to = await newEnd("to");
    await ask(from, "CreateTable", richTable);
    await putItems(from, "Rich", [oddItem, { pk: { S: "plain" }, sk: { N: "1" } }]);
    const report = reportOf(await copyOnce({ from, to, stateFile }));
    expect(report.tables).toEqual([{ name: "Rich", items: 2, refusedItems: 0, notTakenOver: [] }]);
    expect(report.comparisons).toMatchObject([{ table: "Rich", equal: true, source: { items: 2 } }]);
    expect(await allItems(to, "Rich")).toEqual(await allItems(from, "Rich"));
    expect(await definitionOf(to)).toEqual(await definitionOf(from));
    expect((await ask(to, "DescribeTable", { TableName: "Rich" }))["Table"]).toMatchObject({
      DeletionProtectionEnabled: true,
      GlobalSecondaryIndexes: [{ IndexName: "byG", IndexStatus: "ACTIVE" }],
      VectorIndexes: [{ IndexName: "byV", IndexStatus: "ACTIVE" }],
    });
  });

  test("goes from a folder to a server and from the server to a folder, with 10,000 items", async () => {
    const first = await newEnd("first", join(folder, "first"));
    await ask(first, "CreateTable", plainTable);
    await putItems(first, "Plain", manyItems(10_000, 200));
    const server = await startedServer();
    const middle = serverEnd(server);
    const there = reportOf(await copyOnce({ from: first, to: middle, stateFile, workersMax: 8 }));
    const last = await newEnd("last", join(folder, "last"));
    const backState = join(folder, "back.json");
    const back = reportOf(await copyOnce({ from: middle, to: last, stateFile: backState, workersMax: 8 }));
    await middle.close();
    await server.close();
    for (const report of [there, back]) {
      expect(report.comparisons).toMatchObject([
        { equal: true, source: { items: 10_000 }, target: { items: 10_000 } },
      ]);
    }
    expect(back.comparisons[0]?.target).toEqual(there.comparisons[0]?.source);
    expect(await allItems(last, "Plain")).toEqual(await allItems(first, "Plain"));
  }, 60_000);

  test("copies the tables that are asked for", async () => {
    const from = await newEnd("from");
    const to = await newEnd("to");
    for (const TableName of ["app-a", "app-b", "other"]) {
      await ask(from, "CreateTable", { ...plainTable, TableName });
    }
    const missing = await copyOnce({ from, to, stateFile, tables: ["app-*", "none"] });
    expect(missing.outcome).toEqual({ kind: "refused", messages: ["from has no table none"] });
    reportOf(await copyOnce({ from, to, stateFile, tables: ["app-*"] }));
    expect((await ask(to, "ListTables", {}))["TableNames"]).toEqual(["app-a", "app-b"]);
  });
});

async function definitionOf(end: End): Promise<unknown> {
  const table = (await ask(end, "DescribeTable", { TableName: "Rich" }))["Table"] as Record<string, unknown>;
  const tags = await ask(end, "ListTagsOfResource", { ResourceArn: table["TableArn"] });
  const own = ["CreationDateTime", "TableId", "BillingModeSummary", "TableClassSummary"];
  return [Object.fromEntries(Object.entries(table).filter(([name]) => !own.includes(name))), tags];
}

describe("a copy that was interrupted", () => {
  test("goes on where it was, without copying again what the target has acknowledged", async () => {
    const from = await filledEnd("from", 3000);
    const to = await newEnd("to");
    const broken = watchedEnd(to, (operation, count) =>
      operation === "BatchWriteItem" && count > 60 ? { error: "AccessDeniedException" } : undefined,
    );
    const first = await copyOnce({ from, to: broken, stateFile, workersMax: 2 });
    expect(first.outcome).toMatchObject({ kind: "failed" });
    const second = watchedEnd(to, () => undefined);
    const report = reportOf(await copyOnce({ from, to: second, stateFile, workersMax: 2 }));
    expect(report.comparisons).toMatchObject([{ equal: true, source: { items: 3000 } }]);
    expect(second.counts.get("CreateTable")).toBeUndefined();
    const third = watchedEnd(to, () => undefined);
    reportOf(await copyOnce({ from, to: third, stateFile }));
    expect(third.counts.get("BatchWriteItem")).toBeUndefined();
  });

  test("has pages behind it that are not read again", async () => {
    const from = await newEnd("from");
    await ask(from, "CreateTable", plainTable);
    // Some pages for each segment.
    await putItems(from, "Plain", manyItems(800, 10_000));
    const to = await newEnd("to");
    const broken = watchedEnd(to, (operation, count) =>
      operation === "BatchWriteItem" && count > 20 ? { error: "AccessDeniedException" } : undefined,
    );
    const first = watchedEnd(from, () => undefined);
    await copyOnce({ from: first, to: broken, stateFile, workersMax: 2, compare: false });
    const second = watchedEnd(from, () => undefined);
    const report = reportOf(await copyOnce({ from: second, to, stateFile, workersMax: 2, compare: false }));
    expect(report.tables[0]?.items).toBe(800);
    const whole = watchedEnd(from, () => undefined);
    const elsewhere = await newEnd("elsewhere");
    const otherState = join(folder, "other.json");
    await copyOnce({ from: whole, to: elsewhere, stateFile: otherState, workersMax: 2, compare: false });
    expect(second.counts.get("Scan")).toBeLessThan(whole.counts.get("Scan") ?? 0);
    expect(await allItems(to, "Plain")).toEqual(await allItems(from, "Plain"));
  }, 60_000);

  test("is asked to stop, and goes on", async () => {
    const from = await filledEnd("from", 500);
    const to = await newEnd("to");
    const stopping = new AbortController();
    const stopped = watchedEnd(to, (operation, count) => {
      if (operation === "BatchWriteItem" && count === 5) stopping.abort(new CopyStopped("asked to stop"));
      return undefined;
    });
    const first = await copyOnce({ from, to: stopped, stateFile, signal: stopping.signal });
    expect(first.outcome).toEqual({ kind: "stopped" });
    const report = reportOf(await copyOnce({ from, to, stateFile }));
    expect(report.comparisons).toMatchObject([{ equal: true, source: { items: 500 } }]);
  });

  test("knows the table it asked for before the answer was lost", async () => {
    const from = await filledEnd("from", 10);
    const to = await newEnd("to");
    const losing: End = {
      ...to,
      async call(request, signal) {
        const outcome = await to.call(request, signal);
        return request.operation === "CreateTable" ? { kind: "lost", reason: "cable cut" } : outcome;
      },
    };
    const first = await copyOnce({ from, to: losing, stateFile });
    expect(first.outcome).toEqual({ kind: "failed", message: "to: CreateTable: cable cut" });
    const report = reportOf(await copyOnce({ from, to, stateFile }));
    expect(report.comparisons).toMatchObject([{ equal: true }]);
  });

  test("is not gone on with between other ends, nor into another table of the same name", async () => {
    const from = await filledEnd("from", 10);
    const to = await newEnd("to");
    reportOf(await copyOnce({ from, to, stateFile }));
    const other = await newEnd("other");
    expect((await copyOnce({ from, to: other, stateFile })).outcome).toEqual({
      kind: "refused",
      messages: [`${stateFile} is the state of a copy from from to to; name another file with --state`],
    });
    await ask(to, "DeleteTable", { TableName: "Plain" });
    await ask(to, "CreateTable", plainTable);
    expect((await copyOnce({ from, to, stateFile })).outcome).toEqual({
      kind: "refused",
      messages: [
        "to: the table Plain is gone or is not the one that was copied into (without the state file the copy begins anew)",
      ],
    });
  });
});

describe("the comparison", () => {
  test.each([
    ["a changed attribute", { PutRequest: { Item: { pk: { S: "k3" }, n: { N: "4" } } } }, 100],
    ["a missing item", { DeleteRequest: { Key: { pk: { S: "k3" } } } }, 99],
    ["an extra item", { PutRequest: { Item: { pk: { S: "another" } } } }, 101],
  ])("notices %s, and --sync mends it", async (_, change, items) => {
    const from = await filledEnd("from", 100);
    const to = await newEnd("to");
    reportOf(await copyOnce({ from, to, stateFile }));
    await ask(to, "BatchWriteItem", { RequestItems: { Plain: [change] } });
    const report = reportOf(await copyOnce({ from, to, stateFile }));
    expect(report.comparisons).toMatchObject([{ equal: false, source: { items: 100 }, target: { items } }]);
    const dry = reportOf(await copyOnce({ from, to, stateFile, sync: true, dryRun: true }));
    const { missing = 0, changed = 0, extra = 0 } = dry.synced[0] ?? {};
    expect(missing + changed + extra).toBe(1);
    const mended = reportOf(await copyOnce({ from, to, stateFile, sync: true }));
    expect(mended.synced).toEqual(dry.synced);
    expect(mended.comparisons).toMatchObject([{ equal: true, target: { items: 100 } }]);
  });

  test("takes numbers and sets that are written otherwise for what they are", async () => {
    const from = await newEnd("from");
    const to = await newEnd("to");
    await ask(from, "CreateTable", plainTable);
    await putItems(from, "Plain", [{ pk: { S: "a" }, n: { N: "1.0" }, s: { SS: ["x", "y"] } }]);
    reportOf(await copyOnce({ from, to, stateFile }));
    await putItems(to, "Plain", [{ s: { SS: ["y", "x"] }, n: { N: "1" }, pk: { S: "a" } }]);
    const report = reportOf(await copyOnce({ from, to, stateFile }));
    expect(report.comparisons).toMatchObject([{ equal: true }]);
  });
});

test("a source that is written to while it is copied is caught up with by a second pass", async () => {
  const from = await filledEnd("from", 300);
  const to = await newEnd("to");
  let writes = 0;
  const busy: End = {
    ...from,
    async call(request, signal) {
      const outcome = await from.call(request, signal);
      if (request.operation === "Scan") {
        const deleted = { DeleteRequest: { Key: { pk: { S: `k${writes}` } } } };
        const changed = { PutRequest: { Item: { pk: { S: `k${299 - writes}` }, n: { N: "-1" } } } };
        const added = { PutRequest: { Item: { pk: { S: `new${writes}` } } } };
        writes += 1;
        await ask(from, "BatchWriteItem", { RequestItems: { Plain: [deleted, changed, added] } });
      }
      return outcome;
    },
  };
  reportOf(await copyOnce({ from: busy, to, stateFile, compare: false }));
  const behind = reportOf(await copyOnce({ from, to, stateFile }));
  expect(behind.comparisons).toMatchObject([{ equal: false }]);
  // Still written to: closer, and not equal yet.
  reportOf(await copyOnce({ from: busy, to, stateFile, sync: true, compare: false }));
  const atRest = reportOf(await copyOnce({ from, to, stateFile, sync: true }));
  expect(atRest.comparisons).toMatchObject([{ equal: true, source: { items: 300 } }]);
  expect(await allItems(to, "Plain")).toEqual(await allItems(from, "Plain"));
});

describe("a table that the target has", () => {
  test("is refused, before anything changed, unless it may be written into", async () => {
    const from = await filledEnd("from", 10);
    await ask(from, "CreateTable", { ...plainTable, TableName: "Apart" });
    const to = await newEnd("to");
    await ask(to, "CreateTable", plainTable);
    await putItems(to, "Plain", [{ pk: { S: "k1" } }, { pk: { S: "mine" } }]);
    expect((await copyOnce({ from, to, stateFile })).outcome).toEqual({
      kind: "refused",
      messages: [
        "to has a table Plain already, which no run with this state file has made; --into-existing writes into it",
      ],
    });
    expect((await ask(to, "ListTables", {}))["TableNames"]).toEqual(["Plain"]);
    const report = reportOf(await copyOnce({ from, to, stateFile, intoExisting: true }));
    // The target's own item stays, and is a difference.
    expect(report.comparisons).toMatchObject([
      { table: "Apart", equal: true },
      { table: "Plain", equal: false, source: { items: 10 }, target: { items: 11 } },
    ]);
  });

  test("is refused when its key is another", async () => {
    const from = await filledEnd("from", 10);
    const to = await newEnd("to");
    await ask(to, "CreateTable", {
      ...plainTable,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "N" }],
    });
    expect((await copyOnce({ from, to, stateFile, intoExisting: true })).outcome).toEqual({
      kind: "refused",
      messages: ["the tables Plain have different keys: pk (S, HASH) on from, pk (N, HASH) on to"],
    });
  });

  test("is synced as far as it may be", async () => {
    const from = await filledEnd("from", 60);
    const to = await newEnd("to");
    await ask(to, "CreateTable", plainTable);
    await putItems(to, "Plain", [...manyItems(40), { pk: { S: "mine" } }]);
    await putItems(to, "Plain", [{ pk: { S: "k1" } }]);
    const watched = watchedEnd(to, () => undefined);
    const report = reportOf(await copyOnce({ from, to: watched, stateFile, intoExisting: true, sync: true }));
    expect(report.synced).toEqual([{ table: "Plain", missing: 20, changed: 1, extra: 1, refusedItems: 0 }]);
    expect(report.comparisons).toMatchObject([{ equal: true, target: { items: 60 } }]);
  });
});

describe("what a target will not have", () => {
  test("is named when it is a setting, and not when it was left out on purpose", async () => {
    const from = await newEnd("from");
    await ask(from, "CreateTable", plainTable);
    const to = await newEnd("to");
    const streaming: End = {
      ...from,
      async call(request, signal) {
        const { operation } = request;
        if (operation === "DescribeTimeToLive") {
          const description = { TimeToLiveStatus: "ENABLED", AttributeName: "until" };
          return { kind: "answer", body: { TimeToLiveDescription: description }, sizeBytes: 0 };
        }
        const outcome = await from.call(request, signal);
        if (operation !== "DescribeTable" || outcome.kind !== "answer") return outcome;
        const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" };
        const Table = { ...(outcome.body["Table"] as object), StreamSpecification };
        return { ...outcome, body: { Table } };
      },
    };
    const report = reportOf(await copyOnce({ from: streaming, to, stateFile }));
    expect(report.tables[0]?.notTakenOver).toEqual([
      {
        member: "StreamSpecification",
        reason:
          "the target refuses it: ValidationException: Stator does not support StreamSpecification of UpdateTable yet",
      },
      {
        member: "TimeToLive",
        reason: expect.stringContaining("(attribute until) the target refuses it: UnknownOperationException"),
      },
    ]);
    const waived = await copyOnce({
      from: streaming,
      to,
      stateFile,
      without: ["StreamSpecification", "TimeToLive"],
    });
    expect(reportOf(waived).tables[0]?.notTakenOver).toEqual([]);
  });

  test("is told item by item, and the rest is copied", async () => {
    const from = await filledEnd("from", 60);
    await putItems(from, "Plain", [{ pk: { S: "odd" }, g: { N: "1" } }]);
    const to = await newEnd("to");
    await ask(to, "CreateTable", {
      ...plainTable,
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "g", AttributeType: "S" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byG",
          KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    });
    const run = await copyOnce({ from, to, stateFile, intoExisting: true });
    expect(reportOf(run)).toMatchObject({
      tables: [{ name: "Plain", refusedItems: 1 }],
      comparisons: [{ equal: false, source: { items: 61 }, target: { items: 60 } }],
    });
    expect(run.lines[0]).toMatch(/^Plain: the target refuses the item \{"pk":\{"S":"odd"\}\}: Validation/);
  });
});

test("a dry run says what would be done and does nothing", async () => {
  const from = await filledEnd("from", 10);
  const to = await newEnd("to");
  const { outcome, lines } = await copyOnce({ from, to, stateFile, dryRun: true });
  expect(outcome).toMatchObject({ kind: "done", tables: [], comparisons: [] });
  expect(lines).toEqual(["Plain: would be made and filled (about 10 items)"]);
  expect((await ask(to, "ListTables", {}))["TableNames"]).toEqual([]);
  expect(() => readFileSync(stateFile)).toThrow(/ENOENT/);
});
