/**
 * Binds a parsed update. Other than in conditions each rule is held against the whole expression before the
 * next: undefined names, undefined values, overlaps, conflicts, operands of ADD and DELETE, then functions.
 */
import type { AttributeType } from "../values/index.ts";
import { type Binder, type Binding, bindPath, bindValue, newBinder, type Placeholders } from "./binder.ts";
import { operandTexts } from "./issues.ts";
import { updateFunctionOperands } from "./parse-update.ts";
import { pathTree } from "./path-tree.ts";
import type { UpdateAction, UpdatePlan, UpdateValue } from "./plans.ts";
import type { RawUpdate, RawUpdateAction, RawUpdateFunction, RawUpdateValue } from "./syntax-tree.ts";
import { isSet, nullValue } from "./value-kinds.ts";

/** Problems found on the way, first of each kind. */
interface UpdateBinder extends Binder {
  sectionIssue: string | undefined;
  functionIssue: string | undefined;
}

export function bindUpdate(placeholders: Placeholders, raw: RawUpdate): Binding<UpdatePlan> {
  const binder: UpdateBinder = {
    ...newBinder(placeholders),
    sectionIssue: undefined,
    functionIssue: undefined,
  };
  const actions = raw.actions.map((action) => bindAction(binder, action));
  const targets = pathTree(actions.map(({ path }) => path));
  const message =
    binder.undefinedName ??
    binder.undefinedValue ??
    (targets.kind === "clash" ? targets.message : undefined) ??
    binder.sectionIssue ??
    binder.functionIssue;
  if (message !== undefined || targets.kind === "clash") return { kind: "unbound", message: message ?? "" };
  const plan = {
    kind: "update",
    form: "expression",
    actions: Object.freeze(actions),
    targets: targets.tree,
  } as const;
  return { kind: "bound", plan: Object.freeze(plan) };
}

function bindAction(binder: UpdateBinder, raw: RawUpdateAction): UpdateAction {
  const path = bindPath(binder, raw.path);
  switch (raw.kind) {
    case "set":
      return Object.freeze({ kind: "set", path, value: bindUpdateValue(binder, raw.value) });
    case "remove":
      return Object.freeze({ kind: "remove", path });
    case "add": {
      const value = bindValue(binder, raw.value);
      if (value.type !== "N" && !isSet(value)) noteOperand(binder, "ADD", value.type);
      return Object.freeze({ kind: "add", path, value });
    }
    case "delete": {
      const value = bindValue(binder, raw.value);
      if (isSet(value)) return Object.freeze({ kind: "delete", path, value });
      noteOperand(binder, "DELETE", value.type);
      return Object.freeze({ kind: "remove", path });
    }
  }
}

function noteOperand(binder: UpdateBinder, section: string, type: AttributeType): void {
  binder.sectionIssue ??= operandTexts.operatorOperandType(section, type);
}

function bindUpdateValue(binder: UpdateBinder, raw: RawUpdateValue): UpdateValue {
  switch (raw.kind) {
    case "path":
      return Object.freeze({ kind: "path", path: bindPath(binder, raw) });
    case "value":
      return Object.freeze({ kind: "value", value: bindValue(binder, raw) });
    case "arithmetic": {
      const left = bindUpdateValue(binder, raw.left);
      const right = bindUpdateValue(binder, raw.right);
      binder.functionIssue ??= typeIssue(raw.operator, [left, right], "N");
      return Object.freeze({ kind: "arithmetic", operator: raw.operator, left, right });
    }
    case "function":
      return bindUpdateFunction(binder, raw);
  }
}

/** Stands in for an operand that is missing; the binder has an issue then. */
const noOperand: UpdateValue = Object.freeze({ kind: "value", value: nullValue });

function bindUpdateFunction(binder: UpdateBinder, { name, operands }: RawUpdateFunction): UpdateValue {
  const bound = operands.map((operand) => bindUpdateValue(binder, operand));
  const [first = noOperand, second = noOperand] = bound;
  if (bound.length !== updateFunctionOperands.get(name)) {
    binder.functionIssue ??= operandTexts.operandCount(name, bound.length);
  }
  if (name === "list_append") {
    binder.functionIssue ??= typeIssue(name, bound, "L");
    return Object.freeze({ kind: "listAppend", first, second });
  }
  if (first.kind === "path")
    return Object.freeze({ kind: "ifNotExists", path: first.path, otherwise: second });
  binder.functionIssue ??= operandTexts.pathRequired(name);
  return second;
}

function typeIssue(
  name: string,
  operands: readonly UpdateValue[],
  wanted: AttributeType,
): string | undefined {
  for (const operand of operands) {
    const type = staticType(operand);
    if (type !== undefined && type !== wanted) return operandTexts.functionOperandType(name, type);
  }
  return undefined;
}

/** What is known of a value's type before there is an item. */
function staticType(value: UpdateValue): AttributeType | undefined {
  switch (value.kind) {
    case "value":
      return value.value.type;
    case "arithmetic":
      return "N";
    case "listAppend":
      return "L";
    case "path":
    case "ifNotExists":
      return undefined;
  }
}
