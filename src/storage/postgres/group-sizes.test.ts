// When the next group begins, and under how many of the heads that are free.
import { expect, test } from "vitest";
import { type GroupsNow, headsOfNextGroup, patienceMs } from "./group-sizes.ts";

const now: GroupsNow = {
  readyHeads: 8,
  readyRequests: 10,
  waitedMs: 0,
  runningRequests: 0,
  sessionsFree: 6,
};

test("what waits while nothing is on its way goes together, whichever heads it needs", () => {
  expect(headsOfNextGroup(now)).toBe(8);
  expect(headsOfNextGroup({ ...now, readyRequests: 1, readyHeads: 1 })).toBe(1);
});

test("much that waits is divided into as many groups as are well filled", () => {
  expect(headsOfNextGroup({ ...now, readyRequests: 127 })).toBe(8);
  expect(headsOfNextGroup({ ...now, readyRequests: 128 })).toBe(4);
  expect(headsOfNextGroup({ ...now, readyRequests: 200 })).toBe(3);
  expect(headsOfNextGroup({ ...now, readyRequests: 5000 })).toBe(2);
  expect(headsOfNextGroup({ ...now, readyRequests: 5000, sessionsFree: 20 })).toBe(1);
});

test("beside many others a few wait, until they are enough or have waited long", () => {
  const beside = { ...now, runningRequests: 40 };
  expect(headsOfNextGroup(beside)).toBe(0);
  expect(headsOfNextGroup({ ...beside, readyRequests: 64 })).toBe(8);
  expect(headsOfNextGroup({ ...beside, waitedMs: patienceMs })).toBe(8);
});

test("beside a few others nobody waits", () => {
  expect(headsOfNextGroup({ ...now, runningRequests: 3, readyRequests: 1, readyHeads: 1 })).toBe(1);
});

test("where nothing waits no group begins", () => {
  const nothing = { ...now, readyHeads: 0, readyRequests: 0 };
  expect(headsOfNextGroup(nothing)).toBe(0);
  expect(headsOfNextGroup({ ...nothing, runningRequests: 100, waitedMs: -Infinity })).toBe(0);
});
