/** Puts parameters in place and makes attribute values of what stands for them. */
import { limits } from "../base/index.ts";
import { type IssueNotes, nestingText } from "../expressions/index.ts";
import {
  type AttributeValue,
  isScalar,
  type Item,
  nestingLevels,
  parseAttributeValue,
  type ScalarType,
} from "../values/index.ts";
import { bindTexts } from "./issues.ts";
import type { ParsedMember, ParsedTerm } from "./syntax-tree.ts";

/** Binds one statement; the first problem is noted, and what is bound after it means nothing. */
export interface StatementBinder extends IssueNotes {
  /** As many as the statement has places for. */
  readonly parameters: readonly AttributeValue[];
}

/** A whole value; checks how deep it goes, be it written or a parameter. */
export function bindTerm(binder: StatementBinder, term: ParsedTerm): AttributeValue {
  const value = valueOf(binder, term);
  if (value.type === "L" || value.type === "M") {
    if (nestingLevels(new Map([["", value]])) > limits.nestingLevelsMax) binder.issue ??= nestingText;
  }
  return value;
}

/**
 * The tuple of an INSERT: the levels count from its attributes on. A parameter is cut off where a value may not go
 * deeper, so what it stands for is no more than a value, and goes one level less deep.
 */
export function bindTuple(binder: StatementBinder, term: ParsedTerm): Item | undefined {
  const value = term.kind === "parameter" ? bindTerm(binder, term) : valueOf(binder, term);
  if (value.type !== "M") return undefined;
  if (nestingLevels(value.value) > limits.nestingLevelsMax) binder.issue ??= nestingText;
  return value.value;
}

/** Stands in for what there is no value for; there is an issue then. */
const noValue: AttributeValue = Object.freeze({ type: "NULL", value: true });

function valueOf(binder: StatementBinder, term: ParsedTerm): AttributeValue {
  switch (term.kind) {
    case "value":
      return term.value;
    case "parameter":
      return binder.parameters[term.position] ?? noValue;
    case "missing":
      binder.issue ??= bindTexts.missingValue;
      return noValue;
    case "list":
      return { type: "L", value: term.members.map((member) => valueOf(binder, member)) };
    case "set":
      return setOf(binder, term.members);
    case "map":
      return { type: "M", value: mapOf(binder, term.members) };
  }
}

/** Members are all of one type; the rules for sets of requests apply. */
function setOf(binder: StatementBinder, terms: readonly ParsedTerm[]): AttributeValue {
  const members = terms.map((term) => valueOf(binder, term));
  const type: ScalarType = members[0] !== undefined && isScalar(members[0]) ? members[0].type : "S";
  if (members.some((member) => member.type !== type)) {
    binder.issue ??= bindTexts.mixedSet;
    return noValue;
  }
  const parsed = parseAttributeValue({ [`${type}S`]: members.map(({ value }) => value) });
  if (parsed.kind === "value") return parsed.value;
  binder.issue ??= parsed.message;
  return noValue;
}

/** An attribute whose value is MISSING is not there, as PartiQL's specification has it. */
function mapOf(binder: StatementBinder, members: readonly ParsedMember[]): Item {
  const item = new Map<string, AttributeValue>();
  for (const { name, term } of members) {
    if (name === "") binder.issue ??= bindTexts.emptyName;
    if (term.kind === "missing") continue;
    if (item.has(name)) binder.issue ??= bindTexts.repeatedName(name);
    item.set(name, valueOf(binder, term));
  }
  return item;
}
