/**
 * Binds a parsed update. Other than in conditions each rule is held against the whole expression before the
 * next: undefined names, undefined values, overlaps, conflicts, operands of ADD and DELETE, then functions.
 */
import type { AttributeType } from "../values/index.ts";
import { type Binder, type Binding, bindPath, bindValue, newBinder, type Placeholders } from "./binder.ts";
import { operandTexts } from "./issues.ts";
import { updateFunctionOperands } from "./parse-update.ts";
import type { UpdateAction, UpdatePlan, UpdateValue } from "./plans.ts";
import type { RawUpdate, RawUpdateAction, RawUpdateFunction, RawUpdateValue } from "./syntax-tree.ts";
import { arithmeticValue, listAppendValue, type UpdateNotes, updatePlanOf } from "./update-plans.ts";
import { isSet, nullValue } from "./value-kinds.ts";

/** Problems found on the way, first of each kind. */
interface UpdateBinder extends Binder, UpdateNotes {}

export function bindUpdate(placeholders: Placeholders, raw: RawUpdate): Binding<UpdatePlan> {
  const binder: UpdateBinder = {
    ...newBinder(placeholders),
    sectionIssue: undefined,
    functionIssue: undefined,
  };
  const actions = raw.actions.map((action) => bindAction(binder, action));
  const message = binder.undefinedName ?? binder.undefinedValue;
  return message === undefined ? updatePlanOf(binder, actions) : { kind: "unbound", message };
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
      return arithmeticValue(binder, raw.operator, { left, right });
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
  if (name === "list_append") return listAppendValue(binder, { first, second });
  if (first.kind === "path")
    return Object.freeze({ kind: "ifNotExists", path: first.path, otherwise: second });
  binder.functionIssue ??= operandTexts.pathRequired(name);
  return second;
}
