// Following by streams: whatever is written while the copy runs is on the target in the end, however shards come and go.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { adjustableClock, type AdjustableClock, seededRandom } from "../../src/base/index.ts";
import { CopyStopped, type End } from "../../src/copy/index.ts";
import {
  allItems,
  ask,
  copyOnce,
  type CopyRun,
  manyItems,
  plainTable,
  putItems,
  reportOf,
  storeEnd,
} from "./copy-fixture.ts";
import { type FakeStreams, fakeStreams } from "./fake-streams.ts";

const startMs = Date.UTC(2026, 10, 21);
const hourMs = 3_600_000;
let folder = "";
let stateFile = "";
let to: End;
let from: FakeStreams;
let clock: AdjustableClock;
let stores: End[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-follow-"));
  stateFile = join(folder, "state.json");
});
afterEach(async () => {
  for (const end of stores) await end.close();
  stores = [];
  rmSync(folder, { recursive: true });
});

async function begin(seed: number, more: { readonly refusesUpdate?: boolean } = {}): Promise<void> {
  clock = adjustableClock({ startMs });
  // A second of waiting is five milliseconds of a test.
  clock.setRate(200);
  const store = await storeEnd("store");
  to = await storeEnd("to");
  stores.push(store, to);
  from = fakeStreams({ end: store, clock, random: seededRandom(seed), ...more });
  await ask(store, "CreateTable", plainTable);
  await putItems(store, "Plain", manyItems(120));
}

interface RunChanges {
  readonly finish?: AbortController;
  readonly onFollowing?: () => void;
  readonly untilIdleMs?: number;
  readonly signal?: AbortSignal;
  readonly sync?: boolean;
  readonly target?: End;
  readonly follow?: boolean;
  readonly dryRun?: boolean;
}

function follow(changes: RunChanges = {}): Promise<CopyRun> {
  const {
    finish = new AbortController(),
    onFollowing,
    untilIdleMs,
    target = to,
    follow = true,
    ...more
  } = changes;
  return copyOnce({
    from,
    to: target,
    stateFile,
    clock,
    random: seededRandom(5),
    workersMax: 3,
    patienceMs: 60_000,
    ...(follow ? { follow: { finish: finish.signal, onFollowing, untilIdleMs } } : {}),
    ...more,
  });
}

/** The copy sees that time has passed. */
function later(ms: number): void {
  clock.freeze(clock.nowMs() + ms);
  clock.resume();
}

function step(): unknown {
  return (JSON.parse(readFileSync(stateFile, "utf8")) as { following: { step: string }[] }).following[0]
    ?.step;
}

/** A client that writes now and then, before calls of the copy, so that its writes come between any two of them. */
function busyClient(seed: number, writesMax: number): { readonly isDone: () => boolean } {
  const random = seededRandom(seed);
  let writes = 0;
  let written = 0;
  from.beforeCall = async () => {
    if (writes >= writesMax || random.below(2) === 0) return;
    writes += 1;
    const pk = { S: `k${random.below(160)}` };
    await from.write(
      "Plain",
      random.below(3) === 0 ? { delete: { pk } } : { put: { pk, n: { N: String(writes) } } },
    );
    written += 1;
    if (random.below(12) === 0) from.rotate("Plain", random.below(2) === 0);
  };
  return { isDone: () => written >= writesMax };
}

test.each([1, 2, 3, 4])(
  "both ends are equal in the end, with interruptions (seed %i)",
  async (seed) => {
    await begin(seed);
    const random = seededRandom(seed + 100);
    const client = busyClient(seed, 300);
    let runs = 0;
    for (;;) {
      runs += 1;
      const finish = new AbortController();
      const stopping = new AbortController();
      let callsLeft = runs <= 3 ? 15 + random.below(25) : Number.POSITIVE_INFINITY;
      const interrupted: End = {
        ...to,
        async call(request, signal) {
          callsLeft -= 1;
          if (callsLeft <= 0 && !stopping.signal.aborted) stopping.abort(new CopyStopped("enough"));
          // What is under way then is not done any more.
          if (stopping.signal.aborted) return { kind: "lost", reason: "stopped" };
          if (client.isDone() && !finish.signal.aborted) finish.abort();
          return to.call(request, signal);
        },
      };
      const run = await follow({ finish, target: interrupted, signal: stopping.signal });
      if (run.outcome.kind === "stopped") {
        later(random.below(2) === 0 ? 1000 : hourMs);
        continue;
      }
      const report = reportOf(run);
      expect(report.comparisons).toMatchObject([{ equal: true }]);
      expect(report.followed).toMatchObject([{ table: "Plain", ended: true }]);
      expect(run.lines.at(-1)).toMatch(
        /^Plain: followed to the end, \d+ changes applied; its stream is switched off again$/,
      );
      break;
    }
    expect(runs).toBeGreaterThan(1);
    expect(await allItems(to, "Plain")).toEqual(await allItems(stores[0] as End, "Plain"));
    expect(from.switches).toEqual(["Plain on KEYS_ONLY", "Plain off"]);
    expect(from.complaints).toEqual([]);
  },
  60_000,
);

test("ends by itself when no change has come for a while, and leaves a stream that was there", async () => {
  await begin(1);
  from.switchOn("Plain", "NEW_IMAGE");
  later(5000);
  busyClient(3, 60);
  const run = await follow({ untilIdleMs: 30_000 });
  expect(reportOf(run).comparisons).toMatchObject([{ equal: true }]);
  expect(run.lines.at(-1)).toMatch(/its stream stays as it was$/);
  expect(from.switches).toEqual(["Plain on NEW_IMAGE"]);
  // The target was given the source's setting, not a stream of the copy.
  expect(reportOf(run).tables[0]?.notTakenOver).toMatchObject([{ member: "StreamSpecification" }]);
});

test("a stream of the copy is none of the table's settings", async () => {
  await begin(1);
  const stopping = new AbortController();
  await follow({ onFollowing: () => stopping.abort(new CopyStopped("enough")), signal: stopping.signal });
  expect(step()).toBe("begun");
  const run = await follow({ untilIdleMs: 1000 });
  expect(reportOf(run).tables[0]?.notTakenOver).toEqual([]);
  // It was ended: the same command only compares.
  expect(step()).toBe("ended");
  const again = await follow({ untilIdleMs: 1000 });
  expect(reportOf(again)).toMatchObject({ followed: [], comparisons: [{ equal: true }] });
  expect(again.lines).toEqual([
    "Plain: was followed to its end by a run before; with --follow --sync it is followed anew",
  ]);
});

test("iterators that have expired are made anew", async () => {
  await begin(2);
  const finish = new AbortController();
  let reads = 0;
  const client = busyClient(2, 40);
  const busy = from.beforeCall;
  from.beforeCall = async (request) => {
    await busy(request);
    if (request.operation !== "GetRecords") return;
    reads += 1;
    // The copy was asleep for half an hour, as a closed notebook is.
    if (reads === 20) later(hourMs / 2);
    if (client.isDone()) finish.abort();
  };
  expect(reportOf(await follow({ finish })).comparisons).toMatchObject([{ equal: true }]);
});

test("what was forgotten is told, and --sync begins anew", async () => {
  await begin(3);
  const stopping = new AbortController();
  await follow({ onFollowing: () => stopping.abort(new CopyStopped("enough")), signal: stopping.signal });
  await from.write("Plain", { put: { pk: { S: "k1" }, n: { N: "-1" } } });
  later(5000);
  later(25 * hourMs);
  const lost = /^Plain: its stream .*, so changes are missing; with --follow --sync the same command/;
  expect((await follow()).outcome).toMatchObject({ kind: "failed", message: expect.stringMatching(lost) });
  expect(step()).toBe("lost");
  expect((await follow()).outcome).toEqual({
    kind: "refused",
    messages: [expect.stringMatching(/^Plain: changes were lost, as was told; with --follow --sync/)],
  });
  const run = await follow({ sync: true, untilIdleMs: 1000 });
  expect(run.lines[0]).toBe("Plain: 0 missing and 1 changed items put, 0 deleted");
  expect(reportOf(run).comparisons).toMatchObject([{ equal: true }]);
  expect(from.switches).toEqual(["Plain on KEYS_ONLY", "Plain off"]);
});

test("a shard that was never read, and is forgotten in part, is not taken for whole", async () => {
  await begin(4);
  from.switchOn("Plain", "KEYS_ONLY");
  later(5000);
  let isLate = false;
  from.beforeCall = async ({ operation }) => {
    if (operation !== "Scan" || isLate) return;
    isLate = true;
    await from.write("Plain", { put: { pk: { S: "k1" }, n: { N: "-1" } } });
    later(23 * hourMs);
    await from.write("Plain", { put: { pk: { S: "k2" }, n: { N: "-1" } } });
    // The first record is gone, the second is still there.
    later(2 * hourMs);
  };
  expect((await follow()).outcome).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/not read for a day/),
  });
});

test("a stream that somebody switches off is noticed", async () => {
  await begin(5);
  const run = await follow({ onFollowing: () => from.switchOff("Plain") });
  expect(run.outcome).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/its stream was switched off/),
  });
});

test("a copy that was begun without following is compared first", async () => {
  await begin(6);
  reportOf(await follow({ follow: false }));
  await from.write("Plain", { put: { pk: { S: "k1" }, n: { N: "-1" } } });
  expect((await follow()).outcome).toEqual({
    kind: "refused",
    messages: [
      expect.stringMatching(
        /^Plain: its copy was begun without --follow, so changes may be missing; with --follow --sync/,
      ),
    ],
  });
  expect(from.switches).toEqual([]);
  const run = await follow({ sync: true, untilIdleMs: 1000 });
  expect(run.lines[0]).toBe("Plain: 0 missing and 1 changed items put, 0 deleted");
  expect(reportOf(run).comparisons).toMatchObject([{ equal: true }]);
});

test("a dry run says how, and switches nothing on", async () => {
  await begin(7);
  const { lines } = await follow({ dryRun: true });
  expect(lines).toEqual([
    "Plain: would be made and filled (about 120 items); its changes would be followed by a stream, switched on for that (KEYS_ONLY) and off again at the end",
  ]);
  expect(from.switches).toEqual([]);
});

test("a source whose stream may not be switched on is told before anything is copied", async () => {
  await begin(8, { refusesUpdate: true });
  expect((await follow()).outcome).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(
      /^source: a stream of Plain cannot be switched on \(AccessDeniedException/,
    ),
  });
  expect((await ask(to, "ListTables", {}))["TableNames"]).toEqual([]);
});
