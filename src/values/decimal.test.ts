/** Numbers: what is accepted, how it is spelled back, how it compares; BigInt is the oracle. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareDecimals, decimalParts, parseDecimal } from "./decimal.ts";

const notANumber = "The parameter cannot be converted to a numeric value";
const overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range";
const underflow =
  "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const tooManyDigits = "Attempting to store more than 38 significant digits in a Number";

function normalized(text: string): string {
  const parsed = parseDecimal(text);
  return parsed.kind === "decimal" ? parsed.text : `issue: ${parsed.message}`;
}

describe("accepted", () => {
  test.each([
    ["0", "0"],
    ["-0", "0"],
    ["+0", "0"],
    ["0.0", "0"],
    ["-0.000", "0"],
    ["000", "0"],
    ["0e999999999999", "0"],
    ["0E-999999999999", "0"],
    ["1", "1"],
    ["+1", "1"],
    ["-1", "-1"],
    ["007", "7"],
    ["1000", "1000"],
    ["1e3", "1000"],
    ["1E3", "1000"],
    ["1e+3", "1000"],
    ["1.50", "1.5"],
    ["-1.50", "-1.5"],
    ["0.5", "0.5"],
    [".5", "0.5"],
    ["-.5", "-0.5"],
    ["5.", "5"],
    ["5.e1", "50"],
    ["00.5", "0.5"],
    ["0.000123", "0.000123"],
    ["123e-6", "0.000123"],
    ["12.34e1", "123.4"],
    ["12.34e-1", "1.234"],
    ["12.34e-2", "0.1234"],
    ["1200.00e-2", "12"],
    ["100.001", "100.001"],
    ["1e00000000000000000003", "1000"],
    ["9".repeat(38), "9".repeat(38)],
    [`${"9".repeat(38)}000`, `${"9".repeat(38)}000`],
    [`0.${"9".repeat(38)}`, `0.${"9".repeat(38)}`],
    ["1e125", `1${"0".repeat(125)}`],
    [`-${"9".repeat(38)}e88`, `-${"9".repeat(38)}${"0".repeat(88)}`],
    ["1e-130", `0.${"0".repeat(129)}1`],
    ["-9.9999999999999999999999999999999999999E+125", `-${"9".repeat(38)}${"0".repeat(88)}`],
    [`0.${"0".repeat(1000)}1e1001`, "1"],
    [`1${"0".repeat(1000)}e-1000`, "1"],
  ])("%s is %s", (text, expected) => {
    expect(normalized(text)).toBe(expected);
  });
});

describe("refused", () => {
  test.each([
    ["", notANumber],
    ["-", `${notANumber}: -`],
    ["+", `${notANumber}: +`],
    [".", `${notANumber}: .`],
    ["-.", `${notANumber}: -.`],
    ["e5", `${notANumber}: e5`],
    [".e5", `${notANumber}: .e5`],
    ["1e", `${notANumber}: 1e`],
    ["1e+", `${notANumber}: 1e+`],
    ["1e5.", `${notANumber}: 1e5.`],
    ["1e5e5", `${notANumber}: 1e5e5`],
    ["1e--5", `${notANumber}: 1e--5`],
    ["1.2.3", `${notANumber}: 1.2.3`],
    ["--1", `${notANumber}: --1`],
    ["+-1", `${notANumber}: +-1`],
    [" 1", `${notANumber}:  1`],
    ["1 ", `${notANumber}: 1 `],
    ["1_000", `${notANumber}: 1_000`],
    ["1,000", `${notANumber}: 1,000`],
    ["0x1f", `${notANumber}: 0x1f`],
    ["1f", `${notANumber}: 1f`],
    ["NaN", `${notANumber}: NaN`],
    ["Infinity", `${notANumber}: Infinity`],
    ["-Infinity", `${notANumber}: -Infinity`],
    ["abc", `${notANumber}: abc`],
    ["\u0661", `${notANumber}: \u0661`],
    ["1e126", overflow],
    ["-1e126", overflow],
    ["10e125", overflow],
    [`1${"0".repeat(126)}`, overflow],
    ["1e999999999999", overflow],
    ["1e99999999999999999999999999999999", overflow],
    ["1e-131", underflow],
    ["-1e-131", underflow],
    ["0.1e-130", underflow],
    ["1e-999999999999", underflow],
    ["1".repeat(39), tooManyDigits],
    [`-${"1".repeat(39)}`, tooManyDigits],
    [`0.${"1".repeat(39)}`, tooManyDigits],
    [`1.${"0".repeat(37)}1`, tooManyDigits],
    // A magnitude out of range is named before too many digits.
    [`${"1".repeat(39)}e100`, overflow],
    [`0.${"1".repeat(39)}e-130`, underflow],
  ])("%s", (text, message) => {
    expect(parseDecimal(text)).toEqual({ kind: "issue", message });
  });
});

test("a megabyte of digits is read once, not once per digit", () => {
  const zeros = "0".repeat(1_000_000);
  expect(normalized(`${zeros}1.5${zeros}`)).toBe("1.5");
  expect(normalized(`1${zeros}`)).toBe(`issue: ${overflow}`);
  expect(normalized(`0.${zeros}1`)).toBe(`issue: ${underflow}`);
  expect(normalized(`0.${zeros}1e1000001`)).toBe("1");
  expect(normalized(`1e-${zeros}5`)).toBe("0.00001");
  expect(normalized("7".repeat(1_000_000))).toBe(`issue: ${overflow}`);
});

interface Spelled {
  readonly text: string;
  /** The value is integer * 10^scale. */
  readonly integer: bigint;
  readonly scale: number;
}

/** Any spelling the grammar allows, with what it means. */
const spelled: fc.Arbitrary<Spelled> = fc
  .record({
    sign: fc.constantFrom("", "", "-", "+"),
    whole: fc.stringMatching(/^(0{0,3}[0-9]{0,25}0{0,3})$/),
    fraction: fc.option(fc.stringMatching(/^(0{0,5}[0-9]{0,25}0{0,3})$/), { nil: undefined }),
    exponent: fc.option(fc.integer({ min: -150, max: 150 }), { nil: undefined }),
    letter: fc.constantFrom("e", "E", "e+"),
  })
  .filter(({ whole, fraction }) => whole !== "" || (fraction ?? "") !== "")
  .map(({ sign, whole, fraction, exponent, letter }) => {
    const mark = exponent !== undefined && exponent < 0 ? letter.charAt(0) : letter;
    const tail = exponent === undefined ? "" : `${mark}${exponent}`;
    const point = fraction === undefined ? "" : `.${fraction}`;
    const magnitude = BigInt(whole + (fraction ?? ""));
    return {
      text: sign + whole + point + tail,
      integer: sign === "-" ? -magnitude : magnitude,
      scale: (exponent ?? 0) - (fraction ?? "").length,
    };
  });

/** Comparable and exact for every number in range. */
function scaled(integer: bigint, scale: number): bigint {
  return integer * 10n ** BigInt(scale + 400);
}

function meaning(text: string): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return scaled(BigInt(whole + fraction), -fraction.length);
}

function expectedIssue({ integer, scale }: Spelled): string | undefined {
  const digits = (integer < 0n ? -integer : integer).toString();
  const exponent = digits.length - 1 + scale;
  if (integer === 0n) return undefined;
  if (exponent > 125) return overflow;
  if (exponent < -130) return underflow;
  return digits.replace(/0+$/, "").length > 38 ? tooManyDigits : undefined;
}

test("a normalized number means what was written, in the one plain spelling", () => {
  fc.assert(
    fc.property(spelled, (number) => {
      const issue = expectedIssue(number);
      fc.pre(issue === undefined);
      const text = normalized(number.text);
      expect(text).toMatch(/^(0|-?[1-9][0-9]*(\.[0-9]*[1-9])?|-?0\.[0-9]*[1-9])$/);
      expect(meaning(text)).toBe(scaled(number.integer, number.scale));
      expect(normalized(text)).toBe(text);
    }),
    { seed: 21, numRuns: 400 },
  );
});

test("a number out of range or with too many digits is refused for the right reason, and no other", () => {
  fc.assert(
    fc.property(spelled, (number) => {
      const parsed = parseDecimal(number.text);
      expect(parsed.kind === "issue" ? parsed.message : undefined).toBe(expectedIssue(number));
    }),
    { seed: 24, numRuns: 600 },
  );
});

const stored = spelled.map(({ text }) => parseDecimal(text)).filter((parsed) => parsed.kind === "decimal");

test("numbers compare as their meanings", () => {
  fc.assert(
    fc.property(stored, stored, ({ text: left }, { text: right }) => {
      const expected = meaning(left) - meaning(right);
      expect(Math.sign(compareDecimals(left, right))).toBe(expected > 0n ? 1 : expected < 0n ? -1 : 0);
    }),
    { seed: 22, numRuns: 600 },
  );
});

test.each([
  ["-1e125", "-1"],
  ["-1", "-0.5"],
  ["-0.5", "-1e-130"],
  ["-1e-130", "0"],
  ["0", "1e-130"],
  ["0.1", "0.11"],
  ["0.9", "1"],
  ["9", "10"],
  ["99", "100"],
  ["1.1", "1.2"],
  ["-1.2", "-1.1"],
  ["-12", "-1.25"],
])("%s is below %s", (left, right) => {
  expect(compareDecimals(normalized(left), normalized(right))).toBeLessThan(0);
  expect(compareDecimals(normalized(right), normalized(left))).toBeGreaterThan(0);
});

test("a number taken apart puts together to itself", () => {
  fc.assert(
    fc.property(stored, ({ text }) => {
      const { negative, digits, exponent } = decimalParts(text);
      expect(digits).toMatch(/^([1-9]([0-9]*[1-9])?)?$/);
      expect(
        normalized(`${negative ? "-" : ""}${digits === "" ? "0" : digits}e${exponent - digits.length + 1}`),
      ).toBe(text);
    }),
    { seed: 23, numRuns: 500 },
  );
});
