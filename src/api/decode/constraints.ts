/** Single constraints of simple values and of sizes: the text, and the test. */
import { enumSentence, printedEnumValues } from "../overlay.ts";
import type { Bounds, EnumShape, Shape, StringShape } from "../shapes/model.ts";
import { patterns } from "../shapes/patterns.ts";
import {
  enumText,
  lengthAtLeast,
  lengthAtMost,
  patternText,
  valueAtLeast,
  valueAtMost,
} from "./constraint-texts.ts";

export interface Constraint {
  readonly text: string;
  readonly violatedBy: (value: unknown) => boolean;
}

/** In the order of reporting: pattern, then minimum, then maximum. */
export function constraintsOf(shape: Shape): readonly Constraint[] {
  switch (shape.kind) {
    case "string":
      return [...patternConstraint(shape), ...sizeConstraints(shape, stringLength)];
    case "enum":
      return enumSentence(shape.name) === undefined ? [enumConstraint(shape)] : [];
    case "integer":
    case "long":
      return valueConstraints(shape);
    case "list":
      return sizeConstraints(shape, listLength);
    case "map":
      return sizeConstraints(shape, mapSize);
    case "tableReference":
    case "double":
    case "timestamp":
    case "boolean":
    case "attributeValue":
    case "structure":
      return [];
  }
}

/** As listed for keys and values of maps: maximum, minimum, pattern. */
export function joinedTexts(constraints: readonly Constraint[]): string {
  return constraints
    .map((constraint) => constraint.text)
    .toReversed()
    .join(", ");
}

export function violatesAny(constraints: readonly Constraint[], value: unknown): boolean {
  for (const constraint of constraints) if (constraint.violatedBy(value)) return true;
  return false;
}

function patternConstraint(shape: StringShape): readonly Constraint[] {
  if (shape.pattern === undefined) return [];
  const { text, matches } = patterns[shape.pattern];
  return [{ text: patternText(text), violatedBy: (value) => !matches(value as string) }];
}

function enumConstraint(shape: EnumShape): Constraint {
  const allowed = new Set<unknown>(shape.values);
  return {
    text: enumText(printedEnumValues(shape.name, shape.values)),
    violatedBy: (value) => !allowed.has(value),
  };
}

type Size = (value: unknown) => number;

const stringLength: Size = (value) => (value as string).length;
const listLength: Size = (value) => (value as readonly unknown[]).length;
const mapSize: Size = (value) => Object.keys(value as object).length;

function sizeConstraints({ min, max }: Bounds, size: Size): readonly Constraint[] {
  const constraints: Constraint[] = [];
  if (min !== undefined) {
    constraints.push({ text: lengthAtLeast(min), violatedBy: (value) => size(value) < min });
  }
  if (max !== undefined) {
    constraints.push({ text: lengthAtMost(max), violatedBy: (value) => size(value) > max });
  }
  return constraints;
}

function valueConstraints({ min, max }: Bounds): readonly Constraint[] {
  const constraints: Constraint[] = [];
  if (min !== undefined) {
    constraints.push({ text: valueAtLeast(min), violatedBy: (value) => (value as number) < min });
  }
  if (max !== undefined) {
    constraints.push({ text: valueAtMost(max), violatedBy: (value) => (value as number) > max });
  }
  return constraints;
}
