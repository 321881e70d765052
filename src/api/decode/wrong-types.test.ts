/**
 * Tries every JSON type that does not fit on every member of every built operation, however deep, and
 * compares the answer with the rules of SerializationException as they are written down here.
 */
import { describe, expect, test } from "vitest";
import { decodeInput, errorBody, isBuilt, operationSpecs } from "../index.ts";
import type { RequiredShape, Shape } from "../shapes/model.ts";
import { structureMembers } from "../shapes/registry.ts";

/** Base64 text occurs inside attribute values only and is no shape of the tables. */
type TestShape = Shape | { readonly kind: "blob" } | { readonly kind: "list"; readonly element: TestShape };
type TestMembers = Readonly<Record<string, TestShape | RequiredShape>>;

interface Attempt {
  readonly where: string;
  readonly json: unknown;
  readonly message: string;
}

/** Puts a value in its place inside a request. */
type Wrap = (value: unknown) => unknown;

const start = "Start of structure or map found where not expected";
const scalars: readonly (readonly [value: unknown, token: string])[] = [
  [true, "TRUE_VALUE"],
  [false, "FALSE_VALUE"],
  [7, "NUMBER_VALUE"],
  [7.5, "DECIMAL_VALUE"],
  ["off", "STRING_VALUE"],
];

describe("wrong JSON types", () => {
  const specs = operationSpecs("DynamoDB").filter(({ name }) => isBuilt("DynamoDB", name));

  test.each(specs.map((spec) => [spec.name, spec] as const))("%s", (_name, spec) => {
    const attempts = attemptsOnMembers(spec.shape.input, "", (value) => value);
    for (const { where, json, message } of attempts) {
      const decoded = decodeInput(spec, json);
      const body = decoded.kind === "failure" ? errorBody(decoded.error) : "accepted";
      expect(`${where}: ${body}`).toBe(
        `${where}: {"__type":"com.amazon.coral.service#SerializationException","Message":${JSON.stringify(message)}}`,
      );
    }
    expect(attempts.length > 0 || Object.keys(spec.shape.input).length === 0).toBe(true);
  });

  test("the expansion reaches deep members", () => {
    const createTable = specs.find(({ name }) => name === "CreateTable");
    const places = attemptsOnMembers(createTable?.shape.input ?? {}, "", (value) => value).map(
      ({ where }) => where,
    );
    expect(places).toContain("GlobalSecondaryIndexes[].Projection.NonKeyAttributes[]");
    expect(places.length).toBeGreaterThan(300);
  });
});

function attemptsOnMembers(members: TestMembers, where: string, wrap: Wrap): readonly Attempt[] {
  return Object.entries(members).flatMap(([name, member]) => {
    const shape = member.kind === "required" ? member.shape : member;
    return attemptsOn(shape, `${where}${where === "" ? "" : "."}${name}`, {
      wrap: (value) => wrap({ [name]: value }),
      element: false,
    });
  });
}

interface Spot {
  readonly wrap: Wrap;
  readonly element: boolean;
}

function attemptsOn(shape: TestShape, where: string, spot: Spot): readonly Attempt[] {
  const here = mismatches(shape, spot.element).map(([value, message]) => ({
    where,
    json: spot.wrap(value),
    message,
  }));
  return [...here, ...attemptsInside(shape, where, spot.wrap)];
}

function attemptsInside(shape: TestShape, where: string, wrap: Wrap): readonly Attempt[] {
  switch (shape.kind) {
    case "list":
      return attemptsOn(shape.element, `${where}[]`, { wrap: (value) => wrap([value]), element: true });
    case "map":
      return attemptsOn(shape.value, `${where}{}`, { wrap: (value) => wrap({ abc: value }), element: true });
    case "structure":
      return attemptsOnMembers(structureMembers(shape.name) ?? {}, where, wrap);
    case "attributeValue":
      return attemptsOnMembers(attributeValueMembers, where, wrap);
    default:
      return [];
  }
}

/** One level of attribute values; deeper ones are in binding-messages.test.ts. */
const attributeValueMembers: TestMembers = {
  S: { kind: "string" },
  N: { kind: "string" },
  B: { kind: "blob" },
  SS: { kind: "list", element: { kind: "string" } },
  NS: { kind: "list", element: { kind: "string" } },
  BS: { kind: "list", element: { kind: "blob" } },
  BOOL: { kind: "boolean" },
  NULL: { kind: "boolean" },
};

/** Every value that does not fit the shape, with DynamoDB's answer. */
function mismatches(
  shape: TestShape,
  element: boolean,
): readonly (readonly [value: unknown, message: string])[] {
  switch (shape.kind) {
    case "string":
    case "enum":
    case "tableReference":
      return scalarMismatches("String", "java.lang.String", ["STRING_VALUE"]);
    case "integer":
      return scalarMismatches("Integer", "java.lang.Integer", ["NUMBER_VALUE", "DECIMAL_VALUE"]);
    case "long":
      return scalarMismatches("Long", "java.lang.Long", ["NUMBER_VALUE", "DECIMAL_VALUE"]);
    case "double":
      return scalarMismatches("Double", "java.lang.Double", ["NUMBER_VALUE", "DECIMAL_VALUE"]);
    case "timestamp":
      return scalarMismatches("Date", "java.util.Date", ["NUMBER_VALUE", "DECIMAL_VALUE"]);
    case "boolean":
      return [
        ...scalarMismatches("Boolean", "java.lang.Boolean", ["TRUE_VALUE", "FALSE_VALUE", "STRING_VALUE"]),
        ["off", "Unexpected token received from parser"],
      ];
    case "blob":
      return [
        ...scalars
          .filter(([value]) => typeof value !== "string")
          .map(([value]) => [value, "only base-64-encoded strings are convertible to bytes"] as const),
        [[], "Unrecognized collection type class java.nio.ByteBuffer"],
        [{}, start],
      ];
    case "attributeValue":
    case "structure":
      return [
        ...scalars.map(
          ([value]) =>
            [value, element ? "Unexpected value type in payload" : "Unexpected field type"] as const,
        ),
        [[], `Unrecognized collection type class ${javaType(shape)}`],
      ];
    case "list":
      return [...collectionScalars(element), [{}, start]];
    case "map":
      return [...collectionScalars(element), [[], `Unrecognized collection type ${javaType(shape)}`]];
  }
}

function scalarMismatches(
  typeName: string,
  javaClass: string,
  fitting: readonly string[],
): readonly (readonly [value: unknown, message: string])[] {
  return [
    ...scalars
      .filter(([, token]) => !fitting.includes(token))
      .map(([value, token]) => [value, `${token} cannot be converted to ${typeName}`] as const),
    [[], `Unrecognized collection type class ${javaClass}`],
    [{}, start],
  ];
}

function collectionScalars(element: boolean): readonly (readonly [value: unknown, message: string])[] {
  const nested =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class " +
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of " +
    "loader 'bootstrap')";
  return scalars.map(([value]) => [value, element ? nested : "Unexpected field type"] as const);
}

function javaType(shape: TestShape): string {
  switch (shape.kind) {
    case "structure":
      return `com.amazonaws.dynamodb.v20120810.${shape.name}`;
    case "attributeValue":
      return "com.amazonaws.dynamodb.v20120810.AttributeValue";
    case "list":
      return `java.util.List<${javaType(shape.element)}>`;
    case "map":
      return `java.util.Map<java.lang.String, ${javaType(shape.value)}>`;
    default:
      return "java.lang.String";
  }
}
