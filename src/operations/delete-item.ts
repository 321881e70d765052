/** DeleteItem: removes an item, if its condition holds; deleting what is not there succeeds. */
import type { DeleteItemInput } from "../api/index.ts";
import { answerWrite } from "./answer-write.ts";
import { parsedItem } from "./attribute-values.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { oldImage } from "./returned-values.ts";
import { writeCondition } from "./write-condition.ts";

export async function deleteItem(context: OperationContext, input: DeleteItemInput): Promise<ResponseBody> {
  refuseMixedParameters(input);
  const parsed = parsedItem(input.Key);
  const returned = oldImage(input.ReturnValues);
  const condition = writeCondition(context, input);
  return answerWrite(context, input, {
    action: { kind: "delete" },
    condition,
    returned,
    keyed: parsed.item,
    keyIn: (table) => {
      const key = keyOfParameter(table, parsed.item);
      refuseEnteredKeys(table, { condition });
      return key;
    },
  });
}
