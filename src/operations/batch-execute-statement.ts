/** BatchExecuteStatement: up to 25 PartiQL statements on one item each, all reads or all writes; not atomic as a whole. */
import { type BatchExecuteStatementInput, validationError } from "../api/index.ts";
import type { PacedWork } from "../base/index.ts";
import {
  type BatchedStatement,
  batchedStatement,
  endParts,
  runBatched,
  type StatementEnd,
} from "./batched-statements.ts";
import { consumedCapacityJson } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { nextSlice } from "./next-slice.ts";
import { type BodyPart, joinInSlices, objectParts } from "./response-body.ts";
import { statementTexts } from "./statement-texts.ts";

export async function batchExecuteStatement(
  context: OperationContext,
  input: BatchExecuteStatementInput,
): Promise<ResponseBody> {
  const { services } = context;
  const statements = await batchedStatements(context, input);
  refuseMixed(statements);
  // Whatever is waiting: some of the statements may have been done by then.
  const work = services.pacer.resume();
  try {
    const ends = await runAll(context, statements, work);
    return await joinInSlices(answerParts(input, ends), work);
  } finally {
    work.end();
  }
}

/** Parsed in slices: parameters may have megabytes. */
async function batchedStatements(
  context: OperationContext,
  { Statements: inputs }: BatchExecuteStatementInput,
): Promise<readonly BatchedStatement[]> {
  const work = context.services.pacer.begin();
  try {
    const statements: BatchedStatement[] = [];
    for (const input of inputs) {
      if (work.sliceOver()) await nextSlice(work);
      statements.push(batchedStatement(context, input));
    }
    return statements;
  } finally {
    work.end();
  }
}

/** Said of those that could be read. */
function refuseMixed(statements: readonly BatchedStatement[]): void {
  const isWrite = (statement: BatchedStatement): boolean =>
    statement.kind === "bound" && statement.plan.kind !== "select";
  if (statements.some(isSelect) && statements.some(isWrite)) throw validationError(statementTexts.mixedBatch);
}

/**
 * Reads follow each other, being one piece of work. Writes are begun in their order, and together, so that they share a
 * commit. Several may be of one item (unconfirmed).
 */
async function runAll(
  context: OperationContext,
  statements: readonly BatchedStatement[],
  work: PacedWork,
): Promise<readonly StatementEnd[]> {
  if (!statements.some(isSelect)) {
    return Promise.all(statements.map((statement) => runBatched(context, statement, work)));
  }
  const ends: StatementEnd[] = [];
  for (const statement of statements) ends.push(await runBatched(context, statement, work));
  return ends;
}

function isSelect(statement: BatchedStatement): boolean {
  return statement.kind === "bound" && statement.plan.kind === "select";
}

function answerParts(input: BatchExecuteStatementInput, ends: readonly StatementEnd[]): readonly BodyPart[] {
  const responses: BodyPart[] = [];
  const capacities: string[] = [];
  for (const end of ends) {
    if (responses.length > 0) responses.push(",");
    for (const part of endParts(end)) responses.push(part);
    // One for each statement, in their order. Failed ones have none, as anywhere else (unconfirmed).
    if (end.kind === "failed") continue;
    const capacity = consumedCapacityJson(input.ReturnConsumedCapacity, end.table, end.units);
    if (capacity !== undefined) capacities.push(capacity);
  }
  return objectParts([
    ["Responses", ["[", ...responses, "]"]],
    ["ConsumedCapacity", capacities.length === 0 ? undefined : `[${capacities.join(",")}]`],
  ]);
}
