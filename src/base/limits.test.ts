/** Limits that would contradict each other are mistakes in the table. */

import { expect, test } from "vitest";
import { limits } from "./limits.ts";

test("every limit is an integer", () => {
  expect(Object.entries(limits).filter(([, value]) => !Number.isSafeInteger(value))).toEqual([]);
});

test("what is inside fits into what is around it", () => {
  const inOrder = [
    [limits.numberExponentMin, limits.numberExponentMax],
    [limits.provisionedUnitsTableMax, limits.provisionedUnitsAccountMax],
    [limits.provisionedUnitsAccountMax, limits.provisionedUnitsValueMax],
    [limits.sortKeyBytesMax, limits.partitionKeyBytesMax],
    [limits.partitionKeyBytesMax, limits.attributeNameBytesMax],
    [limits.attributeNameBytesMax, limits.itemBytesMax],
    [limits.itemBytesMax, limits.pageBytesMax],
    [limits.pageBytesMax, limits.batchResponseBytesMax],
    [limits.batchWriteRequestsMax * limits.itemBytesMax, limits.requestBytesMax],
    [limits.placeholderBytesMax, limits.expressionBytesMax],
    [limits.expressionBytesMax, limits.substitutionBytesMax],
    [limits.substitutionBytesMax, limits.requestBytesMax],
    [limits.writeUnitBytes, limits.readUnitBytes],
  ];
  expect(inOrder.filter(([inner = 0, outer = 0]) => inner >= outer)).toEqual([]);
});

test("sizes in units of two are the round figures of the documentation", () => {
  expect(limits.itemBytesMax).toBe(400 * 1024);
  expect(limits.pageBytesMax).toBe(1024 ** 2);
  expect(limits.requestBytesMax).toBe(16 * 1024 ** 2);
  expect(limits.batchResponseBytesMax).toBe(16 * 1024 ** 2);
  expect(limits.substitutionBytesMax).toBe(2 * 1024 ** 2);
});
