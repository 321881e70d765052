/** TransactGetItems: up to 100 items as they were at one moment. */
import type { Get, TransactGetItemsInput } from "../api/index.ts";
import { parsedItem } from "./attribute-values.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { readTransaction, type ReadTransactionElement } from "./transaction-read.ts";
import { orThrow } from "./write-condition.ts";

export async function transactGetItems(
  context: OperationContext,
  input: TransactGetItemsInput,
): Promise<ResponseBody> {
  const elements = input.TransactItems.map(({ Get: get }) => getElement(context, get));
  return readTransaction(context, input, elements);
}

function getElement(context: OperationContext, get: Get): ReadTransactionElement {
  const { item } = parsedItem(get.Key);
  const { projection } = orThrow(
    context.services.compiler.compile({
      kinds: ["projection"],
      projection: get.ProjectionExpression,
      names: get.ExpressionAttributeNames,
      anyPlaceholders: true,
    }),
  );
  return {
    reference: get.TableName,
    keyed: item,
    projection,
    keyIn: (table) => {
      const key = keyOfParameter(table, item);
      refuseEnteredKeys(table, { projection });
      return key;
    },
  };
}
