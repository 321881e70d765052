/**
 * Type checks of attribute values inside a request: is S a string, is M an object, and so on. What the values
 * mean is checked later, by src/values, on the same objects; nothing is copied here.
 */
import { type BindingProblem, bindingProblem, bindingTexts, unrecognizedCollection } from "./binding.ts";
import { structurePackage } from "./java-types.ts";
import { blobProblem, booleanOf, notAString } from "./scalars.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Documents nested deeper than this are refused here, so that nobody after the door meets one. DynamoDB's own
 * limit of 32 levels, whose error comes after the table lookup, is checked by the operations.
 */
const walkDepthMax = 64;

const tooDeep: BindingProblem = {
  kind: "validation",
  message:
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
};

const attributeValueList = unrecognizedCollection(`class ${structurePackage}AttributeValue`);
const attributeMapList = unrecognizedCollection(
  `java.util.Map<java.lang.String, ${structurePackage}AttributeValue>`,
);

/** The values of an item, a key or a map of placeholders. Nulls are left to src/values. */
export function attributeMapProblem(json: JsonObject, depth = 0): BindingProblem | undefined {
  if (depth > walkDepthMax) return tooDeep;
  for (const name of Object.keys(json)) {
    const value = json[name];
    if (value === null) continue;
    const problem = attributeValueProblem(value, bindingTexts.elementType, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** `scalarText` differs between members of structures and elements of lists and maps. */
export function attributeValueProblem(
  json: unknown,
  scalarText: string,
  depth = 0,
): BindingProblem | undefined {
  if (typeof json !== "object" || json === null) return bindingProblem(scalarText);
  if (Array.isArray(json)) return bindingProblem(attributeValueList);
  for (const type of Object.keys(json)) {
    const content = (json as JsonObject)[type];
    if (content === null) continue;
    const problem = contentProblem(json as Record<string, unknown>, type, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Members that are no attribute type are ignored, as everywhere in a request. */
function contentProblem(
  value: Record<string, unknown>,
  type: string,
  depth: number,
): BindingProblem | undefined {
  const content = value[type];
  switch (type) {
    case "S":
    case "N":
      return typeof content === "string" ? undefined : notAString(content);
    case "B":
      return blobProblem(content);
    case "BOOL":
    case "NULL":
      return truthProblem(value, type);
    case "SS":
    case "NS":
      return elementsProblem(content, stringProblem);
    case "BS":
      return elementsProblem(content, blobProblem);
    case "L":
      return listProblem(content, depth + 1);
    case "M":
      return mapProblem(content, depth + 1);
    default:
      return undefined;
  }
}

function stringProblem(json: unknown): BindingProblem | undefined {
  return typeof json === "string" ? undefined : notAString(json);
}

/** A truth value given as text is converted in place: so rare that copying for it would be waste. */
function truthProblem(value: Record<string, unknown>, type: "BOOL" | "NULL"): BindingProblem | undefined {
  const truth = booleanOf(value[type]);
  if (typeof truth === "object") return truth;
  value[type] = truth;
  return undefined;
}

function elementsProblem(
  json: unknown,
  elementProblem: (element: unknown) => BindingProblem | undefined,
): BindingProblem | undefined {
  if (!Array.isArray(json)) return notAList(json);
  for (const element of json as readonly unknown[]) {
    if (element === null) continue;
    const problem = elementProblem(element);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function listProblem(json: unknown, depth: number): BindingProblem | undefined {
  if (!Array.isArray(json)) return notAList(json);
  if (depth > walkDepthMax) return tooDeep;
  for (const element of json as readonly unknown[]) {
    if (element === null) continue;
    const problem = attributeValueProblem(element, bindingTexts.elementType, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function mapProblem(json: unknown, depth: number): BindingProblem | undefined {
  if (typeof json !== "object" || json === null) return bindingProblem(bindingTexts.memberType);
  if (Array.isArray(json)) return bindingProblem(attributeMapList);
  return attributeMapProblem(json as JsonObject, depth);
}

function notAList(json: unknown): BindingProblem {
  return bindingProblem(typeof json === "object" ? bindingTexts.structureStart : bindingTexts.memberType);
}
