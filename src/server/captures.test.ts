// Captures where several servers use one store: a change of any of them is in the capture that another one has begun.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nextTurn } from "../base/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import {
  captureCalls,
  type CaptureCalls,
  captureStartMs,
  capturedNamespace,
  capturedTableName,
  dispatchSend,
  ordersTable,
  withIndex,
} from "../testing/captured-table.ts";
import { altered, gate, type Gate } from "../testing/copying-consumers.ts";
import { followedCopy } from "../testing/followed-copy.ts";
import {
  modelStore,
  type ModelStore,
  openModelEngine,
  settableClock,
  type SettableClock,
  testServerSettings,
} from "../testing/index.ts";
import { composeStator, type StatorCore } from "./create-stator.ts";
import { decideRegistry } from "./decide-registry.ts";

let store: ModelStore;
let clock: SettableClock;
const running: StatorCore[] = [];

beforeEach(() => {
  store = modelStore();
  clock = settableClock(captureStartMs);
});

afterEach(async () => {
  for (const core of running.splice(0)) await core.close();
});

interface Server extends CaptureCalls {
  readonly core: StatorCore;
}

async function startServer(parts: Partial<Engine> = {}): Promise<Server> {
  const model = openModelEngine({ decide: decideRegistry, clock, store });
  const engine = altered(model, {
    capabilities: { ...model.capabilities, multiProcess: true },
    // Answers come later than commits, and other requests in between.
    mutate: async (mutation) => {
      const outcome = await model.mutate(mutation);
      await nextTurn();
      return outcome;
    },
    ...parts,
  });
  const core = await composeStator({ ...testServerSettings, clock, housekeeping: "byClock" }, engine);
  running.push(core);
  return { core, ...captureCalls(dispatchSend(core.dispatch)) };
}

describe("two servers", () => {
  test.each([1, 2, 3, 4, 5])("a copy that follows the changes of both misses none, seed %i", async (seed) => {
    const writers = [await startServer(), await startServer()] as const;
    const [, copier] = writers;
    await copier.ok("CreateTable", ordersTable(seed % 2 === 0 ? withIndex : {}));
    const { copied, there, logged } = await followedCopy({ writers, copier, seed, writesEach: 150 });
    expect(copied).toEqual(there);
    expect(logged).toBeGreaterThan(0);
  });

  test("one that does not know of a capture yet has its write refused, and logs it then", async () => {
    const one = await startServer();
    await one.ok("CreateTable", ordersTable());
    const planned: Gate = gate();
    const goOn: Gate = gate();
    const model = openModelEngine({ decide: decideRegistry, clock, store });
    let outcomes: readonly string[] = [];
    const other = await startServer({
      mutate: async (mutation) => {
        if (mutation.kind === "item" && outcomes.length === 0) {
          planned.open();
          await goOn.passed;
        }
        const outcome = await model.mutate(mutation);
        if (mutation.kind === "item") outcomes = [...outcomes, outcome.kind];
        return outcome;
      },
    });
    const writing = other.ok("PutItem", { Item: { pk: { S: "a" } } });
    await planned.passed;
    const positions = await one.begin();
    goOn.open();
    await writing;
    expect(outcomes).toEqual(["staleEpoch", "committed"]);
    expect((await one.readAll(positions)).keys).toEqual(["a"]);
  });

  test("what one acknowledges the other one knows, and so is the end", async () => {
    const one = await startServer();
    const other = await startServer();
    await one.ok("CreateTable", ordersTable());
    const positions = await one.begin();
    await other.ok("PutItem", { Item: { pk: { S: "a" } } });
    const page = await other.readAll(positions);
    expect(page.keys).toEqual(["a"]);
    await one.read(page.positions);
    expect(await other.refusal("ReadCapture", { Positions: positions })).toContain(
      "below what was acknowledged",
    );
    expect(await other.begin()).toEqual(page.positions);
    await other.end();
    expect(await one.refusal("ReadCapture", { Positions: page.positions })).toBe(
      "ResourceNotFoundException: Capture not found: copy-1",
    );
  });

  test("housekeeping ends a forgotten capture, by the clock of the store", async () => {
    const one = await startServer();
    await one.ok("CreateTable", ordersTable());
    const positions = await one.begin();
    await one.ok("PutItem", { Item: { pk: { S: "a" } } });
    const pass = async (hours: number): Promise<void> => {
      clock.set(clock.nowMs() + hours * 3_600_000);
      await clock.advance(2000);
    };
    await pass(23);
    expect((await one.read(positions)).keys).toEqual(["a"]);
    await pass(23);
    expect((await one.read(positions)).keys).toEqual(["a"]);
    await pass(25);
    expect(one.core.services.catalog.find(capturedNamespace, capturedTableName)?.captures).toBeUndefined();
  });
});
