// Expressions made to exhaust the parser, the binder or the evaluator: answered like any other, in no time.
import { describe, expect, test } from "vitest";
import { applyUpdate, compileExpressions, evaluateCondition } from "./index.ts";

const values = { ":n": { N: "1" } };
const redundant = "The expression has redundant parentheses;";
const tooMany = (count: number): string =>
  `The expression contains too many operators; operator count: ${count}`;

function conditionMessage(condition: string): string | undefined {
  const result = compileExpressions({ kinds: ["condition"], condition, values });
  return result.kind === "expressionIssue"
    ? result.message.replace("Invalid ConditionExpression: ", "")
    : undefined;
}

function updateMessage(update: string): string | undefined {
  const result = compileExpressions({ kinds: ["update"], update, values });
  return result.kind === "expressionIssue"
    ? result.message.replace("Invalid UpdateExpression: ", "")
    : undefined;
}

describe("deep nesting", () => {
  test("thousands of parentheses are redundant", () => {
    expect(conditionMessage(`${"(".repeat(2000)}a=:n${")".repeat(2000)}`)).toBe(redundant);
    expect(conditionMessage("(".repeat(4000))).toBe(redundant);
    expect(updateMessage(`SET a=${"(".repeat(2000)}:n${")".repeat(2000)}`)).toBe(redundant);
  });

  test("a few hundred unclosed ones are a syntax error", () => {
    expect(conditionMessage("(".repeat(300))).toBe('Syntax error; token: "<EOF>", near: "("');
  });

  test("thousands of NOTs are too many operators", () => {
    expect(conditionMessage(`${"NOT ".repeat(1000)}a=:n`)).toBe(tooMany(1001));
    expect(conditionMessage(`${"NOT(".repeat(800)}a=:n${")".repeat(800)}`)).toBe(tooMany(801));
  });

  test("functions in functions are too many operators", () => {
    expect(conditionMessage(`${"size(".repeat(650)}a${")".repeat(650)}=:n`)).toBe(tooMany(651));
    expect(updateMessage(`SET a=${"if_not_exists(a,".repeat(240)}:n${")".repeat(240)}`)).toBeUndefined();
  });

  test("as many levels as operators allow are evaluated", () => {
    const text = `${"NOT(".repeat(298)}a=:n${")".repeat(298)}`;
    const result = compileExpressions({ kinds: ["condition"], condition: text, values });
    if (result.kind !== "compiled" || result.condition === undefined) throw new Error("no condition");
    expect(evaluateCondition(result.condition, new Map([["a", { type: "N", value: "1" }]]))).toBe(true);
    expect(evaluateCondition(structuredClone(result.condition), new Map())).toBe(false);
  });

  test("as many levels of an update as fit are applied", () => {
    const update = `SET a=${"if_not_exists(b,".repeat(240)}:n${")".repeat(240)}`;
    const result = compileExpressions({ kinds: ["update"], update, values });
    if (result.kind !== "compiled" || result.update === undefined) throw new Error("no update");
    expect(applyUpdate(result.update, new Map())).toEqual({
      kind: "updated",
      item: new Map([["a", { type: "N", value: "1" }]]),
    });
  });
});

describe("names of object members", () => {
  test("are attributes like others", () => {
    const item = JSON.parse('{"#p":"__proto__","#c":"constructor"}') as Record<string, string>;
    const result = compileExpressions({
      kinds: ["update", "condition"],
      update: "SET #p = :n, #c.#p = :n",
      condition: "attribute_not_exists(toString) AND attribute_not_exists(#p.#c)",
      names: item,
      values,
    });
    if (result.kind !== "compiled" || result.update === undefined || result.condition === undefined) {
      throw new Error("not compiled");
    }
    const old = new Map([["constructor", { type: "M" as const, value: new Map() }]]);
    expect(evaluateCondition(result.condition, old)).toBe(true);
    const number = { type: "N", value: "1" };
    expect(applyUpdate(result.update, old)).toEqual({
      kind: "updated",
      item: new Map<string, unknown>([
        ["constructor", { type: "M", value: new Map([["__proto__", number]]) }],
        ["__proto__", number],
      ]),
    });
  });

  test("are values and functions like others", () => {
    const wire = JSON.parse('{":__proto__":{"N":"1"}}') as Record<string, unknown>;
    expect(compileExpressions({ kinds: ["condition"], condition: "a = :__proto__", values: wire }).kind).toBe(
      "compiled",
    );
    expect(conditionMessage("a = :constructor")).toContain("attribute value: :constructor");
    expect(conditionMessage("toString(a) AND a = :n")).toBe("Invalid function name; function: toString");
    expect(updateMessage("SET a = constructor(a)")).toBe("Invalid function name; function: constructor");
  });
});
