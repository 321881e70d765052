/** EndCapture, an operation of Stator's own: changes of the table are no longer kept for this capture. */
import type { EndCaptureInput } from "../api/index.ts";
import { withoutCapture } from "../catalog/index.ts";
import { capturedTable, findCapture } from "./capture-lookup.ts";
import { changedTo, changeFound } from "./change-table.ts";
import type { OperationContext, ResponseBody } from "./context.ts";

/** Of a capture that is not there (any more) it answers the same. */
export async function endCapture(context: OperationContext, input: EndCaptureInput): Promise<ResponseBody> {
  await changeFound(
    context,
    () => capturedTable(context, input.TableName),
    (table) => {
      const capture = findCapture(table, input.CaptureId);
      return capture === undefined ? {} : changedTo(withoutCapture(table, capture));
    },
  );
  return "{}";
}
