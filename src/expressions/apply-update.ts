/**
 * Applies an update to an item. Copies only the maps and lists on the way to something that changes; without
 * any change the very same item comes back. Size and nesting of the result are for the caller to check.
 */
import type { AttributeValue, Item } from "../values/index.ts";
import { updateTexts } from "./issues.ts";
import type { PathBranch, PathTree } from "./path-tree.ts";
import type { UpdatePlan } from "./plans.ts";
import { type Change, changeOf, type UpdateIssue, updateIssue } from "./update-values.ts";

export type UpdateOutcome = { readonly kind: "updated"; readonly item: Item } | UpdateIssue;

export function applyUpdate(plan: UpdatePlan, item: Item): UpdateOutcome {
  const changes: Change[] = [];
  for (const action of plan.actions) {
    const change = changeOf(action, item, plan.form);
    if (change.kind === "updateIssue") return change;
    changes.push(change);
  }
  const updated = changedMap(item, plan.targets, changes);
  return updated === undefined ? invalidPath : { kind: "updated", item: updated };
}

const invalidPath: UpdateIssue = updateIssue(updateTexts.invalidPath);
const keep: Change = { kind: "keep" };

/** The map itself when nothing in it changes; undefined when a path cannot be followed. */
function changedMap(
  old: ReadonlyMap<string, AttributeValue>,
  { branches }: PathTree,
  changes: readonly Change[],
): ReadonlyMap<string, AttributeValue> | undefined {
  let copy: Map<string, AttributeValue> | undefined;
  for (const branch of branches) {
    const key = String(branch.element);
    const present = old.get(key);
    const change = changeAt(branch, present, changes);
    if (change === undefined) return undefined;
    if (change.kind === "keep" || (change.kind === "remove" && present === undefined)) continue;
    copy ??= new Map(old);
    if (change.kind === "put") copy.set(key, change.value);
    else copy.delete(key);
  }
  return copy ?? old;
}

/** What happens to the value at the branch; undefined when its paths lead nowhere. */
function changeAt(
  branch: PathBranch,
  present: AttributeValue | undefined,
  changes: readonly Change[],
): Change | undefined {
  if (!("inner" in branch)) return changes[branch.leaf];
  const changed = changedDocument(present, branch.inner, changes);
  if (changed === undefined) return undefined;
  return changed === present ? keep : { kind: "put", value: changed };
}

/** Documents on the way to a target must be there and of the right type. */
function changedDocument(
  old: AttributeValue | undefined,
  tree: PathTree,
  changes: readonly Change[],
): AttributeValue | undefined {
  if (tree.access === "key") {
    if (old?.type !== "M") return undefined;
    const value = changedMap(old.value, tree, changes);
    if (value === undefined) return undefined;
    return value === old.value ? old : { type: "M", value };
  }
  if (old?.type !== "L") return undefined;
  const value = changedList(old.value, tree, changes);
  if (value === undefined) return undefined;
  return value === old.value ? old : { type: "L", value };
}

/**
 * Indexes are positions before the update: removed elements leave holes that close at the end, and what is
 * put beyond the last element is appended in index order.
 */
function changedList(
  old: readonly AttributeValue[],
  { branches }: PathTree,
  changes: readonly Change[],
): readonly AttributeValue[] | undefined {
  const slots: (AttributeValue | undefined)[] = [...old];
  let changed = false;
  for (const branch of branches) {
    const index = Number(branch.element);
    const present = old[index];
    const change = changeAt(branch, present, changes);
    if (change === undefined) return undefined;
    if (change.kind === "keep" || (change.kind === "remove" && present === undefined)) continue;
    changed = true;
    const slot = present === undefined ? slots.length : index;
    slots[slot] = change.kind === "put" ? change.value : undefined;
  }
  return changed ? slots.filter((element) => element !== undefined) : old;
}
