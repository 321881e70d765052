/** ExecuteTransaction: up to 100 PartiQL statements on one item each, all reads or all writes; all take place, or none. */
import { type ExecuteTransactionInput, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { SelectPlan, StatementPlan } from "../partiql/index.ts";
import { boundStatement } from "./bound-statement.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { nextSlice } from "./next-slice.ts";
import { plannedSelect } from "./planned-select.ts";
import { keyOfParameter } from "./primary-key.ts";
import { objectBody } from "./response-body.ts";
import { pointOf } from "./select-points.ts";
import { statementElement, type WriteStatement } from "./statement-element.ts";
import { statementTexts } from "./statement-texts.ts";
import { requestDigest } from "./transaction-digest.ts";
import { readTransaction, type ReadTransactionElement } from "./transaction-read.ts";
import { transactionTooLarge } from "./transaction-reasons.ts";
import { type IdempotencyToken, runTransaction, type WriteElement } from "./transaction-run.ts";
import { transactionCapacityJson } from "./transaction-units.ts";

/** A token means nothing to reads. */
export async function executeTransaction(
  context: OperationContext,
  input: ExecuteTransactionInput,
): Promise<ResponseBody> {
  const plans = await boundStatements(context, input);
  const writes = plans.flatMap((plan, index) => (plan.kind === "select" ? [] : [{ plan, index }]));
  if (writes.length === 0) {
    const reads = plans.flatMap((plan) => (plan.kind === "select" ? [readElement(context, plan)] : []));
    return readTransaction(context, input, reads);
  }
  if (writes.length < plans.length) throw validationError(statementTexts.mixedTransaction);
  const elements = writes.map(({ plan, index }) => {
    const { ReturnValuesOnConditionCheckFailure: failure } = input.TransactStatements[index] ?? {};
    return writeElement(context, plan, failure === "ALL_OLD");
  });
  refuseTooLarge(elements);
  const ended = await runTransaction(context, elements, { token: await idempotencyToken(context, input) });
  return objectBody([
    ["Responses", "[]"],
    ["ConsumedCapacity", transactionCapacityJson(input.ReturnConsumedCapacity, ended)],
  ]);
}

/** In slices: parameters may have megabytes. Busy or not, nothing has been written yet. */
async function boundStatements(
  context: OperationContext,
  { TransactStatements: statements }: ExecuteTransactionInput,
): Promise<readonly StatementPlan[]> {
  const work = context.services.pacer.begin();
  try {
    const plans: StatementPlan[] = [];
    for (const statement of statements) {
      if (work.sliceOver()) await nextSlice(work);
      plans.push(boundStatement(context, statement));
    }
    return plans;
  } finally {
    work.end();
  }
}

function readElement(context: OperationContext, plan: SelectPlan): ReadTransactionElement {
  const select = plannedSelect(context, plan, {});
  const point = pointOf(select);
  if (point === undefined) throw validationError(statementTexts.transactedSelect);
  return {
    reference: plan.table,
    keyed: point.key,
    projection: select.projection,
    filter: point.filter,
    keyIn: (table) => keyOfParameter(table, point.key),
  };
}

function writeElement(
  context: OperationContext,
  plan: WriteStatement,
  returnOnFailure: boolean,
): WriteElement {
  const returns = (plan.kind === "update" || plan.kind === "delete") && plan.returning !== "none";
  if (returns) throw validationError(statementTexts.returningInTransaction);
  return statementElement(context, plan, returnOnFailure);
}

/** What updates, checks and deletes add is known when the items are. */
function refuseTooLarge(elements: readonly WriteElement[]): void {
  let sizeBytes = 0;
  for (const { action } of elements) if (action.kind === "put") sizeBytes += action.sizeBytes;
  if (sizeBytes > limits.transactionBytesMax) throw transactionTooLarge();
}

async function idempotencyToken(
  { services }: OperationContext,
  { ClientRequestToken: text, TransactStatements: statements }: ExecuteTransactionInput,
): Promise<IdempotencyToken | undefined> {
  if (text === undefined) return undefined;
  const work = services.pacer.begin();
  try {
    return { text, digest: await requestDigest("ExecuteTransaction", statements, work) };
  } finally {
    work.end();
  }
}
