/** Contract: leases. */
import { expect, test } from "vitest";
import type { WithStore } from "./subject.ts";

export function describeLeases(withStore: WithStore): void {
  test("a lease is held until it runs out", () =>
    withStore(async ({ engine, clock }) => {
      const first = await engine.lease("sweep", "a", 1000);
      expect(first).toEqual({
        name: "sweep",
        owner: "a",
        token: expect.any(Number),
        expiresMs: clock.nowMs() + 1000,
      });
      await clock.advance(999);
      expect(await engine.lease("sweep", "b", 1000)).toBeUndefined();
      await clock.advance(1);
      const second = await engine.lease("sweep", "b", 1000);
      expect(second?.owner).toBe("b");
      expect(second?.token).toBeGreaterThan(first?.token ?? Infinity);
      expect(await engine.lease("sweep", "a", 1000)).toBeUndefined();
    }));

  test("its holder renews it under the same token", () =>
    withStore(async ({ engine, clock }) => {
      const first = await engine.lease("sweep", "a", 1000);
      await clock.advance(900);
      const renewed = await engine.lease("sweep", "a", 1000);
      expect(renewed).toEqual({ ...first, expiresMs: clock.nowMs() + 1000 });
      await clock.advance(900);
      expect(await engine.lease("sweep", "b", 1000)).toBeUndefined();
    }));

  test("a released lease is free at once, and its next token is greater", () =>
    withStore(async ({ engine }) => {
      const first = await engine.lease("sweep", "a", 1000);
      await engine.releaseLease(first ?? never());
      const second = await engine.lease("sweep", "b", 1000);
      expect(second?.token).toBeGreaterThan(first?.token ?? Infinity);
    }));

  test("releasing a lease that is no longer held does nothing", () =>
    withStore(async ({ engine, clock }) => {
      const old = await engine.lease("sweep", "a", 1000);
      await clock.advance(1000);
      await engine.lease("sweep", "b", 1000);
      await engine.releaseLease(old ?? never());
      expect(await engine.lease("sweep", "a", 1000)).toBeUndefined();
      await engine.releaseLease({ name: "unknown", owner: "a", token: 1, expiresMs: 0 });
    }));

  test("of two that ask at once one gets it, and leases do not know each other", () =>
    withStore(async ({ engine }) => {
      const both = await Promise.all([engine.lease("one", "a", 1000), engine.lease("one", "b", 1000)]);
      expect(both.filter((lease) => lease !== undefined)).toHaveLength(1);
      expect(await engine.lease("two", "b", 1000)).toMatchObject({ name: "two", owner: "b" });
    }));
}

function never(): never {
  throw new Error("the lease was not given");
}
