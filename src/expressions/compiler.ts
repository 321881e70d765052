/**
 * Compiles the expressions of one request into plans, in DynamoDB's order of checks: the placeholder maps,
 * then each expression, then unused names, unused values, and last the shape of the key condition.
 */
import { bindCondition } from "./bind-condition.ts";
import type { Binding, Placeholders } from "./binder.ts";
import { bindProjection } from "./bind-projection.ts";
import { bindUpdate } from "./bind-update.ts";
import { expressionIssue, type ExpressionIssue, formTexts, oversize, sizeText } from "./issues.ts";
import { keyConditionOf } from "./key-condition.ts";
import { parseCache } from "./parse-cache.ts";
import { parseCondition } from "./parse-condition.ts";
import { parseProjection } from "./parse-projection.ts";
import type { ParseResult } from "./parse-result.ts";
import { parseUpdate } from "./parse-update.ts";
import { checkPlaceholders, type PlaceholderMaps, unusedIssue } from "./placeholders.ts";
import type { ConditionPlan, KeyConditionPlan, ProjectionPlan, UpdatePlan } from "./plans.ts";
import type { RawCondition, RawProjection, RawUpdate } from "./syntax-tree.ts";

export type ExpressionKind = "update" | "condition" | "keyCondition" | "filter" | "projection";

export interface ExpressionRequest extends PlaceholderMaps {
  /** The expression parameters this operation has, given or not. */
  readonly kinds: readonly ExpressionKind[];
  readonly update?: string | undefined;
  readonly condition?: string | undefined;
  readonly keyCondition?: string | undefined;
  readonly filter?: string | undefined;
  readonly projection?: string | undefined;
  /** Transactions take names and values without any expression. */
  readonly anyPlaceholders?: boolean | undefined;
}

/** A plan for each expression that was given. */
export interface CompiledExpressions {
  readonly kind: "compiled";
  readonly update?: UpdatePlan;
  readonly condition?: ConditionPlan;
  readonly keyCondition?: KeyConditionPlan;
  readonly filter?: ConditionPlan;
  readonly projection?: ProjectionPlan;
}

export interface ExpressionCompiler {
  compile(request: ExpressionRequest): CompiledExpressions | ExpressionIssue;
}

/** A compiler that remembers the trees of up to so many texts, most of all of those asked for last. */
export function createExpressionCompiler({
  cacheEntriesMax,
}: {
  readonly cacheEntriesMax: number;
}): ExpressionCompiler {
  const parsers: Parsers = {
    condition: remembering(parseCondition, cacheEntriesMax),
    update: remembering(parseUpdate, cacheEntriesMax),
    projection: remembering(parseProjection, cacheEntriesMax),
  };
  return { compile: (request) => compile(request, parsers) };
}

/** Compiles without any memory of earlier requests. */
export function compileExpressions(request: ExpressionRequest): CompiledExpressions | ExpressionIssue {
  return compile(request, { condition: parseCondition, update: parseUpdate, projection: parseProjection });
}

type Parse<Tree> = (text: string) => ParseResult<Tree>;

interface Parsers {
  readonly condition: Parse<RawCondition>;
  readonly update: Parse<RawUpdate>;
  readonly projection: Parse<RawProjection>;
}

function remembering<Tree>(parse: Parse<Tree>, entriesMax: number): Parse<Tree> {
  const cache = parseCache<ParseResult<Tree>>(entriesMax);
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const parsed = parse(text);
    cache.set(text, parsed);
    return parsed;
  };
}

const nothingCompiled: CompiledExpressions = Object.freeze({ kind: "compiled" });

const parameters: Readonly<Record<ExpressionKind, string>> = {
  update: "UpdateExpression",
  condition: "ConditionExpression",
  keyCondition: "KeyConditionExpression",
  filter: "FilterExpression",
  projection: "ProjectionExpression",
};

function compile(request: ExpressionRequest, parsers: Parsers): CompiledExpressions | ExpressionIssue {
  const given = parseOrder.some((kind) => request[kind] !== undefined);
  if (request.names === undefined && request.values === undefined && !given) return nothingCompiled;
  const misplaced = misplacedIssue(request, given);
  if (misplaced !== undefined) return misplaced;
  const placeholders = checkPlaceholders(request);
  if ("kind" in placeholders) return placeholders;
  if (!given) return nothingCompiled;
  const plans = compileKinds(request, parsers, placeholders);
  if (plans.kind === "expressionIssue") return plans;
  const unused = unusedIssue(placeholders);
  if (unused !== undefined) return unused;
  const { keyShape, ...others } = plans;
  if (keyShape === undefined) return Object.freeze(others);
  const keyCondition = keyConditionOf(keyShape);
  if (keyCondition.kind === "expressionIssue") return keyCondition;
  return Object.freeze({ ...others, keyCondition });
}

/** Placeholders without an expression that could use them. */
function misplacedIssue(request: ExpressionRequest, given: boolean): ExpressionIssue | undefined {
  if (request.anyPlaceholders === true) return undefined;
  if (request.names !== undefined && !given) {
    return expressionIssue("ExpressionAttributeNames can only be specified when using expressions");
  }
  if (request.values === undefined) return undefined;
  const users = valueUsers.filter((kind) => request.kinds.includes(kind));
  if (users.length === 0 || users.some((kind) => request[kind] !== undefined)) return undefined;
  const missing = users.map((kind) => parameters[kind]).join(" and ");
  const verb = users.length > 1 ? "are" : "is";
  return expressionIssue(
    `ExpressionAttributeValues can only be specified when using expressions: ${missing} ${verb} null`,
  );
}

/** Expressions that may hold values, in the order the text about missing ones lists them. */
const valueUsers: readonly ExpressionKind[] = ["update", "condition", "filter", "keyCondition"];

/** Plans so far; the key condition is still a condition like others. */
interface PlansInMaking {
  readonly kind: "compiled";
  update?: UpdatePlan;
  condition?: ConditionPlan;
  keyShape?: ConditionPlan;
  filter?: ConditionPlan;
  projection?: ProjectionPlan;
}

/** The first expression with an issue ends it, in the order the service parses them. */
function compileKinds(
  request: ExpressionRequest,
  parsers: Parsers,
  placeholders: Placeholders,
): PlansInMaking | ExpressionIssue {
  const plans: PlansInMaking = { kind: "compiled" };
  for (const kind of parseOrder) {
    const text = request[kind];
    if (text === undefined) continue;
    const message = formIssue(kind, text) ?? addPlan(plans, { kind, text, parsers, placeholders });
    if (message !== undefined) return expressionIssue(`Invalid ${parameters[kind]}: ${message}`);
  }
  return plans;
}

const parseOrder: readonly ExpressionKind[] = ["update", "condition", "keyCondition", "filter", "projection"];

const blank = /^[ \t\r\n]*$/;

function formIssue(kind: ExpressionKind, text: string): string | undefined {
  const sizeBytes = oversize(text);
  if (sizeBytes !== undefined) return sizeText(parameters[kind], sizeBytes);
  return blank.test(text) ? formTexts.empty : undefined;
}

interface OneExpression {
  readonly kind: ExpressionKind;
  readonly text: string;
  readonly parsers: Parsers;
  readonly placeholders: Placeholders;
}

/** DynamoDB's text, without prefix, when there is no plan to add. */
function addPlan(
  plans: PlansInMaking,
  { kind, text, parsers, placeholders }: OneExpression,
): string | undefined {
  switch (kind) {
    case "update": {
      const result = bound(parsers.update(text), placeholders, bindUpdate);
      if (result.kind === "unbound") return result.message;
      plans.update = result.plan;
      return undefined;
    }
    case "projection": {
      const result = bound(parsers.projection(text), placeholders, bindProjection);
      if (result.kind === "unbound") return result.message;
      plans.projection = result.plan;
      return undefined;
    }
    case "condition":
    case "keyCondition":
    case "filter": {
      const result = bound(parsers.condition(text), placeholders, bindCondition);
      if (result.kind === "unbound") return result.message;
      plans[kind === "keyCondition" ? "keyShape" : kind] = result.plan;
      return undefined;
    }
  }
}

function bound<Tree, Plan>(
  parsed: ParseResult<Tree>,
  placeholders: Placeholders,
  bind: (placeholders: Placeholders, tree: Tree) => Binding<Plan>,
): Binding<Plan> {
  if (parsed.kind === "problem") return { kind: "unbound", message: parsed.message };
  return bind(placeholders, parsed.tree);
}
