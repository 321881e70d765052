// Work that one of several servers does: who has it, how often the store is asked, what a death leaves behind.
import { expect, test } from "vitest";
import { seededRandom } from "../base/index.ts";
import { type Engine, StorageError } from "../storage/contract/index.ts";
import { modelStore, openModelEngine, settableClock } from "../testing/index.ts";
import { altered } from "../testing/copying-consumers.ts";
import { createDuty, type Duty } from "./index.ts";

interface Subject {
  readonly duty: (seed: number) => Duty;
  readonly advance: (ms: number) => void;
  readonly asked: () => number;
  readonly fail: (failing: boolean) => void;
}

function subject(multiProcess = true): Subject {
  const clock = settableClock(1_000_000);
  const model = openModelEngine({ decide: new Map(), clock, store: modelStore() });
  let asked = 0;
  let failing = false;
  const lease: Engine["lease"] = async (...args) => {
    asked += 1;
    if (failing) throw new StorageError("unavailable", "no store");
    return model.lease(...args);
  };
  const engine = altered(model, { capabilities: { ...model.capabilities, multiProcess }, lease });
  return {
    duty: (seed) => createDuty({ engine, name: "work", random: seededRandom(seed), clock }),
    advance: (ms) => clock.set(clock.nowMs() + ms),
    asked: () => asked,
    fail: (value) => {
      failing = value;
    },
  };
}

test("the first to ask has it, and asks the store again only every five seconds", async () => {
  const { duty, advance, asked } = subject();
  const [first, second] = [duty(1), duty(2)];
  for (let round = 0; round < 20; round += 1) {
    expect([await first.isOurs(), await second.isOurs()]).toEqual([true, false]);
    advance(1000);
  }
  expect(asked()).toBe(8);
});

test("another has it at once when it is released, and after twenty seconds when its owner died", async () => {
  const { duty, advance } = subject();
  const [first, second] = [duty(1), duty(2)];
  expect(await first.isOurs()).toBe(true);
  await first.release();
  expect(await second.isOurs()).toBe(true);
  const third = duty(3);
  let waitedMs = 0;
  for (; !(await third.isOurs()); waitedMs += 1000) advance(1000);
  expect(waitedMs).toBeGreaterThanOrEqual(15_000);
  expect(waitedMs).toBeLessThanOrEqual(20_000);
});

test("nobody has it while the store cannot be asked, and asking goes on", async () => {
  const { duty, advance, fail } = subject();
  const first = duty(1);
  expect(await first.isOurs()).toBe(true);
  advance(5000);
  fail(true);
  await expect(first.isOurs()).rejects.toThrow("no store");
  await expect(first.isOurs()).rejects.toThrow("no store");
  fail(false);
  expect(await first.isOurs()).toBe(true);
});

test("with an engine for one process it is always ours, and nothing is asked", async () => {
  const { duty, asked } = subject(false);
  const first = duty(1);
  expect(await first.isOurs()).toBe(true);
  await first.release();
  expect(asked()).toBe(0);
});
