/** The tables of this folder as tests: every row is one request and the answer DynamoDB gives to it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attributeValueGroups } from "./attribute-value-cases.ts";
import { capacityGroups } from "./capacity-cases.ts";
import type { CaseGroup, ConformanceCase, JsonObject } from "./case-types.ts";
import { conditionTruthGroups } from "./condition-truth-cases.ts";
import { expectAnswer, expectRefusal, withoutOrder } from "./expectations.ts";
import { expressionGroups } from "./expression-cases.ts";
import { createTableRequest, fixtureTables, keyOf } from "./fixtures.ts";
import type { Harness } from "./harness.ts";
import { keyGroups } from "./key-cases.ts";
import { keyConditionGroups } from "./key-condition-cases.ts";
import { legacyGroups } from "./legacy-cases.ts";
import { legacyTruthGroups } from "./legacy-truth-cases.ts";
import { mixingGroups } from "./mixing-cases.ts";
import { orderGroups } from "./order-cases.ts";
import { partiqlGroups } from "./partiql-cases.ts";
import { readGroups } from "./read-cases.ts";
import { readResultGroups } from "./read-result-cases.ts";
import { serializationGroups } from "./serialization-cases.ts";
import { shapeGroups } from "./shape-cases.ts";
import { tableGroups } from "./table-cases.ts";
import { tableShapeGroups } from "./table-shape-cases.ts";
import { tableUpdateGroups } from "./table-update-cases.ts";
import { tagGroups } from "./tag-cases.ts";
import { fillTable, readAll, waitUntilActive } from "./table-contents.ts";
import { transactionGroups } from "./transaction-cases.ts";
import { updateExpressionGroups } from "./update-expression-cases.ts";
import { updateResultGroups } from "./update-result-cases.ts";
import { writeGroups } from "./write-cases.ts";
import { writeResultGroups } from "./write-result-cases.ts";

const sections: readonly (readonly [title: string, groups: readonly CaseGroup[]])[] = [
  ["shapes", shapeGroups],
  ["JSON types", serializationGroups],
  ["attribute values", attributeValueGroups],
  ["keys", keyGroups],
  ["mixing parameters", mixingGroups],
  ["expressions", expressionGroups],
  ["UpdateExpression", updateExpressionGroups],
  ["KeyConditionExpression", keyConditionGroups],
  ["legacy parameters", legacyGroups],
  ["reads refused", readGroups],
  ["writes refused", writeGroups],
  ["order of checks", orderGroups],
  ["what conditions say", conditionTruthGroups],
  ["what legacy conditions say", legacyTruthGroups],
  ["what updates do", updateResultGroups],
  ["what reads return", readResultGroups],
  ["what writes return", writeResultGroups],
  ["consumed capacity", capacityGroups],
  ["transactions", transactionGroups],
  ["PartiQL", partiqlGroups],
  ["shapes of table requests", tableShapeGroups],
  ["tables refused", tableGroups],
  ["updates of tables refused", tableUpdateGroups],
  ["tags refused", tagGroups],
];

/** To the harness that is opened once for all rows. */
export function conformanceSuite(openHarness: () => Promise<Harness>): void {
  let harness: Harness;

  beforeAll(async () => {
    harness = await openHarness();
    for (const table of fixtureTables) {
      const created = await harness.call("CreateTable", createTableRequest(table));
      if (created.status !== 200 && !String(created.body["__type"]).endsWith("#ResourceInUseException")) {
        throw new Error(`CreateTable ${table.name}: ${JSON.stringify(created.body)}`);
      }
      await waitUntilActive(harness, table.name);
    }
  });

  afterAll(async () => {
    await harness.close();
  });

  for (const [section, groups] of sections) {
    describe(section, () => {
      for (const group of groups) {
        describe(group.title, () => {
          for (const row of group.cases) it(shortened(row.name), () => run(harness, row));
        });
      }
    });
  }
}

async function run(harness: Harness, row: ConformanceCase): Promise<void> {
  const table = tableOf(row);
  if (row.given !== undefined) await fillTable(harness, table, row.given);
  const result = await harness.call(row.operation, row.request);
  if ("error" in row.expect) expectRefusal(result, row.expect);
  else expectAnswer(result, row.expect);
  if (row.after !== undefined) {
    expectContents(table, await readAll(harness, table), row.after);
  }
}

function expectContents(table: string, found: readonly JsonObject[], wanted: readonly JsonObject[]): void {
  const byKey = (a: JsonObject, b: JsonObject): number =>
    JSON.stringify(keyOf(table, a)) < JSON.stringify(keyOf(table, b)) ? -1 : 1;
  expect(withoutOrder(found.toSorted(byKey))).toEqual(withoutOrder(wanted.toSorted(byKey)));
}

function tableOf(row: ConformanceCase): string {
  if (typeof row.request === "string") return "hash";
  const { TableName: name, RequestItems: tables } = row.request;
  if (typeof name === "string") return name;
  return Object.keys((tables ?? { hash: 0 }) as JsonObject)[0] ?? "hash";
}

/** Some rows carry kilobytes in their name; the start of it is enough to find them. */
function shortened(name: string): string {
  return name.length <= 160 ? name : `${name.slice(0, 157)}...`;
}
