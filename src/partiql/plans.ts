/**
 * What statements compile to: plain data with names and values in place, made of the same plans as the API's own
 * expressions. Which table there is, and what its key is, comes later.
 */
import type { ConditionPlan, ProjectionPlan, UpdatePlan } from "../expressions/index.ts";
import type { Item } from "../values/index.ts";
import type { Returning, SortKey } from "./syntax-tree.ts";

export interface SelectPlan {
  readonly kind: "select";
  readonly table: string;
  readonly index?: string;
  /** Absent: whole items. */
  readonly projection?: ProjectionPlan;
  /** On key attributes as on others; to be held against a key by `keyedSelect`. */
  readonly where?: ConditionPlan;
  readonly orderBy: readonly SortKey[];
}

export interface InsertPlan {
  readonly kind: "insert";
  readonly table: string;
  /** Its size and its key are unchecked. */
  readonly item: Item;
}

export interface UpdateStatementPlan {
  readonly kind: "update";
  readonly table: string;
  readonly update: UpdatePlan;
  /** Keys included; to be held against a key by `keyedWrite`. */
  readonly where?: ConditionPlan;
  readonly returning: Returning;
}

export interface DeletePlan {
  readonly kind: "delete";
  readonly table: string;
  /** As in an update. */
  readonly where?: ConditionPlan;
  readonly returning: Returning;
}

/** A condition that a transaction checks; to be held against a key by `keyedWrite`. */
export interface ExistsPlan {
  readonly kind: "exists";
  readonly table: string;
  readonly select: SelectPlan;
}

export type StatementPlan = SelectPlan | InsertPlan | UpdateStatementPlan | DeletePlan | ExistsPlan;
