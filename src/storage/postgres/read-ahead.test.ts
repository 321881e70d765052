// Which records are read before a mutation needs them, and by how many statements.
import { expect, test } from "vitest";
import type { RecordKey } from "../contract/index.ts";
import { HeadMap } from "./heads.ts";
import { ReadAhead } from "./read-ahead.ts";

const map = new HeadMap(3);

function keysOf(count: number): readonly RecordKey[] {
  return Array.from({ length: count }, (_, number) => ({
    keyspace: 7,
    placement: number,
    partition: new Uint8Array([number]),
    sort: new Uint8Array(),
  }));
}

interface Statement {
  readonly count: number;
  readonly end: (error?: Error) => void;
}

function recorded(): { readonly ahead: ReadAhead; readonly statements: Statement[] } {
  const statements: Statement[] = [];
  const touch = (keys: readonly unknown[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      statements.push({ count: keys.length, end });
    });
  return { ahead: new ReadAhead({ map, touch }), statements };
}

test("many are read by several statements at once, and are known afterwards", async () => {
  const { ahead, statements } = recorded();
  const keys = keysOf(20);
  const reading = ahead.read(keys);
  expect(statements.map(({ count }) => count)).toEqual([8, 8, 4]);
  expect(keys.some((key) => ahead.has(key))).toBe(false);
  for (const { end } of statements) end();
  await reading;
  expect(keys.every((key) => ahead.has(key))).toBe(true);
});

test("one that cannot be read is left to the mutation", async () => {
  const { ahead, statements } = recorded();
  const reading = ahead.read(keysOf(9));
  statements[0]?.end(new Error("no session"));
  statements[1]?.end();
  await reading;
  expect(statements).toHaveLength(2);
});
