/** Templates: what becomes an input of CreateTable, what is ignored, and what is refused by name. */
import { describe, expect, it } from "vitest";
import { readDefinitions } from "../read-definitions.ts";
import { parseYaml } from "./parse-yaml.ts";

const namespace = { region: "eu-west-1", account: "000000000000" };

async function read(yaml: string) {
  const parsed = await parseYaml(yaml);
  if (parsed.kind === "malformed") return parsed.message;
  const source = readDefinitions(parsed.data, "t.yaml", namespace);
  if (source.kind === "issue") return source.message;
  return source.kind === "tables" ? source.tables : [];
}

const keys = `
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]`;
const keysInput = {
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
};

const table = (more: string, top = ""): string => `${top}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:${keys}
${more}`;

describe("AWS::DynamoDB::Table", () => {
  it("becomes an input of CreateTable", async () => {
    const tables = await read(
      table(`
      TableName: orders
      BillingMode: PROVISIONED
      ProvisionedThroughput: { ReadCapacityUnits: "5", WriteCapacityUnits: 6 }
      GlobalSecondaryIndexes:
        - IndexName: by-day
          KeySchema: [{ AttributeName: pk, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
          ProvisionedThroughput: { ReadCapacityUnits: "1", WriteCapacityUnits: "2" }
          ContributorInsightsSpecification: { Enabled: true }
      StreamSpecification: { StreamViewType: KEYS_ONLY }
      DeletionProtectionEnabled: "true"
      Tags: [{ Key: a, Value: b }]
      TimeToLiveSpecification: { AttributeName: ends, Enabled: true }
      SSESpecification: { SSEEnabled: !GetAtt Key.Arn }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
    DeletionPolicy: Retain`),
    );
    expect(tables).toEqual([
      {
        name: "orders",
        source: "t.yaml, Resources.Orders",
        notes: ["ignored without effect here: SSESpecification, PointInTimeRecoverySpecification"],
        timeToLive: { AttributeName: "ends", Enabled: true },
        createTable: {
          TableName: "orders",
          ...keysInput,
          BillingMode: "PROVISIONED",
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
          GlobalSecondaryIndexes: [
            {
              IndexName: "by-day",
              KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
              Projection: { ProjectionType: "ALL" },
              ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
            },
          ],
          StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
          DeletionProtectionEnabled: true,
          Tags: [{ Key: "a", Value: "b" }],
        },
      },
    ]);
  });

  it("gets its logical id as name when the template gives none", async () => {
    expect(await read(table(""))).toMatchObject([
      {
        name: "Orders",
        createTable: { TableName: "Orders" },
        notes: [expect.stringContaining("logical id")],
      },
    ]);
  });

  it("leaves time to live alone when it is off", async () => {
    const tables = await read(
      table("      TimeToLiveSpecification: { AttributeName: ends, Enabled: 'false' }"),
    );
    expect(tables).toMatchObject([{ name: "Orders" }]);
    expect(tables).not.toMatchObject([{ timeToLive: expect.anything() }]);
  });

  it.each([
    ["KinesisStreamSpecification: { StreamArn: x }", "KinesisStreamSpecification is not supported"],
    ["ResourcePolicy: {}", "ResourcePolicy is not supported"],
    ["ImportSourceSpecification: {}", "ImportSourceSpecification is not supported"],
    ["constructor: 1", "constructor is not supported"],
    [
      "ProvisionedThroughput: { ReadCapacityUnit: 1 }",
      "ProvisionedThroughput.ReadCapacityUnit is not supported",
    ],
    [
      "GlobalSecondaryIndexes: [{ IndexName: a, Fast: true }]",
      "GlobalSecondaryIndexes[0].Fast is not supported",
    ],
    ["StreamSpecification: { ResourcePolicy: {} }", "StreamSpecification.ResourcePolicy is not supported"],
    ["TableName: !GetAtt Other.Name", "TableName: Fn::GetAtt cannot be resolved here"],
    ["TableName: !ImportValue x", "TableName: Fn::ImportValue cannot be resolved here"],
    ["TableName: !Ref Other", "TableName: Ref Other is no parameter of the template"],
    ["TableName: [a]", "TableName is not a text"],
    [
      "KeySchema: [{ AttributeName: !Ref Other, KeyType: HASH }]",
      "KeySchema: AttributeName: Ref Other is no parameter",
    ],
    ["TimeToLiveSpecification: true", "TimeToLiveSpecification is not an object"],
  ])("refuses %s by name", async (property, message) => {
    const text = property.startsWith("KeySchema")
      ? `Resources: { Orders: { Type: "AWS::DynamoDB::Table", Properties: { ${property} } } }`
      : table(`      ${property}`);
    expect(await read(text)).toContain(`t.yaml: Resources.Orders.Properties.${message}`);
  });
});

describe("intrinsic functions", () => {
  const top = `
Parameters:
  Stage: { Type: String, Default: dev }
  Size: { Type: Number, Default: 3 }
  NoDefault: { Type: String }
Mappings:
  Names: { dev: { table: mapped } }
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
  Both: !And [{ Condition: IsDev }, !Condition IsProd]
  Either: !Or [!Condition IsDev, !Condition IsProd]
  Loop: !Condition Loop`;

  it.each([
    ["!Ref Stage", "dev"],
    ["{ Ref: Stage }", "dev"],
    ["!Sub 'x-${Stage}-${AWS::Region}-${!Raw}'", "x-dev-eu-west-1-${Raw}"],
    ["!Sub ['${A}-${AWS::AccountId}', { A: !Ref Stage }]", "dev-000000000000"],
    ["!Join ['-', [a, !Ref Stage, !Ref Size]]", "a-dev-3"],
    ["!FindInMap [Names, !Ref Stage, table]", "mapped"],
    ["!If [IsDev, one, two]", "one"],
    ["!If [IsProd, one, two]", "two"],
    ["!If [Both, one, !If [Either, two, three]]", "two"],
    ["{ 'Fn::Join': ['', [a, b]] }", "ab"],
  ])("%s is %s", async (text, name) => {
    expect(await read(table(`      TableName: ${text}`, top))).toMatchObject([{ name }]);
  });

  it("drops a property that is AWS::NoValue", async () => {
    const tables = await read(table("      TableClass: !If [IsProd, STANDARD, !Ref AWS::NoValue]", top));
    expect(tables).toMatchObject([{ name: "Orders" }]);
    expect(tables).not.toMatchObject([{ createTable: { TableClass: expect.anything() } }]);
  });

  it.each([
    ["!Ref NoDefault", "the parameter NoDefault has no Default"],
    ["!Ref constructor", "Ref constructor is no parameter"],
    ["!Sub '${Missing}'", "Fn::Sub cannot resolve Missing"],
    ["!If [Missing, a, b]", "there is no condition Missing"],
    ["!If [Loop, a, b]", "nested too deeply"],
    ["!FindInMap [Names, prod, table]", "Fn::FindInMap finds nothing"],
    ["!Join [',']", "Fn::Join needs"],
  ])("%s is refused", async (text, message) => {
    expect(await read(table(`      TableName: ${text}`, top))).toContain(message);
  });

  it("leaves out resources whose condition does not hold", async () => {
    const two = `${top}
Resources:
  Kept: { Type: "AWS::DynamoDB::Table", Condition: IsDev, Properties: {} }
  Left: { Type: "AWS::DynamoDB::Table", Condition: IsProd, Properties: { Odd: 1 } }`;
    expect(await read(two)).toMatchObject([{ name: "Kept" }]);
    expect(await read(two.replace("IsProd, P", "Unknown, P"))).toContain(
      "Resources.Left.Condition cannot be resolved",
    );
  });
});

describe("other resources", () => {
  it("reads AWS::Serverless::SimpleTable", async () => {
    const tables = await read(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Plain: { Type: "AWS::Serverless::SimpleTable" }
  Full:
    Type: AWS::Serverless::SimpleTable
    Properties:
      TableName: full
      PrimaryKey: { Name: day, Type: Number }
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 }
      Tags: { a: b }
  Function: { Type: "AWS::Serverless::Function", Properties: { Handler: !Sub "x" } }`);
    expect(tables).toMatchObject([
      {
        createTable: {
          TableName: "Plain",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          BillingMode: "PAY_PER_REQUEST",
        },
      },
      {
        createTable: {
          TableName: "full",
          AttributeDefinitions: [{ AttributeName: "day", AttributeType: "N" }],
          BillingMode: "PROVISIONED",
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
          Tags: [{ Key: "a", Value: "b" }],
        },
      },
    ]);
  });

  const globalTable = (replicas: string): string => `
Resources:
  Global:
    Type: AWS::DynamoDB::GlobalTable
    Properties:${keys}
      BillingMode: PAY_PER_REQUEST
      Replicas: ${replicas}`;

  it("reads AWS::DynamoDB::GlobalTable with one replica", async () => {
    const replica = "[{ Region: eu-west-1, TableClass: STANDARD, PointInTimeRecoverySpecification: {} }]";
    expect(await read(globalTable(replica))).toMatchObject([
      {
        createTable: {
          TableName: "Global",
          ...keysInput,
          BillingMode: "PAY_PER_REQUEST",
          TableClass: "STANDARD",
        },
        notes: [
          expect.anything(),
          "ignored without effect here: Replicas[0].PointInTimeRecoverySpecification",
        ],
      },
    ]);
  });

  it("refuses several replicas, and what it does not know of one", async () => {
    expect(await read(globalTable("[{ Region: a }, { Region: b }]"))).toContain("exactly one replica");
    expect(await read(globalTable("[{ Region: a, KinesisStreamSpecification: {} }]"))).toContain(
      "Replicas[0].KinesisStreamSpecification is not supported",
    );
  });

  it("refuses templates without tables and resources it cannot unfold", async () => {
    expect(await read("Resources: { A: { Type: 'AWS::SQS::Queue' } }")).toContain("no DynamoDB table");
    expect(await read("Resources: { 'Fn::ForEach::X': [] }")).toContain("Fn::ForEach::X cannot be resolved");
  });
});

describe("YAML", () => {
  it("is refused when it is malformed", async () => {
    expect(await read("a: [")).toContain("low sequence");
    expect(await read("a: 1\na: 2")).toContain("unique");
  });

  it("is bounded in depth and in size, aliases included", async () => {
    expect(await read(`a: ${"[".repeat(200)}${"]".repeat(200)}`)).toContain("nested deeper");
    const bomb = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`),
    ];
    expect(await read(bomb.join("\n"))).toContain("more than 200000 nodes");
  });
});
