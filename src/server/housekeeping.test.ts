// Space of dropped tables comes back: by the clock, or after requests where no timer may run.
import { describe, expect, it } from "vitest";
import { type AdjustableClock, adjustableClock, systemRandom } from "../base/index.ts";
import type { Dispatch, Services } from "../operations/index.ts";
import type { Engine, Lease } from "../storage/contract/index.ts";
import { createStator } from "./create-stator.ts";
import { type Housekeeping, type HousekeepingPace, startHousekeeping } from "./housekeeping.ts";

interface Subject extends Housekeeping {
  readonly clock: AdjustableClock;
  readonly request: (count: number) => Promise<void>;
  readonly steps: () => number;
  readonly failures: readonly unknown[];
}

interface Work {
  /** Slices of space to give back. */
  slices: number;
  failing?: boolean;
  held?: Promise<void>;
}

function subject(
  pace: HousekeepingPace,
  work: Work,
  leases?: Pick<Engine, "lease" | "releaseLease">,
): Subject {
  const clock = adjustableClock({ startMs: 0 });
  clock.freeze();
  const failures: unknown[] = [];
  let steps = 0;
  const services = {
    clock,
    random: systemRandom(),
    catalog: { step: async () => undefined },
    engine: {
      capabilities: { durable: true, replicas: false, multiProcess: leases !== undefined },
      lease: leases?.lease,
      releaseLease: leases?.releaseLease,
      reclaim: async () => {
        steps += 1;
        await work.held;
        if (work.failing === true) throw new Error("no luck");
        work.slices -= 1;
        return { recordsRemoved: 1, done: work.slices <= 0 };
      },
    },
  } as unknown as Services;
  const answer: Dispatch = async () => ({ kind: "ok", body: "{}" });
  const keeping = startHousekeeping({
    services,
    upkeep: undefined,
    dispatch: answer,
    pace,
    onFailure: (error) => failures.push(error),
  });
  const namespace = { account: "000000000000", region: "us-east-1" };
  const call = { service: "DynamoDB", operation: "ListTables", json: {}, namespace, requestId: "R" } as const;
  const request = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 1) {
      expect(await keeping.dispatch(call)).toEqual({ kind: "ok", body: "{}" });
      // The step that follows a request has no more to wait for than a few promises.
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
  };
  return { ...keeping, clock, request, steps: () => steps, failures };
}

describe("by the clock", () => {
  it("steps until nothing is left, then looks again after a pause", async () => {
    const { clock, steps, request, stop } = subject("byClock", { slices: 3 });
    await request(200);
    expect(steps()).toBe(0);
    await clock.advance(1020);
    expect(steps()).toBe(3);
    await clock.advance(1000);
    expect(steps()).toBe(4);
    await stop();
    await clock.advance(5000);
    expect(steps()).toBe(4);
  });
});

describe("with several servers on one store", () => {
  it("one of them does it, and the next one when that one stops", async () => {
    let holder: string | undefined;
    const leases = {
      lease: async (name: string, owner: string, ttlMs: number): Promise<Lease | undefined> => {
        holder ??= owner;
        return holder === owner ? { name, owner, token: 1, expiresMs: ttlMs } : undefined;
      },
      releaseLease: async () => {
        holder = undefined;
      },
    };
    const first = subject("byClock", { slices: 1 }, leases);
    await first.clock.advance(3000);
    const early = subject("byClock", { slices: 1 }, leases);
    await early.clock.advance(3000);
    expect([first.steps(), early.steps()]).toEqual([3, 0]);
    await first.stop();
    const next = subject("byClock", { slices: 1 }, leases);
    await next.clock.advance(1000);
    expect([first.steps(), next.steps()]).toEqual([3, 1]);
    await Promise.all([early.stop(), next.stop()]);
    expect(holder).toBe(undefined);
  });
});

describe("after requests", () => {
  it("takes one step a request while something is left, though the clock stands still", async () => {
    const { steps, request } = subject("afterRequests", { slices: 3 });
    await request(63);
    expect(steps()).toBe(0);
    await request(3);
    expect(steps()).toBe(3);
    await request(63);
    expect(steps()).toBe(3);
    await request(1);
    expect(steps()).toBe(4);
  });

  it("has no timer", async () => {
    const { clock, steps } = subject("afterRequests", { slices: 3 });
    await clock.advance(100_000);
    expect(steps()).toBe(0);
  });

  it("does not let requests wait, and takes one step at a time", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { steps, request, stop } = subject("afterRequests", { slices: 1, held: promise });
    await request(200);
    expect(steps()).toBe(1);
    let stopped = false;
    const end = stop().then(() => (stopped = true));
    await Promise.resolve();
    expect(stopped).toBe(false);
    resolve();
    await end;
    await request(200);
    expect(steps()).toBe(1);
  });
});

describe.each<HousekeepingPace>(["byClock", "afterRequests"])("failures %s", (pace) => {
  it("are told once, and again after a step that succeeded", async () => {
    const work: Work = { slices: 1, failing: true };
    const { clock, request, failures } = subject(pace, work);
    const round = async (): Promise<void> => {
      await request(64);
      await clock.advance(1000);
    };
    await round();
    await round();
    expect(failures).toEqual([new Error("no luck")]);
    work.failing = false;
    await round();
    work.failing = true;
    await round();
    expect(failures).toHaveLength(2);
  });
});

describe("in a Stator", () => {
  it("a dropped table's items are gone from the store some requests later, on a stopped clock", async () => {
    const clock = adjustableClock({ startMs: 0 });
    clock.freeze();
    const core = await createStator({
      storage: { kind: "memory" },
      auth: { mode: "open" },
      region: "us-east-1",
      shared: false,
      delays: { createMs: 0, updateMs: 0, deleteMs: 0 },
      clock,
      housekeeping: "afterRequests",
    });
    const { dispatch, services } = core;
    const namespace = { account: "000000000000", region: "us-east-1" };
    const call = async (operation: string, json: unknown): Promise<void> => {
      const result = await dispatch({ service: "DynamoDB", operation, json, namespace, requestId: "R" });
      expect(result).toMatchObject({ kind: "ok" });
    };
    const fill = async (TableName: string, count: number): Promise<void> => {
      await call("CreateTable", {
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      });
      for (let item = 0; item < count; item += 1) {
        await call("PutItem", { TableName, Item: { pk: { S: String(item) } } });
      }
    };
    await fill("Orders", 50);
    const { keyspace } = services.catalog.find(namespace, "Orders") ?? { keyspace: 0 };
    await call("DeleteTable", { TableName: "Orders" });
    // Writes, as each of them leaves the store a turn for the steps between.
    await fill("Other", 100);
    const late = { kind: "catalog.drop", epochs: [{ keyspace, epoch: 99 }], keys: [], args: [] };
    expect((await services.engine.mutate(late)).kind).toBe("staleEpoch");
    expect((await services.engine.reclaim()).recordsRemoved).toBe(0);
    await core.close();
  });
});
