// One item write, decided on a given record: what is written, counted and handed back.
import { describe, expect, test } from "vitest";
import { createExpressionCompiler, type ConditionPlan, type UpdatePlan } from "../expressions/index.ts";
import type { Decision, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import {
  encodeItem,
  encodeRecord,
  itemSizeBytes,
  parseItem,
  recordHeader,
  recordJson,
  type Item,
} from "../values/index.ts";
import { decideItemWrite, type ItemAction, type ItemWrite } from "./index.ts";

const key: RecordKey = {
  keyspace: 1000,
  placement: 0,
  partition: Buffer.from("hashk"),
  sort: new Uint8Array(0),
};
const nowMicros = 1_700_000_000_000_000;

function item(wire: Record<string, Record<string, unknown>>): Item {
  const parsed = parseItem(wire);
  if (parsed.kind !== "item") throw new Error(parsed.message);
  return parsed.item;
}

function record(of: Item): StoredRecord {
  const header = { sizeBytes: itemSizeBytes(of), writeTimeMicros: 1, regionId: 0 };
  return { key, version: 1, value: encodeRecord(header, encodeItem(of)) };
}

function put(of: Item): ItemAction {
  return { kind: "put", json: encodeItem(of), sizeBytes: itemSizeBytes(of) };
}

function plans(
  expressions: { update?: string; condition?: string },
  values: Record<string, unknown>,
): {
  update?: UpdatePlan;
  condition?: ConditionPlan;
} {
  const compiled = createExpressionCompiler({ cacheEntriesMax: 10 }).compile({
    kinds: ["update", "condition"],
    ...expressions,
    ...(Object.keys(values).length === 0 ? {} : { values }),
  });
  if (compiled.kind !== "compiled") throw new Error(compiled.message);
  return compiled;
}

function decide(write: Partial<ItemWrite> & { action: ItemAction }, present?: Item): Decision {
  const whole: ItemWrite = {
    keyspace: 1000,
    returned: "none",
    returnOnFailure: false,
    regionId: 3,
    ...write,
  };
  return decideItemWrite(whole, key, {
    record: present === undefined ? undefined : record(present),
    nowMicros,
    collectionBytes: 0,
  });
}

function committed(decision: Decision): Extract<Decision, { kind: "commit" }> {
  if (decision.kind !== "commit") throw new Error("refused");
  return decision;
}

function text(image: unknown): string {
  return typeof image === "string" ? image : Buffer.from(image as Uint8Array).toString();
}

const small = item({ k: { S: "a" }, n: { N: "1" } });
const larger = item({ k: { S: "a" }, n: { N: "1" }, text: { S: "twenty bytes of text" } });

describe("put", () => {
  test("a new item is one record with its header, one item more and its bytes", () => {
    const { commit, result } = committed(decide({ action: put(small) }));
    const [write] = commit.records;
    if (write?.kind !== "put") throw new Error("no put");
    expect(recordHeader(write.value)).toMatchObject({
      sizeBytes: 5,
      writeTimeMicros: nowMicros,
      regionId: 3,
    });
    expect(text(recordJson(write.value))).toBe('{"k":{"S":"a"},"n":{"N":"1"}}');
    expect(commit.counters).toEqual([
      { counter: { keyspace: 1000, index: 0 }, delta: 1 },
      { counter: { keyspace: 1000, index: 1 }, delta: 5 },
    ]);
    expect(result).toEqual({ kind: "written", oldSizeBytes: 0, newSizeBytes: 5 });
  });

  test("over an item counts the difference only and hands the old one back", () => {
    const { commit, result } = committed(decide({ action: put(small), returned: "allOld" }, larger));
    const difference = itemSizeBytes(small) - itemSizeBytes(larger);
    expect(commit.counters).toEqual([{ counter: { keyspace: 1000, index: 1 }, delta: difference }]);
    expect(text((result as { attributes: unknown }).attributes)).toContain("twenty bytes");
  });

  test("of an equal item writes nothing, whatever the order of its attributes and set members", () => {
    const before = item({ k: { S: "a" }, s: { SS: ["x", "y"] } });
    const after = item({ s: { SS: ["y", "x"] }, k: { S: "a" } });
    expect(committed(decide({ action: put(after) }, before)).commit.records).toEqual([]);
    const other = item({ s: { SS: ["y", "z"] }, k: { S: "a" } });
    expect(committed(decide({ action: put(other) }, before)).commit.records).toHaveLength(1);
  });
});

describe("condition", () => {
  const { condition } = plans({ condition: "n = :one" }, { ":one": { N: "1.0" } });

  test("that holds lets the write through", () => {
    expect(decide({ action: { kind: "delete" }, ...(condition && { condition }) }, small).kind).toBe(
      "commit",
    );
  });

  test("that fails refuses, with the size for metering and the item if asked", () => {
    const present = item({ k: { S: "a" }, n: { N: "2" } });
    const refused = decide(
      { action: put(small), ...(condition && { condition }), returnOnFailure: true },
      present,
    );
    expect(refused.kind).toBe("refuse");
    expect(refused.result).toMatchObject({ kind: "conditionFailed", oldSizeBytes: 5 });
    expect(text((refused.result as { item: unknown }).item)).toBe('{"k":{"S":"a"},"n":{"N":"2"}}');
  });

  test("on an absent item sees no attributes", () => {
    const refused = decide({ action: put(small), ...(condition && { condition }), returnOnFailure: true });
    expect(refused.result).toEqual({ kind: "conditionFailed", oldSizeBytes: 0 });
  });
});

describe("update", () => {
  const keyItem = item({ k: { S: "a" } });
  const { update: increment } = plans({ update: "SET n = n + :one" }, { ":one": { N: "1" } });
  const { update: add } = plans({ update: "ADD n :one" }, { ":one": { N: "1" } });
  const { update: remove } = plans({ update: "REMOVE n" }, {});

  const action = (plan: UpdatePlan | undefined): ItemAction => ({
    kind: "update",
    key: keyItem,
    ...(plan === undefined ? {} : { plan }),
  });

  test("returns the new values of what it touched", () => {
    const { result } = committed(decide({ action: action(increment), returned: "updatedNew" }, larger));
    expect(result).toMatchObject({ attributes: '{"n":{"N":"2"}}' });
  });

  test("returns the old values of what it touched", () => {
    const { result } = committed(decide({ action: action(increment), returned: "updatedOld" }, larger));
    expect(result).toMatchObject({ attributes: '{"n":{"N":"1"}}' });
  });

  test("makes an absent item from its key", () => {
    const { commit } = committed(decide({ action: action(add) }));
    const [write] = commit.records;
    if (write?.kind !== "put") throw new Error("no put");
    expect(text(recordJson(write.value))).toBe('{"k":{"S":"a"},"n":{"N":"1"}}');
  });

  test("with no change at all makes the bare item, or leaves the present one", () => {
    expect(committed(decide({ action: action(undefined) })).commit.records).toHaveLength(1);
    expect(committed(decide({ action: action(undefined) }, larger)).commit.records).toEqual([]);
  });

  test("that only removes creates nothing", () => {
    const { commit, result } = committed(decide({ action: action(remove) }));
    expect(commit.records).toEqual([]);
    expect(result).toEqual({ kind: "written", oldSizeBytes: 0, newSizeBytes: 0 });
  });

  test("that reads a missing attribute is invalid", () => {
    expect(decide({ action: action(increment) }).result).toEqual({
      kind: "invalid",
      message: "The provided expression refers to an attribute that does not exist in the item",
    });
  });

  test("beyond 400 KB is invalid", () => {
    const { update } = plans({ update: "SET big = :big" }, { ":big": { S: "x".repeat(409_600) } });
    expect(decide({ action: action(update) }, small).result).toEqual({
      kind: "invalid",
      message: "Item size to update has exceeded the maximum allowed size",
    });
  });
});

describe("delete", () => {
  test("of an item takes its record, its count and its bytes away", () => {
    const { commit } = committed(decide({ action: { kind: "delete" } }, small));
    expect(commit.records).toEqual([{ kind: "delete", key }]);
    expect(commit.counters?.map(({ delta }) => delta)).toEqual([-1, -5]);
  });

  test("of nothing writes nothing", () => {
    const { commit, result } = committed(decide({ action: { kind: "delete" } }));
    expect(commit.records).toEqual([]);
    expect(result).toEqual({ kind: "written", oldSizeBytes: 0, newSizeBytes: 0 });
  });
});
