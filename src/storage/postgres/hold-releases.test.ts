// Holds whose mutation ended without a commit are released in the store.
import { expect, test } from "vitest";
import { settableClock } from "../../testing/index.ts";
import { HoldReleases } from "./hold-releases.ts";

test("a hold is released as soon as the store can be asked, and asked for until then", async () => {
  const clock = settableClock(0);
  const asked: string[] = [];
  let isThere = false;
  const releases = new HoldReleases({
    timers: clock,
    release: async (holdId) => {
      asked.push(holdId);
      if (!isThere) throw new Error("not now");
    },
  });
  releases.add("a", []);
  releases.add("b", []);
  await clock.advance(0);
  expect(asked).toEqual(["a", "b"]);
  isThere = true;
  await clock.advance(1000);
  expect(asked).toEqual(["a", "b", "a", "b"]);
  await clock.advance(10_000);
  expect(asked).toHaveLength(4);
});

test("nothing is asked for after the end", async () => {
  const clock = settableClock(0);
  const asked: string[] = [];
  const releases = new HoldReleases({ timers: clock, release: async (holdId) => asked.push(holdId) });
  releases.add("a", []);
  releases.close();
  releases.add("b", []);
  await clock.advance(10_000);
  expect(asked).toEqual([]);
});
