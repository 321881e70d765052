/** PutItem: replaces a whole item, if its condition holds. */
import { type PutItemInput, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import { writeItemJson } from "../values/index.ts";
import { parsedItem, refuseDeepNesting } from "./attribute-values.ts";
import { consumedCapacityJson, writeUnits } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { keyOfItem, refuseEnteredKeys } from "./primary-key.ts";
import { objectBody } from "./response-body.ts";
import { oldImage } from "./returned-values.ts";
import { legacyCondition, orThrow } from "./write-condition.ts";
import { writeItem } from "./write-item.ts";

export async function putItem(context: OperationContext, input: PutItemInput): Promise<ResponseBody> {
  refuseMixedParameters(input);
  const parsed = parsedItem(input.Item);
  const returned = oldImage(input.ReturnValues);
  if (parsed.sizeBytes > limits.itemBytesMax) {
    throw validationError("Item size has exceeded the maximum allowed size");
  }
  const legacy = legacyCondition(input);
  const compiled = orThrow(
    context.services.compiler.compile({
      kinds: ["condition"],
      condition: input.ConditionExpression,
      names: input.ExpressionAttributeNames,
      values: input.ExpressionAttributeValues,
    }),
  );
  const condition = compiled.condition ?? legacy;
  const json = Buffer.from(writeItemJson(parsed.item));
  const written = await writeItem(context, input.TableName, (table) => {
    const key = keyOfItem(table, parsed.item);
    refuseDeepNesting(parsed);
    refuseEnteredKeys(table, { condition });
    return {
      key,
      write: {
        keyspace: table.keyspace,
        action: { kind: "put", json, sizeBytes: parsed.sizeBytes },
        ...(condition === undefined ? {} : { condition }),
        returned,
        returnOnFailure: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
        regionId: context.services.regionId,
      },
    };
  });
  return objectBody([
    ["Attributes", written.attributes],
    [
      "ConsumedCapacity",
      consumedCapacityJson(
        input.ReturnConsumedCapacity,
        input.TableName,
        writeUnits(written.oldSizeBytes, written.newSizeBytes),
      ),
    ],
  ]);
}
