/** ExecuteStatement: one PartiQL statement, read page by page or written at once. */
import { type ExecuteStatementInput, validationError } from "../api/index.ts";
import type { PacedWork } from "../base/index.ts";
import type { SelectPlan } from "../partiql/index.ts";
import { boundStatement } from "./bound-statement.ts";
import { consumedCapacityJson } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { type PlannedSelect, plannedSelect } from "./planned-select.ts";
import { joinInSlices, objectBody, objectParts } from "./response-body.ts";
import { indexCaughtUp } from "./run-read.ts";
import { firstPosition, isPosition } from "./select-page.ts";
import { readSelectPage } from "./select-read.ts";
import { statementTexts } from "./statement-texts.ts";
import { readToken, type SelectPosition, type TokenSubject, writeToken } from "./statement-token.ts";
import { type SingleWrite, writeStatement } from "./statement-write.ts";
import { requestDigest } from "./transaction-digest.ts";

export async function executeStatement(
  context: OperationContext,
  input: ExecuteStatementInput,
): Promise<ResponseBody> {
  const plan = boundStatement(context, input);
  switch (plan.kind) {
    case "select":
      return executeSelect(context, input, plan);
    case "exists":
      throw validationError(statementTexts.existsAlone);
    default:
      return executeWrite(context, input, plan);
  }
}

async function executeSelect(
  context: OperationContext,
  input: ExecuteStatementInput,
  plan: SelectPlan,
): Promise<ResponseBody> {
  const { services } = context;
  const select = plannedSelect(context, plan, input);
  const from = await startPosition(context, input, select);
  await indexCaughtUp(services, select.target);
  const work = services.pacer.begin();
  try {
    const reader = { engine: services.engine, work };
    const page = await readSelectPage(reader, select, { from, limit: input.Limit });
    const { next } = page;
    const token =
      next === undefined ? undefined : writeToken(next.position, await tokenSubject(input, select, work));
    const members = objectParts([
      ["Items", ["[", ...page.items, "]"]],
      ["NextToken", token === undefined ? undefined : JSON.stringify(token)],
      ["LastEvaluatedKey", next?.lastKeyJson],
      ["ConsumedCapacity", consumedCapacityJson(input.ReturnConsumedCapacity, plan.table, page.units)],
    ]);
    return await joinInSlices(members, work);
  } finally {
    work.end();
  }
}

async function startPosition(
  { services }: OperationContext,
  input: ExecuteStatementInput,
  select: PlannedSelect,
): Promise<SelectPosition> {
  if (input.NextToken === undefined) return firstPosition;
  const work = services.pacer.begin();
  try {
    const position = readToken(input.NextToken, await tokenSubject(input, select, work));
    if (position !== undefined && isPosition(select.keyed, position)) return position;
  } finally {
    work.end();
  }
  throw validationError(statementTexts.invalidToken);
}

/** Of the statement with its parameters, which may have megabytes. */
async function tokenSubject(
  { Statement, Parameters = [] }: ExecuteStatementInput,
  { target: { pageKey } }: PlannedSelect,
  work: PacedWork,
): Promise<TokenSubject> {
  return {
    statementDigest: await requestDigest("ExecuteStatement", [Statement, ...Parameters], work),
    pageKey,
  };
}

/** Limit and ConsistentRead mean nothing to a write. */
async function executeWrite(
  context: OperationContext,
  input: ExecuteStatementInput,
  plan: SingleWrite,
): Promise<ResponseBody> {
  if (input.NextToken !== undefined) throw validationError(statementTexts.invalidToken);
  // The DuplicateItemException of an INSERT has no place for an item.
  const returnOnFailure = plan.kind !== "insert" && input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  const { attributes, units } = await writeStatement(context, plan, { returnOnFailure });
  return objectBody([
    ["Items", attributes === undefined ? "[]" : ["[", attributes, "]"]],
    ["ConsumedCapacity", consumedCapacityJson(input.ReturnConsumedCapacity, plan.table, units)],
  ]);
}
