// What a writer on a thread of its own tells each port, message by message: replies, and news of what the port watches.
import type { PortMessage, WritePortEvents, WriteRequest } from "../remote/index.ts";
import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDataPacker, createDataUnpacker } from "../../base/index.ts";
import { settableClock, temporaryFolder } from "../../testing/index.ts";
import { bytes, key, mutation, suiteDecides } from "../../testing/storage-contract/subject.ts";
import { claimStore, openSqliteWriter, type SqliteWriter } from "./index.ts";

let path: string;
let writer: SqliteWriter;
let release: () => void;
let turns: (() => void)[];

beforeEach(async () => {
  path = temporaryFolder();
  turns = [];
  const claimed = claimStore({ location: { kind: "directory", path } });
  release = () => claimed.release();
  writer = await openSqliteWriter({
    store: claimed.shared,
    decide: suiteDecides,
    clock: settableClock(1_767_225_600_000),
    nextTurn: (task) => turns.push(task),
  });
});

afterEach(async () => {
  const closed = writer.close();
  runTurns();
  await closed;
  release();
  rmSync(path, { recursive: true, force: true });
});

function runTurns(): void {
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
}

interface PlayedPort {
  readonly send: (...messages: readonly PortMessage[]) => void;
  /** Messages since the last look. */
  readonly told: () => readonly unknown[];
  readonly vanish: () => void;
}

function attached(): PlayedPort {
  const packer = createDataPacker();
  const unpacker = createDataUnpacker();
  const told: unknown[] = [];
  let events: WritePortEvents | undefined;
  writer.attach({
    post: (message) => told.push(unpacker.unpack(message)),
    listen: (given) => {
      events = given;
    },
    close: () => undefined,
  });
  return {
    send: (...messages) => {
      for (const message of messages) packer.add(message);
      events?.message(packer.take());
    },
    told: () => told.splice(0),
    vanish: () => events?.closed(),
  };
}

const watch = (begin: readonly number[], end: readonly number[] = []): PortMessage => ({
  kind: "watch",
  begin,
  end,
});
const grown = (...shards: readonly number[]): unknown => ({ grownShards: shards });
const appending = (...shards: readonly number[]): WriteRequest => ({
  kind: "mutate",
  mutation: mutation("write", {
    args: { records: [], log: shards.map((shard) => ({ shard, value: bytes("v") })) },
  }),
});
const holding = (ms: number): WriteRequest => ({
  kind: "mutate",
  mutation: mutation("look", { keys: [key("a")], hold: { ms } }),
});
const committed = { kind: "outcome", outcome: expect.objectContaining({ kind: "committed" }) };
const refused = { kind: "outcome", outcome: { kind: "refused", result: [undefined] } };
const conflict = { kind: "outcome", outcome: { kind: "conflict", keys: [0] } };

test("a port hears of growth of the shards it watches only", () => {
  const [writing, watching, silent] = [attached(), attached(), attached()];
  watching.send(watch([3, 5]));
  expect(watching.told()).toEqual([[grown(3, 5)]]);
  writing.send(appending(3, 4), appending(7));
  runTurns();
  expect(writing.told()).toEqual([[grown(), 1, committed, 2, committed]]);
  expect(watching.told()).toEqual([[grown(3)]]);
  watching.send(watch([7], [3]));
  expect(watching.told()).toEqual([[grown(7)]]);
  writing.send(appending(3, 4));
  runTurns();
  expect(watching.told()).toEqual([]);
  writing.send(appending(3, 5, 7));
  runTurns();
  expect(watching.told()).toEqual([[grown(5, 7)]]);
  expect(silent.told()).toEqual([]);
});

test("holds and conflicts are answered before any commit, out of turn", () => {
  const [first, second] = [attached(), attached()];
  first.send(appending(1), holding(0), { kind: "held", keys: [key("b"), key("a")] }, holding(0));
  expect(first.told()).toEqual([[grown(), 3, { kind: "held", held: [false, true] }, 4, conflict]]);
  second.send(holding(0));
  expect(second.told()).toEqual([[grown(), 1, conflict]]);
  runTurns();
  expect(first.told()).toEqual([[grown(), 1, committed, 2, refused]]);
  expect(second.told()).toEqual([]);
});

test("what a port has that is held back is decided when it asks for that, or is gone", () => {
  const [first, second, third] = [attached(), attached(), attached()];
  first.send(holding(1000));
  second.send({ kind: "hurry" }, { kind: "held", keys: [key("a")] });
  runTurns();
  expect(second.told()).toEqual([[grown(), 1, { kind: "held", held: [true] }]]);
  first.send({ kind: "hurry" });
  runTurns();
  expect(first.told()).toEqual([[grown(), 1, refused]]);
  third.send(holding(1000));
  third.vanish();
  runTurns();
  expect(third.told()).toEqual([]);
  second.send({ kind: "held", keys: [key("a")] });
  expect(second.told()).toEqual([[grown(), 2, { kind: "held", held: [false] }]]);
});
