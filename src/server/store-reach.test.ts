// A store that is lost and comes back, as people hear of it.
import { expect, it } from "vitest";
import { StorageError } from "../storage/contract/index.ts";
import { createStoreReach } from "./store-reach.ts";

const unavailable = new StorageError("unavailable", "no primary");

it("tells once of a loss and once of the return, however often the engine says so", () => {
  const notes: string[] = [];
  const reach = createStoreReach((line) => notes.push(line));
  reach.tell(true, undefined);
  for (let times = 0; times < 3; times += 1) reach.tell(false, `no primary ${times}`);
  expect(reach.isReachable).toBe(false);
  for (let times = 0; times < 3; times += 1) reach.tell(true, undefined);
  expect(reach.isReachable).toBe(true);
  expect(notes).toEqual(["the store cannot be reached: no primary 0", "the store is reached again"]);
});

it("explains failures for that reason, and only while it lasts", () => {
  const reach = createStoreReach();
  expect(reach.explains(unavailable)).toBe(false);
  reach.tell(false, undefined);
  expect(reach.explains(unavailable)).toBe(true);
  expect(reach.explains(new StorageError("corrupted", "bad"))).toBe(false);
  expect(reach.explains(new Error("bug"))).toBe(false);
  expect(reach.explains(undefined)).toBe(false);
  reach.tell(true, undefined);
  expect(reach.explains(unavailable)).toBe(false);
});
