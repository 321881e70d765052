/** Checks ExpressionAttributeNames and ExpressionAttributeValues, before any expression and after all of them. */
import { limits } from "../base/index.ts";
import { type AttributeValue, parseAttributeValue } from "../values/index.ts";
import type { Placeholders } from "./binder.ts";
import { expressionIssue, type ExpressionIssue, nestingText } from "./issues.ts";

export interface PlaceholderMaps {
  readonly names?: Readonly<Record<string, string>> | undefined;
  /** Wire values. */
  readonly values?: Readonly<Record<string, unknown>> | undefined;
}

type Parameter = "ExpressionAttributeNames" | "ExpressionAttributeValues";

/** The two maps as a request's expressions use them, or what is wrong with them. */
export function checkPlaceholders({ names, values }: PlaceholderMaps): Placeholders | ExpressionIssue {
  const message = names === undefined ? undefined : namesIssue(names);
  if (message !== undefined) return expressionIssue(message);
  const parsed = values === undefined ? undefined : parseValues(values);
  if (parsed?.kind === "expressionIssue") return parsed;
  const sizeBytes = (names === undefined ? 0 : namesSizeBytes(names)) + (parsed?.sizeBytes ?? 0);
  if (sizeBytes > limits.substitutionBytesMax) return expressionIssue(substitutionText(sizeBytes));
  return { names, values: parsed?.values, usedNames: new Set(), usedValues: new Set() };
}

function namesIssue(names: Readonly<Record<string, string>>): string | undefined {
  const parameter = "ExpressionAttributeNames";
  const keys = Object.keys(names);
  if (keys.length === 0) return `${parameter} must not be empty`;
  return keysIssue(parameter, keys, namePattern) ?? nameValuesIssue(names);
}

const namePattern = /^#[0-9A-Za-z_]+$/;
const valuePattern = /^:[0-9A-Za-z_]+$/;

/** A placeholder over 255 bytes is answered like one with wrong characters (text unconfirmed). */
function keysIssue(parameter: Parameter, keys: readonly string[], pattern: RegExp): string | undefined {
  const wrong = keys.find((key) => key.length > limits.placeholderBytesMax || !pattern.test(key));
  return wrong === undefined ? undefined : `${parameter} contains invalid key: Syntax error; key: "${wrong}"`;
}

/** The details after `invalid value: ` are guesses (unconfirmed). */
function nameValuesIssue(names: Readonly<Record<string, string>>): string | undefined {
  for (const [key, name] of Object.entries(names)) {
    const detail = nameDetail(name);
    if (detail !== undefined) {
      return `ExpressionAttributeNames contains invalid value: ${detail} for key ${key}`;
    }
  }
  return undefined;
}

function nameDetail(name: string): string | undefined {
  if (name === "") return "Empty attribute name";
  const large =
    name.length * limits.utf8BytesPerUnitMax > limits.attributeNameBytesMax &&
    Buffer.byteLength(name) > limits.attributeNameBytesMax;
  return large ? "Attribute name is too large, must be less than 65536 bytes" : undefined;
}

function namesSizeBytes(names: Readonly<Record<string, string>>): number {
  let sizeBytes = 0;
  for (const [key, name] of Object.entries(names)) sizeBytes += key.length + Buffer.byteLength(name);
  return sizeBytes;
}

/** No source has this text (unconfirmed). */
function substitutionText(sizeBytes: number): string {
  return (
    "The total size of ExpressionAttributeNames and ExpressionAttributeValues has exceeded the maximum " +
    `allowed size; size: ${sizeBytes}`
  );
}

interface ParsedValues {
  readonly kind: "values";
  readonly values: ReadonlyMap<string, AttributeValue>;
  readonly sizeBytes: number;
}

function parseValues(wire: Readonly<Record<string, unknown>>): ParsedValues | ExpressionIssue {
  const parameter = "ExpressionAttributeValues";
  const keys = Object.keys(wire);
  if (keys.length === 0) return expressionIssue(`${parameter} must not be empty`);
  const message = keysIssue(parameter, keys, valuePattern);
  if (message !== undefined) return expressionIssue(message);
  const values = new Map<string, AttributeValue>();
  let sizeBytes = 0;
  for (const key of keys) {
    const parsed = parseAttributeValue(wire[key]);
    if (parsed.kind === "valueIssue") return invalidValue(parsed.message, key);
    if (parsed.nestingLevels > limits.nestingLevelsMax) return invalidValue(nestingText, key);
    values.set(key, parsed.value);
    sizeBytes += key.length + parsed.sizeBytes;
  }
  return { kind: "values", values, sizeBytes };
}

/** That the text about nesting is wrapped like the others about values is unconfirmed. */
function invalidValue(text: string, key: string): ExpressionIssue {
  return expressionIssue(`ExpressionAttributeValues contains invalid value: ${text} for key ${key}`);
}

/** After all expressions: every placeholder must have been used by one of them, names first. */
export function unusedIssue({
  names,
  values,
  usedNames,
  usedValues,
}: Placeholders): ExpressionIssue | undefined {
  const unusedNames = names === undefined ? [] : Object.keys(names).filter((key) => !usedNames.has(key));
  if (unusedNames.length > 0) return expressionIssue(unusedText("ExpressionAttributeNames", unusedNames));
  if (values === undefined || values.size === usedValues.size) return undefined;
  const unusedValues = [...values.keys()].filter((key) => !usedValues.has(key));
  return expressionIssue(unusedText("ExpressionAttributeValues", unusedValues));
}

function unusedText(parameter: Parameter, keys: readonly string[]): string {
  return `Value provided in ${parameter} unused in expressions: keys: {${keys.join(", ")}}`;
}
