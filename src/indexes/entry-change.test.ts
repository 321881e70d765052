// What a change of an item does to one index: which entries go and come, and what it costs.
import { describe, expect, test } from "vitest";
import { parseItem, type Item } from "../values/index.ts";
import { entryChange, entryWriteUnits, type IndexShape } from "./index.ts";

const tableKey = [{ name: "p", type: "S" }] as const;
const keysOnly: IndexShape = {
  name: "byOwner",
  keyspace: 7,
  kind: "global",
  bucketCount: 4,
  hash: [{ name: "owner", type: "S" }],
  range: [{ name: "age", type: "N" }],
  projected: ["owner", "age", "p"],
};
const { projected: _, ...whole } = keysOnly;

function item(members: Record<string, Record<string, unknown>>): Item {
  const parsed = parseItem(members);
  if (parsed.kind !== "item") throw new Error(parsed.message);
  return parsed.item;
}

const base = { p: { S: "1" }, owner: { S: "ann" }, age: { N: "3" } };
const kilobytes = (count: number) => ({ S: "x".repeat(count * 1024) });

function change(index: IndexShape, before?: object, after?: object) {
  const changed = entryChange(index, tableKey, {
    before: before === undefined ? undefined : item(before as typeof base),
    after: after === undefined ? undefined : item(after as typeof base),
  });
  return { removes: changed.removes, puts: changed.puts, units: entryWriteUnits(changed) };
}

describe("an index entry", () => {
  test("is there only for items with all its keys", () => {
    const { owner, age, ...none } = base;
    expect(change(keysOnly, undefined, none)).toEqual({ removes: false, puts: false, units: 0 });
    expect(change(keysOnly, undefined, { ...none, owner })).toEqual({
      removes: false,
      puts: false,
      units: 0,
    });
    expect(change(keysOnly, none, base)).toEqual({ removes: false, puts: true, units: 1 });
    expect(change(keysOnly, base, { ...none, age })).toEqual({ removes: true, puts: false, units: 1 });
    expect(change(keysOnly, base)).toEqual({ removes: true, puts: false, units: 1 });
  });

  test("is not there for keys of another type", () => {
    expect(change(keysOnly, undefined, { ...base, age: { S: "3" } }).puts).toBe(false);
  });

  test("is left alone when nothing it holds changes", () => {
    const other = { ...base, note: { S: "changed" } };
    expect(change(keysOnly, base, other)).toEqual({ removes: false, puts: false, units: 0 });
    expect(change(whole, base, other)).toEqual({ removes: false, puts: true, units: 1 });
    expect(change(keysOnly, base, { ...base, age: { N: "3.0" } }).puts).toBe(false);
  });

  test("moves with its key: one write goes, one comes", () => {
    expect(change(keysOnly, base, { ...base, age: { N: "4" } })).toEqual({
      removes: true,
      puts: true,
      units: 2,
    });
  });

  test("costs a unit for each kilobyte of what it holds", () => {
    const large = { ...base, note: kilobytes(2) };
    expect(change(whole, undefined, large).units).toBe(3);
    expect(change(whole, large, base).units).toBe(3);
    expect(change(whole, large, { ...large, age: { N: "4" } }).units).toBe(6);
    expect(change(keysOnly, large, { ...large, age: { N: "4" } }).units).toBe(2);
  });
});
