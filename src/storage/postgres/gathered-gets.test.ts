// Which reads share a statement, over reads that are answered when the test says so.
import { expect, test } from "vitest";
import { nextTurn } from "../../base/index.ts";
import type { RecordKey, StoredRecord } from "../contract/index.ts";
import { GatheredGets } from "./gathered-gets.ts";

function key(name: number): RecordKey {
  const partition = Uint8Array.of(name);
  return { keyspace: 1, placement: 0, partition, sort: new Uint8Array() };
}

/** Odd ones are there. */
function recordOf(of: RecordKey): StoredRecord | undefined {
  const name = of.partition[0] ?? 0;
  return name % 2 === 0 ? undefined : { key: of, version: name, value: Uint8Array.of(name) };
}

interface Asked {
  readonly statements: number[];
  readonly gets: GatheredGets;
}

function gathered(fail?: (keys: readonly RecordKey[]) => boolean): Asked {
  const statements: number[] = [];
  const gets = new GatheredGets({
    one: async (of) => {
      statements.push(1);
      return recordOf(of);
    },
    many: async (keys) => {
      statements.push(keys.length);
      if (fail?.(keys) === true) throw new Error("no server");
      return keys.map(recordOf);
    },
  });
  return { statements, gets };
}

const versions = (records: readonly (StoredRecord | undefined)[]): readonly (number | undefined)[] =>
  records.map((record) => record?.version);

test("what is asked for in one turn goes together, and each gets its own", async () => {
  const { statements, gets } = gathered();
  const records = await Promise.all([3, 4, 5, 3].map((name) => gets.get(key(name))));
  expect(versions(records)).toEqual([3, undefined, 5, 3]);
  expect(statements).toEqual([4]);
});

test("what is alone in its turn goes alone", async () => {
  const { statements, gets } = gathered();
  const first = gets.get(key(1));
  await nextTurn();
  const second = gets.get(key(7));
  expect(versions(await Promise.all([first, second]))).toEqual([1, 7]);
  expect(statements).toEqual([1, 1]);
});

test("more than a statement's share goes in several", async () => {
  const { statements, gets } = gathered();
  const names = Array.from({ length: 65 }, (_, name) => name);
  const records = await Promise.all(names.map((name) => gets.get(key(name))));
  expect(versions(records)).toEqual(names.map((name) => (name % 2 === 0 ? undefined : name)));
  expect(statements).toEqual([32, 32, 1]);
});

test("a statement that fails fails those that shared it, and nobody else", async () => {
  const { gets } = gathered((keys) => keys.some(({ partition }) => partition[0] === 2));
  const names = Array.from({ length: 64 }, (_, name) => name);
  const ends = await Promise.allSettled(names.map((name) => gets.get(key(name))));
  expect(ends.map(({ status }) => status)).toEqual(
    names.map((name) => (name < 32 ? "rejected" : "fulfilled")),
  );
  await expect(gets.get(key(1))).resolves.toMatchObject({ version: 1 });
});
