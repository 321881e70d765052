/** Secondary indexes: what tables tell of them, how they come and go, and the rows of index-cases.ts. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseGroup, JsonObject } from "./case-types.ts";
import { type Harness, openHarness } from "./harness.ts";
import { indexChangeGroup, indexedTable, indexGroups } from "./index-cases.ts";
import { expectRefusal } from "./expectations.ts";
import { waitUntilActive } from "./table-contents.ts";

const TableName = String(indexedTable["TableName"]);
const pollsMax = 5000;

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
  await gone();
  const created = await harness.call("CreateTable", indexedTable);
  if (created.status !== 200) throw new Error(JSON.stringify(created.body));
  await waitUntilActive(harness, TableName);
});

afterAll(async () => {
  await harness.close();
});

/** What an earlier run has left is removed. */
async function gone(): Promise<void> {
  for (let poll = 0; poll < pollsMax; poll += 1) {
    if ((await harness.call("DescribeTable", { TableName })).status === 400) return;
    await harness.call("DeleteTable", { TableName });
  }
  throw new Error(`table ${TableName} is not deleted`);
}

async function described(): Promise<JsonObject> {
  const { body } = await harness.call("DescribeTable", { TableName });
  return body["Table"] as JsonObject;
}

async function updated(changes: JsonObject): Promise<JsonObject> {
  const { status, text, body } = await harness.call("UpdateTable", { TableName, ...changes });
  expect(status === 200 ? "200" : text).toBe("200");
  return body["TableDescription"] as JsonObject;
}

function globals(description: JsonObject): readonly JsonObject[] {
  return (description["GlobalSecondaryIndexes"] ?? []) as readonly JsonObject[];
}

function rows({ title, cases }: CaseGroup): void {
  describe(title, () => {
    for (const row of cases) {
      it(row.name, async () => {
        if (!("error" in row.expect)) throw new Error("rows of indexes are refusals");
        expectRefusal(await harness.call(row.operation, row.request), row.expect);
      });
    }
  });
}

describe("entries", () => {
  for (const group of indexGroups) rows(group);
});

rows(indexChangeGroup);

describe("descriptions", () => {
  it("tell every index, ACTIVE together with the table", async () => {
    const table = await described();
    const arn = (name: string): string => `${String(table["TableArn"])}/index/${name}`;
    expect(table).toMatchObject({
      TableStatus: "ACTIVE",
      AttributeDefinitions: ["g", "l", "pk", "sk"].map((AttributeName) => ({ AttributeName })),
      LocalSecondaryIndexes: [
        {
          IndexName: "local-all",
          IndexArn: arn("local-all"),
          Projection: { ProjectionType: "ALL" },
          ItemCount: 0,
          IndexSizeBytes: 0,
        },
      ],
    });
    expect(globals(table)).toMatchObject(
      ["global-all", "global-keys", "global-some"].map((name) => ({
        IndexName: name,
        IndexStatus: "ACTIVE",
        KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
        ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
        WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
        IndexArn: arn(name),
        ItemCount: 0,
        IndexSizeBytes: 0,
      })),
    );
    for (const index of globals(table)) expect(index).not.toHaveProperty("Backfilling");
  });
});

/** After the rows, which need the indexes of the beginning. */
describe("the life of an index", () => {
  it("limits are set and taken away", async () => {
    const limits = async (MaxReadRequestUnits: number): Promise<unknown> => {
      await updated({
        GlobalSecondaryIndexUpdates: [
          { Update: { IndexName: "global-keys", OnDemandThroughput: { MaxReadRequestUnits } } },
        ],
      });
      return globals(await described()).find(({ IndexName }) => IndexName === "global-keys")?.[
        "OnDemandThroughput"
      ];
    };
    expect(await limits(7)).toEqual({ MaxReadRequestUnits: 7 });
    expect(await limits(-1)).toBeUndefined();
  });

  it("an index is deleted, and made anew with another key", async () => {
    const deleting = await updated({
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "global-some" } }],
    });
    expect(deleting).toMatchObject({ TableStatus: "UPDATING" });
    expect(globals(deleting).map(({ IndexStatus }) => IndexStatus)).toEqual(["ACTIVE", "ACTIVE", "DELETING"]);
    await waitUntilActive(harness, TableName);
    expect(globals(await described()).map(({ IndexName }) => IndexName)).toEqual([
      "global-all",
      "global-keys",
    ]);

    const creating = await updated({
      AttributeDefinitions: [{ AttributeName: "n", AttributeType: "N" }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "global-some",
            KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
            Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["z", "a"] },
          },
        },
      ],
    });
    expect(creating).toMatchObject({ TableStatus: "UPDATING" });
    expect(globals(creating)[2]).toMatchObject({
      IndexName: "global-some",
      IndexStatus: "CREATING",
      Backfilling: false,
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "z"] },
    });
    expect(creating["AttributeDefinitions"]).toMatchObject(
      ["g", "l", "n", "pk", "sk"].map((AttributeName) => ({ AttributeName })),
    );
    await waitUntilActive(harness, TableName);
  });

  it("its backfill ends", async () => {
    for (let poll = 0; poll < pollsMax; poll += 1) {
      const [, , index] = globals(await described());
      if (index?.["IndexStatus"] !== "ACTIVE") continue;
      expect(index).not.toHaveProperty("Backfilling");
      return;
    }
    throw new Error("the index did not become ACTIVE");
  });

  it("it may be deleted while it is being built, and takes its definition along", async () => {
    await updated({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "global-some" } }] });
    await waitUntilActive(harness, TableName);
    const table = await described();
    expect(globals(table)).toHaveLength(2);
    expect(table["AttributeDefinitions"]).toMatchObject(
      ["g", "l", "pk", "sk"].map((AttributeName) => ({ AttributeName })),
    );
  });

  it("indexes are in no answer about a table that is being deleted", async () => {
    const { body } = await harness.call("DeleteTable", { TableName });
    expect(body["TableDescription"]).toMatchObject({ TableStatus: "DELETING" });
    expect(body["TableDescription"]).not.toHaveProperty("GlobalSecondaryIndexes");
    expect(body["TableDescription"]).not.toHaveProperty("LocalSecondaryIndexes");
    await gone();
  });
});
