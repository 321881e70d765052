/** AttributeUpdates and AttributesToGet compiled to the same plans as the expressions that replaced them. */
import { type AttributeValue, parseAttributeValue } from "../values/index.ts";
import { expressionIssue, type ExpressionIssue, parametersPrefix } from "./issues.ts";
import { flatPathTree } from "./path-tree.ts";
import type { ProjectionPlan, UpdateAction, UpdatePlan } from "./plans.ts";
import { isSet } from "./value-kinds.ts";

/** One entry of AttributeUpdates, as on the wire and with its shape checked. */
export interface LegacyUpdate {
  readonly Value?: unknown;
  readonly Action?: "ADD" | "PUT" | "DELETE" | undefined;
}

export function compileAttributeUpdates(
  updates: Readonly<Record<string, LegacyUpdate>>,
): UpdatePlan | ExpressionIssue {
  const actions: UpdateAction[] = [];
  for (const [attribute, update] of Object.entries(updates)) {
    const action = compileAction(attribute, update);
    if (action.kind === "expressionIssue") return action;
    actions.push(Object.freeze(action));
  }
  const targets = flatPathTree(actions.map(({ path }) => path.name));
  return Object.freeze({ kind: "update", form: "legacy", actions: Object.freeze(actions), targets });
}

function compileAction(
  attribute: string,
  { Value: wire, Action: action = "PUT" }: LegacyUpdate,
): UpdateAction | ExpressionIssue {
  const path = Object.freeze({ name: attribute, inner: Object.freeze([]) });
  if (wire === undefined || wire === null) {
    if (action === "DELETE") return { kind: "remove", path };
    return invalid("Only DELETE action is allowed when no attribute value is specified");
  }
  const parsed = parseAttributeValue(wire);
  if (parsed.kind === "valueIssue") return expressionIssue(parsed.message);
  const { value } = parsed;
  switch (action) {
    case "PUT":
      return { kind: "set", path, value: Object.freeze({ kind: "value", value }) };
    case "ADD":
      if (isAddable(value)) return { kind: "add", path, value };
      return invalid(`ADD action is not supported for the type ${value.type}`);
    case "DELETE":
      if (isSet(value)) return { kind: "delete", path, value };
      return invalid(`DELETE action with value is not supported for the type ${value.type}`);
  }
}

/** Lists are appended, though no documentation says so. */
function isAddable(value: AttributeValue): boolean {
  return value.type === "N" || value.type === "L" || isSet(value);
}

function invalid(text: string): ExpressionIssue {
  return expressionIssue(`${parametersPrefix}${text}`);
}

/** Whole attributes only: a name with dots is just a name. */
export function compileAttributesToGet(names: readonly string[]): ProjectionPlan | ExpressionIssue {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return invalid(`Duplicate value in attribute name: ${name}`);
    seen.add(name);
  }
  return Object.freeze({ kind: "projection", tree: flatPathTree(names) });
}
