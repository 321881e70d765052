/** What each action of an update makes of the value at its path; every read sees the item as it was before. */
import {
  addDecimals,
  type AttributeValue,
  type Item,
  type SetValue,
  subtractDecimals,
} from "../values/index.ts";
import { valueAt } from "./document-path.ts";
import { updateTexts } from "./issues.ts";
import type { UpdateAction, UpdatePlan, UpdateValue } from "./plans.ts";
import { isSet } from "./value-kinds.ts";

/** The new value at a path, nothing any more, or what was there before. */
export type Change =
  | { readonly kind: "put"; readonly value: AttributeValue }
  | { readonly kind: "remove" }
  | { readonly kind: "keep" };

export interface UpdateIssue {
  readonly kind: "updateIssue";
  readonly message: string;
}

export function updateIssue(message: string): UpdateIssue {
  return { kind: "updateIssue", message };
}

const remove: Change = { kind: "remove" };
const keep: Change = { kind: "keep" };

export function changeOf(action: UpdateAction, item: Item, form: UpdatePlan["form"]): Change | UpdateIssue {
  switch (action.kind) {
    case "set":
      return evaluateUpdateValue(action.value, item);
    case "remove":
      return remove;
    case "add":
      return added(valueAt(item, action.path), action.value) ?? typeIssue(form);
    case "delete":
      return reduced(valueAt(item, action.path), action.value) ?? typeIssue(form);
  }
}

function typeIssue(form: UpdatePlan["form"]): UpdateIssue {
  return updateIssue(form === "legacy" ? updateTexts.legacyType : updateTexts.operandType);
}

function put(value: AttributeValue): Extract<Change, { kind: "put" }> {
  return { kind: "put", value };
}

/** Undefined when the types do not fit. */
function added(old: AttributeValue | undefined, value: AttributeValue): Change | UpdateIssue | undefined {
  if (old === undefined) return put(value);
  if (value.type === "N") return old.type === "N" ? sum("+", old.value, value.value) : undefined;
  if (value.type === "L") return old.type === "L" ? appended(old.value, value.value) : undefined;
  return isSet(value) && isSet(old) && old.type === value.type ? united(old, value) : undefined;
}

function sum(operator: "+" | "-", left: string, right: string): Evaluated {
  const result = operator === "+" ? addDecimals(left, right) : subtractDecimals(left, right);
  return result.kind === "decimal" ? put({ type: "N", value: result.text }) : updateIssue(result.message);
}

function appended(first: readonly AttributeValue[], second: readonly AttributeValue[]): Evaluated {
  return put({ type: "L", value: [...first, ...second] });
}

/** Set members are normalized texts, so that equal members are equal texts. */
function united(old: SetValue, value: SetValue): Change {
  const members = new Set(old.value);
  for (const member of value.value) members.add(member);
  return members.size === old.value.length ? keep : put({ type: old.type, value: [...members] });
}

function reduced(old: AttributeValue | undefined, value: SetValue): Change | undefined {
  if (old === undefined) return keep;
  if (!isSet(old) || old.type !== value.type) return undefined;
  const unwanted = new Set(value.value);
  const members = old.value.filter((member) => !unwanted.has(member));
  if (members.length === old.value.length) return keep;
  return members.length === 0 ? remove : put({ type: old.type, value: members });
}

type Evaluated = Extract<Change, { kind: "put" }> | UpdateIssue;

/** The right-hand side of SET. */
function evaluateUpdateValue(value: UpdateValue, item: Item): Evaluated {
  switch (value.kind) {
    case "value":
      return put(value.value);
    case "path": {
      const found = valueAt(item, value.path);
      return found === undefined ? updateIssue(updateTexts.missingAttribute) : put(found);
    }
    case "ifNotExists": {
      const found = valueAt(item, value.path);
      return found === undefined ? evaluateUpdateValue(value.otherwise, item) : put(found);
    }
    case "arithmetic":
      return evaluateArithmetic(value, item);
    case "listAppend":
      return evaluateListAppend(value, item);
  }
}

function evaluateArithmetic(
  { operator, left: leftValue, right: rightValue }: Extract<UpdateValue, { kind: "arithmetic" }>,
  item: Item,
): Evaluated {
  const left = evaluateUpdateValue(leftValue, item);
  if (left.kind === "updateIssue") return left;
  const right = evaluateUpdateValue(rightValue, item);
  if (right.kind === "updateIssue") return right;
  if (left.value.type !== "N" || right.value.type !== "N") return updateIssue(updateTexts.operandType);
  return sum(operator, left.value.value, right.value.value);
}

function evaluateListAppend(
  { first: firstValue, second: secondValue }: Extract<UpdateValue, { kind: "listAppend" }>,
  item: Item,
): Evaluated {
  const first = evaluateUpdateValue(firstValue, item);
  if (first.kind === "updateIssue") return first;
  const second = evaluateUpdateValue(secondValue, item);
  if (second.kind === "updateIssue") return second;
  if (first.value.type !== "L" || second.value.type !== "L") return updateIssue(updateTexts.operandType);
  return appended(first.value.value, second.value.value);
}
