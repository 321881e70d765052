/**
 * Constraint checks compiled to closures. They run on bound input (types are right, nulls of structures are
 * gone) and add what they find to the issues, in the service's order.
 */
import { assert } from "../../base/index.ts";
import { checkedMembers, checkOrder, enumSentence, optionalBecauseOf } from "../overlay.ts";
import type { EnumShape, ListShape, MapShape, Members, Shape } from "../shapes/model.ts";
import { structureMembers } from "../shapes/registry.ts";
import { notNull } from "./constraint-texts.ts";
import { type Constraint, constraintsOf, joinedTexts, violatesAny } from "./constraints.ts";
import { addViolation, type Issues } from "./issues.ts";
import { printedValue } from "./print-value.ts";
import { checkTableReference, checkTableReferenceKeys } from "./table-references.ts";

export type Check = (value: unknown, path: string, issues: Issues) => void;

/** Undefined when nothing about the shape can be violated, which is what keeps the hot path short. */
function compileCheck(shape: Shape): Check | undefined {
  switch (shape.kind) {
    case "tableReference":
      return checkTableReference;
    case "list":
      return listCheck(shape);
    case "map":
      return mapCheck(shape);
    case "structure":
      return structureCheck(shape.name);
    case "enum":
      return enumCheck(shape);
    default:
      return directCheck(shape);
  }
}

/** One entry for each violated constraint of the value itself. */
function directCheck(shape: Shape): Check | undefined {
  const constraints = constraintsOf(shape);
  if (constraints.length === 0) return undefined;
  return (value, path, issues) => {
    for (const { text, violatedBy } of constraints) {
      if (!violatedBy(value)) continue;
      addViolation(issues, { value: () => printedValue(value, shape), path }, text);
    }
  };
}

function enumCheck(shape: EnumShape): Check | undefined {
  const sentence = enumSentence(shape.name);
  if (sentence === undefined) return directCheck(shape);
  const allowed = new Set<unknown>(shape.values);
  return (value, _path, issues) => {
    if (!allowed.has(value)) issues.separate ??= sentence;
  };
}

/**
 * Elements and map values that are simple share one entry, which names the whole collection. For lists the
 * wording follows the one of maps (unconfirmed).
 */
function sharedCheck(shape: ListShape | MapShape, element: Shape): Check | undefined {
  const constraints: readonly Constraint[] = constraintsOf(element);
  if (constraints.length === 0) return undefined;
  const subject = shape.kind === "map" ? "Map value" : "Member";
  const text = `${subject} must satisfy constraint: [${joinedTexts(constraints)}]`;
  return (value, path, issues) => {
    const elements = shape.kind === "map" ? Object.values(value as object) : (value as readonly unknown[]);
    if (elements.some((item) => item !== null && violatesAny(constraints, item))) {
      addViolation(issues, { value: () => printedValue(value, shape), path }, text);
    }
  };
}

/** What can be wrong inside an element, beyond what the shared entry says. */
function innerCheck(element: Shape): Check | undefined {
  switch (element.kind) {
    case "list":
      return listElementsCheck(element);
    case "structure":
    case "map":
      return compileCheck(element);
    default:
      return undefined;
  }
}

/** Nulls among attribute values are judged by src/values; elsewhere they are reported here (unconfirmed). */
function mayBeNull(element: Shape): boolean {
  return element.kind === "attributeValue";
}

function listCheck(shape: ListShape): Check | undefined {
  return inTurn([directCheck(shape), sharedListCheck(shape), listElementsCheck(shape)]);
}

/** Sizes of lists and maps inside lists are reported by themselves, not shared. */
function sharedListCheck(shape: ListShape): Check | undefined {
  const { kind } = shape.element;
  return kind === "list" || kind === "map" ? undefined : sharedCheck(shape, shape.element);
}

function listElementsCheck(shape: ListShape): Check | undefined {
  const inner = innerCheck(shape.element);
  if (inner === undefined && mayBeNull(shape.element)) return undefined;
  return (value, path, issues) => {
    const elements = value as readonly unknown[];
    for (let at = 0; at < elements.length; at += 1) {
      const element = elements[at];
      if (element === null) {
        addViolation(issues, { value: () => "null", path: `${path}.${at + 1}.member` }, notNull);
      } else if (inner !== undefined) {
        inner(element, `${path}.${at + 1}.member`, issues);
      }
    }
  };
}

function mapCheck(shape: MapShape): Check | undefined {
  return inTurn([
    directCheck(shape),
    keysCheck(shape),
    sharedCheck(shape, shape.value),
    mapValuesCheck(shape),
  ]);
}

function keysCheck(shape: MapShape): Check | undefined {
  const { key } = shape;
  if (key.kind === "tableReference") {
    return (value, path, issues) => {
      checkTableReferenceKeys(value as object, { value: () => printedValue(value, shape), path }, issues);
    };
  }
  // Names in items and keys that are too long have a text of their own, given by src/values.
  if (shape.value.kind === "attributeValue") return undefined;
  const constraints = constraintsOf(key);
  if (constraints.length === 0) return undefined;
  const text = `Map keys must satisfy constraint: [${joinedTexts(constraints)}]`;
  return (value, path, issues) => {
    if (Object.keys(value as object).some((name) => violatesAny(constraints, name))) {
      addViolation(issues, { value: () => printedValue(value, shape), path }, text);
    }
  };
}

function mapValuesCheck(shape: MapShape): Check | undefined {
  const inner = innerCheck(shape.value);
  if (inner === undefined && mayBeNull(shape.value)) return undefined;
  return (value, path, issues) => {
    for (const [key, item] of Object.entries(value as object)) {
      if (item === null) {
        addViolation(issues, { value: () => "null", path: `${path}.${key}.member` }, notNull);
      } else if (inner !== undefined) {
        inner(item, `${path}.${key}.member`, issues);
      }
    }
  };
}

function structureCheck(name: string): Check | undefined {
  const members = structureMembers(name);
  assert(members !== undefined, `shape ${name} is defined`);
  return membersCheck(name, members);
}

interface MemberCheck {
  readonly name: string;
  readonly pathSegment: string;
  readonly required: boolean;
  readonly unless: string | undefined;
  readonly check: Check | undefined;
}

/** `name` is the structure's or the operation's; the order of members hangs on it. */
export function membersCheck(name: string, modelMembers: Members): Check | undefined {
  const members = checkedMembers(name, modelMembers);
  const checks = checkOrder(name, members)
    .map((member) => memberCheck(name, member, members))
    .filter(({ required, check }) => required || check !== undefined);
  if (checks.length === 0) return undefined;
  return (value, path, issues) => {
    const input = value as Readonly<Record<string, unknown>>;
    for (const { name: member, pathSegment, required, unless, check } of checks) {
      const content = input[member];
      if (content !== undefined) {
        check?.(content, path === "" ? pathSegment : `${path}.${pathSegment}`, issues);
      } else if (required && (unless === undefined || input[unless] === undefined)) {
        const place = path === "" ? pathSegment : `${path}.${pathSegment}`;
        addViolation(issues, { value: () => "null", path: place }, notNull);
      }
    }
  };
}

function memberCheck(owner: string, member: string, members: Members): MemberCheck {
  const shape = members[member];
  assert(shape !== undefined, `${owner} has a member ${member}`);
  const unless = optionalBecauseOf(owner, member);
  return {
    name: member,
    pathSegment: member.charAt(0).toLowerCase() + member.slice(1),
    required: shape.kind === "required" || unless !== undefined,
    unless,
    check: compileCheck(shape.kind === "required" ? shape.shape : shape),
  };
}

function inTurn(checks: readonly (Check | undefined)[]): Check | undefined {
  const present = checks.filter((check) => check !== undefined);
  if (present.length <= 1) return present[0];
  return (value, path, issues) => {
    for (const check of present) check(value, path, issues);
  };
}
