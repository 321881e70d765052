/** Rules about the operands of operators and functions in conditions; all answer DynamoDB's text or undefined. */
import { type AttributeType, compareScalars, isScalar } from "../values/index.ts";
import { samePath } from "./document-path.ts";
import { anyTypeList, operandTexts } from "./issues.ts";
import type { Operand } from "./plans.ts";
import { isOrdered } from "./value-kinds.ts";

/** What is known of an operand's type before there is an item. */
function staticType(operand: Operand): AttributeType | undefined {
  switch (operand.kind) {
    case "path":
      return undefined;
    case "value":
      return operand.value.type;
    case "size":
      return "N";
  }
}

/** An attribute is not compared with itself. */
export function distinctIssue(
  operator: string,
  first: Operand,
  others: readonly Operand[],
): string | undefined {
  if (first.kind !== "path") return undefined;
  const { path } = first;
  const same = others.some((other) => other.kind === "path" && samePath(path, other.path));
  return same ? operandTexts.distinctOperands(operator, path) : undefined;
}

export function orderedIssue(operator: string, operands: readonly Operand[]): string | undefined {
  for (const operand of operands) {
    const type = staticType(operand);
    if (type !== undefined && !isOrdered(type)) return operandTexts.operatorOperandType(operator, type);
  }
  return undefined;
}

/** Bounds given as values must have one type and be in order. */
export function boundsIssue(lower: Operand, upper: Operand): string | undefined {
  if (lower.kind !== "value" || upper.kind !== "value") return undefined;
  if (!isScalar(lower.value) || !isScalar(upper.value)) return undefined;
  if (lower.value.type !== upper.value.type) return operandTexts.boundTypes(lower.value, upper.value);
  const order = compareScalars(lower.value, upper.value) ?? 0;
  return order > 0 ? operandTexts.boundOrder(lower.value, upper.value) : undefined;
}

type TypeSet = ReadonlySet<AttributeType>;
const textTypes: TypeSet = new Set<AttributeType>(["S", "B"]);
const sizedTypes: TypeSet = new Set<AttributeType>(["S", "B", "SS", "NS", "BS", "L", "M"]);
const searchedTypes: TypeSet = new Set<AttributeType>(["S", "B", "SS", "NS", "BS", "L"]);

/** The number of operands is right already. */
export function functionIssue(name: string, operands: readonly Operand[]): string | undefined {
  const [first, ...others] = operands;
  if (first === undefined) return undefined;
  switch (name) {
    case "attribute_exists":
    case "attribute_not_exists":
      return first.kind === "path" ? undefined : operandTexts.pathRequired(name);
    case "attribute_type":
      return typeNameIssue(others[0]);
    case "begins_with":
      return distinctIssue(name, first, others) ?? typeIssue(name, operands, textTypes);
    case "contains":
      return distinctIssue(name, first, others) ?? typeIssue(name, [first], searchedTypes);
    case "size":
      return typeIssue(name, [first], sizedTypes);
    default:
      return undefined;
  }
}

function typeIssue(name: string, operands: readonly Operand[], allowed: TypeSet): string | undefined {
  for (const operand of operands) {
    const type = staticType(operand);
    if (type !== undefined && !allowed.has(type)) return operandTexts.functionOperandType(name, type);
  }
  return undefined;
}

function typeNameIssue(operand: Operand | undefined): string | undefined {
  const name = "attribute_type";
  if (operand?.kind !== "value") return operandTexts.functionOperandType(name, anyTypeList);
  const { value } = operand;
  if (value.type !== "S") return operandTexts.functionOperandType(name, value.type);
  return isAttributeType(value.value) ? undefined : operandTexts.unknownType(value.value);
}

const attributeTypes: ReadonlySet<string> = new Set<AttributeType>([
  "S",
  "N",
  "B",
  "SS",
  "NS",
  "BS",
  "BOOL",
  "NULL",
  "L",
  "M",
]);

export function isAttributeType(name: string): name is AttributeType {
  return attributeTypes.has(name);
}
