// The newest state as a group sees it: what was read, and what it has decided so far.
import { describe, expect, test } from "vitest";
import type { Commit, RecordKey } from "../contract/index.ts";
import { GroupKeys } from "./group-keys.ts";
import { GroupState } from "./group-state.ts";
import { HeadMap } from "./heads.ts";
import { newKeyspace } from "../contract/index.ts";
import type { ShardState } from "./shard-cache.ts";

const shard: ShardState = { last: 5, oldest: 3, timeMicros: 1000, closed: false };

/** A group number 7 under head 0 and 9 under head 1, which knows keyspaces 1 and 2 and shards 64 and 65. */
function newState(found: readonly RecordKey[] = []): GroupState {
  const map = new HeadMap(2);
  const keys = new GroupKeys(map);
  for (const each of found) keys.of(each).record = { version: 3, value: bytes("old") };
  const state = new GroupState({
    map,
    keys,
    heads: [
      { head: 0, n: 7 },
      { head: 1, n: 9 },
    ],
    keyspaces: new Map(),
    knownShard: (id) => (id === 64 ? shard : undefined),
  });
  for (const keyspace of [1, 2]) state.giveKeyspace(keyspace, undefined);
  state.giveShard(65, undefined);
  return state;
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

function key(name: string, place: Partial<RecordKey> = {}): RecordKey {
  return { keyspace: 1, placement: 0, partition: bytes(name), sort: bytes(""), ...place };
}

function commit(parts: Partial<Commit>): Commit {
  return { records: [], ...parts };
}

const put = (of: RecordKey, value: string): Commit["records"][number] => ({
  kind: "put",
  key: of,
  value: bytes(value),
});

describe("records", () => {
  test("are as they were read, or as the group has left them", () => {
    const [a, b] = [key("a"), key("b")];
    const state = newState([a]);
    const read = (): unknown =>
      state
        .recordsOf({ kind: "x", epochs: [], keys: [a, b], args: undefined })
        .map((record) => record && Buffer.from(record.value).toString());
    expect(read()).toEqual(["old", undefined]);
    // Another object with the same bytes is the same key.
    state.apply(commit({ records: [put(key("b"), "new"), { kind: "delete", key: a }] }), 1);
    expect(read()).toEqual([undefined, "new"]);
  });

  test("have versions that grow within a group and from one to the next", () => {
    const state = newState();
    state.apply(commit({ records: [put(key("a"), "1"), put(key("b"), "1")] }), 1);
    state.apply(commit({ records: [put(key("a"), "2"), put(key("c", { placement: 1 }), "1")] }), 1);
    const versions = [...state.changedRecords].map(({ record }) => record?.version ?? 0);
    const [a = 0, b = 0, c = 0] = versions;
    expect(a).toBeGreaterThan(b);
    for (const version of [a, b]) expect(Math.floor(version / 65_536)).toBe(7);
    expect(Math.floor(c / 65_536)).toBe(9);
  });

  test("of a keyspace that the group has dropped are gone, and so is what it wrote there", () => {
    const [a, other] = [key("a"), key("a", { keyspace: 2 })];
    const state = newState([a, other]);
    const counters = [{ counter: { keyspace: 1, index: 0 }, delta: 4 }];
    state.giveCounter({ keyspace: 1, index: 0 }, 10);
    state.apply(commit({ records: [put(a, "new"), put(other, "new")], counters }), 1);
    state.apply(commit({ dropKeyspaces: [1] }), 1);
    const asked = {
      kind: "x",
      epochs: [],
      keys: [a, other],
      args: undefined,
      counters: [{ keyspace: 1, index: 0 }],
    };
    expect(state.recordsOf(asked).map((record) => record !== undefined)).toEqual([false, true]);
    expect(state.countersOf(asked)).toEqual([0]);
    expect([...state.changedRecords].map(({ key: { keyspace } }) => keyspace)).toEqual([2]);
    expect(state.changedCounters.size).toBe(0);
    expect(() => state.check(commit({ records: [put(a, "again")] }))).toThrow("dropped");
    expect(() => state.check(commit({ counters }))).toThrow("dropped");
    expect(state.firstStale([{ keyspace: 1, epoch: 99 }])).toEqual({ keyspace: 1, epoch: 0 });
  });
});

describe("the log", () => {
  test("goes on where it ended, in one time for a commit that is no earlier than any of its shards'", () => {
    const state = newState();
    const log = [64, 65, 64].map((id) => ({ shard: id, value: bytes("v") }));
    expect(state.apply(commit({ log }), 900)).toBe(1000);
    expect(state.apply(commit({ log: [{ shard: 65, value: bytes("v") }] }), 1500)).toBe(1500);
    expect(state.appends.map(({ shard: id, position, timeMicros }) => [id, position, timeMicros])).toEqual([
      [64, 6, 1000],
      [65, 1, 1000],
      [64, 7, 1000],
      [65, 2, 1500],
    ]);
    expect([...state.grownShards].toSorted((left, right) => left - right)).toEqual([64, 65]);
    expect(state.shard(64)).toEqual({ last: 7, oldest: 3, timeMicros: 1000, closed: false });
  });

  test("is trimmed no further than it goes, and closed for good", () => {
    const state = newState();
    state.trim(64, 2);
    expect(state.isUnchanged).toBe(true);
    state.trim(64, 99);
    expect(state.shard(64).oldest).toBe(6);
    state.apply(commit({ log: [{ shard: 65, value: bytes("v") }], closeShards: [65], trimShards: [65] }), 1);
    expect(state.shard(65)).toMatchObject({ last: 1, oldest: 2, closed: true });
    expect(() => state.check(commit({ log: [{ shard: 65, value: bytes("v") }] }))).toThrow("closed");
  });
});

test("epochs grow, and bind the group's later mutations", () => {
  const state = newState();
  state.apply(commit({ setEpochs: [{ keyspace: 2, epoch: 5 }] }), 1);
  expect(
    state.firstStale([
      { keyspace: 1, epoch: 0 },
      { keyspace: 2, epoch: 4 },
    ]),
  ).toEqual({ keyspace: 2, epoch: 5 });
  expect(state.firstStale([{ keyspace: 2, epoch: 5 }])).toBeUndefined();
  expect(() => state.check(commit({ setEpochs: [{ keyspace: 2, epoch: 4 }] }))).toThrow("never goes back");
});

test("what a group lacks it says, and what it was given it has", () => {
  const state = newState();
  expect([state.lacksKeyspace(1), state.lacksKeyspace(3)]).toEqual([false, true]);
  expect([state.lacksShard(64), state.lacksShard(66)]).toEqual([false, true]);
  state.giveKeyspace(3, { epoch: 2, phase: 1 });
  expect([state.keyspace(3).epoch, state.isDropped(3), state.keyspace(1)]).toEqual([2, true, newKeyspace]);
  expect(state.covers(commit({ records: [put(key("a", { placement: 1 }), "v")], setEpochs: [] }))).toBe(true);
});
