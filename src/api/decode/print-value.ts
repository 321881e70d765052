/** Values as they appear inside "Value '...' at '...'", in the style of Java's toString. */
import type { Shape } from "../shapes/model.ts";
import { structurePackage } from "./java-types.ts";

/** With its quotes; null has none. */
export function printedValue(value: unknown, shape: Shape): string {
  return value === undefined || value === null ? "null" : `'${javaText(value, shape)}'`;
}

/** Only values that passed the reader of the same shape come here, so that depth and types are known. */
function javaText(value: unknown, shape: Shape): string {
  if (value === null) return "null";
  switch (shape.kind) {
    case "integer":
    case "long":
      return BigInt(value as number).toString();
    case "list":
      return `[${(value as readonly unknown[]).map((item) => javaText(item, shape.element)).join(", ")}]`;
    case "map":
      return `{${Object.entries(value as object)
        .map(([key, item]) => `${key}=${javaText(item, shape.value)}`)
        .join(", ")}}`;
    case "attributeValue":
      return objectText("AttributeValue", value as object);
    case "structure":
      return objectText(shape.name, value as object);
    case "string":
    case "enum":
    case "tableReference":
      return value as string;
    case "double":
    case "timestamp":
    case "boolean":
      return String(value as number | boolean);
  }
}

/**
 * The service prints class name and hash code of structures, and nobody can rely on the latter. Ours is made
 * of the member names, so that it is the same in every run.
 */
function objectText(name: string, value: object): string {
  let hash = 17;
  for (const member of Object.keys(value)) {
    for (let at = 0; at < member.length; at += 1) hash = (Math.imul(hash, 31) + member.charCodeAt(at)) >>> 0;
  }
  return `${structurePackage}${name}@${hash.toString(16)}`;
}
