// What projections pick: structure kept, list elements packed in index order, absent paths left out.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Item, parseItem, writeItemJson } from "../values/index.ts";
import {
  attributesEntered,
  compileAttributesToGet,
  compileExpressions,
  projectItem,
  type ProjectionPlan,
} from "./index.ts";

type WireMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function itemOf(wire: WireMap): Item {
  const parsed = parseItem(wire);
  if (parsed.kind !== "item") throw new Error(parsed.message);
  return parsed.item;
}

function planOf(projection: string): ProjectionPlan {
  const result = compileExpressions({ kinds: ["projection"], projection });
  if (result.kind !== "compiled" || result.projection === undefined) throw new Error(JSON.stringify(result));
  return result.projection;
}

function picked(plan: ProjectionPlan, item: WireMap): unknown {
  return JSON.parse(writeItemJson(projectItem(plan, itemOf(item))));
}

const sample: WireMap = {
  a: { S: "a" },
  "m.x": { S: "dotted" },
  m: { M: { x: { N: "1" }, y: { M: { z: { S: "z" } } } } },
  l: {
    L: [{ S: "0" }, { L: [{ S: "10" }, { S: "11" }] }, { M: { k: { S: "k" }, k2: { S: "k2" } } }, { S: "3" }],
  },
};

describe("a projection", () => {
  test.each([
    ["a", { a: { S: "a" } }],
    ["absent", {}],
    ["a, m.x", { a: { S: "a" }, m: { M: { x: { N: "1" } } } }],
    ["m.y.z, m.x", { m: { M: { y: { M: { z: { S: "z" } } }, x: { N: "1" } } } }],
    ["m.absent", {}],
    ["m.absent.deeper, a.b, l.x", {}],
    ["a[0], m[0], absent[1].x", {}],
    ["l[3], l[0]", { l: { L: [{ S: "0" }, { S: "3" }] } }],
    ["l[9], l[2].k, l[1][1]", { l: { L: [{ L: [{ S: "11" }] }, { M: { k: { S: "k" } } }] } }],
    ["l[2].absent, l[3]", { l: { L: [{ S: "3" }] } }],
  ])("%s", (text, result) => {
    expect(picked(planOf(text), sample)).toEqual(result);
  });

  test("tells which attributes it goes inside of", () => {
    expect(attributesEntered({ projection: planOf("a, m.x, l[1], m.y, b") })).toEqual(["m", "l"]);
  });

  test("of every attribute gives the item", () => {
    const items = fc.dictionary(
      fc.constantFrom("a", "b", "c", "d"),
      fc.string().map((text) => ({ S: text })),
    );
    fc.assert(
      fc.property(items, (wire) => {
        expect(picked(planOf("a, b, c, d"), wire)).toEqual({ ...wire });
      }),
      { seed: 51 },
    );
  });
});

describe("AttributesToGet", () => {
  test("takes names as they are", () => {
    const plan = compileAttributesToGet(["m.x", "a", "absent", "status", "__proto__"]);
    if (plan.kind === "expressionIssue") throw new Error(plan.message);
    expect(picked(plan, sample)).toEqual({ a: { S: "a" }, "m.x": { S: "dotted" } });
    expect(attributesEntered({ projection: plan })).toEqual([]);
  });

  test("refuses duplicates", () => {
    expect(compileAttributesToGet(["a", "b", "a"])).toEqual({
      kind: "expressionIssue",
      message: "One or more parameter values were invalid: Duplicate value in attribute name: a",
    });
  });
});
