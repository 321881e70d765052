// The cursor's record and the two writes of a consumer: who may take a cursor, and what moves with it.
import { describe, expect, test } from "vitest";
import { assert } from "../base/index.ts";
import type { DecideFunction, Decision, StoredRecord } from "../storage/contract/index.ts";
import { openModelEngine, settableClock } from "../testing/index.ts";
import { type Cursor, decodeCursor, encodeCursor } from "./cursors.ts";
import { type ConsumeArguments, type OutputDecide, type TakeArguments } from "./decides.ts";
import { changesDecides, cursorKey, cursorsKeyspace, readCursor } from "./index.ts";

const nowMs = 1_767_225_600_000;
const key = cursorKey("index/1001", 65_536_003);
const outputKey = { keyspace: 1001, placement: 2, partition: new Uint8Array([1]), sort: new Uint8Array(0) };
const held: Cursor = { position: 12, owner: "a", leaseUntilMs: nowMs + 1000, token: 4 };

/** Writes its arguments, counts, logs, and shows what it was given. */
const output: OutputDecide = (args, records, { nowMicros, counters }) => ({
  records: [
    { kind: "put", key: outputKey, value: Buffer.from(`${String(args)} ${records.length} ${nowMicros}`) },
  ],
  counters: [{ counter: { keyspace: 1001, index: 0 }, delta: counters[0] ?? 1 }],
  log: [{ shard: 77, value: new Uint8Array(1) }],
});
const decides = changesDecides(new Map([["output", output]]));

describe("a cursor's record", () => {
  test("has its place by consumer and shard", () => {
    expect(key).toMatchObject({ keyspace: cursorsKeyspace, placement: 3 });
    expect(Buffer.from(key.partition).toString()).toBe("index/1001");
    expect(Buffer.from(key.sort).toString("hex")).toBe("0000000003e80003");
    expect(Buffer.from(cursorKey("c", 2 ** 40 + 5).sort).toString("hex")).toBe("0000010000000005");
  });

  test("reads what earlier versions wrote", () => {
    const kept = '{"format":1,"position":12,"owner":"a","leaseUntilMs":1767225601000,"token":4}';
    expect(Buffer.from(encodeCursor(held)).toString()).toBe(kept);
    expect(decodeCursor(Buffer.from(kept))).toEqual(held);
  });

  test.each([
    ["no JSON", "{", "corrupted"],
    ["no object", "7", "corrupted"],
    ["a later format", '{"format":2}', "unsupported"],
    ["no position", '{"format":1,"owner":"a","leaseUntilMs":1,"token":1}', "corrupted"],
    ["a negative token", '{"format":1,"position":1,"owner":"a","leaseUntilMs":1,"token":-1}', "corrupted"],
  ])("refuses %s", (_name, value, code) => {
    expect(() => decodeCursor(Buffer.from(value))).toThrow(expect.objectContaining({ code }));
  });

  test("is absent until a consumer begins", async () => {
    const engine = openModelEngine({ decide: decides, clock: settableClock(nowMs) });
    expect(await readCursor(engine, "index/1001", 65_536_003)).toBeUndefined();
    const args: TakeArguments = { key, owner: "a", leaseMs: 1000 };
    await engine.mutate({ kind: "takeCursor", epochs: [], keys: [key], args });
    expect(await readCursor(engine, "index/1001", 65_536_003)).toEqual({ ...held, position: 0, token: 1 });
  });
});

describe("taking a cursor", () => {
  const take = (found: Cursor | undefined, parts: Partial<TakeArguments> = {}): Decision =>
    decided("takeCursor", { key, owner: "b", leaseMs: 500, ...parts }, [found]);

  test("makes one that begins at 0", () => {
    expect(cursorIn(take(undefined))).toEqual({
      position: 0,
      owner: "b",
      leaseUntilMs: nowMs + 500,
      token: 1,
    });
  });

  test("is refused while another owner's lease runs, and not a millisecond longer", () => {
    expect(take(held)).toEqual({ kind: "refuse", result: { kind: "held", leftMs: 1000 } });
    expect(take({ ...held, leaseUntilMs: nowMs + 1 }).kind).toBe("refuse");
    expect(cursorIn(take({ ...held, leaseUntilMs: nowMs }))).toEqual({
      position: 12,
      owner: "b",
      leaseUntilMs: nowMs + 500,
      token: 5,
    });
  });

  test("is free for its own owner, with a new token", () => {
    expect(cursorIn(take(held, { owner: "a" }))).toMatchObject({ owner: "a", token: 5, position: 12 });
  });

  test("ends a lease that runs when exactly that one is named", () => {
    expect(take(held, { evictToken: 3 }).kind).toBe("refuse");
    expect(cursorIn(take(held, { evictToken: 4 }))).toMatchObject({ owner: "b", token: 5 });
  });
});

describe("consuming", () => {
  const args: ConsumeArguments = {
    expected: { owner: "a", token: 4, position: 12 },
    position: 20,
    leaseMs: 500,
    output: { kind: "output", args: "written" },
  };
  const consume = (found: Cursor | undefined, parts: Partial<ConsumeArguments> = {}): Decision =>
    decided("consume", { ...args, ...parts }, [found, undefined, undefined]);

  test("is one commit of output, cursor and lease", () => {
    const decision = consume(held);
    expect(cursorIn(decision)).toEqual({ ...held, position: 20, leaseUntilMs: nowMs + 500 });
    assert(decision.kind === "commit", "it is committed");
    expect(decision.commit.records.map((write) => write.key.keyspace)).toEqual([1001, cursorsKeyspace]);
    const [entry] = decision.commit.records;
    expect(entry?.kind === "put" && Buffer.from(entry.value).toString()).toBe(
      `written 2 ${nowMs * 1000 + 999}`,
    );
    expect(decision.commit.counters).toEqual([{ counter: { keyspace: 1001, index: 0 }, delta: 9 }]);
    expect(decision.commit.log).toHaveLength(1);
  });

  test("goes on after the lease has run out, if nobody took the cursor", () => {
    expect(consume({ ...held, leaseUntilMs: nowMs - 5000 }).kind).toBe("commit");
  });

  test("without output only moves the cursor", () => {
    const { output: _none, ...cursorOnly } = args;
    const decision = decided("consume", cursorOnly, [held]);
    expect(decision).toMatchObject({ kind: "commit", commit: { records: [{ key }] } });
    expect(cursorIn(decision).position).toBe(20);
  });

  test.each([
    ["is gone", undefined],
    ["has another owner", { ...held, owner: "b" }],
    ["was taken again", { ...held, token: 5 }],
    ["has moved", { ...held, position: 13 }],
  ])("is refused when the cursor %s", (_name, found) => {
    expect(consume(found)).toEqual({ kind: "refuse", result: { kind: "overtaken" } });
  });

  test("asserts that the output is registered and the cursor moves forward", () => {
    expect(() => consume(held, { output: { kind: "unknown", args: 0 } })).toThrow("registered for unknown");
    expect(() => consume(held, { position: 12 })).toThrow("moves forward");
  });
});

function decided(kind: string, args: unknown, cursors: readonly (Cursor | undefined)[]): Decision {
  const decide: DecideFunction | undefined = decides.get(kind);
  assert(decide !== undefined, "the kind is registered");
  const records = cursors.map((cursor): StoredRecord | undefined =>
    cursor === undefined ? undefined : { key, version: 1, value: encodeCursor(cursor) },
  );
  return decide(args, records, { nowMicros: nowMs * 1000 + 999, counters: [9] });
}

function cursorIn(decision: Decision): Cursor {
  assert(decision.kind === "commit", "it is committed");
  const write = decision.commit.records.at(-1);
  assert(write?.kind === "put", "the cursor is the last write");
  expect(write.key).toEqual(key);
  const cursor = decodeCursor(write.value);
  expect(decision.result).toEqual(cursor);
  return cursor;
}
