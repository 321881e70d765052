/** Binds a parsed projection: names first, then overlaps and conflicts. */
import { type Binding, bindPath, newBinder, type Placeholders } from "./binder.ts";
import { pathTree } from "./path-tree.ts";
import type { ProjectionPlan } from "./plans.ts";
import type { RawProjection } from "./syntax-tree.ts";

export function bindProjection(placeholders: Placeholders, raw: RawProjection): Binding<ProjectionPlan> {
  const binder = newBinder(placeholders);
  const paths = raw.paths.map((path) => bindPath(binder, path));
  if (binder.undefinedName !== undefined) return { kind: "unbound", message: binder.undefinedName };
  const result = pathTree(paths);
  if (result.kind === "clash") return { kind: "unbound", message: result.message };
  return { kind: "bound", plan: Object.freeze({ kind: "projection", tree: result.tree }) };
}
