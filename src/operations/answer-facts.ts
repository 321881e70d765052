/** Reads what an answer about a table tells beside its description. */
import { derivedIndexes, type TableDescription } from "../catalog/index.ts";
import type { OperationContext } from "./context.ts";
import type { AnswerFacts } from "./table-answer.ts";

/** Counts are exact, not six hours old. */
export async function answerFacts(
  { services: { catalog, clock } }: OperationContext,
  table: TableDescription,
): Promise<AnswerFacts> {
  const indexes = [...(table.localIndexes ?? []), ...derivedIndexes(table)];
  const [counts, ...indexCounts] = await Promise.all([
    catalog.counts(table),
    ...indexes.map(async (index) => [index.keyspace, await catalog.counts(index)] as const),
  ]);
  return { ...counts, indexes: new Map(indexCounts), nowMs: clock.nowMs() };
}
