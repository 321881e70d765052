/** Binding of JSON scalars: what converts, and what DynamoDB says about the rest. */
import {
  base64Length,
  type BindingProblem,
  bindingProblem,
  bindingTexts,
  unrecognizedCollection,
} from "./binding.ts";

/** What is wrong with a value that is no string where a string belongs. */
export function notAString(json: unknown): BindingProblem {
  return scalarMismatch(json, "String", "java.lang.String");
}

/**
 * Every mismatch of a scalar target: `typeName` is the word in the text, `javaType` the class named for lists.
 * Not called for null, which means absent.
 */
function scalarMismatch(json: unknown, typeName: string, javaType: string): BindingProblem {
  if (typeof json === "object") {
    return bindingProblem(
      Array.isArray(json) ? unrecognizedCollection(`class ${javaType}`) : bindingTexts.structureStart,
    );
  }
  return bindingProblem(`${tokenName(json)} cannot be converted to ${typeName}`);
}

/** A number written `1.0` counts as an integer here: the parsed JSON no longer tells. */
function tokenName(json: unknown): string {
  if (typeof json === "boolean") return json ? "TRUE_VALUE" : "FALSE_VALUE";
  if (typeof json === "string") return "STRING_VALUE";
  return Number.isInteger(json) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
}

const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

const booleanWordLengthMax = 5;

/** Strings that spell a truth value convert, in any case. */
export function booleanOf(json: unknown): boolean | BindingProblem {
  if (typeof json === "boolean") return json;
  if (typeof json !== "string") return scalarMismatch(json, "Boolean", "java.lang.Boolean");
  const word = json.length > booleanWordLengthMax ? undefined : booleanWords.get(json.toLowerCase());
  return word ?? bindingProblem(bindingTexts.parserToken);
}

/** Largest values of Java's integer types; numbers beyond them saturate (unconfirmed). */
const integerMax = 2 ** 31 - 1;
const longMax = 2 ** 63;

/** Decimals are floored, never refused. */
export function integerOf(json: unknown): number | BindingProblem {
  if (typeof json !== "number") return scalarMismatch(json, "Integer", "java.lang.Integer");
  return Math.min(Math.max(Math.floor(json), -integerMax - 1), integerMax);
}

export function longOf(json: unknown): number | BindingProblem {
  if (typeof json !== "number") return scalarMismatch(json, "Long", "java.lang.Long");
  return Math.min(Math.max(Math.floor(json), -longMax), longMax);
}

export function doubleOf(json: unknown): number | BindingProblem {
  if (typeof json !== "number") return scalarMismatch(json, "Double", "java.lang.Double");
  return finite(json);
}

/** Seconds since 1970. That mismatches name Date is a guess after the pattern of the others (unconfirmed). */
export function timestampOf(json: unknown): number | BindingProblem {
  if (typeof json !== "number") return scalarMismatch(json, "Date", "java.util.Date");
  return finite(json);
}

/** JSON numbers such as 1e999 arrive as Infinity. */
function finite(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}

/** Undefined when the value is canonical, padded base64. Linear, without backtracking. */
export function blobProblem(json: unknown): BindingProblem | undefined {
  if (typeof json !== "string") {
    if (typeof json !== "object") return bindingProblem(bindingTexts.blobScalar);
    return scalarMismatch(json, "ByteBuffer", "java.nio.ByteBuffer");
  }
  if (json.length % 4 !== 0) return bindingProblem(base64Length(json.length));
  return isBase64(json) ? undefined : bindingProblem(bindingTexts.blobCharacters);
}

const notBase64 = /[^A-Za-z0-9+/]/u;
/** The last character before one or two `=` must not carry bits that belong to no byte. */
const lastBeforeOnePad = /[AEIMQUYcgkosw048]/u;
const lastBeforeTwoPads = /[AQgw]/u;

function isBase64(text: string): boolean {
  const length = text.length;
  if (text.charCodeAt(length - 1) !== padCode) return !notBase64.test(text);
  const twoPads = text.charCodeAt(length - 2) === padCode;
  const digits = text.slice(0, twoPads ? -2 : -1);
  const last = digits.charAt(digits.length - 1);
  return !notBase64.test(digits) && (twoPads ? lastBeforeTwoPads : lastBeforeOnePad).test(last);
}

const padCode = 0x3d;
