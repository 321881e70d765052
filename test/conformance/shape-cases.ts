/** Constraints of the request shapes: the collected "N validation error(s) detected" form. */
import {
  type CaseGroup,
  constraint,
  entry,
  namePattern,
  S,
  shapeErrors,
  shapeErrorsInAnyOrder,
} from "./case-types.ts";

const key = { pk: S("a") };
const returnValuesSet = constraint.oneOf("ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW");
const capacitySet = constraint.oneOf("INDEXES, TOTAL, NONE");
const metricsSet = constraint.oneOf("SIZE, NONE");
const selectSet = constraint.oneOf("SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES");
const operatorSet = constraint.oneOf("OR, AND");
const comparisonSet = constraint.oneOf(
  "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS",
);

const tableNull = entry("tableName", undefined, constraint.required);

const tableNames: CaseGroup = {
  title: "TableName",
  cases: [
    {
      name: "null and absent are the same",
      operation: "GetItem",
      request: { TableName: null, Key: key },
      expect: shapeErrors(tableNull),
    },
    {
      name: "empty",
      operation: "GetItem",
      request: { TableName: "", Key: key },
      expect: shapeErrors(entry("tableName", "", constraint.lengthMin(1))),
    },
    {
      name: "two characters",
      operation: "GetItem",
      request: { TableName: "ab", Key: key },
      expect: shapeErrors(entry("tableName", "ab", constraint.lengthMin(3))),
    },
    {
      name: "256 characters",
      operation: "PutItem",
      request: { TableName: "a".repeat(256), Item: key },
      expect: shapeErrors(entry("tableName", "a".repeat(256), constraint.lengthMax(255))),
    },
    {
      name: "a character outside the set",
      operation: "DeleteItem",
      request: { TableName: "abc;", Key: key },
      expect: shapeErrors(entry("tableName", "abc;", constraint.pattern(namePattern))),
    },
    {
      name: "pattern is named before length",
      operation: "UpdateItem",
      request: { TableName: "a;", Key: key },
      expect: shapeErrors(
        entry("tableName", "a;", constraint.pattern(namePattern)),
        entry("tableName", "a;", constraint.lengthMin(3)),
      ),
    },
    {
      name: "255 characters are enough for a name",
      operation: "GetItem",
      request: { TableName: "a".repeat(255), Key: key },
      expect: { error: "ResourceNotFoundException", message: "Requested resource not found" },
    },
  ],
};

const required: CaseGroup = {
  title: "required members",
  cases: [
    {
      name: "PutItem without anything",
      operation: "PutItem",
      request: {},
      expect: shapeErrors(tableNull, entry("item", undefined, constraint.required)),
    },
    {
      name: "UpdateItem without anything",
      operation: "UpdateItem",
      request: {},
      expect: shapeErrors(tableNull, entry("key", undefined, constraint.required)),
    },
    {
      name: "DeleteItem without anything",
      operation: "DeleteItem",
      request: {},
      expect: shapeErrorsInAnyOrder(tableNull, entry("key", undefined, constraint.required)),
    },
    {
      name: "GetItem without anything",
      operation: "GetItem",
      request: {},
      expect: shapeErrorsInAnyOrder(tableNull, entry("key", undefined, constraint.required)),
    },
    { name: "Query without anything", operation: "Query", request: {}, expect: shapeErrors(tableNull) },
    { name: "Scan without anything", operation: "Scan", request: {}, expect: shapeErrors(tableNull) },
    {
      name: "BatchGetItem without anything",
      operation: "BatchGetItem",
      request: {},
      expect: shapeErrors(entry("requestItems", undefined, constraint.required)),
    },
    {
      name: "BatchWriteItem without anything",
      operation: "BatchWriteItem",
      request: {},
      expect: shapeErrors(entry("requestItems", undefined, constraint.required)),
    },
    {
      name: "a batch entry without Keys",
      operation: "BatchGetItem",
      request: { RequestItems: { hash: {} } },
      expect: shapeErrors(entry("requestItems.hash.member.keys", undefined, constraint.required)),
    },
    {
      name: "a key condition without ComparisonOperator",
      operation: "Query",
      request: { TableName: "hash", KeyConditions: { pk: { AttributeValueList: [S("a")] } } },
      expect: shapeErrors(
        entry("keyConditions.pk.member.comparisonOperator", undefined, constraint.required),
      ),
    },
    {
      name: "a put request without Item",
      operation: "BatchWriteItem",
      request: { RequestItems: { hash: [{ PutRequest: {} }] } },
      expect: shapeErrors(
        entry("requestItems.hash.member.1.member.putRequest.item", undefined, constraint.required),
      ),
    },
    {
      name: "a delete request without Key",
      operation: "BatchWriteItem",
      request: { RequestItems: { hash: [{ DeleteRequest: {} }] } },
      expect: shapeErrors(
        entry("requestItems.hash.member.1.member.deleteRequest.key", undefined, constraint.required),
      ),
    },
  ],
};

const enums: CaseGroup = {
  title: "enumerations",
  cases: [
    {
      name: "ReturnConsumedCapacity",
      operation: "GetItem",
      request: { TableName: "hash", Key: key, ReturnConsumedCapacity: "total" },
      expect: shapeErrors(entry("returnConsumedCapacity", "total", capacitySet)),
    },
    {
      name: "ReturnValues",
      operation: "PutItem",
      request: { TableName: "hash", Item: key, ReturnValues: "hi" },
      expect: shapeErrors(entry("returnValues", "hi", returnValuesSet)),
    },
    {
      name: "ReturnItemCollectionMetrics",
      operation: "DeleteItem",
      request: { TableName: "hash", Key: key, ReturnItemCollectionMetrics: "hi" },
      expect: shapeErrors(entry("returnItemCollectionMetrics", "hi", metricsSet)),
    },
    {
      name: "Select of Query",
      operation: "Query",
      request: { TableName: "hash", Select: "hi" },
      expect: shapeErrors(entry("select", "hi", selectSet)),
    },
    {
      name: "Select of Scan",
      operation: "Scan",
      request: { TableName: "hash", Select: "hi" },
      expect: shapeErrors(entry("select", "hi", selectSet)),
    },
    {
      name: "ConditionalOperator",
      operation: "Scan",
      request: { TableName: "hash", ConditionalOperator: "XOR" },
      expect: shapeErrors(entry("conditionalOperator", "XOR", operatorSet)),
    },
    {
      name: "ComparisonOperator of Expected",
      operation: "PutItem",
      request: { TableName: "hash", Item: key, Expected: { a: { ComparisonOperator: "XX" } } },
      expect: shapeErrors(entry("expected.a.member.comparisonOperator", "XX", comparisonSet)),
    },
    {
      name: "ComparisonOperator of ScanFilter",
      operation: "Scan",
      request: { TableName: "hash", ScanFilter: { a: { ComparisonOperator: "XX" } } },
      expect: shapeErrors(entry("scanFilter.a.member.comparisonOperator", "XX", comparisonSet)),
    },
    {
      name: "Action of AttributeUpdates (order of the set not known)",
      operation: "UpdateItem",
      request: { TableName: "hash", Key: key, AttributeUpdates: { a: { Action: "XX" } } },
      expect: {
        error: "ValidationException",
        messageStart: `1 validation error detected: Value 'XX' at 'attributeUpdates.a.member.action' failed to satisfy constraint: Member must satisfy enum value set: [`,
      },
    },
    {
      name: "ReturnValuesOnConditionCheckFailure (order of the set not known)",
      operation: "PutItem",
      request: { TableName: "hash", Item: key, ReturnValuesOnConditionCheckFailure: "ALL_NEW" },
      expect: {
        error: "ValidationException",
        messageStart: `1 validation error detected: Value 'ALL_NEW' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [`,
      },
    },
  ],
};

const bounds: CaseGroup = {
  title: "lengths and values",
  cases: [
    {
      name: "IndexName of two characters",
      operation: "Query",
      request: { TableName: "hash", IndexName: "ab" },
      expect: shapeErrors(entry("indexName", "ab", constraint.lengthMin(3))),
    },
    {
      name: "Limit 0 of Query",
      operation: "Query",
      request: { TableName: "hash", Limit: 0 },
      expect: shapeErrors(entry("limit", "0", constraint.valueMin(1))),
    },
    {
      name: "Limit -1 of Scan",
      operation: "Scan",
      request: { TableName: "hash", Limit: -1 },
      expect: shapeErrors(entry("limit", "-1", constraint.valueMin(1))),
    },
    {
      name: "Segment below zero",
      operation: "Scan",
      request: { TableName: "hash", Segment: -1, TotalSegments: 1 },
      expect: shapeErrors(entry("segment", "-1", constraint.valueMin(0))),
    },
    {
      name: "Segment above the maximum",
      operation: "Scan",
      request: { TableName: "hash", Segment: 1_000_000, TotalSegments: 1_000_000 },
      expect: shapeErrors(entry("segment", "1000000", constraint.valueMax(999_999))),
    },
    {
      name: "TotalSegments 0",
      operation: "Scan",
      request: { TableName: "hash", Segment: 0, TotalSegments: 0 },
      expect: shapeErrors(entry("totalSegments", "0", constraint.valueMin(1))),
    },
    {
      name: "TotalSegments above the maximum",
      operation: "Scan",
      request: { TableName: "hash", Segment: 0, TotalSegments: 1_000_001 },
      expect: shapeErrors(entry("totalSegments", "1000001", constraint.valueMax(1_000_000))),
    },
    {
      name: "an empty AttributesToGet",
      operation: "GetItem",
      request: { TableName: "hash", Key: key, AttributesToGet: [] },
      expect: shapeErrors(entry("attributesToGet", "[]", constraint.lengthMin(1))),
    },
    {
      name: "empty RequestItems of BatchGetItem",
      operation: "BatchGetItem",
      request: { RequestItems: {} },
      expect: shapeErrors(entry("requestItems", "{}", constraint.lengthMin(1))),
    },
    {
      name: "empty RequestItems of BatchWriteItem",
      operation: "BatchWriteItem",
      request: { RequestItems: {} },
      expect: shapeErrors(entry("requestItems", "{}", constraint.lengthMin(1))),
    },
    {
      name: "an empty list of Keys",
      operation: "BatchGetItem",
      request: { RequestItems: { hash: { Keys: [] } } },
      expect: shapeErrors(entry("requestItems.hash.member.keys", "[]", constraint.lengthMin(1))),
    },
    {
      name: "101 keys in one table",
      operation: "BatchGetItem",
      request: {
        RequestItems: { hash: { Keys: Array.from({ length: 101 }, (_, i) => ({ pk: S(`k${i}`) })) } },
      },
      expect: {
        error: "ValidationException",
        messageStart: "1 validation error detected: Value '[",
        messageIncludes:
          "]' at 'requestItems.hash.member.keys' failed to satisfy constraint: Member must have length less than or equal to 100",
      },
    },
    {
      name: "26 requests in one table",
      operation: "BatchWriteItem",
      request: {
        RequestItems: {
          hash: Array.from({ length: 26 }, (_, i) => ({ PutRequest: { Item: { pk: S(`k${i}`) } } })),
        },
      },
      expect: {
        error: "ValidationException",
        messageStart: "1 validation error detected: Value '{hash=[",
        messageIncludes:
          "]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
      },
    },
    {
      name: "no requests in one table",
      operation: "BatchWriteItem",
      request: { RequestItems: { hash: [] } },
      expect: shapeErrors(
        entry(
          "requestItems",
          "{hash=[]}",
          "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
        ),
      ),
    },
  ],
};

const collected: CaseGroup = {
  title: "several errors at once",
  cases: [
    {
      // The order after the first three entries is not the same in every record.
      name: "PutItem names them all",
      operation: "PutItem",
      request: {
        TableName: "a;",
        ConditionalOperator: "XOR",
        ReturnValues: "x",
        ReturnItemCollectionMetrics: "y",
        ReturnConsumedCapacity: "z",
      },
      expect: shapeErrorsInAnyOrder(
        entry("returnConsumedCapacity", "z", capacitySet),
        entry("tableName", "a;", constraint.pattern(namePattern)),
        entry("tableName", "a;", constraint.lengthMin(3)),
        entry("returnItemCollectionMetrics", "y", metricsSet),
        entry("returnValues", "x", returnValuesSet),
        entry("item", undefined, constraint.required),
        entry("conditionalOperator", "XOR", operatorSet),
      ),
    },
    {
      name: "Query names them in the service's own order",
      operation: "Query",
      request: {
        TableName: "a;",
        Select: "x",
        IndexName: "b;",
        ReturnConsumedCapacity: "z",
        ConditionalOperator: "XOR",
        Limit: 0,
      },
      expect: shapeErrors(
        entry("select", "x", selectSet),
        entry("indexName", "b;", constraint.pattern(namePattern)),
        entry("indexName", "b;", constraint.lengthMin(3)),
        entry("returnConsumedCapacity", "z", capacitySet),
        entry("tableName", "a;", constraint.pattern(namePattern)),
        entry("tableName", "a;", constraint.lengthMin(3)),
        entry("conditionalOperator", "XOR", operatorSet),
        entry("limit", "0", constraint.valueMin(1)),
      ),
    },
    {
      name: "no more than ten are reported",
      operation: "Query",
      request: {
        TableName: "a;",
        Select: "x",
        IndexName: "b;",
        ReturnConsumedCapacity: "z",
        ConditionalOperator: "XOR",
        Limit: 0,
        KeyConditions: {
          a: { ComparisonOperator: "x" },
          b: { ComparisonOperator: "x" },
          c: { ComparisonOperator: "x" },
        },
      },
      expect: {
        error: "ValidationException",
        messageStart: "10 validation errors detected: Value 'x' at 'select' failed to satisfy constraint: ",
      },
    },
  ],
};

export const shapeGroups: readonly CaseGroup[] = [tableNames, required, enums, bounds, collected];
