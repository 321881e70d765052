/** Sums and differences against BigInt at one fixed scale. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDecimal } from "./decimal.ts";
import { addDecimals, subtractDecimals } from "./decimal-arithmetic.ts";

const overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range";
const underflow =
  "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const tooManyDigits = "Attempting to store more than 38 significant digits in a Number";

function decimal(text: string): string {
  const parsed = parseDecimal(text);
  return parsed.kind === "decimal" ? parsed.text : "";
}

function outcome(result: ReturnType<typeof addDecimals>): string {
  return result.kind === "decimal" ? result.text : result.message;
}

test.each([
  ["1", "2", "3"],
  ["0", "0", "0"],
  ["5", "-5", "0"],
  ["-1", "1", "0"],
  ["0.1", "0.2", "0.3"],
  ["0.5", "0.5", "1"],
  ["1", "-0.001", "0.999"],
  ["999999999999999", "1", "1000000000000000"],
  ["-99999999999999", "-1", "-100000000000000"],
  ["9007199254740993", "0", "9007199254740993"],
  ["123456789012345678901234567890", "1", "123456789012345678901234567891"],
  ["1e-130", "0", `0.${"0".repeat(129)}1`],
  ["9e125", "-8e125", `1${"0".repeat(125)}`],
  ["9e125", "1e125", overflow],
  ["-9e125", "-1e125", overflow],
  ["1.1e-130", "-1e-130", underflow],
  ["1e125", "1", tooManyDigits],
  ["9".repeat(38), "0.1", tooManyDigits],
  ["9".repeat(38), "1", `1${"0".repeat(38)}`],
])("%s + %s = %s", (left, right, expected) => {
  expect(outcome(addDecimals(decimal(left), decimal(right)))).toBe(expected);
  expect(outcome(addDecimals(decimal(right), decimal(left)))).toBe(expected);
});

test.each([
  ["3", "2", "1"],
  ["2", "3", "-1"],
  ["0", "3", "-3"],
  ["3", "0", "3"],
  ["0.3", "0.1", "0.2"],
  ["-1", "-1", "0"],
  ["1", "1e-37", `0.${"9".repeat(37)}`],
  ["-9e125", "1e125", overflow],
])("%s - %s = %s", (left, right, expected) => {
  expect(outcome(subtractDecimals(decimal(left), decimal(right)))).toBe(expected);
});

/** Sums of these fit into 38 digits or do not; both happen often. */
const operand = fc
  .tuple(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: -45, max: 5 }))
  .map(([integer, scale]) => ({
    text: decimal(`${integer}e${scale}`),
    units: integer * 10n ** BigInt(scale + 45),
  }));

function expectedSum(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().replace(/0+$/, "");
  return digits.length > 38 ? tooManyDigits : decimal(`${units}e-45`);
}

test("sums and differences are exact or refused", () => {
  fc.assert(
    fc.property(operand, operand, (left, right) => {
      expect(outcome(addDecimals(left.text, right.text))).toBe(expectedSum(left.units + right.units));
      expect(outcome(subtractDecimals(left.text, right.text))).toBe(expectedSum(left.units - right.units));
    }),
    { seed: 31, numRuns: 500 },
  );
});

test("small sums are exact too", () => {
  const small = fc
    .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: -6, max: 3 }))
    .map(([integer, scale]) => ({
      text: decimal(`${integer}e${scale}`),
      units: BigInt(integer) * 10n ** BigInt(scale + 45),
    }));
  fc.assert(
    fc.property(small, small, (left, right) => {
      expect(outcome(addDecimals(left.text, right.text))).toBe(expectedSum(left.units + right.units));
    }),
    { seed: 32, numRuns: 500 },
  );
});
