/** Contract: single records. */
import { expect, test } from "vitest";
import { bytes, increment, key, mutation, readText, type WithStore, write } from "./subject.ts";

export function describeRecords(withStore: WithStore): void {
  test("an absent record reads as undefined", () =>
    withStore(async ({ engine }) => {
      expect(await engine.get(key("nobody"), "strong")).toBeUndefined();
      expect(await engine.get(key("nobody"), "eventual")).toBeUndefined();
    }));

  test("a put is read back with its key and value", () =>
    withStore(async ({ engine }) => {
      const where = key("p", "s", { keyspace: 12, placement: 7 });
      await write(engine, { records: [{ kind: "put", key: where, value: bytes("value") }] });
      const record = await engine.get(where, "strong");
      expect(record?.key).toEqual(where);
      expect(record?.value).toEqual(bytes("value"));
    }));

  test.each([0, 1, 597, 598, 599, 600, 601, 2_030, 8_192, 100_000, 450_000])(
    "a value of %i bytes is read back",
    (length) =>
      withStore(async ({ engine }) => {
        const value = patternBytes(length);
        await write(engine, { records: [{ kind: "put", key: key("p", "s"), value }] });
        expect((await engine.get(key("p", "s"), "strong"))?.value).toEqual(value);
      }),
  );

  test("a value may change between short and long in both directions", () =>
    withStore(async ({ engine }) => {
      for (const length of [10, 700, 6000, 6000, 20, 9000, 0, 650]) {
        const value = patternBytes(length);
        await write(engine, { records: [{ kind: "put", key: key("p"), value }] });
        expect((await engine.get(key("p"), "strong"))?.value).toEqual(value);
      }
    }));

  test("empty key parts, zero bytes and the longest DynamoDB keys are ordinary", () =>
    withStore(async ({ engine }) => {
      const keys = [
        key("", ""),
        key("", "s"),
        key("\0", ""),
        key("\0\0", "\0"),
        key("p".repeat(2052), "s".repeat(4096)),
        key("p".repeat(2052), "s".repeat(4095)),
      ];
      await write(engine, {
        records: keys.map((each, index) => ({ kind: "put", key: each, value: bytes(`value ${index}`) })),
      });
      const records = await engine.getMany(keys, "strong");
      expect(records.map((record) => record?.key)).toEqual(keys);
      expect(await Promise.all(keys.map((each) => readText(engine, each)))).toEqual(
        keys.map((_, index) => `value ${index}`),
      );
    }));

  test("keys that differ in one part only are different records", () =>
    withStore(async ({ engine }) => {
      const keys = [
        key("p", "s"),
        key("p", "t"),
        key("q", "s"),
        key("p", "s", { placement: 1 }),
        key("p", "s", { keyspace: 2 }),
        key("ps", ""),
        key("", "ps"),
      ];
      await write(engine, {
        records: keys.map((each, index) => ({ kind: "put", key: each, value: bytes(String(index)) })),
      });
      expect(await Promise.all(keys.map((each) => readText(engine, each)))).toEqual(
        keys.map((_, i) => String(i)),
      );
    }));

  test("a delete removes a record, and deleting nothing is no error", () =>
    withStore(async ({ engine }) => {
      await write(engine, { records: [{ kind: "put", key: key("a"), value: patternBytes(3000) }] });
      await write(engine, { records: [{ kind: "delete", key: key("a") }] });
      expect(await engine.get(key("a"), "strong")).toBeUndefined();
      const outcome = await write(engine, { records: [{ kind: "delete", key: key("a") }] });
      expect(outcome.kind).toBe("committed");
    }));

  test("getMany answers in the order of the keys, repeated ones too", () =>
    withStore(async ({ engine }) => {
      await write(engine, {
        records: ["a", "b"].map((name) => ({ kind: "put", key: key(name), value: bytes(name) })),
      });
      const records = await engine.getMany([key("b"), key("x"), key("a"), key("b")], "strong");
      expect(records.map((record) => record && Buffer.from(record.value).toString())).toEqual([
        "b",
        undefined,
        "a",
        "b",
      ]);
      expect(await engine.getMany([], "strong")).toEqual([]);
    }));

  test.each([4, 5000])("the version of a key with %i bytes grows with each put and never repeats", (length) =>
    withStore(async ({ engine }) => {
      const versions: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        await write(engine, { records: [{ kind: "put", key: key("a"), value: patternBytes(length) }] });
        versions.push((await engine.get(key("a"), "strong"))?.version ?? 0);
        await write(engine, { records: [{ kind: "put", key: key("a"), value: patternBytes(length) }] });
        versions.push((await engine.get(key("a"), "strong"))?.version ?? 0);
        await write(engine, { records: [{ kind: "delete", key: key("a") }] });
      }
      expect(versions).toEqual(versions.toSorted((left, right) => left - right));
      expect(new Set(versions).size).toBe(versions.length);
    }),
  );

  test("a decide function sees value and version of its keys", () =>
    withStore(async ({ engine }) => {
      await write(engine, { records: [{ kind: "put", key: key("a"), value: bytes("seen") }] });
      const outcome = await engine.mutate(mutation("look", { keys: [key("b"), key("a")] }));
      expect(outcome).toEqual({ kind: "refused", result: [undefined, "seen"] });
    }));

  test("a value handed in may be changed by the caller after the answer", () =>
    withStore(async ({ engine }) => {
      const value = bytes("first");
      await write(engine, { records: [{ kind: "put", key: key("a"), value }] });
      value.fill(0);
      expect(await readText(engine, key("a"))).toBe("first");
    }));

  test("a value handed out may be changed by the caller", () =>
    withStore(async ({ engine }) => {
      await increment(engine, key("a"));
      (await engine.get(key("a"), "strong"))?.value.slice().fill(0);
      expect(await increment(engine, key("a"))).toMatchObject({ kind: "committed", result: 2 });
    }));
}

export function patternBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >>> 8)) & 0xff);
}
