/**
 * Intrinsic functions of CloudFormation, as far as a template answers them itself: parameters with defaults,
 * pseudo parameters, mappings, conditions, and putting text together. Whatever needs a deployed stack is an
 * issue that names the function.
 */
import type { Namespace } from "../../../catalog/index.ts";
import { isList, isObject, member, objectOf, type PlainObject } from "../plain-data.ts";

export interface TemplateContext {
  readonly template: PlainObject;
  readonly namespace: Namespace;
}

export type Resolved =
  | { readonly kind: "value"; readonly value: unknown }
  /** AWS::NoValue: the property is not there. */
  | { readonly kind: "nothing" }
  | { readonly kind: "unresolved"; readonly reason: string };

type Resolver = (argument: unknown, context: TemplateContext, depth: number) => Resolved;

const depthMax = 64;

export function resolve(value: unknown, context: TemplateContext, depth = 0): Resolved {
  if (depth > depthMax) return unresolved("nested too deeply");
  if (isList(value)) return resolveList(value, context, depth);
  if (!isObject(value)) return found(value);
  const names = Object.keys(value);
  const [name = ""] = names;
  if (names.length === 1 && (name === "Ref" || name === "Condition" || name.startsWith("Fn::"))) {
    const resolver = resolvers.get(name);
    return resolver === undefined
      ? unresolved(`${name} cannot be resolved here`)
      : resolver(value[name], context, depth + 1);
  }
  const entries: (readonly [string, unknown])[] = [];
  for (const [key, inner] of Object.entries(value)) {
    const resolved = resolve(inner, context, depth + 1);
    if (resolved.kind === "unresolved") return unresolved(resolved.reason, key);
    if (resolved.kind === "value") entries.push([key, resolved.value]);
  }
  return found(objectOf(entries));
}

/** Whether a condition of the template holds; undefined when the template alone cannot say. */
export function conditionHolds(name: string, context: TemplateContext): boolean | undefined {
  const resolved = resolveCondition(name, context, 0);
  return resolved.kind === "value" && typeof resolved.value === "boolean" ? resolved.value : undefined;
}

function found(value: unknown): Resolved {
  return { kind: "value", value };
}

function unresolved(reason: string, inside?: string): Resolved {
  return { kind: "unresolved", reason: inside === undefined ? reason : `${inside}: ${reason}` };
}

function resolveList(list: readonly unknown[], context: TemplateContext, depth: number): Resolved {
  const values: unknown[] = [];
  for (const inner of list) {
    const resolved = resolve(inner, context, depth + 1);
    if (resolved.kind === "unresolved") return resolved;
    if (resolved.kind === "value") values.push(resolved.value);
  }
  return found(values);
}

const pseudoParameters: ReadonlyMap<string, (namespace: Namespace) => string> = new Map([
  ["AWS::Region", (namespace: Namespace) => namespace.region],
  ["AWS::AccountId", (namespace: Namespace) => namespace.account],
  ["AWS::Partition", () => "aws"],
  ["AWS::StackName", () => "stator"],
  ["AWS::URLSuffix", () => "amazonaws.com"],
]);

function resolveReference(argument: unknown, { template, namespace }: TemplateContext): Resolved {
  if (typeof argument !== "string") return unresolved("Ref needs a name");
  if (argument === "AWS::NoValue") return { kind: "nothing" };
  const pseudo = pseudoParameters.get(argument);
  if (pseudo !== undefined) return found(pseudo(namespace));
  const parameters = member(template, "Parameters");
  const parameter = isObject(parameters) ? member(parameters, argument) : undefined;
  if (!isObject(parameter)) return unresolved(`Ref ${argument} is no parameter of the template`);
  const value = member(parameter, "Default");
  if (value === undefined) return unresolved(`the parameter ${argument} has no Default`);
  const listed = member(parameter, "Type") === "CommaDelimitedList" && typeof value === "string";
  return found(listed ? value.split(",") : value);
}

function resolveText(value: unknown, context: TemplateContext, depth: number): Resolved {
  const resolved = resolve(value, context, depth);
  if (resolved.kind !== "value") return resolved;
  const { value: text } = resolved;
  if (typeof text === "string") return resolved;
  return typeof text === "number" || typeof text === "boolean" ? found(`${text}`) : unresolved("not a text");
}

const resolveSub: Resolver = (argument, context, depth) => {
  const [text, variables] = isList(argument) ? argument : [argument, {}];
  if (typeof text !== "string" || !isObject(variables)) return unresolved("Fn::Sub needs a text");
  let result = "";
  let last = 0;
  for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
    result += text.slice(last, match.index);
    last = match.index + match[0].length;
    const name = match[1] ?? "";
    if (name.startsWith("!")) {
      result += `\${${name.slice(1)}}`;
      continue;
    }
    const own = member(variables, name);
    const resolved = resolveText(own === undefined ? { Ref: name } : own, context, depth);
    if (resolved.kind !== "value") return unresolved(`Fn::Sub cannot resolve ${name}`);
    result += String(resolved.value);
  }
  return found(result + text.slice(last));
};

const resolveJoin: Resolver = (argument, context, depth) => {
  const [delimiter, list] = isList(argument) ? argument : [];
  const resolved = resolve(list, context, depth);
  if (resolved.kind !== "value") return resolved;
  if (typeof delimiter !== "string" || !isList(resolved.value))
    return unresolved("Fn::Join needs a delimiter and a list");
  return found(resolved.value.map(String).join(delimiter));
};

const resolveFindInMap: Resolver = (argument, context, depth) => {
  const resolved = resolve(argument, context, depth);
  if (resolved.kind !== "value") return resolved;
  let value = member(context.template, "Mappings");
  for (const key of isList(resolved.value) ? resolved.value : []) {
    value = isObject(value) ? member(value, String(key)) : undefined;
  }
  return value === undefined ? unresolved("Fn::FindInMap finds nothing") : found(value);
};

const resolveIf: Resolver = (argument, context, depth) => {
  const [name, ifTrue, ifFalse] = isList(argument) ? argument : [];
  const condition = resolveCondition(name, context, depth);
  if (condition.kind !== "value") return condition;
  return resolve(condition.value === true ? ifTrue : ifFalse, context, depth);
};

const resolveCondition: Resolver = (argument, context, depth) => {
  const conditions = member(context.template, "Conditions");
  const condition =
    isObject(conditions) && typeof argument === "string" ? member(conditions, argument) : undefined;
  if (condition === undefined) return unresolved(`there is no condition ${String(argument)}`);
  return resolve(condition, context, depth + 1);
};

const resolveEquals: Resolver = (argument, context, depth) => {
  const [left, right] = isList(argument) ? argument : [];
  const a = resolveText(left, context, depth);
  const b = resolveText(right, context, depth);
  if (a.kind === "value" && b.kind === "value") return found(a.value === b.value);
  return unresolved("Fn::Equals compares what the template does not know");
};

/** And, or, not: all operands must be known. */
function resolveLogic(combine: (operands: readonly unknown[]) => boolean): Resolver {
  return (argument, context, depth) => {
    const resolved = resolve(argument, context, depth);
    if (resolved.kind !== "value") return resolved;
    return isList(resolved.value) ? found(combine(resolved.value)) : unresolved("a condition needs a list");
  };
}

const resolvers: ReadonlyMap<string, Resolver> = new Map<string, Resolver>([
  ["Ref", resolveReference],
  ["Condition", resolveCondition],
  ["Fn::Sub", resolveSub],
  ["Fn::Join", resolveJoin],
  ["Fn::FindInMap", resolveFindInMap],
  ["Fn::If", resolveIf],
  ["Fn::Equals", resolveEquals],
  ["Fn::And", resolveLogic((operands) => operands.every((operand) => operand === true))],
  ["Fn::Or", resolveLogic((operands) => operands.some((operand) => operand === true))],
  ["Fn::Not", resolveLogic((operands) => operands[0] !== true)],
]);
