// Several processes that increment the same hot keys with all their might, while sessions end and processes are killed: no
// increment is lost, none is done twice, and the log says the same as the records.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/index.ts";
import {
  checkHotKeys,
  describePostgres,
  hotKeyDecides,
  type HotKeyWriters,
  type HotOutcome,
  type PostgresPlace,
  type PostgresTestStore,
  settableClock,
  sharedPostgresPlace,
  startHotKeyWriters,
  takePostgresStore,
} from "../../testing/index.ts";
import type { HotKeyOrder } from "../../testing/hot-key-process.ts";

const seconds = Number(process.env["STATOR_SECONDS"] ?? 2);
const timeout = 60_000 + seconds * 2000;
const hotKeys = 7;
const callers = 16;

describePostgres("hot keys", (programs) => {
  let place: PostgresPlace;
  let store: PostgresTestStore;
  let outcomes: HotOutcome[];

  beforeEach(async () => {
    place = await sharedPostgresPlace(programs);
    store = await takePostgresStore(place, 3);
    outcomes = [];
  });

  afterEach(async () => {
    await store.end();
  });

  const openOptions = { decide: hotKeyDecides, clock: settableClock(1_767_225_600_000) };

  async function startEngines(count: number): Promise<readonly HotKeyWriters[]> {
    return Promise.all(
      Array.from({ length: count }, async () =>
        startHotKeyWriters(await store.open(openOptions), {
          hotKeys,
          callers,
          onOutcome: (outcome) => outcomes.push(outcome),
        }),
      ),
    );
  }

  const counted = (kind: HotOutcome["kind"]): number =>
    outcomes.filter((outcome) => outcome.kind === kind).length;

  test("through three engines, with nothing in their way", { timeout }, async () => {
    const writers = await startEngines(3);
    await systemClock().sleep(seconds * 1000);
    await Promise.all(writers.map((each) => each.stop()));
    const total = await checkHotKeys(await store.open(openOptions), { hotKeys, outcomes });
    expect([counted("unavailable"), counted("unknown"), counted("committed")]).toEqual([0, 0, total]);
    expect(total).toBeGreaterThan(seconds * 20);
  });

  test("through three engines, whose sessions are ended at any moment", { timeout }, async () => {
    const writers = await startEngines(3);
    const mine = `application_name = 'stator' AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
    for (let round = 0; round < seconds * 20; round += 1) {
      await systemClock().sleep(50);
      await store.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${mine} ORDER BY random() LIMIT 2`,
      );
    }
    await Promise.all(writers.map((each) => each.stop()));
    const total = await checkHotKeys(await store.open(openOptions), { hotKeys, outcomes });
    // A server that answers can always be asked what has become of a commit.
    expect([counted("unknown"), counted("committed")]).toEqual([0, total]);
    expect(counted("unavailable")).toBeGreaterThan(0);
  });

  test("through three processes that are killed and replaced", { timeout }, async () => {
    const [host] = place.hosts;
    if (host === undefined) throw new Error("a place has a host");
    const order: HotKeyOrder = { host, schema: store.schema, hotKeys, callers };
    const lines = (line: string): number => outcomes.push(JSON.parse(line) as HotOutcome);
    let children = await Promise.all(Array.from({ length: 3 }, () => startChild(order, lines)));
    let killed = 0;
    for (let round = 0; round < seconds; round += 1) {
      await systemClock().sleep(700);
      const [oldest, ...others] = children;
      if (oldest !== undefined) await kill(oldest);
      killed += 1;
      children = [...others, await startChild(order, lines)];
    }
    await Promise.all(children.map(kill));
    const untold = (killed + children.length) * callers;
    const total = await checkHotKeys(await store.open(openOptions), { hotKeys, outcomes, untold });
    expect(total).toBeGreaterThanOrEqual(counted("committed"));
    expect(counted("committed")).toBeGreaterThan(seconds * 20);
  });
});

/** Resolves with its first outcome. */
function startChild(order: HotKeyOrder, onLine: (line: string) => void): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../../testing/hot-key-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let rest = "";
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
      resolve(child);
    });
    child.once("exit", () => reject(new Error("the process has ended before its first outcome")));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}
