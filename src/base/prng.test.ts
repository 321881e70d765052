/** Chance: repeatable with a seed, even, and of the right shape. */

import { expect, test } from "vitest";
import { AssertionFailure } from "./assert.ts";
import { seededRandom, systemRandom } from "./prng.ts";

test("a seed gives the same numbers for ever", () => {
  const random = seededRandom(42);
  expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([
    660_444_221, 3_652_823_732, 77_672_526,
  ]);
  expect(random.uuid()).toBe("36411021-88ee-479c-a1aa-e265ba2ce7a8");
});

test("seeds differ from the first number on", () => {
  const firsts = new Set(Array.from({ length: 1000 }, (_, seed) => seededRandom(seed).uint32()));
  expect(firsts.size).toBe(1000);
});

test("numbers below a limit are even: each of six within a tenth of its share", () => {
  const random = seededRandom(7);
  const counts = [0, 0, 0, 0, 0, 0];
  for (let round = 0; round < 12_000; round += 1) {
    const value = random.below(6);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  for (const count of counts) {
    expect(Math.abs(count - 2000)).toBeLessThan(200);
  }
});

test("a limit that does not divide 2^32 favours no value", () => {
  // Without refusing the uneven rest, the lower third would come up twice as often as the others.
  const random = seededRandom(9);
  const limit = 3 * 2 ** 30;
  const low = Array.from({ length: 3000 }, () => random.below(limit)).filter((value) => value < 2 ** 30);
  expect(Math.abs(low.length - 1000)).toBeLessThan(100);
});

test.each([0, -1, 1.5, 2 ** 32 + 1])("a limit of %d is a mistake", (limit) => {
  expect(() => seededRandom(1).below(limit)).toThrow(AssertionFailure);
});

test.each([
  ["system", systemRandom()],
  ["seeded", seededRandom(3)],
])("%s: shapes", (_name, random) => {
  for (let round = 0; round < 2000; round += 1) {
    const value = random.uint32();
    expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
  }
  expect(random.below(1)).toBe(0);
  expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
  for (const length of [0, 1, 3, 4, 17]) {
    expect(random.bytes(length)).toHaveLength(length);
  }
  const uuids = Array.from({ length: 500 }, () => random.uuid());
  expect(new Set(uuids).size).toBe(500);
  for (const uuid of uuids) {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("every byte of a random array varies", () => {
  const random = systemRandom();
  const samples = Array.from({ length: 64 }, () => random.bytes(7));
  for (let index = 0; index < 7; index += 1) {
    expect(new Set(samples.map((bytes) => bytes[index])).size).toBeGreaterThan(20);
  }
});
