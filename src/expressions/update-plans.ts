/**
 * Makes update plans out of paths and values that are bound already, with all that can be checked without an
 * item. What an update was written in, an expression or a PartiQL statement, makes no difference here.
 */
import type { AttributeType } from "../values/index.ts";
import type { Binding } from "./binder.ts";
import { operandTexts } from "./issues.ts";
import { pathTree } from "./path-tree.ts";
import type { UpdateAction, UpdatePlan, UpdateValue } from "./plans.ts";

/** The first wrong operand of each kind; overlaps of targets are reported before them. */
export interface UpdateNotes {
  sectionIssue: string | undefined;
  functionIssue: string | undefined;
}

export function updatePlanOf(notes: UpdateNotes, actions: readonly UpdateAction[]): Binding<UpdatePlan> {
  const targets = pathTree(actions.map(({ path }) => path));
  if (targets.kind === "clash") return { kind: "unbound", message: targets.message };
  const message = notes.sectionIssue ?? notes.functionIssue;
  if (message !== undefined) return { kind: "unbound", message };
  const plan = {
    kind: "update",
    form: "expression",
    actions: Object.freeze(actions),
    targets: targets.tree,
  } as const;
  return { kind: "bound", plan: Object.freeze(plan) };
}

export function arithmeticValue(
  notes: UpdateNotes,
  operator: "+" | "-",
  { left, right }: { readonly left: UpdateValue; readonly right: UpdateValue },
): UpdateValue {
  notes.functionIssue ??= typeIssue(operator, [left, right], "N");
  return Object.freeze({ kind: "arithmetic", operator, left, right });
}

/** There are two operands. */
export function listAppendValue(
  notes: UpdateNotes,
  { first, second }: { readonly first: UpdateValue; readonly second: UpdateValue },
): UpdateValue {
  notes.functionIssue ??= typeIssue("list_append", [first, second], "L");
  return Object.freeze({ kind: "listAppend", first, second });
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
