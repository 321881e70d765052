/** TransactWriteItems: up to 100 puts, updates, deletes and condition checks; all of them take place, or none. */
import {
  type ConditionCheck,
  type Delete,
  type Put,
  type TransactWriteItem,
  type TransactWriteItemsInput,
  type Update,
  validationError,
} from "../api/index.ts";
import { limits, type PacedWork } from "../base/index.ts";
import { type CompiledExpressions, type ExpressionKind } from "../expressions/index.ts";
import { writeItemJson } from "../values/index.ts";
import { parsedItem, refuseDeepNesting } from "./attribute-values.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseBadIndexKeys, refuseBadIndexKeyUpdate } from "./index-key-rules.ts";
import { nextSlice } from "./next-slice.ts";
import { keyOfItem, keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { objectBody } from "./response-body.ts";
import { requestDigest } from "./transaction-digest.ts";
import { transactionTooLarge } from "./transaction-reasons.ts";
import { type IdempotencyToken, runTransaction, type WriteElement } from "./transaction-run.ts";
import { transactionCapacityJson, transactionMetricsJson } from "./transaction-units.ts";
import { refuseKeyUpdate } from "./update-item.ts";
import { orThrow } from "./write-condition.ts";

export async function transactWriteItems(
  context: OperationContext,
  input: TransactWriteItemsInput,
): Promise<ResponseBody> {
  const { elements, token } = await parsedTransaction(context, input);
  const ended = await runTransaction(context, elements, { token });
  const written = ended.filter(({ element }) => element.action.kind !== "check");
  const wantsMetrics = input.ReturnItemCollectionMetrics === "SIZE";
  return objectBody([
    ["ConsumedCapacity", transactionCapacityJson(input.ReturnConsumedCapacity, ended)],
    ["ItemCollectionMetrics", wantsMetrics ? transactionMetricsJson(written) : undefined],
  ]);
}

interface ParsedTransaction {
  readonly elements: readonly WriteElement[];
  readonly token: IdempotencyToken | undefined;
}

/** Items are parsed in slices: one of 400 KB takes up to 10 ms. Busy or not, nothing has been written yet. */
async function parsedTransaction(
  context: OperationContext,
  input: TransactWriteItemsInput,
): Promise<ParsedTransaction> {
  const work = context.services.pacer.begin();
  try {
    const elements = await parsedElements(context, input.TransactItems, work);
    const { ClientRequestToken: text } = input;
    if (text === undefined) return { elements, token: undefined };
    const digest = await requestDigest("TransactWriteItems", input.TransactItems, work);
    return { elements, token: { text, digest } };
  } finally {
    work.end();
  }
}

async function parsedElements(
  context: OperationContext,
  items: readonly TransactWriteItem[],
  work: PacedWork,
): Promise<readonly WriteElement[]> {
  if (items.some((item) => actionCount(item) !== 1)) {
    throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  const elements: WriteElement[] = [];
  let sizeBytes = 0;
  for (const item of items) {
    if (work.sliceOver()) await nextSlice(work);
    const element = parsedElement(context, item);
    elements.push(element);
    if (element.action.kind === "put") sizeBytes += element.action.sizeBytes;
  }
  // What updates, checks and deletes add is known when the items are.
  if (sizeBytes > limits.transactionBytesMax) throw transactionTooLarge();
  return elements;
}

function actionCount({
  ConditionCheck: check,
  Put: put,
  Update: update,
  Delete: remove,
}: TransactWriteItem): number {
  return [check, put, update, remove].filter((action) => action !== undefined).length;
}

function parsedElement(context: OperationContext, item: TransactWriteItem): WriteElement {
  if (item.Put !== undefined) return putElement(context, item.Put);
  if (item.Update !== undefined) return updateElement(context, item.Update);
  if (item.Delete !== undefined) return keyElement(context, item.Delete, "delete");
  if (item.ConditionCheck !== undefined) return keyElement(context, item.ConditionCheck, "check");
  throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
}

function putElement(context: OperationContext, put: Put): WriteElement {
  const parsed = parsedItem(put.Item);
  const { item, sizeBytes } = parsed;
  if (sizeBytes > limits.itemBytesMax) {
    throw validationError("Item size has exceeded the maximum allowed size");
  }
  const { condition } = compiled(context, put, ["condition"]);
  return {
    ...common(put),
    keyed: item,
    action: { kind: "put", json: Buffer.from(writeItemJson(item)), sizeBytes },
    condition,
    keyIn: (table) => {
      const key = keyOfItem(table, item);
      refuseBadIndexKeys(table, item);
      refuseDeepNesting(parsed);
      refuseEnteredKeys(table, { condition });
      return key;
    },
  };
}

function updateElement(context: OperationContext, input: Update): WriteElement {
  const { item } = parsedItem(input.Key);
  const { update, condition } = compiled(context, input, ["update", "condition"]);
  return {
    ...common(input),
    keyed: item,
    action: { kind: "update", key: item, ...(update === undefined ? {} : { plan: update }) },
    condition,
    keyIn: (table) => {
      const key = keyOfParameter(table, item);
      if (update !== undefined) {
        refuseKeyUpdate(table, update);
        refuseBadIndexKeyUpdate(table, update);
      }
      refuseEnteredKeys(table, { update, condition });
      return key;
    },
  };
}

function keyElement(
  context: OperationContext,
  input: Delete | ConditionCheck,
  kind: "delete" | "check",
): WriteElement {
  const { item } = parsedItem(input.Key);
  const { condition } = compiled(context, input, ["condition"]);
  return {
    ...common(input),
    keyed: item,
    action: { kind },
    condition,
    keyIn: (table) => {
      const key = keyOfParameter(table, item);
      refuseEnteredKeys(table, { condition });
      return key;
    },
  };
}

type AnyAction = Put | Update | Delete | ConditionCheck;

function common(input: AnyAction): Pick<WriteElement, "reference" | "returnOnFailure"> {
  return {
    reference: input.TableName,
    returnOnFailure: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
  };
}

/** Names and values without an expression are taken; single writes refuse them. */
function compiled(
  context: OperationContext,
  input: AnyAction,
  kinds: readonly ExpressionKind[],
): CompiledExpressions {
  return orThrow(
    context.services.compiler.compile({
      kinds,
      update: "UpdateExpression" in input ? input.UpdateExpression : undefined,
      condition: input.ConditionExpression,
      names: input.ExpressionAttributeNames,
      values: input.ExpressionAttributeValues,
      anyPlaceholders: true,
    }),
  );
}
