/**
 * Numbers as their text: checking what a client sent, bringing it to the one normalized form, and comparing
 * such forms. Normalized is plain notation: no exponent, no plus, no needless zeros, "0" for every zero. A
 * normalized number has at most 38 significant digits and a leading digit between 1E-130 and 1E+125.
 * Everything is one pass over the text, so a megabyte of digits costs no more than reading it.
 */

import { limits } from "../base/index.ts";

/** `text` is normalized; `message` is DynamoDB's. */
export type DecimalResult =
  | { readonly kind: "decimal"; readonly text: string }
  | { readonly kind: "issue"; readonly message: string };

const overflow: DecimalResult = {
  kind: "issue",
  message: "Number overflow. Attempting to store a number with magnitude larger than supported range",
};

const underflow: DecimalResult = {
  kind: "issue",
  message: "Number underflow. Attempting to store a number with magnitude smaller than supported range",
};

const tooManyDigits: DecimalResult = {
  kind: "issue",
  message: `Attempting to store more than ${limits.numberDigitsMax} significant digits in a Number`,
};

const zero: DecimalResult = { kind: "decimal", text: "0" };

const minus = 45;
const plus = 43;
const point = 46;
const digitZero = 48;
const digitNine = 57;
const upperE = 69;
const lowerE = 101;

/** No plain number of this length, sign and point included, can have too many digits or too small a magnitude. */
const plainLengthMax = limits.numberDigitsMax;

/** Exponents stop counting here: far outside the range whatever the number of zeros in a request. */
const exponentCap = 1e12;

/**
 * Reads a number as received. Unconfirmed, and as Java's BigDecimal does it: a leading plus, a missing whole
 * part (".5") and a missing fraction ("5.") are accepted.
 */
export function parseDecimal(text: string): DecimalResult {
  if (isPlain(text)) {
    return { kind: "decimal", text };
  }
  const scan = scanDecimal(text);
  if (scan === undefined) {
    const detail = text === "" ? "" : `: ${text}`;
    return { kind: "issue", message: `The parameter cannot be converted to a numeric value${detail}` };
  }
  if (scan.first < 0) {
    return zero;
  }
  return decimalOf(scan.negative, significantDigits(text, scan), scan.exponent);
}

/** Both normalized. Negative, zero or positive. */
export function compareDecimals(left: string, right: string): number {
  if (left === right) {
    return 0;
  }
  const leftSign = signOf(left);
  const rightSign = signOf(right);
  if (leftSign !== rightSign) {
    return leftSign - rightSign;
  }
  const a = decimalParts(left);
  const b = decimalParts(right);
  if (a.exponent !== b.exponent) {
    return leftSign * (a.exponent - b.exponent);
  }
  // Digits have no zeros at their ends, so their order as text is their order as fractions.
  return a.digits < b.digits ? -leftSign : leftSign;
}

/** A number taken apart: 0.d1d2d3... times ten to the (exponent + 1); no digits for zero. */
export interface DecimalParts {
  readonly negative: boolean;
  /** Without zeros at either end. */
  readonly digits: string;
  /** Decimal exponent of the leading digit; 0 for zero. */
  readonly exponent: number;
}

/** Of a normalized number. */
export function decimalParts(text: string): DecimalParts {
  const negative = text.charCodeAt(0) === minus;
  const start = negative ? 1 : 0;
  const pointAt = text.indexOf(".", start);
  if (pointAt < 0) {
    let end = text.length;
    while (end > start && text.charCodeAt(end - 1) === digitZero) {
      end -= 1;
    }
    return {
      negative,
      digits: text.slice(start, end),
      exponent: end === start ? 0 : text.length - start - 1,
    };
  }
  if (text.charCodeAt(start) !== digitZero) {
    const digits = text.slice(start, pointAt) + text.slice(pointAt + 1);
    return { negative, digits, exponent: pointAt - start - 1 };
  }
  let first = pointAt + 1;
  while (text.charCodeAt(first) === digitZero) {
    first += 1;
  }
  return { negative, digits: text.slice(first), exponent: pointAt - first };
}

/**
 * The number with these significant digits (no zeros at either end, not empty) and this exponent of the
 * leading one, if it can be stored. A magnitude out of range is reported before too many digits.
 */
export function decimalOf(negative: boolean, digits: string, exponent: number): DecimalResult {
  if (exponent > limits.numberExponentMax) {
    return overflow;
  }
  if (exponent < limits.numberExponentMin) {
    return underflow;
  }
  if (digits.length > limits.numberDigitsMax) {
    return tooManyDigits;
  }
  return { kind: "decimal", text: plainText(negative, digits, exponent) };
}

function plainText(negative: boolean, digits: string, exponent: number): string {
  const sign = negative ? "-" : "";
  if (exponent < 0) {
    return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  }
  const wholeLength = exponent + 1;
  if (digits.length <= wholeLength) {
    return sign + digits + "0".repeat(wholeLength - digits.length);
  }
  return `${sign}${digits.slice(0, wholeLength)}.${digits.slice(wholeLength)}`;
}

function signOf(text: string): number {
  if (text === "0") {
    return 0;
  }
  return text.charCodeAt(0) === minus ? -1 : 1;
}

/** True for most numbers there are: short and normalized already. False says nothing. */
function isPlain(text: string): boolean {
  const { length } = text;
  if (length > plainLengthMax) {
    return false;
  }
  const start = text.charCodeAt(0) === minus ? 1 : 0;
  const first = text.charCodeAt(start);
  if (first === digitZero) {
    // Zero itself, or a fraction whose last digit the loop below checks; "-0" is neither.
    if (text.charCodeAt(start + 1) !== point) {
      return length === 1;
    }
  } else if (!(first > digitZero && first <= digitNine)) {
    return false;
  }
  let points = 0;
  for (let index = start + 1; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === point) {
      points += 1;
    } else if (unit < digitZero || unit > digitNine) {
      return false;
    }
  }
  return points === 0 || (points === 1 && endsInNonZero(text));
}

function endsInNonZero(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last > digitZero && last <= digitNine;
}

interface Scan {
  readonly negative: boolean;
  /** Index of the first and after the last digit other than zero; -1 when all are zero. */
  readonly first: number;
  readonly end: number;
  /** Index of the point, or after the digits when there is none. */
  readonly pointAt: number;
  /** Of the leading digit, exponent part included. */
  readonly exponent: number;
}

/** Undefined when the text is no number. */
function scanDecimal(text: string): Scan | undefined {
  const lead = text.charCodeAt(0);
  const start = lead === minus || lead === plus ? 1 : 0;
  const digits = scanDigits(text, start);
  const written = digits.stop === text.length ? 0 : scanExponent(text, digits.stop);
  if (digits.none || written === undefined) {
    return undefined;
  }
  const { first, end, pointAt } = digits;
  const position = first < pointAt ? pointAt - first - 1 : pointAt - first;
  return { negative: lead === minus, first, end, pointAt, exponent: position + written };
}

/** Digits with at most one point among them, up to the index `stop`; `none` when there is not one digit. */
type DigitScan = Pick<Scan, "first" | "end" | "pointAt"> & { readonly stop: number; readonly none: boolean };

function scanDigits(text: string, start: number): DigitScan {
  let first = -1;
  let end = -1;
  let pointAt = -1;
  let index = start;
  for (; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > digitZero && unit <= digitNine) {
      first = first < 0 ? index : first;
      end = index + 1;
    } else if (unit === point && pointAt < 0) {
      pointAt = index;
    } else if (unit !== digitZero) {
      break;
    }
  }
  const none = index - start === (pointAt < 0 ? 0 : 1);
  return { first, end, pointAt: pointAt < 0 ? index : pointAt, stop: index, none };
}

/** The exponent part from its "e" to the end of the text; undefined when it is none. Stops growing at the cap. */
function scanExponent(text: string, at: number): number | undefined {
  const letter = text.charCodeAt(at);
  if (letter !== lowerE && letter !== upperE) {
    return undefined;
  }
  const sign = text.charCodeAt(at + 1);
  const start = sign === minus || sign === plus ? at + 2 : at + 1;
  if (start >= text.length) {
    return undefined;
  }
  let exponent = 0;
  for (let index = start; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - digitZero;
    if (digit < 0 || digit > 9) {
      return undefined;
    }
    exponent = Math.min(exponent * 10 + digit, exponentCap);
  }
  return sign === minus ? -exponent : exponent;
}

function significantDigits(text: string, scan: Scan): string {
  const { first, end, pointAt } = scan;
  if (pointAt < first || pointAt >= end) {
    return text.slice(first, end);
  }
  return text.slice(first, pointAt) + text.slice(pointAt + 1, end);
}
