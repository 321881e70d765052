/** Binds a parsed projection: names first, then overlaps and conflicts. */
import { type Binding, bindPath, newBinder, type Placeholders } from "./binder.ts";
import type { DocumentPath } from "./document-path.ts";
import { pathTree } from "./path-tree.ts";
import type { ProjectionPlan } from "./plans.ts";
import type { RawProjection } from "./syntax-tree.ts";

export function bindProjection(placeholders: Placeholders, raw: RawProjection): Binding<ProjectionPlan> {
  const binder = newBinder(placeholders);
  const paths = raw.paths.map((path) => bindPath(binder, path));
  if (binder.undefinedName !== undefined) return { kind: "unbound", message: binder.undefinedName };
  return projectionPlanOf(paths);
}

/** As for a list of paths written in anything else than an expression. */
export function projectionPlanOf(paths: readonly DocumentPath[]): Binding<ProjectionPlan> {
  const result = pathTree(paths);
  if (result.kind === "clash") return { kind: "unbound", message: result.message };
  return { kind: "bound", plan: Object.freeze({ kind: "projection", tree: result.tree }) };
}
