// Changes that wait for hours until the items of their table are copied.
import { expect, test } from "vitest";
import { adjustableClock, seededRandom, systemClock } from "../base/index.ts";
import { createCaller } from "./caller.ts";
import { type ChangeSource, ChangesLost } from "./change-source-types.ts";
import type { CopyContext } from "./copy-context.ts";
import type { End } from "./end.ts";
import { newFollowState } from "./follow-state.ts";
import type { TableToFollow } from "./follow-table.ts";
import { keepWaiting } from "./keep-waiting.ts";
import { createProgress } from "./progress.ts";
import { createWriteRate } from "./write-rate.ts";

const hourMs = 3_600_000;
const { signal } = new AbortController();
const nowhere: End = {
  name: "end",
  identity: "end",
  call: async () => ({ kind: "lost", reason: "nowhere" }),
  close: async () => undefined,
};

function fixture(keep: (count: number) => Promise<number>) {
  const clock = adjustableClock({ startMs: 0 });
  clock.freeze();
  const random = seededRandom(1);
  const caller = createCaller({ end: nowhere, clock, random, signal, patienceMs: 0 });
  const saves: unknown[] = [];
  const follow = {
    ...newFollowState({ kind: "stream", sourceId: "", syncDue: false }),
    step: "begun" as const,
  };
  const context: CopyContext = {
    source: caller,
    target: caller,
    rate: createWriteRate(undefined, systemClock()),
    keeper: { save: async () => void saves.push(follow.positions) },
    progress: createProgress(),
    workersMax: 1,
    signal,
    clock,
    random,
    say: () => undefined,
  };
  let count = 0;
  const source: ChangeSource = {
    begin: async () => ({}),
    read: async () => ({ keys: [], positions: {}, completeToMs: undefined }),
    async keep() {
      count += 1;
      return { at: await keep(count) };
    },
    end: async () => "",
  };
  const tally = { refusedItems: 0 };
  const table: TableToFollow = {
    name: "T",
    keyNames: ["pk"],
    follow,
    source,
    tally: () => tally,
    refusedKeys: new Set(),
  };
  const work: Promise<void>[] = [];
  const waiting = keepWaiting(context, (each) => {
    work.push(each.catch((error: unknown) => void saves.push(String(error))));
  });
  return { clock, waiting, table, saves, work };
}

test("the source is told every hour, until the table is followed", async () => {
  const { clock, waiting, table, saves, work } = fixture(async (count) => count);
  waiting.add(table);
  await clock.advance(3.5 * hourMs);
  expect(saves).toEqual([{ at: 1 }, { at: 2 }, { at: 3 }]);
  await waiting.remove(table);
  await clock.advance(3 * hourMs);
  expect(saves).toHaveLength(3);
  await Promise.all(work);
});

test("a table is not followed while the source is being told", async () => {
  let finish = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { clock, waiting, table, saves } = fixture(async () => {
    await told;
    return 7;
  });
  waiting.add(table);
  await clock.advance(hourMs);
  const removed = waiting.remove(table).then(() => saves.length);
  finish();
  expect(await removed).toBe(1);
  expect(table.follow.positions).toEqual({ at: 7 });
});

test("what is lost meanwhile ends the copy, and another run knows", async () => {
  const { clock, waiting, table, saves, work } = fixture(async () => {
    throw new ChangesLost("T", "it is gone");
  });
  waiting.add(table);
  await clock.advance(hourMs);
  await Promise.all(work);
  expect(table.follow.step).toBe("lost");
  expect(saves).toEqual([{}, expect.stringMatching(/T: it is gone, so changes are missing/)]);
});
