/**
 * Secondary indexes: as long as they are not built, a table with one is refused and the refusal names the
 * member; once they are, the rows of index-cases.ts hold.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, openHarness } from "./harness.ts";
import { indexedTable, indexGroups } from "./index-cases.ts";
import { expectRefusal } from "./expectations.ts";
import { waitUntilActive } from "./table-contents.ts";

/** Turned over by whoever builds indexes; a wrong value makes this file fail. */
const indexesBuilt: boolean = false;

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

const withoutIndex = {
  TableName: "one-index",
  KeySchema: indexedTable["KeySchema"],
  BillingMode: "PAY_PER_REQUEST",
};

function definitions(...names: readonly string[]): readonly unknown[] {
  const all = indexedTable["AttributeDefinitions"] as readonly { readonly AttributeName: string }[];
  return all.filter(({ AttributeName: name }) => names.includes(name));
}

describe.runIf(!indexesBuilt)("without indexes", () => {
  it.each([
    ["GlobalSecondaryIndexes", "g"],
    ["LocalSecondaryIndexes", "l"],
  ])("refuses %s by name and makes no table", async (member, indexKey) => {
    const created = await harness.call("CreateTable", {
      ...withoutIndex,
      AttributeDefinitions: definitions("pk", "sk", indexKey),
      [member]: indexedTable[member],
    });
    expect(created.status).toBe(400);
    expect(JSON.stringify(created.body)).toContain(member);
    const { body } = await harness.call("ListTables", {});
    expect(body["TableNames"]).not.toContain("one-index");
  });
});

describe.runIf(indexesBuilt)("with indexes", () => {
  beforeAll(async () => {
    const created = await harness.call("CreateTable", indexedTable);
    if (created.status !== 200) throw new Error(JSON.stringify(created.body));
    await waitUntilActive(harness, String(indexedTable["TableName"]));
  });
  for (const group of indexGroups) {
    describe(group.title, () => {
      for (const row of group.cases) {
        it(row.name, async () => {
          if (!("error" in row.expect)) throw new Error("rows of indexes are refusals");
          expectRefusal(await harness.call(row.operation, row.request), row.expect);
        });
      }
    });
  }
});
