/** DescribeTable: what a table is like now. Counts are exact, not six hours old. */
import { type DescribeTableInput } from "../api/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { tableAnswer } from "./table-answer.ts";
import { controlTable } from "./table-lookup.ts";

export async function describeTable(
  context: OperationContext,
  input: DescribeTableInput,
): Promise<ResponseBody> {
  const { catalog, clock } = context.services;
  const table = controlTable(context, input.TableName);
  const counts = await catalog.counts(table);
  return JSON.stringify({ Table: tableAnswer(table, { ...counts, nowMs: clock.nowMs() }) });
}
