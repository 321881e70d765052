// What a process remembers of shards: it holds while nobody else writes under the head, and tells what to read ahead.
import { expect, test } from "vitest";
import type { ShardId } from "../contract/index.ts";
import { ShardCache, type ShardState } from "./shard-cache.ts";

function ends(...shards: readonly ShardId[]): Map<ShardId, ShardState> {
  return new Map(
    shards.map((shard) => [shard, { last: shard * 10, oldest: 1, timeMicros: 0, closed: false }]),
  );
}

test("what one's own last group left is known to the next one, and to no later one", () => {
  const cache = new ShardCache();
  cache.committed(0, 5, ends(1, 2));
  expect([...cache.at(0, 6).keys()]).toEqual([1, 2]);
  expect(cache.at(0, 7).size).toBe(0);
  expect(cache.at(1, 6).size).toBe(0);
});

test("shards are read ahead while others write under the head, those that were used last", () => {
  const cache = new ShardCache();
  cache.committed(0, 1, ends(...Array.from({ length: 40 }, (_, shard) => shard)));
  cache.at(0, 2);
  expect(cache.ahead(0)).toEqual([]);
  cache.committed(0, 2, ends(3));
  cache.at(0, 9);
  expect(cache.ahead(0)).toHaveLength(32);
  expect(cache.ahead(0)).toContain(3);
  expect(cache.ahead(0)).not.toContain(4);
  cache.committed(0, 9, ends(3, 7));
  cache.at(0, 10);
  expect(cache.ahead(0)).toEqual([3, 7]);
  for (let n = 10; n < 26; n += 1) {
    cache.committed(0, n, ends(3));
    cache.at(0, n + 1);
  }
  expect(cache.ahead(0)).toEqual([]);
});
