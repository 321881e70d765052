/** Runs the tables of this folder: every row is one request and the answer DynamoDB gives to it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attributeValueGroups } from "./attribute-value-cases.ts";
import { capacityGroups } from "./capacity-cases.ts";
import {
  type Answer,
  type CaseGroup,
  type ConformanceCase,
  entriesHead,
  type JsonObject,
  type Refusal,
} from "./case-types.ts";
import { conditionTruthGroups } from "./condition-truth-cases.ts";
import { expressionGroups } from "./expression-cases.ts";
import { createTableRequest, fixtureTables, keyOf } from "./fixtures.ts";
import { type CallResult, type Harness, openHarness } from "./harness.ts";
import { keyGroups } from "./key-cases.ts";
import { keyConditionGroups } from "./key-condition-cases.ts";
import { legacyGroups } from "./legacy-cases.ts";
import { legacyTruthGroups } from "./legacy-truth-cases.ts";
import { mixingGroups } from "./mixing-cases.ts";
import { orderGroups } from "./order-cases.ts";
import { readGroups } from "./read-cases.ts";
import { readResultGroups } from "./read-result-cases.ts";
import { serializationGroups } from "./serialization-cases.ts";
import { shapeGroups } from "./shape-cases.ts";
import { fillTable, readAll, waitUntilActive } from "./table-contents.ts";
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
];

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
        for (const row of group.cases) it(shortened(row.name), () => run(row));
      });
    }
  });
}

async function run(row: ConformanceCase): Promise<void> {
  const table = tableOf(row);
  if (row.given !== undefined) await fillTable(harness, table, row.given);
  const result = await harness.call(row.operation, row.request);
  if ("error" in row.expect) expectRefusal(result, row.expect);
  else expectAnswer(result, row.expect);
  if (row.after !== undefined) await expectContents(table, row.after);
}

function expectRefusal({ status, body }: CallResult, wanted: Refusal): void {
  const message = String(body["message"] ?? body["Message"]);
  const type = String(body["__type"]).split("#").at(-1);
  // One text, so that a wrong name is explained by the message beside it.
  expect(`${status} ${type}: ${message}`).toBe(`400 ${wanted.error}: ${wanted.message ?? message}`);
  if (wanted.messageStart !== undefined) {
    expect(message.slice(0, wanted.messageStart.length)).toBe(wanted.messageStart);
  }
  if (wanted.messageIncludes !== undefined) expect(message).toContain(wanted.messageIncludes);
  if (wanted.body !== undefined) expect(withoutOrder(body)).toEqual(withoutOrder(wanted.body));
  if (wanted.entries !== undefined) {
    const head = entriesHead(wanted.entries.length);
    expect(message.slice(0, head.length)).toBe(head);
    expect(message.slice(head.length).split("; ").toSorted()).toEqual(wanted.entries.toSorted());
  }
}

function expectAnswer({ status, body }: CallResult, wanted: Answer): void {
  expect(status === 200 ? "200" : `${status} ${JSON.stringify(body)}`).toBe("200");
  if (wanted.body !== undefined) expect(withoutOrder(body)).toEqual(withoutOrder(wanted.body));
  if (wanted.includes !== undefined) expect(body).toMatchObject(wanted.includes);
  for (const member of wanted.lacks ?? []) expect(body).not.toHaveProperty(member);
}

async function expectContents(table: string, wanted: readonly JsonObject[]): Promise<void> {
  const found = await readAll(harness, table);
  const byKey = (a: JsonObject, b: JsonObject): number =>
    JSON.stringify(keyOf(table, a)) < JSON.stringify(keyOf(table, b)) ? -1 : 1;
  expect(withoutOrder(found.toSorted(byKey))).toEqual(withoutOrder(wanted.toSorted(byKey)));
}

/** The members of a set have no order: all sets are sorted before they are compared. */
function withoutOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrder);
  if (typeof value !== "object" || value === null) return value;
  return new Map(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [
        name,
        (name === "SS" || name === "NS" || name === "BS") && Array.isArray(member)
          ? member.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
          : withoutOrder(member),
      ]),
  );
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
