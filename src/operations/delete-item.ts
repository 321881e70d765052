/** DeleteItem: removes an item, if its condition holds; deleting what is not there succeeds. */
import type { DeleteItemInput } from "../api/index.ts";
import { parsedItem } from "./attribute-values.ts";
import { consumedCapacityJson, writeUnits } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { objectBody } from "./response-body.ts";
import { oldImage } from "./returned-values.ts";
import { legacyCondition, orThrow } from "./write-condition.ts";
import { writeItem } from "./write-item.ts";

export async function deleteItem(context: OperationContext, input: DeleteItemInput): Promise<ResponseBody> {
  refuseMixedParameters(input);
  const parsed = parsedItem(input.Key);
  const returned = oldImage(input.ReturnValues);
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
  const written = await writeItem(context, input.TableName, (table) => {
    const key = keyOfParameter(table, parsed.item);
    refuseEnteredKeys(table, { condition });
    return {
      key,
      write: {
        keyspace: table.keyspace,
        action: { kind: "delete" },
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
