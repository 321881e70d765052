// Overlaps and conflicts of paths, held against the definition pair by pair.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DocumentPath, PathElement } from "./document-path.ts";
import { pathTree } from "./path-tree.ts";

const path: fc.Arbitrary<DocumentPath> = fc.record({
  name: fc.constantFrom("a", "b"),
  inner: fc.array(fc.constantFrom<PathElement>("a", "b", 0, 1), { maxLength: 3 }),
});

function elements({ name, inner }: DocumentPath): readonly PathElement[] {
  return [name, ...inner];
}

/** Compares element by element: the first difference decides. */
function relation(one: DocumentPath, two: DocumentPath): "overlap" | "conflict" | "apart" {
  const left = elements(one);
  const right = elements(two);
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    if (left[index] === right[index]) continue;
    return typeof left[index] === typeof right[index] ? "apart" : "conflict";
  }
  return "overlap";
}

test("a clash is found exactly when two paths overlap or conflict, overlaps first", () => {
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 6 }), (paths) => {
      const relations = paths.flatMap((two, index) => paths.slice(0, index).map((one) => relation(one, two)));
      const worst = relations.includes("overlap")
        ? "overlap"
        : relations.includes("conflict")
          ? "conflict"
          : "tree";
      const result = pathTree(paths);
      expect(result.kind === "tree" ? "tree" : /^Two document paths (\w+)/.exec(result.message)?.[1]).toBe(
        worst,
      );
    }),
    { seed: 21, numRuns: 400 },
  );
});

test("branches of a list are in index order, leaves point at their paths", () => {
  const paths: readonly DocumentPath[] = [
    { name: "l", inner: [10] },
    { name: "m", inner: ["x", "y"] },
    { name: "l", inner: [9, "z"] },
  ];
  expect(pathTree(paths)).toEqual({
    kind: "tree",
    tree: {
      access: "key",
      branches: [
        {
          element: "l",
          inner: {
            access: "index",
            branches: [
              { element: 9, inner: { access: "key", branches: [{ element: "z", leaf: 2 }] } },
              { element: 10, leaf: 0 },
            ],
          },
        },
        {
          element: "m",
          inner: {
            access: "key",
            branches: [{ element: "x", inner: { access: "key", branches: [{ element: "y", leaf: 1 }] } }],
          },
        },
      ],
    },
  });
});
