/** Picks the values at some paths out of an item: maps keep their keys, lists are packed in index order. */
import type { AttributeValue, Item } from "../values/index.ts";
import type { PathTree } from "./path-tree.ts";
import type { ProjectionPlan, UpdatePlan } from "./plans.ts";

/** Absent paths are left out, and so is a document of which nothing was picked (unconfirmed). */
export function projectItem(plan: ProjectionPlan, item: Item): Item {
  return pickKeys(plan.tree, item);
}

/** The item's values at the paths an update targets, for UPDATED_OLD and UPDATED_NEW. */
export function updatedAttributes(plan: UpdatePlan, item: Item): Item {
  return pickKeys(plan.targets, item);
}

function pickKeys(tree: PathTree, from: ReadonlyMap<string, AttributeValue>): Map<string, AttributeValue> {
  const picked = new Map<string, AttributeValue>();
  for (const branch of tree.branches) {
    const { element } = branch;
    if (typeof element !== "string") continue;
    const value = from.get(element);
    if (value === undefined) continue;
    const kept = "inner" in branch ? pickInside(branch.inner, value) : value;
    if (kept !== undefined) picked.set(element, kept);
  }
  return picked;
}

function pickInside(tree: PathTree, from: AttributeValue): AttributeValue | undefined {
  if (tree.access === "key") {
    if (from.type !== "M") return undefined;
    const picked = pickKeys(tree, from.value);
    return picked.size === 0 ? undefined : { type: "M", value: picked };
  }
  if (from.type !== "L") return undefined;
  const picked = pickElements(tree, from.value);
  return picked.length === 0 ? undefined : { type: "L", value: picked };
}

function pickElements(tree: PathTree, from: readonly AttributeValue[]): readonly AttributeValue[] {
  const picked: AttributeValue[] = [];
  for (const branch of tree.branches) {
    if (typeof branch.element !== "number") continue;
    const value = from[branch.element];
    if (value === undefined) continue;
    const kept = "inner" in branch ? pickInside(branch.inner, value) : value;
    if (kept !== undefined) picked.push(kept);
  }
  return picked;
}
