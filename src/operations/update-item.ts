/** UpdateItem: changes attributes of an item, or makes it from its key and the changes. */
import { invalidParameters, type UpdateItemInput } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { compileAttributeUpdates, updatedAttributeNames, type UpdatePlan } from "../expressions/index.ts";
import { answerWrite } from "./answer-write.ts";
import { parsedItem } from "./attribute-values.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseBadIndexKeyUpdate } from "./index-key-rules.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { isKeyAttribute, keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { updateImage } from "./returned-values.ts";
import { legacyCondition, orThrow } from "./write-condition.ts";

export async function updateItem(context: OperationContext, input: UpdateItemInput): Promise<ResponseBody> {
  refuseMixedParameters(input);
  const parsed = parsedItem(input.Key);
  const legacyUpdate =
    input.AttributeUpdates === undefined
      ? undefined
      : orThrow(compileAttributeUpdates(input.AttributeUpdates));
  const legacy = legacyCondition(input);
  const compiled = orThrow(
    context.services.compiler.compile({
      kinds: ["update", "condition"],
      update: input.UpdateExpression,
      condition: input.ConditionExpression,
      names: input.ExpressionAttributeNames,
      values: input.ExpressionAttributeValues,
    }),
  );
  const plan = compiled.update ?? legacyUpdate;
  const condition = compiled.condition ?? legacy;
  return answerWrite(context, input, {
    action:
      plan === undefined ? { kind: "update", key: parsed.item } : { kind: "update", plan, key: parsed.item },
    condition,
    returned: updateImage(input.ReturnValues),
    keyed: parsed.item,
    keyIn: (table) => {
      const key = keyOfParameter(table, parsed.item);
      if (plan !== undefined) {
        refuseKeyUpdate(table, plan);
        refuseBadIndexKeyUpdate(table, plan);
      }
      refuseEnteredKeys(table, { update: plan, condition });
      return key;
    },
  });
}

/** Key attributes cannot be targeted at all, nor anything inside them. */
export function refuseKeyUpdate(table: TableDescription, plan: UpdatePlan): void {
  const name = updatedAttributeNames(plan).find((attribute) => isKeyAttribute(table, attribute));
  if (name === undefined) return;
  throw invalidParameters(`Cannot update attribute ${name}. This attribute is part of the key`);
}
