/** Whatever JSON arrives, decoding ends, with an input or with one of two errors. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeInput, type OperationSpec, operationSpec, operationSpecs } from "../index.ts";
import type { Members, Shape } from "../shapes/model.ts";
import { structureMembers } from "../shapes/registry.ts";

const specs: readonly OperationSpec[] = [
  ...operationSpecs("DynamoDB"),
  ...operationSpecs("DynamoDBStreams"),
  ...operationSpecs("Stator"),
];

/** Long enough that naive recursion or backtracking would not survive. */
const depth = 100_000;

// Parsed once: decoding leaves all of it as it is.
const deepArrays: unknown = JSON.parse("[".repeat(depth) + "]".repeat(depth));
const deepMaps: unknown = JSON.parse('{"M":'.repeat(depth) + "1" + "}".repeat(depth));
const deepObjects: unknown = JSON.parse('{"a":'.repeat(depth) + "1" + "}".repeat(depth));
const deepValues: unknown = JSON.parse('{"L":['.repeat(depth) + '{"S":"x"}' + "]}".repeat(depth));

describe("hostile JSON", () => {
  test("any JSON at all", () => {
    fc.assert(
      fc.property(fc.constantFrom(...specs), fc.jsonValue({ maxDepth: 4 }), (spec, json) => {
        expectOrdinaryEnd(spec, json);
      }),
      { seed: 20_260_901, numRuns: 500 },
    );
  });

  test("requests that are nearly right", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...specs).chain((spec) => fc.tuple(fc.constant(spec), nearly(spec.shape.input))),
        ([spec, json]) => {
          expectOrdinaryEnd(spec, json);
        },
      ),
      { seed: 20_260_902, numRuns: 200 },
    );
  });

  test.each(specs.map((spec) => [spec.name, spec] as const))(
    "%s with endless nesting everywhere",
    (_name, spec) => {
      for (const member of [...Object.keys(spec.shape.input), "NotAMember"]) {
        for (const json of [deepArrays, deepMaps, deepObjects, deepValues]) {
          expectOrdinaryEnd(spec, { [member]: json });
          expectOrdinaryEnd(spec, { [member]: { a: json } });
        }
      }
    },
  );

  test("endless nesting inside a list of values and inside a map of structures", () => {
    expectFailure("PutItem", { TableName: "abc", Item: { a: deepValues } }, "Nesting Levels have exceeded");
    expectFailure(
      "PutItem",
      { TableName: "abc", Expected: { a: { Value: deepValues } } },
      "Nesting Levels have exceeded",
    );
    expectFailure(
      "ExecuteStatement",
      { Statement: "x", Parameters: [deepValues] },
      "Nesting Levels have exceeded",
    );
  });

  test("endless nesting where nobody looks is dropped", () => {
    const spec = operationSpec("DynamoDB", "GetItem");
    const json = { TableName: "abc", Key: { a: { S: "x", Unknown: deepArrays } }, Unknown: deepArrays };
    expect(spec !== undefined && decodeInput(spec, json).kind).toBe("input");
  });

  test("a violated constraint around endless nesting can be printed", () => {
    const request = { PutRequest: { Item: { a: { S: "x", Unknown: deepArrays } } } };
    const RequestItems = { abc: Array.from({ length: 26 }, () => request) };
    expectFailure("BatchWriteItem", { RequestItems }, "Map value must satisfy constraint");
  });

  test("long strings everywhere", () => {
    const long = `${"a".repeat(100_000)}$`;
    for (const spec of specs) {
      for (const member of Object.keys(spec.shape.input)) {
        expectOrdinaryEnd(spec, { [member]: long });
        expectOrdinaryEnd(spec, { [member]: [long] });
        expectOrdinaryEnd(spec, { [member]: { [long]: long } });
      }
    }
  });

  test("many wrong elements under one long name stay a small answer", () => {
    const requests = Array.from({ length: 25 }, () => ({ PutRequest: {}, DeleteRequest: {} }));
    const spec = operationSpec("DynamoDB", "BatchWriteItem");
    const decoded =
      spec === undefined
        ? undefined
        : decodeInput(spec, { RequestItems: { ["x".repeat(4_000_000)]: requests } });
    expect(decoded?.kind === "failure" && decoded.error.message.length < 3_000_000).toBe(true);
  });
});

/** Known members only, or one of the two errors of decoding. */
function expectOrdinaryEnd(spec: OperationSpec, json: unknown): void {
  const decoded = decodeInput(spec, json);
  const known = Object.keys(spec.shape.input);
  const ordinary =
    decoded.kind === "input"
      ? Object.keys(decoded.input as object).every((name) => known.includes(name))
      : ["SerializationException", "ValidationException"].includes(decoded.error.code);
  expect(ordinary).toBe(true);
}

function expectFailure(operation: string, json: unknown, text: string): void {
  const spec = operationSpec("DynamoDB", operation);
  const decoded = spec === undefined ? undefined : decodeInput(spec, json);
  expect(decoded?.kind === "failure" ? decoded.error.message : "").toContain(text);
}

/** Mostly values of the right type, sometimes of any other. */
function nearly(members: Members): fc.Arbitrary<unknown> {
  const fields = Object.entries(members).map(
    ([name, member]) => [name, nearlyShape(member.kind === "required" ? member.shape : member)] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

function nearlyShape(shape: Shape): fc.Arbitrary<unknown> {
  const wrong = fc.oneof(fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
  return fc.oneof({ arbitrary: fitting(shape), weight: 12 }, { arbitrary: wrong, weight: 1 });
}

function fitting(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "string":
    case "tableReference":
      return fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.constantFrom("abc", "__proto__", "arn:aws:dynamodb:a:1:table/abc"),
      );
    case "enum":
      return fc.constantFrom(...shape.values, "OTHER");
    case "integer":
    case "long":
      return fc.integer({ min: -2, max: 200 });
    case "double":
    case "timestamp":
      return fc.double();
    case "boolean":
      return fc.oneof(fc.boolean(), fc.constantFrom("yes", "no", "maybe"));
    case "attributeValue":
      return fc.oneof(
        fc.record({ S: fc.string({ maxLength: 4 }) }),
        fc.record({ L: fc.array(fc.record({ N: fc.string({ maxLength: 3 }) }), { maxLength: 2 }) }),
        fc.record({
          M: fc.dictionary(fc.string({ maxLength: 3 }), fc.record({ BOOL: fc.boolean() }), { maxKeys: 2 }),
        }),
      );
    case "list":
      return fc.array(nearlyShape(shape.element), { maxLength: 3 });
    case "map":
      return fc.dictionary(fc.constantFrom("abc", "ab", "__proto__", "#a"), nearlyShape(shape.value), {
        maxKeys: 3,
      });
    case "structure":
      return nearly(structureMembers(shape.name) ?? {});
  }
}
