/** DescribeTable: what a table is like now. */
import { type DescribeTableInput } from "../api/index.ts";
import { answerFacts } from "./answer-facts.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { tableAnswer } from "./table-answer.ts";
import { controlTable } from "./table-lookup.ts";

export async function describeTable(
  context: OperationContext,
  input: DescribeTableInput,
): Promise<ResponseBody> {
  const table = controlTable(context, input.TableName);
  return JSON.stringify({ Table: tableAnswer(table, await answerFacts(context, table)) });
}
