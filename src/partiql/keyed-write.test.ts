// Which item a write is about, and under which condition.
import { describe, expect, test } from "vitest";
import { type ConditionPlan, evaluateCondition } from "../expressions/index.ts";
import type { AttributeValue, Item } from "../values/index.ts";
import { bindStatement, insertCondition, type KeyedWrite, keyedWrite, parseStatement } from "./index.ts";

const schema = { hash: [{ name: "p", type: "S" }], range: [{ name: "s", type: "N" }] } as const;
const hashOnly = { hash: [{ name: "p", type: "S" }], range: [] } as const;

function result(text: string, key: typeof schema | typeof hashOnly = schema): ReturnType<typeof keyedWrite> {
  const parsed = parseStatement(text);
  if (parsed.kind !== "parsed") throw new Error(`${text}: ${parsed.message}`);
  const plan = bindStatement(parsed, []);
  if (plan.kind !== "update" && plan.kind !== "delete" && plan.kind !== "exists") {
    throw new Error(`${text}: ${plan.kind}`);
  }
  return keyedWrite(plan, key);
}

function keyed(text: string, key?: typeof schema | typeof hashOnly): KeyedWrite {
  const write = result(text, key);
  if (write.kind !== "keyed") throw new Error(`${text}: ${write.message}`);
  return write;
}

const text = (value: string): AttributeValue => ({ type: "S", value });
const number = (value: string): AttributeValue => ({ type: "N", value });
const key: Item = new Map([
  ["p", text("a")],
  ["s", number("1")],
]);
const holds = ({ condition }: KeyedWrite, item: Item): boolean =>
  condition === undefined || evaluateCondition(condition, item);
const absent: Item = new Map();
const withX = (value: string): Item => new Map([...key, ["x", number(value)]]);

describe("the key", () => {
  test.each([
    "p = 'a' AND s = 1",
    "s = 1 AND x = 2 AND 'a' = p",
    "(p = 'a') AND (x = 2 AND s = 1.0)",
    "p = 'a' AND s = 1 AND p = 'b'",
  ])("is in %s", (where) => {
    expect(keyed(`DELETE FROM t WHERE ${where}`).key).toEqual(key);
    expect(keyed(`UPDATE t SET y = 1 WHERE ${where}`).key).toEqual(key);
  });

  test("of a table without a sort key is one attribute", () => {
    expect(keyed("DELETE FROM t WHERE p = 'a'", hashOnly).key).toEqual(new Map([["p", text("a")]]));
  });

  test.each([
    "p = 'a'",
    "s = 1",
    "p = 'a' AND s > 1",
    "p = 'a' AND s IN [1]",
    "p = 'a' OR s = 1",
    "NOT (p = 'a' AND s = 1)",
  ])("is not in %s", (where) => {
    for (const start of ["DELETE FROM t", "UPDATE t SET y = 1"]) {
      expect(result(`${start} WHERE ${where}`)).toEqual({
        kind: "expressionIssue",
        message: "Where clause does not contain a mandatory equality on all key attributes",
      });
    }
    expect(result(`EXISTS(SELECT * FROM t WHERE ${where})`)).toMatchObject({ kind: "expressionIssue" });
  });

  test("is asked for without WHERE as well", () => {
    expect(result("DELETE FROM t")).toMatchObject({ kind: "expressionIssue" });
    expect(result("UPDATE t REMOVE x")).toMatchObject({ kind: "expressionIssue" });
  });
});

describe("the condition", () => {
  test("of an UPDATE is that the item exists, and the rest", () => {
    const plain = keyed("UPDATE t SET y = 1 WHERE p = 'a' AND s = 1");
    expect([holds(plain, key), holds(plain, absent)]).toEqual([true, false]);
    const more = keyed("UPDATE t SET y = 1 WHERE p = 'a' AND x = 2 AND s = 1");
    expect([holds(more, withX("2")), holds(more, withX("3")), holds(more, absent)]).toEqual([
      true,
      false,
      false,
    ]);
    const missing = keyed("UPDATE t SET y = 1 WHERE p = 'a' AND x IS MISSING AND s = 1");
    expect([holds(missing, key), holds(missing, withX("3")), holds(missing, absent)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("of a DELETE is the rest, and nothing where no item is", () => {
    expect(keyed("DELETE FROM t WHERE p = 'a' AND s = 1").condition).toBeUndefined();
    const more = keyed("DELETE FROM t WHERE p = 'a' AND s = 1 AND x = 2");
    expect([holds(more, withX("2")), holds(more, withX("3")), holds(more, absent)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("of EXISTS is that the item exists, and the rest, which must be there", () => {
    const more = keyed("EXISTS(SELECT * FROM t WHERE p = 'a' AND s = 1 AND x IS MISSING)");
    expect([holds(more, key), holds(more, withX("3")), holds(more, absent)]).toEqual([true, false, false]);
    expect(result("EXISTS(SELECT * FROM t WHERE p = 'a' AND s = 1)")).toEqual({
      kind: "expressionIssue",
      message: "EXISTS must have a condition besides those on the primary key",
    });
  });

  test("keeps a second equality on the key, which no item can satisfy", () => {
    const twice = keyed("UPDATE t SET y = 1 WHERE p = 'a' AND s = 1 AND p = 'b'");
    expect(holds(twice, key)).toBe(false);
  });

  test("of an INSERT is that no item exists", () => {
    const condition: ConditionPlan = insertCondition(schema);
    expect([evaluateCondition(condition, absent), evaluateCondition(condition, key)]).toEqual([true, false]);
  });
});
