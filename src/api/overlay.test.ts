// The hand-written part of the operation table fits the shapes it lies over.
import { describe, expect, test } from "vitest";
import { checkedMembers, checkOrder, printedEnumValues } from "./overlay.ts";
import { enums } from "./shapes/enums.ts";
import { operationsOf } from "./shapes/registry.ts";

describe("overlay", () => {
  test("an order neither loses nor repeats members", () => {
    for (const [name, { input }] of Object.entries(operationsOf("DynamoDB"))) {
      expect(checkOrder(name, input).toSorted()).toEqual(Object.keys(input).toSorted());
    }
  });

  test("members without a known place keep the model's order", () => {
    const { input } = operationsOf("DynamoDB")["ListBackups"] ?? {};
    expect(checkOrder("ListBackups", input ?? {})).toEqual(Object.keys(input ?? {}));
  });

  test("the members of Query that nobody observed stand between the known ones", () => {
    const { input } = operationsOf("DynamoDB")["Query"] ?? {};
    const order = checkOrder("Query", input ?? {});
    expect(order.slice(0, 6)).toEqual([
      "Select",
      "IndexName",
      "ReturnConsumedCapacity",
      "QueryFilter",
      "TableName",
      "ConditionalOperator",
    ]);
    expect(order.slice(-2)).toEqual(["Limit", "KeyConditions"]);
  });

  test("printed enumerations are the model's values in another order", () => {
    for (const { name, values } of Object.values(enums)) {
      expect(printedEnumValues(name, values).toSorted()).toEqual(values.toSorted());
    }
    expect(printedEnumValues("ConditionalOperator", ["AND", "OR"])).toEqual(["OR", "AND"]);
  });

  test("bounds of its own replace only the members they name", () => {
    const { input = {} } = operationsOf("DynamoDB")["CreateTable"] ?? {};
    const checked = checkedMembers("CreateTable", input);
    expect(Object.keys(checked)).toEqual(Object.keys(input));
    expect(checked["KeySchema"]).toMatchObject({ min: 1, max: 2 });
    expect(checked["TableName"]).toBe(input["TableName"]);
  });
});
