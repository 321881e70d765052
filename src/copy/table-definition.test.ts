// From a description to the request that makes the table again.
import { expect, test } from "vitest";
import { createTableInput, keySchemaText, neverCopied, sortedJson } from "./table-definition.ts";
import { notTakenOver } from "./not-taken-over.ts";
import type { Json } from "./end.ts";

const description: Json = {
  TableName: "Orders",
  TableStatus: "ACTIVE",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "a", AttributeType: "N" },
    { AttributeName: "b", AttributeType: "S" },
  ],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
  GlobalSecondaryIndexes: [
    {
      IndexName: "byA",
      IndexStatus: "ACTIVE",
      IndexArn: "arn",
      ItemCount: 3,
      KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 7, WriteCapacityUnits: 8 },
      WarmThroughput: { ReadUnitsPerSecond: 7, WriteUnitsPerSecond: 8, Status: "ACTIVE" },
    },
    {
      IndexName: "byB",
      IndexStatus: "DELETING",
      KeySchema: [{ AttributeName: "b", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
  ],
  TableClassSummary: { TableClass: "STANDARD" },
  DeletionProtectionEnabled: false,
};
const tags = [
  { Key: "aws:cloudformation:stack-name", Value: "x" },
  { Key: "team", Value: "blue" },
];
const facts = { name: "Orders", description, tags, ttlAttribute: undefined };

test("carries over what was asked for once, and definitions that are used", () => {
  expect(createTableInput(facts)).toEqual({
    TableName: "Orders",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PROVISIONED",
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
    GlobalSecondaryIndexes: [
      {
        IndexName: "byA",
        KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
        ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 8 },
      },
    ],
    Tags: [{ Key: "team", Value: "blue" }],
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "a", AttributeType: "N" },
    ],
  });
});

test("leaves out what is waived, with its definitions", () => {
  const input = createTableInput(facts, new Set(["GlobalSecondaryIndexes", "Tags"]));
  expect(input).not.toHaveProperty("GlobalSecondaryIndexes");
  expect(input).not.toHaveProperty("Tags");
  expect(input["AttributeDefinitions"]).toEqual([{ AttributeName: "pk", AttributeType: "S" }]);
});

test("names what no copy has", () => {
  const guarded = {
    ...facts,
    description: { ...description, SSEDescription: { Status: "ENABLED" }, Replicas: [{ RegionName: "x" }] },
  };
  expect(neverCopied(guarded).map(([member]) => member)).toEqual(["SSESpecification", "Replicas", "Tags"]);
});

test("finds what a target has ignored", () => {
  const wanted = createTableInput(facts);
  expect(notTakenOver(wanted, facts)).toEqual([]);
  const poor: Json = {
    ...description,
    GlobalSecondaryIndexes: [],
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
  };
  expect(notTakenOver(wanted, { ...facts, tags: [], description: poor })).toEqual([
    { member: "BillingMode", reason: 'the target has "PAY_PER_REQUEST" in place of "PROVISIONED"' },
    {
      member: "ProvisionedThroughput",
      reason: 'the target has none in place of {"ReadCapacityUnits":5,"WriteCapacityUnits":6}',
    },
    { member: "GlobalSecondaryIndexes", reason: "the target lacks or has otherwise: byA" },
    { member: "Tags", reason: 'the target has none in place of [{"Key":"team","Value":"blue"}]' },
  ]);
});

test("the order of tags does not count, that of key attributes does", () => {
  expect(sortedJson({ a: [{ Key: "x" }, { Key: "y" }] })).toBe(
    sortedJson({ a: [{ Key: "y" }, { Key: "x" }] }),
  );
  expect(sortedJson({ KeySchema: ["x", "y"] })).not.toBe(sortedJson({ KeySchema: ["y", "x"] }));
  expect(keySchemaText(description)).toBe("pk (S, HASH)");
});
