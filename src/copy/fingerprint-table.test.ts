// The table against a Map, beyond several growths and with keys that collide.
import { expect, test } from "vitest";
import { seededRandom } from "../base/index.ts";
import { FingerprintTable } from "./fingerprint-table.ts";

function print(first: number, second: number): Uint32Array {
  return Uint32Array.of(first, second, 0, 0, 0, 0, 0, 0);
}

test("holds what a map holds", () => {
  const random = seededRandom(3);
  const table = new FingerprintTable(100_000);
  const model = new Map<string, number>();
  // Few first words, so that runs of collisions come about.
  const key = (): readonly [number, number] => [random.below(5000), random.below(20)];
  for (let count = 0; count < 30_000; count += 1) {
    const [first, second] = key();
    const value = random.below(10);
    expect(table.add(print(first, second), print(value, value))).toBe(true);
    model.set(`${first}/${second}`, value);
  }
  expect(table.unseen).toBe(model.size);
  const seen = new Set<string>();
  for (let count = 0; count < 30_000; count += 1) {
    const [first, second] = key();
    const name = `${first}/${second}`;
    const held = model.get(name);
    expect(table.isUnseen(print(first, second))).toBe(held !== undefined && !seen.has(name));
    const asked = random.below(10);
    const expected = held === undefined ? "absent" : held === asked ? "same" : "changed";
    expect(table.match(print(first, second), print(asked, asked))).toBe(expected);
    if (held !== undefined) seen.add(name);
    expect(table.unseen).toBe(model.size - seen.size);
  }
});

test("refuses a new key when it is full, and takes a known one", () => {
  const table = new FingerprintTable(2);
  expect(table.add(print(1, 1), print(1, 1))).toBe(true);
  expect(table.add(print(2, 1), print(1, 1))).toBe(true);
  expect(table.add(print(3, 1), print(1, 1))).toBe(false);
  expect(table.add(print(1, 1), print(2, 2))).toBe(true);
  expect(table.match(print(1, 1), print(2, 2))).toBe("same");
  expect(table.match(print(3, 1), print(1, 1))).toBe("absent");
});
