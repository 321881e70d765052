// The compiler as an object: its memory changes nothing, its plans are frozen data.
import { describe, expect, test } from "vitest";
import { compileExpressions, createExpressionCompiler, type ExpressionRequest } from "./index.ts";

const values = { ":n": { N: "1" } };

describe("a compiler with a memory", () => {
  test("answers the same again and again, and after forgetting", () => {
    const compiler = createExpressionCompiler({ cacheEntriesMax: 4 });
    for (let round = 0; round < 3; round += 1) {
      for (let text = 0; text < 20; text += 1) {
        const request = { kinds: ["condition"], condition: `a${text} = :n AND b < :n`, values } as const;
        expect(compiler.compile(request)).toEqual(compileExpressions(request));
      }
      expect(compiler.compile({ kinds: ["condition"], condition: "a b", values })).toMatchObject({
        message: 'Invalid ConditionExpression: Syntax error; token: "b", near: "a b"',
      });
    }
  });

  test("shares no names or values between requests", () => {
    const compiler = createExpressionCompiler({ cacheEntriesMax: 100 });
    const ask = (name: string, value: string): unknown =>
      compiler.compile({
        kinds: ["condition"],
        condition: "#a = :v",
        names: { "#a": name },
        values: { ":v": { S: value } },
      });
    expect(ask("x", "1")).toMatchObject({
      condition: { left: { path: { name: "x" } }, right: { value: { value: "1" } } },
    });
    expect(ask("y", "2")).toMatchObject({
      condition: { left: { path: { name: "y" } }, right: { value: { value: "2" } } },
    });
  });
});

describe("plans", () => {
  const request: ExpressionRequest = {
    kinds: ["update", "condition", "keyCondition", "filter", "projection"],
    update:
      "SET a = (if_not_exists(b, :n) + :n) - c, d.e[1] = list_append(f, :l) REMOVE g ADD h :n DELETE i :s",
    condition:
      "NOT (a = :n AND b <> :n OR size(c) > :n) AND d BETWEEN :n AND e AND f IN (:n, g) AND attribute_exists(h.i[1]) " +
      "AND attribute_not_exists(j) AND attribute_type(k, :t) AND begins_with(o, :t) AND contains(p, q)",
    keyCondition: "a = :n AND begins_with(b, :t)",
    filter: "a < :n",
    projection: "a, b.c, d[1], d[0].e",
    values: { ...values, ":l": { L: [] }, ":s": { SS: ["x"] }, ":t": { S: "S" } },
  };

  /** Places that could be written to; attribute values came from the request and belong to it. */
  function unfrozen(node: unknown, place: string): readonly string[] {
    if (typeof node !== "object" || node === null || ("type" in node && !("kind" in node))) return [];
    const below = Object.entries(node).flatMap(([key, child]) => unfrozen(child, `${place}.${key}`));
    return Object.isFrozen(node) ? below : [place, ...below];
  }

  test("are frozen through and through", () => {
    const compiled = compileExpressions(request);
    expect(Object.keys(compiled).sort()).toEqual([
      "condition",
      "filter",
      "keyCondition",
      "kind",
      "projection",
      "update",
    ]);
    expect(unfrozen(compiled, "plans")).toEqual([]);
  });

  test("are plain data that a structured clone keeps", () => {
    const compiled = compileExpressions(request);
    expect(structuredClone(compiled)).toEqual(compiled);
  });
});
