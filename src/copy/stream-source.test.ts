// Reading a stream alone, without any items: what is told of each shard, when, and from where it goes on.
import { describe, expect, test } from "vitest";
import { type Clock, seededRandom, systemClock } from "../base/index.ts";
import { type FakeStreams, fakeStreams } from "../../test/copy/fake-streams.ts";
import { createCaller } from "./caller.ts";
import type { ChangeSource } from "./change-source-types.ts";
import type { End, Json } from "./end.ts";
import { newFollowState } from "./follow-state.ts";
import { streamSource } from "./stream-source.ts";

/** A table without items. */
const emptyTable: End = {
  name: "table",
  identity: "table",
  call: async () => ({ kind: "answer", body: { Table: { TableName: "T" } }, sizeBytes: 0 }),
  close: async () => undefined,
};

interface Fixture {
  readonly from: FakeStreams;
  /** Another run: it knows only what the state keeps. */
  readonly open: () => ChangeSource;
  readonly later: (ms: number) => void;
  readonly nowMs: () => number;
  readonly asked: string[];
}

/** Waiting is what makes time pass. */
function fixture(seed: number, more: { readonly listedWithinMs?: number } = {}): Fixture {
  let nowMs = Date.UTC(2026, 10, 21);
  const later = (ms: number): void => {
    nowMs += ms;
  };
  const clock: Clock = { ...systemClock(), nowMs: () => nowMs, sleep: async (ms) => later(ms) };
  const from = fakeStreams({ end: emptyTable, clock, random: seededRandom(seed), ...more });
  const asked: string[] = [];
  from.beforeCall = async ({ operation, input }) => {
    if (operation === "GetShardIterator")
      asked.push(`${String(input["ShardIteratorType"])} ${String(input["ShardId"])}`);
  };
  const follow = newFollowState({ kind: "stream", sourceId: "id", syncDue: false });
  const { signal } = new AbortController();
  const source = createCaller({ end: from, clock, random: seededRandom(1), signal, patienceMs: 1000 });
  const open = (): ChangeSource =>
    streamSource({ source, clock, signal, table: "T", keyNames: ["pk"], follow, tables: 1 });
  return { from, open, later, nowMs: () => nowMs, asked };
}

function keyText({ pk }: Json): string {
  return String((pk as Json)["S"]);
}

const saved = async (): Promise<void> => undefined;

function key(text: string): Json {
  return { pk: { S: text } };
}

test.each([1, 2, 3])(
  "each record is told once, also by several runs, until all are told (seed %i)",
  async (seed) => {
    const { from, open, later, nowMs } = fixture(seed);
    let positions = await open().begin(saved);
    const random = seededRandom(seed);
    const written: string[] = [];
    for (let count = 0; count < 200; count += 1) {
      written.push(`k${count}`);
      await from.write("T", { put: key(`k${count}`) });
      later(random.below(3000));
      if (random.below(20) === 0) from.rotate("T", random.below(2) === 0);
    }
    const endMs = nowMs();
    const told: string[] = [];
    let source = open();
    for (let completeToMs: number | undefined; (completeToMs ?? 0) < endMs;) {
      if (random.below(10) === 0) {
        later(1000);
        source = open();
      }
      const page = await source.read(positions);
      ({ positions, completeToMs } = page);
      told.push(...page.keys.map(keyText));
    }
    expect(told).toHaveLength(written.length);
    expect(new Set(told)).toEqual(new Set(written));
    expect(from.complaints).toEqual([]);
  },
);

describe("it is not said that everything was told", () => {
  test.each([
    ["the shards after a closed one are not listed", true],
    ["a record has not come yet", false],
  ])("as long as %s", async (_, isRotated) => {
    const { from, open, later, nowMs } = fixture(1, { listedWithinMs: 40_000 });
    const source = open();
    let positions = await source.begin(saved);
    later(60_000);
    for (let turn = 0; turn < 20; turn += 1) {
      // All is quiet.
      for (let completeToMs: number | undefined; completeToMs === undefined;) {
        ({ positions, completeToMs } = await source.read(positions));
      }
      if (isRotated) from.rotate("T", true);
      await from.write("T", { put: key(`k${turn}`) });
      const writtenMs = nowMs();
      for (let isTold = false; !isTold;) {
        const page = await source.read(positions);
        ({ positions } = page);
        isTold = page.keys.length > 0;
        if (!isTold) expect(page.completeToMs ?? 0).toBeLessThan(writtenMs);
      }
    }
  });
});

test("shards that are closed already, and records that are older by far, are passed over", async () => {
  const { from, open, later, asked } = fixture(2);
  from.switchOn("T", "NEW_IMAGE");
  later(10_000);
  await from.write("T", { put: key("closed") });
  from.rotate("T", false);
  from.rotate("T", false);
  for (let count = 0; count < 20; count += 1) await from.write("T", { put: key(`old${count}`) });
  later(2 * 3_600_000);
  await from.write("T", { put: key("before") });
  const source = open();
  let positions = await source.begin(saved);
  await from.write("T", { put: key("after") });
  const told = new Set<string>();
  for (let reads = 0; reads < 40; reads += 1) {
    const page = await source.read(positions);
    ({ positions } = page);
    for (const each of page.keys) told.add(keyText(each));
  }
  // The one just before is told, too: clocks differ.
  expect(told).toEqual(new Set(["after", "before"]));
  expect(new Set(asked).size).toBe(2);
});
