// ConsumedCapacity as it is sent: which members, in which order, numbers as doubles.
import { describe, expect, test } from "vitest";
import { consumedCapacityJson, sumOfUnits } from "./capacity.ts";

describe("consumed capacity", () => {
  const indexes = [
    { name: "g1", kind: "global", units: 2 },
    { name: "l1", kind: "local", units: 3 },
    { name: "g2", kind: "global", units: 1 },
  ] as const;

  test.each([undefined, "NONE"] as const)("asked for with %s is absent", (asked) => {
    expect(consumedCapacityJson(asked, "T", { tableUnits: 1 })).toBeUndefined();
  });

  test("of a table alone", () => {
    expect(consumedCapacityJson("TOTAL", 'a"b', { tableUnits: 0.5 })).toBe(
      '{"TableName":"a\\"b","CapacityUnits":0.5}',
    );
    expect(consumedCapacityJson("INDEXES", "T", { tableUnits: 3 })).toBe(
      '{"TableName":"T","CapacityUnits":3.0,"Table":{"CapacityUnits":3.0}}',
    );
  });

  test("adds up table and indexes, and shows each when asked", () => {
    expect(consumedCapacityJson("TOTAL", "T", { tableUnits: 3, indexes })).toBe(
      '{"TableName":"T","CapacityUnits":9.0}',
    );
    expect(consumedCapacityJson("INDEXES", "T", { tableUnits: 3, indexes })).toBe(
      '{"TableName":"T","CapacityUnits":9.0,"Table":{"CapacityUnits":3.0},' +
        '"LocalSecondaryIndexes":{"l1":{"CapacityUnits":3.0}},' +
        '"GlobalSecondaryIndexes":{"g1":{"CapacityUnits":2.0},"g2":{"CapacityUnits":1.0}}}',
    );
  });

  test.each([
    ["read", "ReadCapacityUnits"],
    ["write", "WriteCapacityUnits"],
  ] as const)("of a transaction names the units as those of a %s", (transactional, member) => {
    const consumed = {
      tableUnits: 2,
      indexes: [{ name: "g1", kind: "global", units: 4 }],
      transactional,
    } as const;
    expect(JSON.parse(consumedCapacityJson("INDEXES", "T", consumed) ?? "")).toEqual({
      TableName: "T",
      CapacityUnits: 6,
      [member]: 6,
      Table: { CapacityUnits: 2, [member]: 2 },
      GlobalSecondaryIndexes: { g1: { CapacityUnits: 4, [member]: 4 } },
    });
  });

  test("of several writes names each index once", () => {
    const sum = sumOfUnits([
      { tableUnits: 1, indexes: indexes.slice(0, 2), transactional: "write" },
      { tableUnits: 2 },
      { tableUnits: 4, indexes: indexes.slice(1) },
    ]);
    expect(sum).toEqual({
      tableUnits: 7,
      indexes: [
        { name: "g1", kind: "global", units: 2 },
        { name: "l1", kind: "local", units: 6 },
        { name: "g2", kind: "global", units: 1 },
      ],
      transactional: "write",
    });
  });
});
