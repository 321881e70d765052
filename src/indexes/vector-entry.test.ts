// Entries of vector indexes: where they lie, what they hold, and their stored form.
import { describe, expect, test } from "vitest";
import type { KeyAttribute, VectorIndex } from "../catalog/index.ts";
import { itemKey } from "../partitions/index.ts";
import { type AttributeValue, decodeItem, type Item, recordAttachment, recordJson } from "../values/index.ts";
import { compositeKey } from "./composite-key.ts";
import { entryChange, entryWriteBytes } from "./entry-change.ts";
import { indexEntry } from "./index-entry.ts";
import { entryRecord } from "./index-output.ts";
import { type VectorShape, vectorShape } from "./index-shape.ts";

const tableKey: readonly KeyAttribute[] = [
  { name: "pk", type: "S" },
  { name: "sk", type: "N" },
];
const team: KeyAttribute = { name: "team", type: "S" };

function shapeOf(more: Partial<VectorIndex> = {}): VectorShape {
  const index: VectorIndex = {
    name: "near",
    keyspace: 1500,
    bucketCount: 4,
    projection: { type: "ALL" },
    sinceEpoch: 1,
    status: "ACTIVE",
    vectorAttribute: "v",
    dimensions: 2,
    distance: "COSINE",
    hash: [],
    inlineFilters: [{ name: "n", type: "N" }],
    ...more,
  };
  return vectorShape(index, tableKey);
}

const text = (value: string): AttributeValue => ({ type: "S", value });
const number = (value: string): AttributeValue => ({ type: "N", value });
const vector: AttributeValue = { type: "L", value: [number("1.5"), number("-2")] };

const whole: Item = new Map([
  ["pk", text("a")],
  ["sk", number("1")],
  ["v", vector],
  ["team", text("red")],
  ["label", text("x")],
]);
const without = (name: string): Item => new Map([...whole].filter(([each]) => each !== name));
const having = (name: string, value: AttributeValue): Item => new Map([...whole, [name, value] as const]);
const namesOf = (shape: VectorShape, item: Item): readonly string[] => [
  ...(indexEntry(shape, tableKey, item)?.item.keys() ?? []),
];

describe("an entry", () => {
  test("lies with those of its HASH value, told apart by the key of its item", () => {
    const shape = shapeOf({ hash: [team] });
    const { key } = indexEntry(shape, tableKey, whole) ?? {};
    const itsSort = compositeKey([text("a"), number("1")] as never);
    expect(key).toEqual(itemKey(shape, compositeKey([text("red")] as never), itsSort));
  });

  test("lies where the key of its item puts it when there is no HASH", () => {
    const shape = shapeOf();
    const { key } = indexEntry(shape, tableKey, whole) ?? {};
    expect(key).toEqual(itemKey(shape, compositeKey([text("a"), number("1")] as never), new Uint8Array(0)));
  });

  test("holds what is projected, what can be searched by and the key of its item, but not the vector", () => {
    expect(namesOf(shapeOf(), whole)).toEqual(["pk", "sk", "team", "label"]);
    expect(namesOf(shapeOf({ projection: { type: "KEYS_ONLY" } }), having("n", number("7")))).toEqual([
      "pk",
      "sk",
      "n",
    ]);
    const projection = { type: "INCLUDE", attributes: ["label", "v"] } as const;
    expect(namesOf(shapeOf({ projection, hash: [team] }), whole)).toEqual(["pk", "sk", "team", "label"]);
  });

  test.each([
    ["without the vector", without("v")],
    ["without the HASH attribute", without("team")],
    ["with a vector of another size", having("v", { type: "L", value: [number("1")] })],
    ["with a vector that is none", having("v", text("1, 2"))],
    [
      "with a number no float can be",
      having("v", { type: "L", value: [number("1"), number(`4${"0".repeat(38)}`)] }),
    ],
    ["with an empty HASH value", having("team", text(""))],
    ["with a HASH value of another type", having("team", number("1"))],
  ])("is not made of an item %s", (_, item) => {
    expect(indexEntry(shapeOf({ hash: [team] }), tableKey, item)).toBeUndefined();
  });

  test.each([
    ["is missing", whole],
    ["is of another type", having("n", text("1"))],
  ])("is made of an item whose INLINE_FILTER attribute %s", (_, item) => {
    expect(indexEntry(shapeOf(), tableKey, item)).toBeDefined();
  });

  test("changes with its vector", () => {
    const shape = shapeOf();
    const turned = having("v", { type: "L", value: [number("-2"), number("1.5")] });
    const change = entryChange(shape, tableKey, { before: whole, after: turned });
    expect(change).toMatchObject({ removes: false, puts: true });
    expect(entryWriteBytes(change)).toBe(1024);
    const none = entryChange(shape, tableKey, { before: whole, after: new Map(whole) });
    expect(none).toMatchObject({ removes: false, puts: false });
    expect(entryWriteBytes(none)).toBe(0);
  });
});

/** Written by the first version with vector indexes; every later one reads it. A row may be added, none may change. */
const keptEntry =
  "01800000acfe40f20000001000060a2418202240000000080000c03f000000c07b22706b223a7b2253223a2261227d2c22736b223a7b224e223a2231227d7d";

test("the kept record of an entry", () => {
  const shape = shapeOf({ projection: { type: "KEYS_ONLY" } });
  const entry = indexEntry(shape, tableKey, whole);
  if (entry === undefined) throw new Error("the item is in the index");
  const source = { json: undefined, writeTimeMicros: 1_700_000_000_123_456, regionId: 0 };
  const record = entryRecord(shape, entry, source);
  expect(Buffer.from(record).toString("hex")).toBe(keptEntry);
  const kept = new Uint8Array(Buffer.from(keptEntry, "hex"));
  expect(decodeItem(recordJson(kept))).toEqual(entry.item);
  expect(Buffer.from(recordAttachment(kept) ?? []).toString("hex")).toBe("0000c03f000000c0");
});
