/**
 * Statements as parsed from their text, parameters not yet in place. Trees depend on the text alone, so they are
 * shared by all requests with that text; nobody may change one. Names and texts in them are data already: no
 * quote or placeholder is left to be taken for anything else.
 */
import type { Comparator, DocumentPath } from "../expressions/index.ts";
import type { AttributeValue } from "../values/index.ts";

/** What stands for a value. */
export type ParsedTerm =
  | {
      readonly kind: "value";
      /** A string, number, boolean or null. */
      readonly value: AttributeValue;
    }
  | {
      readonly kind: "parameter";
      /** Counted from 0 in the order of the text. */
      readonly position: number;
    }
  | { readonly kind: "missing" }
  | { readonly kind: "list" | "set"; readonly members: readonly ParsedTerm[] }
  | { readonly kind: "map"; readonly members: readonly ParsedMember[] };

export interface ParsedMember {
  readonly name: string;
  readonly term: ParsedTerm;
}

export interface ParsedPath {
  readonly kind: "path";
  readonly path: DocumentPath;
}

export type ParsedOperand =
  | ParsedPath
  | ParsedTerm
  | { readonly kind: "size"; readonly operands: readonly ParsedOperand[] };

export type ConditionFunction = "attribute_type" | "begins_with" | "contains";

export type ParsedCondition =
  /** As many conditions as one level of AND or OR joins; groups in parentheses stay nodes of their own. */
  | { readonly kind: "and" | "or"; readonly conditions: readonly ParsedCondition[] }
  | { readonly kind: "not"; readonly condition: ParsedCondition }
  | {
      readonly kind: "comparison";
      readonly operator: Comparator;
      readonly left: ParsedOperand;
      readonly right: ParsedOperand;
    }
  | {
      readonly kind: "between";
      readonly operand: ParsedOperand;
      readonly lower: ParsedOperand;
      readonly upper: ParsedOperand;
    }
  | { readonly kind: "in"; readonly operand: ParsedOperand; readonly candidates: readonly ParsedOperand[] }
  | { readonly kind: "isMissing" | "isNull"; readonly operand: ParsedOperand; readonly negated: boolean }
  | {
      readonly kind: "function";
      readonly name: ConditionFunction;
      readonly operands: readonly ParsedOperand[];
    };

/** The right-hand side of SET. */
export type ParsedUpdateValue =
  | ParsedPath
  | ParsedTerm
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-";
      readonly left: ParsedUpdateValue;
      readonly right: ParsedUpdateValue;
    }
  | { readonly kind: "listAppend"; readonly first: ParsedUpdateValue; readonly second: ParsedUpdateValue };

export type ParsedAction =
  | { readonly kind: "set"; readonly path: DocumentPath; readonly value: ParsedUpdateValue }
  | { readonly kind: "remove"; readonly path: DocumentPath }
  | {
      /** `SET path = set_add(operand, members)`, and the same with set_delete. */
      readonly kind: "setAdd" | "setDelete";
      readonly path: DocumentPath;
      readonly operand: DocumentPath;
      readonly members: ParsedTerm;
    };

export interface SortKey {
  readonly attribute: string;
  readonly descending: boolean;
}

/** Which attributes of the item are answered, in the words of ReturnValues. */
export type Returning = "none" | "allOld" | "allNew" | "updatedOld" | "updatedNew";

export interface ParsedSelect {
  readonly kind: "select";
  readonly table: string;
  readonly index?: string;
  /** Absent for `*`. */
  readonly paths?: readonly DocumentPath[];
  readonly where?: ParsedCondition;
  readonly orderBy: readonly SortKey[];
}

export type Statement =
  | ParsedSelect
  | { readonly kind: "insert"; readonly table: string; readonly tuple: ParsedTerm }
  | {
      readonly kind: "update";
      readonly table: string;
      /** In the order written. */
      readonly actions: readonly ParsedAction[];
      readonly where?: ParsedCondition;
      readonly returning: Returning;
    }
  | {
      readonly kind: "delete";
      readonly table: string;
      readonly where?: ParsedCondition;
      readonly returning: Returning;
    }
  | { readonly kind: "exists"; readonly select: ParsedSelect };

export interface ParsedStatement {
  readonly kind: "parsed";
  readonly statement: Statement;
  readonly parameterCount: number;
}
