/** Names of the service's Java types, which show through in SerializationExceptions and printed values. */
import type { Shape } from "../shapes/model.ts";

export const structurePackage = "com.amazonaws.dynamodb.v20120810.";

/** As inside type parameters: `java.util.List<com...WriteRequest>`. */
function javaTypeName(shape: Shape): string {
  switch (shape.kind) {
    case "string":
    case "enum":
    case "tableReference":
      return "java.lang.String";
    case "integer":
      return "java.lang.Integer";
    case "long":
      return "java.lang.Long";
    case "double":
      return "java.lang.Double";
    case "timestamp":
      return "java.util.Date";
    case "boolean":
      return "java.lang.Boolean";
    case "attributeValue":
      return `${structurePackage}AttributeValue`;
    case "structure":
      return `${structurePackage}${shape.name}`;
    case "list":
      return `java.util.List<${javaTypeName(shape.element)}>`;
    case "map":
      return `java.util.Map<java.lang.String, ${javaTypeName(shape.value)}>`;
  }
}

/** Plain classes print with the word `class`, types with parameters without it. */
export function javaTypeText(shape: Shape): string {
  const name = javaTypeName(shape);
  return shape.kind === "list" || shape.kind === "map" ? name : `class ${name}`;
}
