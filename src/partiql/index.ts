/**
 * PartiQL statements: text to syntax tree, tree and parameters to the plans of the API's own expressions, plans and
 * a key schema to points, queries, scans and conditional writes. Nothing here throws for what a client sent; issues
 * are values with DynamoDB's texts.
 */
export { bindStatement } from "./bind-statement.ts";
export { type KeyedSelect, keyedSelect, type ReadKeySchema } from "./keyed-select.ts";
export { insertCondition, type KeyedWrite, keyedWrite, type WriteKeySchema } from "./keyed-write.ts";
export { createStatementParser, parseStatement, type StatementParser } from "./parse-statement.ts";
export type {
  DeletePlan,
  ExistsPlan,
  InsertPlan,
  SelectPlan,
  StatementPlan,
  UpdateStatementPlan,
} from "./plans.ts";
export type { ParsedStatement, Returning, SortKey } from "./syntax-tree.ts";
