/** Binds what an UPDATE does to the plan of an update expression, whose rules about targets and operands apply. */
import {
  arithmeticValue,
  type Binding,
  listAppendValue,
  operandTexts,
  samePath,
  type UpdateAction,
  type UpdateNotes,
  type UpdatePlan,
  updatePlanOf,
  type UpdateValue,
} from "../expressions/index.ts";
import type { AttributeValue, SetValue } from "../values/index.ts";
import { bindTerm, type StatementBinder } from "./bind-term.ts";
import { bindTexts } from "./issues.ts";
import type { ParsedAction, ParsedUpdateValue } from "./syntax-tree.ts";

interface UpdateBinder extends StatementBinder, UpdateNotes {}

export function bindUpdate(statement: StatementBinder, parsed: readonly ParsedAction[]): Binding<UpdatePlan> {
  const binder: UpdateBinder = {
    parameters: statement.parameters,
    issue: undefined,
    sectionIssue: undefined,
    functionIssue: undefined,
  };
  const actions = parsed.map((action) => Object.freeze(bindAction(binder, action)));
  return binder.issue === undefined
    ? updatePlanOf(binder, actions)
    : { kind: "unbound", message: binder.issue };
}

function bindAction(binder: UpdateBinder, parsed: ParsedAction): UpdateAction {
  const { path } = parsed;
  switch (parsed.kind) {
    case "set":
      return { kind: "set", path, value: bindValue(binder, parsed.value) };
    case "remove":
      return { kind: "remove", path };
    case "setAdd":
    case "setDelete":
      return bindSetChange(binder, parsed);
  }
}

/** The actions ADD and DELETE of update expressions, which change the set where it is: no other can be named. */
function bindSetChange(
  binder: UpdateBinder,
  { kind, path, operand, members }: Extract<ParsedAction, { kind: "setAdd" | "setDelete" }>,
): UpdateAction {
  const name = kind === "setAdd" ? "set_add" : "set_delete";
  if (!samePath(path, operand)) binder.functionIssue ??= bindTexts.sameTarget(name);
  const value = bindTerm(binder, members);
  if (!isSet(value)) {
    binder.functionIssue ??= operandTexts.functionOperandType(name, value.type);
    return { kind: "remove", path };
  }
  return kind === "setAdd" ? { kind: "add", path, value } : { kind: "delete", path, value };
}

function isSet(value: AttributeValue): value is SetValue {
  return value.type === "SS" || value.type === "NS" || value.type === "BS";
}

function bindValue(binder: UpdateBinder, parsed: ParsedUpdateValue): UpdateValue {
  switch (parsed.kind) {
    case "path":
      return parsed;
    case "arithmetic": {
      const left = bindValue(binder, parsed.left);
      const right = bindValue(binder, parsed.right);
      return arithmeticValue(binder, parsed.operator, { left, right });
    }
    case "listAppend": {
      const first = bindValue(binder, parsed.first);
      const second = bindValue(binder, parsed.second);
      return listAppendValue(binder, { first, second });
    }
    default:
      return Object.freeze({ kind: "value", value: bindTerm(binder, parsed) });
  }
}
