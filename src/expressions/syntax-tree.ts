/**
 * Expressions as parsed from their text, placeholders not yet replaced. Trees depend on the text alone, so
 * they are shared by all requests with that text; nobody may change one.
 */

/** Attribute name as written, `#placeholder` or list index. An unreplaced name never begins with `#`. */
export type RawElement = string | number;

export interface RawPath {
  readonly kind: "path";
  /** The first one is a name or a name placeholder. */
  readonly elements: readonly RawElement[];
}

/** A value placeholder, its colon included. */
export interface RawValue {
  readonly kind: "value";
  readonly placeholder: string;
}

export interface RawFunction {
  readonly kind: "function";
  readonly name: string;
  readonly operands: readonly RawOperand[];
}

export type RawOperand = RawPath | RawValue | RawFunction;

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export interface RawComparison {
  readonly kind: "comparison";
  readonly operator: Comparator;
  readonly left: RawOperand;
  readonly right: RawOperand;
}

export interface RawBetween {
  readonly kind: "between";
  readonly operand: RawOperand;
  readonly lower: RawOperand;
  readonly upper: RawOperand;
}

export interface RawIn {
  readonly kind: "in";
  readonly operand: RawOperand;
  readonly candidates: readonly RawOperand[];
}

export interface RawNot {
  readonly kind: "not";
  readonly condition: RawCondition;
}

/** As many conditions as one level of AND or OR joins; groups in parentheses stay nodes of their own. */
export interface RawJunction {
  readonly kind: "and" | "or";
  readonly conditions: readonly RawCondition[];
}

export type RawCondition = RawJunction | RawNot | RawComparison | RawBetween | RawIn | RawFunction;

export interface RawUpdateFunction {
  readonly kind: "function";
  readonly name: string;
  readonly operands: readonly RawUpdateValue[];
}

export interface RawArithmetic {
  readonly kind: "arithmetic";
  readonly operator: "+" | "-";
  readonly left: RawUpdateValue;
  readonly right: RawUpdateValue;
}

export type RawUpdateValue = RawPath | RawValue | RawUpdateFunction | RawArithmetic;

export type RawUpdateAction =
  | { readonly kind: "set"; readonly path: RawPath; readonly value: RawUpdateValue }
  | { readonly kind: "remove"; readonly path: RawPath }
  | { readonly kind: "add" | "delete"; readonly path: RawPath; readonly value: RawValue };

/** The actions of all sections in the order written. */
export interface RawUpdate {
  readonly kind: "update";
  readonly actions: readonly RawUpdateAction[];
}

export interface RawProjection {
  readonly kind: "projection";
  readonly paths: readonly RawPath[];
}
