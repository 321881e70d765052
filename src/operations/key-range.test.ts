// Key conditions as ranges of stored keys: what lies in a range is what a naive look at the values picks.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes } from "../base/index.ts";
import type { ResolvedKeyCondition, SortCondition } from "../expressions/index.ts";
import { entryKey, tableKeyAttributes } from "../indexes/index.ts";
import { itemKey } from "../partitions/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { indexedDescription, newGlobalIndex, newLocalIndex } from "../testing/indexed-table.ts";
import {
  base64Bytes,
  compareScalars,
  encodeKeyValue,
  type Item,
  type ScalarType,
  type ScalarValue,
} from "../values/index.ts";
import { type KeyRange, keyRange } from "./key-range.ts";
import { readTarget, type ReadTarget } from "./read-target.ts";

const attribute = <Type extends ScalarType>(
  name: string,
  type: Type,
): { readonly name: string; readonly type: Type } => ({ name, type });

const table = indexedDescription({
  keySchema: { hash: attribute("pk", "S"), range: attribute("sk", "B") },
  localIndexes: [newLocalIndex({ name: "local", keyspace: 2, range: attribute("n", "N") })],
  globalIndexes: [
    newGlobalIndex({
      name: "global",
      keyspace: 3,
      hash: [attribute("g", "S"), attribute("h", "B")],
      range: [attribute("s", "S"), attribute("b", "B"), attribute("n", "N")],
    }),
  ],
});

// From tiny sets, so that values meet, and with the bytes that the encodings treat in their own ways.
const anyString = fc
  .array(fc.constantFrom("\0", "\u0001", "a", "b", "\u00ff", "\u{10ffff}"), { minLength: 1, maxLength: 3 })
  .map((parts): ScalarValue => ({ type: "S", value: parts.join("") }));
const anyBinary = fc
  .array(fc.constantFrom(0, 1, 2, 0xfe, 0xff), { minLength: 1, maxLength: 3 })
  .map((bytes): ScalarValue => ({ type: "B", value: Buffer.from(bytes).toString("base64") }));
const anyNumber = fc
  .constantFrom("-100", "-12.5", "-1.2", "-1", "-0.001", "0", "0.001", "1", "1.2", "10", "12", "100", "1e30")
  .map((value): ScalarValue => ({ type: "N", value: value === "1e30" ? `1${"0".repeat(30)}` : value }));
const anyValue: Record<ScalarType, fc.Arbitrary<ScalarValue>> = { S: anyString, B: anyBinary, N: anyNumber };

const anyItem: fc.Arbitrary<Item> = fc
  .record({
    pk: fc.constantFrom("p", "q").map((value): ScalarValue => ({ type: "S", value })),
    sk: anyBinary,
    g: fc.constantFrom("g", "g\0").map((value): ScalarValue => ({ type: "S", value })),
    h: fc.constantFrom("AA==", "AAA=").map((value): ScalarValue => ({ type: "B", value })),
    s: anyString,
    b: anyBinary,
    n: anyNumber,
  })
  .map((record) => new Map(Object.entries(record)));

function anySortCondition(type: ScalarType): fc.Arbitrary<SortCondition> {
  const values = anyValue[type];
  const one = fc.constantFrom("=" as const, "<" as const, "<=" as const, ">" as const, ">=" as const);
  const compared = fc.record({ operator: one, values: fc.tuple(values) });
  const between = fc.tuple(values, values).map(([left, right]): SortCondition => ({
    operator: "between",
    values: order(left, right) <= 0 ? [left, right] : [right, left],
  }));
  const prefixed = values.map((value): SortCondition => ({ operator: "beginsWith", values: [value] }));
  return type === "N" ? fc.oneof(compared, between) : fc.oneof(compared, between, prefixed);
}

/** A condition on the first sort attributes, their values often those of an item that is there. */
function anyCondition(target: ReadTarget, like: Item): fc.Arbitrary<ResolvedKeyCondition> {
  const partition = valuesAt(like, target.hash);
  return fc.nat({ max: target.range.length }).chain((count) => {
    const leading = target.range
      .slice(0, Math.max(0, count - 1))
      .map(({ name, type }) => fc.oneof(fc.constant(like.get(name) as ScalarValue), anyValue[type]));
    const last = count === 0 ? undefined : target.range[count - 1];
    return fc.tuple(...leading).chain((values): fc.Arbitrary<ResolvedKeyCondition> => {
      const condition = { kind: "keyRange" as const, partition, leading: values };
      return last === undefined
        ? fc.constant(condition)
        : anySortCondition(last.type).map((sort) => ({ ...condition, sort }));
    });
  });
}

function valuesAt(item: Item, attributes: ReadTarget["hash"]): readonly ScalarValue[] {
  return attributes.map(({ name }) => item.get(name) as ScalarValue);
}

function order(left: ScalarValue, right: ScalarValue): number {
  return compareScalars(left, right) ?? Number.NaN;
}

function isMet({ operator, values }: SortCondition, value: ScalarValue): boolean {
  const [first = value, second = value] = values;
  switch (operator) {
    case "=":
      return order(value, first) === 0;
    case "<":
      return order(value, first) < 0;
    case "<=":
      return order(value, first) <= 0;
    case ">":
      return order(value, first) > 0;
    case ">=":
      return order(value, first) >= 0;
    case "between":
      return order(value, first) >= 0 && order(value, second) <= 0;
    case "beginsWith":
      return startsWith(value, first);
  }
}

function startsWith(value: ScalarValue, prefix: ScalarValue): boolean {
  if (value.type === "S") return value.value.startsWith(prefix.value);
  return (
    compareBytes(
      base64Bytes(value.value).subarray(0, base64Bytes(prefix.value).length),
      base64Bytes(prefix.value),
    ) === 0
  );
}

function picks(target: ReadTarget, condition: ResolvedKeyCondition, item: Item): boolean {
  const equal = (values: readonly ScalarValue[], wanted: readonly ScalarValue[]): boolean =>
    wanted.every((value, position) => order(values[position] as ScalarValue, value) === 0);
  const sortValues = valuesAt(item, target.range);
  if (!equal(valuesAt(item, target.hash), condition.partition)) return false;
  if (!equal(sortValues, condition.leading)) return false;
  return (
    condition.sort === undefined || isMet(condition.sort, sortValues[condition.leading.length] as ScalarValue)
  );
}

function storedKey({ index }: ReadTarget, item: Item): RecordKey {
  const tableKey = tableKeyAttributes(table);
  if (index !== undefined) return entryKey(index, tableKey, item) as RecordKey;
  const [partition, sort] = valuesAt(item, tableKey).map(encodeKeyValue);
  return itemKey(table, partition as Uint8Array, sort as Uint8Array);
}

function lies(range: KeyRange, key: RecordKey): boolean {
  if (key.placement !== range.placement || compareBytes(key.partition, range.partition) !== 0) return false;
  const { lower, upper } = range;
  const above = lower.sort === undefined ? 1 : compareBytes(key.sort, lower.sort);
  const below = upper.sort === undefined ? -1 : compareBytes(key.sort, upper.sort);
  return (above > 0 || (above === 0 && lower.inclusive)) && (below < 0 || (below === 0 && upper.inclusive));
}

describe.each([undefined, "local", "global"])("index %s", (name) => {
  const target = readTarget(table, name);

  test("a range holds what the condition picks and nothing else", () => {
    let picked = 0;
    const items = fc.array(anyItem, { minLength: 1, maxLength: 12 });
    const cases = items.chain((all) =>
      anyCondition(target, all[0] as Item).map((condition) => ({ all, condition })),
    );
    fc.assert(
      fc.property(cases, ({ all, condition }) => {
        const range = keyRange(target, condition);
        for (const item of all) {
          const expected = picks(target, condition, item);
          if (expected) picked += 1;
          expect(lies(range, storedKey(target, item))).toBe(expected);
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
    expect(picked).toBeGreaterThan(500);
  });

  test("keys of one partition lie in the order of their sort values, then of the item's key", () => {
    const names = [...target.range, ...tableKeyAttributes(table)].map((each) => each.name);
    fc.assert(
      fc.property(anyItem, anyItem, (left, other) => {
        const right = new Map([
          ...other,
          ...target.hash.map((each) => [each.name, left.get(each.name)] as const),
        ]) as Item;
        const differing = names.find(
          (each) => order(left.get(each) as ScalarValue, right.get(each) as ScalarValue) !== 0,
        );
        const expected =
          differing === undefined
            ? 0
            : order(left.get(differing) as ScalarValue, right.get(differing) as ScalarValue);
        const found = compareBytes(storedKey(target, left).sort, storedKey(target, right).sort);
        expect(Math.sign(found)).toBe(Math.sign(expected));
      }),
      { seed: 6, numRuns: 1000 },
    );
  });
});

describe("values no key can have", () => {
  const long = (length: number): ScalarValue => ({ type: "S", value: "x".repeat(length) });
  const condition = (partition: ScalarValue, sort?: SortCondition): ResolvedKeyCondition => ({
    kind: "keyRange",
    partition: [partition],
    leading: [],
    ...(sort === undefined ? {} : { sort }),
  });
  const target = readTarget(table, undefined);

  test.each([
    ["a partition key of 2049 bytes", condition(long(2049)), "Size of hashkey has exceeded"],
    [
      "a sort key of 1025 bytes",
      condition(long(1), {
        operator: "=",
        values: [{ type: "B", value: Buffer.alloc(1025).toString("base64") }],
      }),
      "Aggregated size of all range keys has exceeded",
    ],
    ["an empty partition key", condition(long(0)), "cannot contain an empty string value. Key: pk"],
    [
      "an empty bound",
      condition(long(1), { operator: "<", values: [{ type: "B", value: "" }] }),
      "cannot contain an empty binary value. Key: sk",
    ],
  ])("%s", (_, resolved, message) => {
    expect(() => keyRange(target, resolved)).toThrow(message);
  });

  test("the longest keys are fine", () => {
    const sort: SortCondition = {
      operator: "=",
      values: [{ type: "B", value: Buffer.alloc(1024).toString("base64") }],
    };
    expect(() => keyRange(target, condition(long(2048), sort))).not.toThrow();
  });
});
