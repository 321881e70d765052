/**
 * What expressions and legacy parameters compile to: frozen plain data with names and values in place, free of
 * text. A plan travels between threads by structured clone and is evaluated on any number of items.
 */
import type { AttributeType, AttributeValue, ScalarValue, SetValue } from "../values/index.ts";
import type { DocumentPath } from "./document-path.ts";
import type { PathTree } from "./path-tree.ts";
import type { Comparator } from "./syntax-tree.ts";

export type Operand =
  | { readonly kind: "path"; readonly path: DocumentPath }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "size"; readonly operand: Operand };

export type ConditionPlan =
  | { readonly kind: "and" | "or"; readonly conditions: readonly ConditionPlan[] }
  | { readonly kind: "not"; readonly condition: ConditionPlan }
  | {
      readonly kind: "comparison";
      readonly operator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: "between"; readonly operand: Operand; readonly lower: Operand; readonly upper: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly candidates: readonly Operand[] }
  | { readonly kind: "exists" | "notExists"; readonly path: DocumentPath }
  | { readonly kind: "attributeType"; readonly operand: Operand; readonly type: AttributeType }
  | { readonly kind: "beginsWith"; readonly operand: Operand; readonly prefix: Operand }
  | { readonly kind: "contains"; readonly operand: Operand; readonly member: Operand };

export type UpdateValue =
  | { readonly kind: "path"; readonly path: DocumentPath }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-";
      readonly left: UpdateValue;
      readonly right: UpdateValue;
    }
  | { readonly kind: "ifNotExists"; readonly path: DocumentPath; readonly otherwise: UpdateValue }
  | { readonly kind: "listAppend"; readonly first: UpdateValue; readonly second: UpdateValue };

export type UpdateAction =
  | { readonly kind: "set"; readonly path: DocumentPath; readonly value: UpdateValue }
  | { readonly kind: "remove"; readonly path: DocumentPath }
  /** A number is added, a set united; a list is appended, which only the legacy form allows. */
  | { readonly kind: "add"; readonly path: DocumentPath; readonly value: AttributeValue }
  | { readonly kind: "delete"; readonly path: DocumentPath; readonly value: SetValue };

export interface UpdatePlan {
  readonly kind: "update";
  /** Which parameter it came from: run-time type errors have other texts for AttributeUpdates. */
  readonly form: "expression" | "legacy";
  readonly actions: readonly UpdateAction[];
  /** The actions' paths; leaves are positions in `actions`. */
  readonly targets: PathTree;
}

export interface ProjectionPlan {
  readonly kind: "projection";
  readonly tree: PathTree;
}

export type SortOperator = "=" | "<" | "<=" | ">" | ">=" | "between" | "beginsWith";

/** One condition on one attribute; `notIndexable` stands for legacy operators that no key can use. */
export interface KeyCondition {
  readonly attribute: string;
  readonly operator: SortOperator | "notIndexable";
  /** Two for BETWEEN, one for the others. */
  readonly values: readonly AttributeValue[];
}

/** One condition or more, each on an attribute of its own, in the order written. */
export interface KeyConditionPlan {
  readonly kind: "keyCondition";
  readonly conditions: readonly KeyCondition[];
}

export interface SortCondition {
  readonly operator: SortOperator;
  /** Lower and upper bound for between, else one value. */
  readonly values: readonly ScalarValue[];
}
