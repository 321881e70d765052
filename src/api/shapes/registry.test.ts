// The shape data hangs together: every reference is defined, every operation complete.
import { describe, expect, test } from "vitest";
import { operationSpec, operationSpecs } from "../index.ts";
import { backupsStructures } from "./backups.ts";
import { capturesStructures } from "./captures.ts";
import { enums } from "./enums.ts";
import { globalTablesStructures } from "./global-tables.ts";
import { itemsStructures } from "./items.ts";
import type { Members, Shape } from "./model.ts";
import { monitoringStructures } from "./monitoring.ts";
import { partiqlStructures } from "./partiql.ts";
import { policiesStructures } from "./policies.ts";
import { allStructures, operationsOf, structureMembers } from "./registry.ts";
import { streamsStructures } from "./streams.ts";
import { tablesStructures } from "./tables.ts";
import { transferStructures } from "./transfer.ts";

const everyMembers: readonly Members[] = [
  ...allStructures().map(([, members]) => members),
  ...(["DynamoDB", "DynamoDBStreams", "Stator"] as const).flatMap((service) =>
    Object.values(operationsOf(service)).flatMap(({ input, output = {} }) => [input, output]),
  ),
];

describe("shapes", () => {
  test("58 + 4 operations of DynamoDB, 4 of its streams and 3 of our own", () => {
    expect(operationSpecs("DynamoDB")).toHaveLength(62);
    expect(operationSpecs("DynamoDBStreams")).toHaveLength(4);
    expect(operationSpecs("Stator")).toHaveLength(3);
  });

  test.each(["constructor", "__proto__", "toString", "", "getitem", "GetItem "])(
    "%j is no operation",
    (name) => {
      expect(operationSpec("DynamoDB", name)).toBeUndefined();
    },
  );

  test("an operation belongs to one service", () => {
    expect(operationSpec("DynamoDB", "GetItem")?.name).toBe("GetItem");
    expect(operationSpec("DynamoDBStreams", "GetItem")).toBeUndefined();
    expect(operationSpec("DynamoDBStreams", "GetRecords")?.service).toBe("DynamoDBStreams");
  });

  test("every structure that is mentioned is defined, and no name is defined twice", () => {
    const mentioned = new Set(
      everyMembers.flatMap((members) => Object.values(members).flatMap(structureNames)),
    );
    expect([...mentioned].filter((name) => structureMembers(name) === undefined)).toEqual([]);
    const tables = [
      backupsStructures,
      capturesStructures,
      globalTablesStructures,
      itemsStructures,
      monitoringStructures,
      partiqlStructures,
      policiesStructures,
      streamsStructures,
      tablesStructures,
      transferStructures,
    ];
    expect(tables.flatMap((table) => Object.keys(table))).toHaveLength(allStructures().length);
  });

  test("an enumeration is known by its own name", () => {
    for (const [name, shape] of Object.entries(enums)) {
      expect(shape.name).toBe(name);
      expect(new Set(shape.values).size).toBe(shape.values.length);
    }
  });

  test("bounds are in order", () => {
    const wrong = everyMembers
      .flatMap((members) => Object.values(members))
      .map((member) => (member.kind === "required" ? member.shape : member))
      .filter((shape) => "min" in shape && (shape.min ?? 0) > (shape.max ?? Number.POSITIVE_INFINITY));
    expect(wrong).toEqual([]);
  });
});

function structureNames(shape: Members[string]): readonly string[] {
  const inner: Shape = shape.kind === "required" ? shape.shape : shape;
  switch (inner.kind) {
    case "structure":
      return [inner.name];
    case "list":
      return structureNames(inner.element);
    case "map":
      return structureNames(inner.value);
    default:
      return [];
  }
}
