/** Every operation that is built, by service and name. An operation that is not here is unknown to clients. */
import type { OperationHandler } from "./context.ts";
import { batchExecuteStatement } from "./batch-execute-statement.ts";
import { batchGetItem } from "./batch-get-item.ts";
import { batchWriteItem } from "./batch-write-item.ts";
import { beginCapture } from "./begin-capture.ts";
import { createTable } from "./create-table.ts";
import { deleteItem } from "./delete-item.ts";
import { deleteTable } from "./delete-table.ts";
import { describeEndpoints } from "./describe-endpoints.ts";
import { describeLimits } from "./describe-limits.ts";
import { describeTable } from "./describe-table.ts";
import { endCapture } from "./end-capture.ts";
import { executeStatement } from "./execute-statement.ts";
import { executeTransaction } from "./execute-transaction.ts";
import { getItem } from "./get-item.ts";
import { listTables } from "./list-tables.ts";
import { listTagsOfResource } from "./list-tags-of-resource.ts";
import { putItem } from "./put-item.ts";
import { query } from "./query.ts";
import { readCapture } from "./read-capture.ts";
import { scan } from "./scan.ts";
import { searchVectors } from "./search-vectors.ts";
import { tagResource } from "./tag-resource.ts";
import { transactGetItems } from "./transact-get-items.ts";
import { transactWriteItems } from "./transact-write-items.ts";
import { untagResource } from "./untag-resource.ts";
import { updateItem } from "./update-item.ts";
import { updateTable } from "./update-table.ts";

/** A handler as the dispatcher sees it: the operation table has checked the input's shape. */
export type AnyHandler = OperationHandler<never>;

const dynamoDb: readonly (readonly [name: string, handler: AnyHandler])[] = [
  ["BatchExecuteStatement", batchExecuteStatement],
  ["BatchGetItem", batchGetItem],
  ["BatchWriteItem", batchWriteItem],
  ["CreateTable", createTable],
  ["DeleteItem", deleteItem],
  ["DeleteTable", deleteTable],
  ["DescribeEndpoints", describeEndpoints],
  ["DescribeLimits", describeLimits],
  ["DescribeTable", describeTable],
  ["ExecuteStatement", executeStatement],
  ["ExecuteTransaction", executeTransaction],
  ["GetItem", getItem],
  ["ListTables", listTables],
  ["ListTagsOfResource", listTagsOfResource],
  ["PutItem", putItem],
  ["Query", query],
  ["Scan", scan],
  ["SearchVectors", searchVectors],
  ["TagResource", tagResource],
  ["TransactGetItems", transactGetItems],
  ["TransactWriteItems", transactWriteItems],
  ["UntagResource", untagResource],
  ["UpdateItem", updateItem],
  ["UpdateTable", updateTable],
];

const ownOperations: readonly (readonly [name: string, handler: AnyHandler])[] = [
  ["BeginCapture", beginCapture],
  ["EndCapture", endCapture],
  ["ReadCapture", readCapture],
];

/** Handlers by service, then by operation. */
export const handlers: ReadonlyMap<string, ReadonlyMap<string, AnyHandler>> = new Map([
  ["DynamoDB", new Map(dynamoDb)],
  ["DynamoDBStreams", new Map()],
  ["Stator", new Map(ownOperations)],
]);
