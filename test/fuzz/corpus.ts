/** Valid requests to begin from: every operation of the data plane and of tables, every parameter at least once. */

export interface Sample {
  readonly operation: string;
  readonly request: object;
}

export const fuzzTables: readonly object[] = [
  {
    TableName: "fuzz-text",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
  },
  {
    TableName: "fuzz-number",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "N" },
      { AttributeName: "sk", AttributeType: "B" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    Tags: [{ Key: "a", Value: "b" }],
  },
];

const key = { pk: { S: "a" }, sk: { S: "1" } };
const item = {
  ...key,
  s: { S: "text" },
  n: { N: "-12.5e3" },
  b: { B: "AQID" },
  t: { BOOL: true },
  z: { NULL: true },
  l: { L: [{ S: "x" }, { N: "1" }, { M: { k: { L: [] } } }] },
  m: { M: { k: { S: "v" }, deep: { M: { n: { N: "7" } } } } },
  ss: { SS: ["a", "b"] },
  ns: { NS: ["1", "2.50"] },
  bs: { BS: ["AQ==", "Ag=="] },
};
const numberKey = { pk: { N: "1.5" }, sk: { B: "AQ==" } };

/** What the tables hold at the beginning. */
export const fuzzItems: readonly object[] = [
  { TableName: "fuzz-text", Item: item },
  { TableName: "fuzz-text", Item: { pk: { S: "a" }, sk: { S: "2" }, n: { N: "1" } } },
  { TableName: "fuzz-text", Item: { pk: { S: "b" }, sk: { S: "1" }, ["__proto__"]: { S: "x" } } },
  { TableName: "fuzz-number", Item: { ...numberKey, s: { S: "y" } } },
  { TableName: "fuzz-number", Item: { pk: { N: "-3" }, sk: { B: "/w==" }, n: { N: "0" } } },
];

const query = {
  TableName: "fuzz-text",
  KeyConditionExpression: "pk = :p AND sk BETWEEN :a AND :b",
  FilterExpression: "NOT (n < :n OR contains(ss, :p)) AND size(l) <> :n",
  ProjectionExpression: "pk, m.deep.n, l[0], #s",
  ExpressionAttributeNames: { "#s": "s" },
  ExpressionAttributeValues: { ":p": { S: "a" }, ":a": { S: "0" }, ":b": { S: "9" }, ":n": { N: "3" } },
  Limit: 3,
  ScanIndexForward: false,
  ExclusiveStartKey: { pk: { S: "a" }, sk: { S: "2" } },
  ReturnConsumedCapacity: "TOTAL",
};

export const samples: readonly Sample[] = [
  { operation: "PutItem", request: { TableName: "fuzz-text", Item: item, ReturnValues: "ALL_OLD" } },
  {
    operation: "PutItem",
    request: {
      TableName: "fuzz-text",
      Item: item,
      ConditionExpression:
        "attribute_not_exists(pk) OR (#n >= :n AND attribute_type(l, :t)) OR s IN (:s, :n)",
      ExpressionAttributeNames: { "#n": "n" },
      ExpressionAttributeValues: { ":n": { N: "1" }, ":t": { S: "L" }, ":s": { S: "text" } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ReturnItemCollectionMetrics: "SIZE",
    },
  },
  {
    operation: "PutItem",
    request: {
      TableName: "fuzz-number",
      Item: { ...numberKey, a: { N: "1" } },
      Expected: {
        a: { Exists: false },
        s: { ComparisonOperator: "BEGINS_WITH", AttributeValueList: [{ S: "y" }] },
      },
      ConditionalOperator: "OR",
    },
  },
  {
    operation: "UpdateItem",
    request: {
      TableName: "fuzz-text",
      Key: key,
      UpdateExpression:
        "SET n = if_not_exists(n, :z) + :n, l[1] = :n, m.#k = list_append(l, :l) REMOVE t, l[2] ADD ns :ns DELETE ss :ss",
      ConditionExpression: "begins_with(s, :t) AND n BETWEEN :low AND :n",
      ExpressionAttributeNames: { "#k": "fresh" },
      ExpressionAttributeValues: {
        ":z": { N: "0" },
        ":n": { N: "1" },
        ":low": { N: "-1e100" },
        ":l": { L: [{ NULL: true }] },
        ":ns": { NS: ["3"] },
        ":ss": { SS: ["a"] },
        ":t": { S: "te" },
      },
      ReturnValues: "UPDATED_NEW",
      ReturnConsumedCapacity: "INDEXES",
    },
  },
  {
    operation: "UpdateItem",
    request: {
      TableName: "fuzz-text",
      Key: { pk: { S: "c" }, sk: { S: "1" } },
      AttributeUpdates: {
        a: { Action: "PUT", Value: { S: "x" } },
        n: { Action: "ADD", Value: { N: "2" } },
        s: { Action: "DELETE" },
      },
      Expected: { n: { ComparisonOperator: "NE", Value: { N: "9" } } },
      ReturnValues: "ALL_NEW",
    },
  },
  { operation: "UpdateItem", request: { TableName: "fuzz-number", Key: numberKey } },
  {
    operation: "DeleteItem",
    request: {
      TableName: "fuzz-text",
      Key: { pk: { S: "a" }, sk: { S: "2" } },
      ConditionExpression: "attribute_exists(n) AND NOT n = :v",
      ExpressionAttributeValues: { ":v": { N: "7" } },
      ReturnValues: "ALL_OLD",
    },
  },
  {
    operation: "GetItem",
    request: { TableName: "fuzz-text", Key: key, ConsistentRead: true, AttributesToGet: ["s", "m"] },
  },
  {
    operation: "GetItem",
    request: {
      TableName: "fuzz-number",
      Key: numberKey,
      ProjectionExpression: "#a.b[0].c, s",
      ExpressionAttributeNames: { "#a": "m" },
    },
  },
  { operation: "Query", request: query },
  {
    operation: "Query",
    request: {
      TableName: "fuzz-number",
      KeyConditions: {
        pk: { ComparisonOperator: "EQ", AttributeValueList: [{ N: "1.5" }] },
        sk: { ComparisonOperator: "BEGINS_WITH", AttributeValueList: [{ B: "AQ==" }] },
      },
      QueryFilter: { s: { ComparisonOperator: "NOT_CONTAINS", AttributeValueList: [{ S: "q" }] } },
      Select: "COUNT",
    },
  },
  {
    operation: "Scan",
    request: {
      TableName: "fuzz-text",
      Segment: 1,
      TotalSegments: 4,
      FilterExpression: "begins_with(s, :s) OR attribute_exists(m.k)",
      ExpressionAttributeValues: { ":s": { S: "t" } },
      Limit: 2,
    },
  },
  {
    operation: "Scan",
    request: {
      TableName: "fuzz-number",
      ScanFilter: {
        s: { ComparisonOperator: "IN", AttributeValueList: [{ S: "y" }, { S: "z" }] },
        n: { ComparisonOperator: "NULL" },
      },
      ConditionalOperator: "OR",
      ExclusiveStartKey: numberKey,
    },
  },
  {
    operation: "BatchGetItem",
    request: {
      RequestItems: {
        "fuzz-text": { Keys: [key, { pk: { S: "b" }, sk: { S: "1" } }], ConsistentRead: true },
        "fuzz-number": { Keys: [numberKey], ProjectionExpression: "s" },
      },
      ReturnConsumedCapacity: "TOTAL",
    },
  },
  {
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        "fuzz-text": [
          { PutRequest: { Item: { pk: { S: "d" }, sk: { S: "1" }, a: { S: "x" } } } },
          { DeleteRequest: { Key: { pk: { S: "b" }, sk: { S: "1" } } } },
        ],
        "fuzz-number": [{ PutRequest: { Item: { ...numberKey, s: { S: "z" } } } }],
      },
    },
  },
  { operation: "CreateTable", request: { ...fuzzTables[1], TableName: "fuzz-made" } },
  { operation: "DescribeTable", request: { TableName: "fuzz-text" } },
  { operation: "ListTables", request: { Limit: 2, ExclusiveStartTableName: "fuzz-a" } },
  {
    operation: "UpdateTable",
    request: {
      TableName: "fuzz-number",
      ProvisionedThroughput: { ReadCapacityUnits: 6, WriteCapacityUnits: 7 },
    },
  },
  { operation: "DeleteTable", request: { TableName: "fuzz-made" } },
  {
    operation: "TagResource",
    request: {
      ResourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/fuzz-text",
      Tags: [{ Key: "k", Value: "v" }],
    },
  },
  {
    operation: "UntagResource",
    request: { ResourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/fuzz-text", TagKeys: ["k"] },
  },
  {
    operation: "ListTagsOfResource",
    request: { ResourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/fuzz-text" },
  },
];
