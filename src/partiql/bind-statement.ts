/** Binds the parameters of one request to a parsed statement and compiles it to a plan. */
import {
  expressionIssue,
  type ExpressionIssue,
  type ProjectionPlan,
  projectionPlanOf,
} from "../expressions/index.ts";
import type { AttributeValue } from "../values/index.ts";
import { bindCondition } from "./bind-condition.ts";
import { bindTuple, type StatementBinder } from "./bind-term.ts";
import { bindUpdate } from "./bind-update.ts";
import { bindTexts, keyTexts } from "./issues.ts";
import type {
  DeletePlan,
  ExistsPlan,
  InsertPlan,
  SelectPlan,
  StatementPlan,
  UpdateStatementPlan,
} from "./plans.ts";
import type { ParsedCondition, ParsedSelect, ParsedStatement, Statement } from "./syntax-tree.ts";

type Parsed<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

/** Texts about operands and paths carry no prefix that names a parameter, for there is none (unconfirmed). */
export function bindStatement(
  { statement, parameterCount }: ParsedStatement,
  parameters: readonly AttributeValue[],
): StatementPlan | ExpressionIssue {
  if (parameters.length !== parameterCount) return expressionIssue(bindTexts.parameterCount);
  const binder: StatementBinder = { parameters, issue: undefined };
  const plan = planOf(binder, statement);
  return binder.issue === undefined && plan !== undefined ? plan : expressionIssue(binder.issue ?? "");
}

/** Undefined only after an issue. */
function planOf(binder: StatementBinder, statement: Statement): StatementPlan | undefined {
  switch (statement.kind) {
    case "select":
      return selectPlan(binder, statement);
    case "insert":
      return insertPlan(binder, statement);
    case "update":
      return updatePlan(binder, statement);
    case "delete":
      return deletePlan(binder, statement);
    case "exists":
      return existsPlan(binder, statement);
  }
}

function selectPlan(binder: StatementBinder, parsed: ParsedSelect): SelectPlan {
  const { table, index, orderBy } = parsed;
  const projection = projectionOf(binder, parsed);
  return Object.freeze({
    kind: "select",
    table,
    ...(index === undefined ? {} : { index }),
    ...(projection === undefined ? {} : { projection }),
    ...whereOf(binder, parsed),
    orderBy,
  });
}

/** Nothing for `*`, and after an issue. */
function projectionOf(binder: StatementBinder, { paths }: ParsedSelect): ProjectionPlan | undefined {
  if (paths === undefined) return undefined;
  const bound = projectionPlanOf(paths);
  if (bound.kind === "bound") return bound.plan;
  binder.issue ??= bound.message;
  return undefined;
}

function whereOf(
  binder: StatementBinder,
  { where }: { readonly where?: ParsedCondition },
): Pick<SelectPlan, "where"> {
  return where === undefined ? {} : { where: bindCondition(binder, where) };
}

/** A parameter may stand for the whole tuple (unconfirmed). */
function insertPlan(binder: StatementBinder, { table, tuple }: Parsed<"insert">): InsertPlan | undefined {
  const item = bindTuple(binder, tuple);
  if (item !== undefined) return Object.freeze({ kind: "insert", table, item });
  binder.issue ??= bindTexts.tupleExpected;
  return undefined;
}

function updatePlan(binder: StatementBinder, parsed: Parsed<"update">): UpdateStatementPlan | undefined {
  const { table, returning } = parsed;
  const update = bindUpdate(binder, parsed.actions);
  if (update.kind === "unbound") {
    binder.issue ??= update.message;
    return undefined;
  }
  return Object.freeze({
    kind: "update",
    table,
    update: update.plan,
    ...whereOf(binder, parsed),
    returning,
  });
}

function deletePlan(binder: StatementBinder, parsed: Parsed<"delete">): DeletePlan {
  const { table, returning } = parsed;
  return Object.freeze({ kind: "delete", table, ...whereOf(binder, parsed), returning });
}

function existsPlan(binder: StatementBinder, { select: parsed }: Parsed<"exists">): ExistsPlan {
  const select = selectPlan(binder, parsed);
  if (select.index !== undefined) binder.issue ??= keyTexts.existsOnIndex;
  return Object.freeze({ kind: "exists", table: select.table, select });
}
