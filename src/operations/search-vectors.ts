/** SearchVectors: the items of a vector index that are nearest to a vector. Reads are eventually consistent. */
import { type SearchVectorsInput, validationError } from "../api/index.ts";
import { isAllocating, type TableDescription, type VectorIndex } from "../catalog/index.ts";
import { answerSearch } from "./answer-search.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { nearestEntries } from "./nearest-entries.ts";
import { refuseEnteredKeys } from "./primary-key.ts";
import { planSearch } from "./search-vectors-plan.ts";
import { resolveSearch } from "./search-vectors-plan-index.ts";
import { dataTable } from "./table-lookup.ts";

export async function searchVectors(
  context: OperationContext,
  input: SearchVectorsInput,
): Promise<ResponseBody> {
  const { services } = context;
  const plan = planSearch(services, input);
  const table = dataTable(context, input.TableName);
  const index = searchedIndex(table, input.IndexName);
  const resolved = resolveSearch(plan, index);
  const { vector, topK, projection } = plan;
  refuseEnteredKeys(table, { projection });

  const { engine, pacer, indexReader } = services;
  const caughtUp = indexReader?.caughtUp?.(table, index.name);
  if (caughtUp !== undefined) await caughtUp;
  const work = pacer.begin();
  try {
    const found = await nearestEntries({ engine, work }, { index, vector, topK, ...resolved });
    return await answerSearch(found, { index, projection, asked: input.ReturnConsumedCapacity }, work);
  } finally {
    work.end();
  }
}

/**
 * The texts for an index that is being filled and for one that is not there are quoted by AWS; it gives the latter for
 * one that is being provisioned, too. That of an index of another kind follows Query's (unconfirmed).
 */
function searchedIndex(table: TableDescription, indexName: string): VectorIndex {
  const { localIndexes = [], globalIndexes = [], vectorIndexes = [] } = table;
  const index = vectorIndexes.find(({ name }) => name === indexName);
  if (index === undefined && [...localIndexes, ...globalIndexes].some(({ name }) => name === indexName)) {
    throw validationError("SearchVectors operation not supported on this index type.");
  }
  if (index === undefined || index.status === "DELETING" || isAllocating(table, index)) {
    throw validationError(`The table does not have the specified index: ${indexName}`);
  }
  if (index.status === "CREATING") {
    throw validationError(`Cannot search backfilling vector index: ${indexName}`);
  }
  return index;
}
