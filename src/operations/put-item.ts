/** PutItem: replaces a whole item, if its condition holds. */
import { type PutItemInput, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import { writeItemJson } from "../values/index.ts";
import { answerWrite } from "./answer-write.ts";
import { parsedItem, refuseDeepNesting } from "./attribute-values.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseBadIndexKeys } from "./index-key-rules.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { keyOfItem, refuseEnteredKeys } from "./primary-key.ts";
import { oldImage } from "./returned-values.ts";
import { writeCondition } from "./write-condition.ts";

export async function putItem(context: OperationContext, input: PutItemInput): Promise<ResponseBody> {
  refuseMixedParameters(input);
  const parsed = parsedItem(input.Item);
  const returned = oldImage(input.ReturnValues);
  if (parsed.sizeBytes > limits.itemBytesMax) {
    throw validationError("Item size has exceeded the maximum allowed size");
  }
  const condition = writeCondition(context, input);
  const json = Buffer.from(writeItemJson(parsed.item));
  return answerWrite(context, input, {
    action: { kind: "put", json, sizeBytes: parsed.sizeBytes },
    condition,
    returned,
    keyed: parsed.item,
    keyIn: (table) => {
      const key = keyOfItem(table, parsed.item);
      refuseBadIndexKeys(table, parsed.item);
      refuseDeepNesting(parsed);
      refuseEnteredKeys(table, { condition });
      return key;
    },
  });
}
