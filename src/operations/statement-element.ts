/**
 * INSERT, UPDATE, DELETE and EXISTS as what they are to everything below: one item's key, an action and a condition, with
 * the rules of PutItem, UpdateItem and DeleteItem.
 */
import { type CancellationReason, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { ConditionPlan, UpdatePlan } from "../expressions/index.ts";
import { tableKeyAttributes } from "../indexes/index.ts";
import type { ItemAction } from "../mutations/index.ts";
import {
  type DeletePlan,
  type ExistsPlan,
  insertCondition,
  type InsertPlan,
  keyedWrite,
  type UpdateStatementPlan,
  type WriteKeySchema,
} from "../partiql/index.ts";
import { encodeItem, type Item, itemSizeBytes, nestingLevels } from "../values/index.ts";
import { refuseDeepNesting } from "./attribute-values.ts";
import type { OperationContext } from "./context.ts";
import { refuseBadIndexKeys, refuseBadIndexKeyUpdate } from "./index-key-rules.ts";
import { keyOfItem, keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { statementTexts } from "./statement-texts.ts";
import { dataTable } from "./table-lookup.ts";
import type { WriteElement } from "./transaction-run.ts";
import { refuseKeyUpdate } from "./update-item.ts";
import { orThrow } from "./write-condition.ts";

export type KeyedStatement = UpdateStatementPlan | DeletePlan | ExistsPlan;
export type WriteStatement = InsertPlan | KeyedStatement;

/** What the failed condition of an INSERT is called. */
const duplicateItem: CancellationReason = { code: "DuplicateItem", message: statementTexts.duplicateItem };

/** By the key of the table as it is described now; the checks of `keyIn` are for later. */
export function statementElement(
  context: OperationContext,
  plan: WriteStatement,
  returnOnFailure: boolean,
): WriteElement {
  const table = dataTable(context, plan.table);
  const common = { reference: plan.table, returnOnFailure };
  return plan.kind === "insert"
    ? { ...common, ...insertElement(plan, writeSchema(table)) }
    : { ...common, ...keyedElement(plan, writeSchema(table)) };
}

function writeSchema(table: TableDescription): WriteKeySchema {
  const [hash, ...range] = tableKeyAttributes(table);
  return { hash: hash === undefined ? [] : [hash], range };
}

type ElementPart = Omit<WriteElement, "reference" | "returnOnFailure">;

function insertElement({ item }: InsertPlan, schema: WriteKeySchema): ElementPart {
  const sizeBytes = itemSizeBytes(item);
  if (sizeBytes > limits.itemBytesMax) {
    throw validationError("Item size has exceeded the maximum allowed size");
  }
  return {
    keyed: item,
    action: { kind: "put", json: encodeItem(item), sizeBytes },
    condition: insertCondition(schema),
    failedCondition: duplicateItem,
    keyIn: (table) => {
      const key = keyOfItem(table, item);
      refuseBadIndexKeys(table, item);
      refuseDeepNesting({ kind: "item", item, sizeBytes, nestingLevels: nestingLevels(item) });
      return key;
    },
  };
}

function keyedElement(plan: KeyedStatement, schema: WriteKeySchema): ElementPart {
  const { key, condition } = orThrow(keyedWrite(plan, schema));
  const update = plan.kind === "update" ? plan.update : undefined;
  return {
    keyed: key,
    action: keyedAction(plan, key),
    condition,
    keyIn: (table) => {
      const recordKey = keyOfParameter(table, key);
      refuseBadPlans(table, { update, condition });
      return recordKey;
    },
  };
}

function keyedAction(plan: KeyedStatement, key: Item): ItemAction {
  switch (plan.kind) {
    case "update":
      return { kind: "update", plan: plan.update, key };
    case "delete":
      return { kind: "delete" };
    case "exists":
      return { kind: "check" };
  }
}

function refuseBadPlans(
  table: TableDescription,
  {
    update,
    condition,
  }: { readonly update: UpdatePlan | undefined; readonly condition: ConditionPlan | undefined },
): void {
  if (update !== undefined) {
    refuseKeyUpdate(table, update);
    refuseBadIndexKeyUpdate(table, update);
  }
  refuseEnteredKeys(table, { update, condition });
}
