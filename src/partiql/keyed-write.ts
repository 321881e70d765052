/** Splits the WHERE of a write along the key of its table: into the one item's key and the condition on it. */
import {
  type ConditionPlan,
  expressionIssue,
  type ExpressionIssue,
  junctionPlan,
} from "../expressions/index.ts";
import type { AttributeValue, Item } from "../values/index.ts";
import { keyTexts } from "./issues.ts";
import { conjunction, conjuncts, equalValue } from "./key-values.ts";
import type { ReadKeySchema } from "./keyed-select.ts";
import type { DeletePlan, ExistsPlan, UpdateStatementPlan } from "./plans.ts";

/** Tables have one partition attribute and one sort attribute or none. */
export type WriteKeySchema = Pick<ReadKeySchema, "hash" | "range">;

export interface KeyedWrite {
  readonly kind: "keyed";
  /** Whole by its names; types and sizes of the values are for the caller to check, as in a Key parameter. */
  readonly key: Item;
  /** All of it: that the item exists, where the statement asks for that, and what else WHERE says. */
  readonly condition: ConditionPlan | undefined;
}

export function keyedWrite(
  plan: UpdateStatementPlan | DeletePlan | ExistsPlan,
  schema: WriteKeySchema,
): KeyedWrite | ExpressionIssue {
  const { where } = plan.kind === "exists" ? plan.select : plan;
  const key = new Map<string, AttributeValue>();
  const rest = [...conjuncts(where)];
  for (const { name } of [...schema.hash, ...schema.range]) {
    const index = rest.findIndex((condition) => equalValue(condition, name) !== undefined);
    const [equality] = index < 0 ? [] : rest.splice(index, 1);
    const value = equality === undefined ? undefined : equalValue(equality, name);
    if (value === undefined) return expressionIssue(keyTexts.notKeyed);
    key.set(name, value);
  }
  if (plan.kind === "exists" && rest.length === 0) return expressionIssue(keyTexts.existsWithoutCondition);
  return { kind: "keyed", key, condition: conditionOf(plan.kind, schema, conjunction(rest)) };
}

/** An INSERT puts an item where none is. */
export function insertCondition(schema: WriteKeySchema): ConditionPlan {
  return keyPresence("notExists", schema);
}

/** DELETE of an absent item succeeds whatever else WHERE says; UPDATE makes no item. */
function conditionOf(
  kind: "update" | "delete" | "exists",
  schema: WriteKeySchema,
  rest: ConditionPlan | undefined,
): ConditionPlan | undefined {
  if (kind === "delete") {
    return rest === undefined ? undefined : junctionPlan("or", [keyPresence("notExists", schema), rest]);
  }
  const exists = keyPresence("exists", schema);
  return rest === undefined ? exists : junctionPlan("and", [exists, rest]);
}

/** Every item has its key attributes. */
function keyPresence(kind: "exists" | "notExists", { hash }: WriteKeySchema): ConditionPlan {
  const name = hash[0]?.name ?? "";
  return Object.freeze({ kind, path: Object.freeze({ name, inner: Object.freeze([]) }) });
}
