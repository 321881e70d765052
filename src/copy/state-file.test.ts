// What is saved is what is loaded, whenever it is saved.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CopyFailure } from "./copy-failure.ts";
import { type CopyState, newTableState } from "./copy-state.ts";
import { newFollowState } from "./follow-state.ts";
import { loadState, stateFile } from "./state-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-state-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function sampleState(): CopyState {
  const table = newTableState("source");
  table.segments = [
    { done: true, startKey: undefined },
    { done: false, startKey: { __proto__x: { S: "k" }, "1": { N: "2" } } },
  ];
  table.notTakenOver = [{ member: "Tags", reason: "why" }];
  const tables = new Map([
    ["Orders", table],
    ["__proto__", newTableState("odd")],
  ]);
  const lost = newFollowState({ kind: "capture", sourceId: "odd", syncDue: true });
  const following = new Map([
    [
      "Orders",
      {
        ...lost,
        step: "begun" as const,
        place: "arn",
        switchedOn: true,
        positions: { shards: [{ id: "s" }] },
      },
    ],
    ["__proto__", { ...lost, step: "lost" as const, changes: 3 }],
  ]);
  return { from: "a", to: "b", tables, following };
}

test("a state survives the file, which nobody else may read", async () => {
  const path = join(folder, "state");
  expect(await loadState(path)).toBeUndefined();
  const state = sampleState();
  await stateFile(path, state).save();
  expect(await loadState(path)).toEqual(state);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["state"]);
});

test("each save holds what was true when it was asked for", async () => {
  const path = join(folder, "state");
  const state = sampleState();
  const keeper = stateFile(path, state);
  const table = state.tables.get("Orders") ?? newTableState("");
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      // Some while one is being written, some after it, some after the one that waits.
      for (let turn = 0; turn < index % 5; turn += 1) await keeper.save();
      table.items += 1;
      const { items } = table;
      await keeper.save();
      const saved = (await loadState(path))?.tables.get("Orders")?.items ?? 0;
      expect(saved).toBeGreaterThanOrEqual(items);
    }),
  );
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ tables: [{ items: 40 }, {}] });
});

test("a state without followed tables is one that versions understand which do not follow", async () => {
  const path = join(folder, "state");
  await stateFile(path, { ...sampleState(), following: new Map() }).save();
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ statorCopy: 1 });
  await stateFile(path, sampleState()).save();
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ statorCopy: 2 });
});

test("a file that is something else is left alone", async () => {
  const path = join(folder, "state");
  for (const text of [
    "",
    "{}",
    "[]",
    '{"statorCopy":3,"from":"a","to":"b"}',
    '{"statorCopy":1,"from":"a","to":"b","tables":[{}]}',
    '{"statorCopy":2,"from":"a","to":"b","tables":[],"following":[{}]}',
  ]) {
    writeFileSync(path, text);
    await expect(loadState(path)).rejects.toThrow(CopyFailure);
    expect(readFileSync(path, "utf8")).toBe(text);
  }
});

test("a folder that cannot be written is told", async () => {
  const path = join(folder, "missing", "state");
  await expect(stateFile(path, sampleState()).save()).rejects.toThrow(
    /^the state file .* cannot be written: ENOENT/,
  );
});
