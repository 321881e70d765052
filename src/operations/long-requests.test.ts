// Many long requests at once over a real engine, on an event loop and a clock that move only when told: what is
// counted is how much is read in a turn, and who is answered meanwhile.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTurnPacer, seededRandom, systemClock, type TurnPacerOptions } from "../base/index.ts";
import { ApiError } from "../api/index.ts";
import { microtasksDone } from "../base/clock.ts";
import { type Catalog, catalogDecides, openCatalog, type TableDescription } from "../catalog/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { mutationDecides } from "../mutations/index.ts";
import { itemKey } from "../partitions/index.ts";
import { createStatementParser } from "../partiql/index.ts";
import type { DecideFunction, Engine, RecordWrite } from "../storage/contract/index.ts";
import { openSqliteEngine } from "../storage/sqlite/index.ts";
import { type JsonObject, onDemandTable, testNamespace } from "../testing/table-operations.ts";
import { type AttributeValue, encodeItem, encodeKeyValue, encodeRecord } from "../values/index.ts";
import { createDispatch } from "./dispatch.ts";

const itemCount = 20_000;
const budgetMs = 4;
/** What a record costs on the clock of these tests: 125 of them make a slice, 500 a turn. */
const recordMs = 0.008;

/** Writes whatever it is given; for filling a table in one commit. */
const loadDecide: DecideFunction = (args) => ({
  kind: "commit",
  commit: { records: args as readonly RecordWrite[] },
  result: undefined,
});

let engine: Engine;
let catalog: Catalog;

beforeAll(async () => {
  const clock = systemClock();
  const decide = new Map([...catalogDecides, ...mutationDecides, ["load", loadDecide] as const]);
  engine = await openSqliteEngine({ location: { kind: "memory" }, decide, clock });
  catalog = await openCatalog({ engine, clock, delays: { createMs: 0, updateMs: 0, deleteMs: 0 } });
  const { call } = harness();
  await call("CreateTable", onDemandTable("Items"));
  const table = catalog.find(testNamespace, "Items");
  if (table === undefined) throw new Error("the table was made");
  const records = Array.from({ length: itemCount }, (_, index) => itemWrite(table, index));
  await engine.mutate({ kind: "load", epochs: [], keys: [], args: records });
  // The first request after a change of tables may have more to do than later ones.
  await call("GetItem", { TableName: "Items", Key: keyOf(0) });
});

afterAll(async () => {
  await engine.close();
});

/** Methods that tests replace are the engine's own again. */
beforeEach(() => {
  Reflect.deleteProperty(engine, "range");
  Reflect.deleteProperty(engine, "getMany");
});

const keyOf = (index: number): JsonObject => ({ pk: { S: `item-${index}` } });

function itemWrite(table: TableDescription, index: number): RecordWrite {
  const pk = { type: "S", value: `item-${index}` } as const;
  const item = new Map<string, AttributeValue>([
    ["pk", pk],
    ["n", { type: "N", value: String(index) }],
  ]);
  const header = { sizeBytes: 20, writeTimeMicros: 1, regionId: 0 };
  const key = itemKey(table, encodeKeyValue(pk), new Uint8Array(0));
  return { kind: "put", key, value: encodeRecord(header, encodeItem(item)) };
}

interface Harness {
  readonly call: (operation: string, input: JsonObject) => Promise<JsonObject>;
  /** Tasks that wait for the next turn of the event loop. */
  readonly asked: (() => void)[];
  /** Runs turn after turn until nobody asks for one; `between` is called before each. */
  readonly turns: (between?: () => void) => Promise<number>;
  /** Records read since the last look. */
  readonly recordsRead: () => number;
}

/** A dispatcher whose pacer sees time pass as records are read. */
function harness(options: TurnPacerOptions = {}): Harness {
  let nowMs = 0;
  let read = 0;
  const asked: (() => void)[] = [];
  const pacer = createTurnPacer({
    budgetMs,
    sliceMs: 1,
    nowMs: () => nowMs,
    nextTurn: (task) => {
      asked.push(task);
    },
    ...options,
  });
  const readRange = engine.range.bind(engine);
  engine.range = async (request) => {
    const page = await readRange(request);
    read += page.records.length;
    nowMs += page.records.length * recordMs;
    return page;
  };
  const dispatch = createDispatch({
    engine,
    catalog,
    clock: systemClock(),
    random: seededRandom(1),
    pacer,
    compiler: createExpressionCompiler({ cacheEntriesMax: 10 }),
    statements: createStatementParser({ cacheEntriesMax: 10 }),
    collectionBytesMax: 10 * 1024 ** 3,
    regionId: 0,
  });
  return {
    async call(operation, json) {
      const request = {
        service: "DynamoDB",
        operation,
        json,
        namespace: testNamespace,
        requestId: "R",
      } as const;
      const result = await dispatch(request);
      if (result.kind === "error") throw result.error;
      return JSON.parse(Buffer.from(result.body).toString()) as JsonObject;
    },
    asked,
    async turns(between) {
      let count = 0;
      await microtasksDone();
      for (let task = asked.shift(); task !== undefined; task = asked.shift()) {
        between?.();
        task();
        await microtasksDone();
        count += 1;
      }
      return count;
    },
    recordsRead() {
      const records = read;
      read = 0;
      return records;
    },
  };
}

const filter: JsonObject = {
  FilterExpression: "n < :n",
  ExpressionAttributeValues: { ":n": { N: "1000" } },
};

const shortQuery: JsonObject = {
  TableName: "Items",
  KeyConditionExpression: "pk = :k",
  ExpressionAttributeValues: { ":k": keyOf(7)["pk"] },
};

describe("fifty filtered Scans at once", () => {
  const segments = 10;

  test("share one budget a turn, and every GetItem and short Query is answered in the turn it comes in", async () => {
    const { call, turns, recordsRead } = harness();
    const scans = Array.from({ length: 50 }, (_, index) =>
      call("Scan", { TableName: "Items", Segment: index % segments, TotalSegments: segments, ...filter }),
    );
    const answers = Promise.all(scans);
    await microtasksDone();
    // First slices wait for nobody; most of such a crowd are small ones.
    expect(recordsRead()).toBeLessThanOrEqual(8 * 128 + 42 * 16);

    const perTurn: number[] = [];
    let sent = 0;
    let answered = 0;
    let late = 0;
    const ask = (request: Promise<unknown>): void => {
      sent += 1;
      void request.then(() => (answered += 1));
    };
    const count = await turns(() => {
      perTurn.push(recordsRead());
      late += sent - answered;
      ask(call("GetItem", { TableName: "Items", Key: keyOf(sent % itemCount) }));
      ask(call("Query", shortQuery));
    });
    const recordsPerTurn = budgetMs / recordMs;
    // The last slice of a turn may end with one fetch more.
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(recordsPerTurn + 128);
    expect(count).toBeGreaterThan((5 * itemCount) / (recordsPerTurn + 128) - 4);
    expect([late, sent, answered]).toEqual([0, 2 * count, 2 * count]);
    const sum = (member: string, all: readonly JsonObject[]): number =>
      all.reduce((total, answer) => total + Number(answer[member]), 0);
    expect([sum("ScannedCount", await answers), sum("Count", await answers)]).toEqual([
      5 * itemCount,
      5 * 1000,
    ]);
  });
});

describe("long reads", () => {
  test("advance together, so that equal ones end together", async () => {
    const { call, asked } = harness();
    const ended: number[] = [];
    const scans = Array.from({ length: 5 }, async (_, index) => {
      await call("Scan", { TableName: "Items", Segment: 0, TotalSegments: 10, ...filter });
      ended.push(index);
    });
    await microtasksDone();
    let turnsWithEnds = 0;
    for (let task = asked.shift(); task !== undefined; task = asked.shift()) {
      const before = ended.length;
      task();
      await microtasksDone();
      if (ended.length > before) turnsWithEnds += 1;
    }
    await Promise.all(scans);
    expect(ended.length).toBe(5);
    expect(turnsWithEnds).toBeLessThanOrEqual(2);
  });

  test("see what was committed between two slices, since no snapshot is held", async () => {
    const { call, turns } = harness();
    const first = { TableName: "Items", Segment: 3, TotalSegments: 10 };
    const whole = call("Scan", first);
    await turns();
    const keys = (answer: JsonObject): string[] =>
      (answer["Items"] as { pk: { S: string } }[]).map(({ pk }) => pk.S);
    const all = keys(await whole);
    const [lastKey = ""] = all.slice(-1);

    const again = call("Scan", first);
    let removed: Promise<unknown> | undefined;
    await turns(() => {
      removed ??= call("DeleteItem", { TableName: "Items", Key: { pk: { S: lastKey } } });
    });
    await removed;
    await turns();
    expect(keys(await again)).toEqual(all.slice(0, -1));
    await call("PutItem", { TableName: "Items", Item: { pk: { S: lastKey }, n: { N: lastKey.slice(5) } } });
  });

  test("are refused with a 503 before they are long when too many are there; short ones are not", async () => {
    const { call, turns } = harness({ worksMax: 3 });
    const scans = Array.from({ length: 5 }, () =>
      call("Scan", { TableName: "Items", ...filter }).then(
        () => "answered",
        (error: unknown) => (error instanceof ApiError ? `${error.httpStatus} ${error.code}` : error),
      ),
    );
    await microtasksDone();
    expect((await call("Query", shortQuery))["Count"]).toBe(1);
    await turns();
    const busy = "503 ServiceUnavailable";
    expect(await Promise.all(scans)).toEqual(["answered", "answered", "answered", busy, busy]);
    const later = call("Scan", { TableName: "Items", ...filter });
    await turns();
    expect((await later)["Count"]).toBe(1000);
  });

  test("that are short after all ask for no turn", async () => {
    const { call, asked } = harness();
    await call("Query", shortQuery);
    await call("GetItem", { TableName: "Items", Key: keyOf(1) });
    await call("Scan", { TableName: "Items", Limit: 100, ...filter });
    expect(asked.length).toBe(0);
  });
});

describe("BatchGetItem", () => {
  test("looks up a few keys at a time and takes turns among other long work", async () => {
    const { call, turns } = harness();
    const keys = Array.from({ length: 100 }, (_, index) => keyOf(index));
    const fetched: number[] = [];
    const getMany = engine.getMany.bind(engine);
    engine.getMany = (some, consistency) => {
      fetched.push(some.length);
      return getMany(some, consistency);
    };
    const answer = call("BatchGetItem", {
      RequestItems: { Items: { Keys: keys, ProjectionExpression: "pk" } },
    });
    await turns();
    expect((await answer)["Responses"]).toEqual({ Items: keys });
    expect(Math.max(...fetched)).toBeLessThanOrEqual(8);
    expect(fetched.reduce((sum, count) => sum + count, 0)).toBe(100);
  });
});
