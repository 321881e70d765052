// Which operations and members work, as the support table tells it.
import { describe, expect, test } from "vitest";
import { isBuilt, operationSpec, operationSpecs, unsupportedMembers, unsupportedText } from "./index.ts";
import { membersNotSupported } from "./support.ts";

describe("support", () => {
  test("says which operations are built", () => {
    expect(operationSpecs("DynamoDB").filter(({ name }) => isBuilt("DynamoDB", name))).toHaveLength(24);
    expect(isBuilt("DynamoDB", "PutItem")).toBe(true);
    expect(isBuilt("DynamoDB", "CreateBackup")).toBe(false);
    expect(isBuilt("DynamoDBStreams", "GetRecords")).toBe(false);
    expect(isBuilt("DynamoDB", "constructor")).toBe(false);
  });

  test("names only members that exist, of operations that are built", () => {
    for (const service of ["DynamoDB", "DynamoDBStreams", "Stator"] as const) {
      for (const { name, shape } of operationSpecs(service)) {
        const members = membersNotSupported(name).map((member) => member.name);
        expect(Object.keys(shape.input)).toEqual(expect.arrayContaining(members));
        expect(members.length === 0 || isBuilt(service, name)).toBe(true);
      }
    }
  });

  test.each([
    ["CreateTable", {}, []],
    ["CreateTable", { GlobalSecondaryIndexes: [], LocalSecondaryIndexes: [] }, []],
    ["CreateTable", { ResourcePolicy: "{}", VectorIndexes: [] }, ["ResourcePolicy"]],
    ["CreateTable", { StreamSpecification: { StreamEnabled: false } }, []],
    ["CreateTable", { StreamSpecification: { StreamEnabled: true } }, ["StreamSpecification"]],
    ["CreateTable", { SSESpecification: { Enabled: false } }, []],
    ["CreateTable", { SSESpecification: { Enabled: true, SSEType: "AES256" } }, []],
    ["CreateTable", { SSESpecification: { Enabled: true } }, ["SSESpecification"]],
    ["CreateTable", { SSESpecification: { Enabled: true, SSEType: "KMS" } }, ["SSESpecification"]],
    ["UpdateTable", { StreamSpecification: { StreamEnabled: false } }, ["StreamSpecification"]],
    ["UpdateTable", { DeletionProtectionEnabled: true }, []],
    ["PutItem", { TableName: "abc", Item: {} }, []],
  ])("%s %j", (operation, input, members) => {
    const spec = operationSpec("DynamoDB", operation);
    expect(spec === undefined ? undefined : unsupportedMembers(spec, input)).toEqual(members);
  });

  test("the text names members and operation", () => {
    expect(unsupportedText(["ResourcePolicy"], "CreateTable")).toBe(
      "Stator does not support ResourcePolicy of CreateTable yet",
    );
  });
});
