// Following a Stator by captures, in this process and over HTTP, while clients write to it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { adjustableClock, type Random, seededRandom, systemClock } from "../../src/base/index.ts";
import {
  type CopyProgress,
  CopyStopped,
  createProgress,
  type End,
  type EndRequest,
  httpEnd,
} from "../../src/copy/index.ts";
import { startServer } from "../../src/server/index.ts";
import { testServerSettings } from "../../src/testing/index.ts";
import {
  allItems,
  ask,
  copyOnce,
  type CopyRun,
  type Json,
  manyItems,
  plainTable,
  putItems,
  reportOf,
  storeEnd,
} from "./copy-fixture.ts";

let folder = "";
let stateFile = "";
let closing: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-capture-"));
  stateFile = join(folder, "state.json");
});
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
  rmSync(folder, { recursive: true });
});

async function newEnd(name: string, path?: string): Promise<End> {
  const end = await storeEnd(name, path === undefined ? { kind: "memory" } : { kind: "directory", path });
  closing.unshift(() => end.close());
  return end;
}

/** A server over a folder, and the end that asks it. */
async function servedEnd(): Promise<End> {
  const outcome = await startServer({
    ...testServerSettings,
    storage: { kind: "directory", path: join(folder, "served") },
  });
  if (outcome.kind !== "started") throw new Error(outcome.message);
  const { server } = outcome;
  closing.unshift(() => server.close());
  const end = httpEnd({
    url: new URL(server.endpoint),
    region: "us-east-1",
    credential: { accessKeyId: "local", secretAccessKey: "local" },
    clock: systemClock(),
    connectionsMax: 16,
  });
  closing.unshift(() => end.close());
  return end;
}

interface Hooked extends End {
  before: (request: EndRequest) => Promise<void>;
}

/** Something may happen before each call that the copy makes. */
function hooked(end: End): Hooked {
  return {
    ...end,
    before: async () => undefined,
    async call(request, signal) {
      await this.before(request);
      return end.call(request, signal);
    },
  };
}

/** One write of a client among `keys` keys, of the kind that chance has it. */
async function writeOnce(
  end: End,
  table: string,
  { random, keys }: { random: Random; keys: number },
): Promise<void> {
  const pk = { S: `k${random.below(keys)}` };
  const kind = random.below(4);
  if (kind === 0) await ask(end, "DeleteItem", { TableName: table, Key: { pk } });
  else if (kind === 1)
    await ask(end, "PutItem", { TableName: table, Item: { pk, n: { N: String(random.below(1000)) } } });
  else {
    await ask(end, "UpdateItem", {
      TableName: table,
      Key: { pk },
      UpdateExpression: "ADD n :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
    });
  }
}

interface RunChanges {
  readonly from: End;
  readonly to: End;
  readonly finish?: AbortController;
  readonly onFollowing?: () => void;
  readonly untilIdleMs?: number;
  readonly signal?: AbortSignal;
  readonly sync?: boolean;
  readonly compare?: boolean;
  readonly dryRun?: boolean;
  readonly progress?: CopyProgress;
}

function follow({
  finish = new AbortController(),
  onFollowing,
  untilIdleMs,
  ...more
}: RunChanges): Promise<CopyRun> {
  const clock = adjustableClock();
  clock.setRate(100);
  return copyOnce({
    stateFile,
    clock,
    random: seededRandom(7),
    workersMax: 3,
    patienceMs: 30_000,
    follow: { finish: finish.signal, onFollowing, untilIdleMs },
    ...more,
  });
}

function following(): readonly Json[] {
  return (JSON.parse(readFileSync(stateFile, "utf8")) as { following: Json[] }).following;
}

test("a server that is written to all the time is on the target in the end", async () => {
  const server = await servedEnd();
  const target = await newEnd("to", join(folder, "to"));
  const tables = ["Plain", "Second"];
  for (const TableName of tables) {
    await ask(server, "CreateTable", { ...plainTable, TableName });
    await putItems(server, TableName, manyItems(1500, 1000));
  }
  const random = seededRandom(1);
  let isBusy = true;
  let writes = 0;
  const client = async (): Promise<void> => {
    while (isBusy) {
      writes += 1;
      await writeOnce(server, tables[writes % 2] ?? "", { random, keys: 2000 });
    }
  };
  const clients = [client(), client(), client()];
  for (let runs = 1; ; runs += 1) {
    const stopping = new AbortController();
    const finish = new AbortController();
    let calls = 0;
    const to = hooked(target);
    to.before = async () => {
      calls += 1;
      if (runs <= 3 && calls === 40) stopping.abort(new CopyStopped("enough"));
    };
    const run = await follow({
      from: server,
      to,
      finish,
      signal: stopping.signal,
      onFollowing() {
        const writesThen = writes + 300;
        to.before = async () => {
          if (writes < writesThen) return;
          isBusy = false;
          await Promise.all(clients);
          finish.abort();
        };
      },
    });
    if (run.outcome.kind === "stopped") continue;
    expect(reportOf(run)).toMatchObject({
      comparisons: [{ equal: true }, { equal: true }],
      followed: [{ ended: true }, { ended: true }],
    });
    expect(runs).toBeGreaterThan(3);
    break;
  }
  for (const table of tables) {
    expect(await allItems(target, table)).toEqual(await allItems(server, table));
  }
  expect(following()).toMatchObject([{ step: "ended" }, { step: "ended" }]);
}, 60_000);

test.each([1, 2, 3])("writes between any two calls of the copy are not lost (seed %i)", async (seed) => {
  const source = await newEnd("from");
  const to = await newEnd("to");
  await ask(source, "CreateTable", plainTable);
  await putItems(source, "Plain", manyItems(200));
  const random = seededRandom(seed);
  const finish = new AbortController();
  const from = hooked(source);
  let writes = 0;
  from.before = async () => {
    if (random.below(2) === 0) return;
    if (writes < 150) await writeOnce(source, "Plain", { random, keys: 250 });
    else finish.abort();
    writes += 1;
  };
  const run = await follow({ from, to, finish });
  expect(reportOf(run).comparisons).toMatchObject([{ equal: true }]);
  expect(await allItems(to, "Plain")).toEqual(await allItems(source, "Plain"));
});

test("ends by itself when it has been idle, and says what it did", async () => {
  const source = await newEnd("from");
  const to = await newEnd("to");
  await ask(source, "CreateTable", plainTable);
  await putItems(source, "Plain", manyItems(3));
  const progress = createProgress();
  const shown = new Set<string>();
  const from = hooked(source);
  from.before = async () => void shown.add(progress.line());
  const { lines, outcome } = await follow({
    from,
    to,
    progress,
    untilIdleMs: 60_000,
    onFollowing: () => void ask(source, "PutItem", { TableName: "Plain", Item: { pk: { S: "new" } } }),
  });
  expect([...shown]).toContain("following Plain: 1 changes applied, caught up");
  expect(outcome).toMatchObject({ kind: "done", followed: [{ table: "Plain", changes: 1, ended: true }] });
  expect(lines).toEqual([
    "Plain: 3 items copied",
    "Plain: following its changes",
    "Plain: caught up",
    "all changes are applied",
    "Plain: followed to the end, 1 changes applied; its capture is ended",
  ]);
});

test("what differs in the end leaves all changes kept, and the same command goes on", async () => {
  const from = await newEnd("from");
  const target = await newEnd("to");
  for (const TableName of ["Plain", "Second"]) {
    await ask(from, "CreateTable", { ...plainTable, TableName });
    await putItems(from, TableName, manyItems(10));
  }
  const to = hooked(target);
  to.before = async ({ operation }) => {
    if (operation === "Scan")
      await ask(target, "PutItem", { TableName: "Plain", Item: { pk: { S: "mine" } } });
  };
  const first = await follow({ from, to, untilIdleMs: 1000 });
  to.before = async () => undefined;
  expect(reportOf(first)).toMatchObject({
    comparisons: [{ equal: false }, { equal: true }],
    followed: [{ ended: false }, { ended: false }],
  });
  expect(first.lines.slice(-2)).toEqual([
    "Plain: its changes are kept; the same command goes on following",
    "Second: its changes are kept; the same command goes on following",
  ]);
  await ask(to, "DeleteItem", { TableName: "Plain", Key: { pk: { S: "mine" } } });
  await ask(from, "PutItem", { TableName: "Second", Item: { pk: { S: "late" } } });
  const second = await follow({ from, to, untilIdleMs: 1000 });
  expect(reportOf(second)).toMatchObject({
    comparisons: [{ equal: true }, { equal: true }],
    followed: [
      { changes: 0, ended: true },
      { changes: 1, ended: true },
    ],
  });
});

test("changes that come while both ends are compared are applied, and told", async () => {
  const source = await newEnd("from");
  const to = await newEnd("to");
  await ask(source, "CreateTable", plainTable);
  await putItems(source, "Plain", manyItems(10));
  const from = hooked(source);
  let isFollowing = false;
  let scans = 0;
  from.before = async ({ operation }) => {
    if (!isFollowing || operation !== "Scan") return;
    scans += 1;
    if (scans === 1) await ask(source, "PutItem", { TableName: "Plain", Item: { pk: { S: "late" } } });
  };
  const run = await follow({
    from,
    to,
    untilIdleMs: 1000,
    onFollowing: () => {
      isFollowing = true;
    },
  });
  expect(run.lines).toContain(
    "Plain: 1 more changes came meanwhile and are applied; is it still written to?",
  );
  expect(await allItems(to, "Plain")).toEqual(await allItems(source, "Plain"));
});

test("a capture that is gone is told, and --sync begins anew", async () => {
  const from = await newEnd("from");
  const to = await newEnd("to");
  await ask(from, "CreateTable", plainTable);
  await putItems(from, "Plain", manyItems(10));
  const stopping = new AbortController();
  await follow({
    from,
    to,
    signal: stopping.signal,
    onFollowing: () => stopping.abort(new CopyStopped("enough")),
  });
  const [begun] = following();
  expect(begun).toMatchObject({
    kind: "capture",
    step: "begun",
    place: expect.stringMatching(/^copy-[0-9a-f]{20}$/),
  });
  const ending = { TableName: "Plain", CaptureId: begun?.["place"] };
  const request = { service: "Stator", operation: "EndCapture", input: ending } as const;
  expect(await from.call(request, new AbortController().signal)).toMatchObject({ kind: "answer" });
  await ask(from, "PutItem", { TableName: "Plain", Item: { pk: { S: "missed" } } });
  expect((await follow({ from, to, untilIdleMs: 1000 })).outcome).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(
      /^Plain: its changes are no longer kept .*, so changes are missing; with --follow --sync/,
    ),
  });
  expect(following()).toMatchObject([{ step: "lost" }]);
  const again = await follow({ from, to, untilIdleMs: 1000, sync: true });
  expect(again.lines[0]).toBe("Plain: 1 missing and 0 changed items put, 0 deleted");
  expect(reportOf(again).comparisons).toMatchObject([{ equal: true }]);
});

test("captures that others hold are told at once", async () => {
  const from = await newEnd("from");
  const to = await newEnd("to");
  await ask(from, "CreateTable", plainTable);
  for (const CaptureId of ["one", "two", "three", "four"]) {
    const input = { TableName: "Plain", CaptureId };
    await from.call({ service: "Stator", operation: "BeginCapture", input }, new AbortController().signal);
  }
  expect((await follow({ from, to })).outcome).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/^from: BeginCapture of Plain: LimitExceededException/),
  });
});

test("a dry run says how, and begins nothing", async () => {
  const source = await newEnd("from");
  const to = await newEnd("to");
  await ask(source, "CreateTable", plainTable);
  const asked: string[] = [];
  const from = hooked(source);
  from.before = async ({ operation }) => void asked.push(operation);
  const { lines } = await follow({ from, to, dryRun: true });
  expect(lines).toEqual([
    "Plain: would be made and filled (about 0 items); its changes would be kept and followed by a capture",
  ]);
  expect(asked).not.toContain("BeginCapture");
});
