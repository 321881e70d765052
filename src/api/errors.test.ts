/** Envelopes, and the agreement of error table, shapes and documentation page. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { errorDefinitions } from "./errors.ts";
import {
  ApiError,
  apiError,
  conditionalCheckFailed,
  errorBody,
  onDemandThroughputExceeded,
  operationSpecs,
  provisionedThroughputExceeded,
  rateExceeded,
  serializationError,
  transactionCanceled,
  unknownOperation,
  validationError,
} from "./index.ts";

const model = "com.amazonaws.dynamodb.v20120810#";
const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/music";

describe("errorBody", () => {
  test("an ordinary error", () => {
    expect(errorBody(apiError("ResourceInUseException", 'Table "a"'))).toBe(
      `{"__type":"${model}ResourceInUseException","message":"Table \\"a\\""}`,
    );
  });

  test("a validation error", () => {
    expect(errorBody(validationError("no"))).toBe(
      '{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}',
    );
  });

  test.each([
    ["AccessDeniedException", "com.amazon.coral.service#", "Message"],
    ["SerializationException", "com.amazon.coral.service#", "Message"],
    ["ExpiredTokenException", "com.amazon.coral.service#", "message"],
    ["IncompleteSignatureException", "com.amazon.coral.service#", "message"],
    ["InvalidSignatureException", "com.amazon.coral.service#", "message"],
    ["MissingAuthenticationTokenException", "com.amazon.coral.service#", "message"],
    ["UnrecognizedClientException", "com.amazon.coral.service#", "message"],
    ["IdempotentParameterMismatchException", model, "Message"],
    ["TransactionInProgressException", model, "Message"],
    ["TransactionConflictException", model, "message"],
    ["TrimmedDataAccessException", model, "message"],
    ["InternalServerError", model, "message"],
    ["ThrottlingException", "com.amazon.coral.availability#", "message"],
  ] as const)("%s", (name, prefix, member) => {
    expect(errorBody(apiError(name, "text"))).toBe(`{"__type":"${prefix}${name}","${member}":"text"}`);
  });

  test("without a message there is no member for it", () => {
    expect(errorBody(unknownOperation())).toBe(
      '{"__type":"com.amazon.coral.service#UnknownOperationException"}',
    );
    expect(errorBody(serializationError())).toBe(
      '{"__type":"com.amazon.coral.service#SerializationException"}',
    );
  });

  test("the item of a failed condition is inserted as it was stored", () => {
    const item = '{"pk":{"S":"\\ud800"},"n":{"N":"1"}}';
    expect(errorBody(conditionalCheckFailed(item))).toBe(
      `{"__type":"${model}ConditionalCheckFailedException","Item":${item},"message":"The conditional request failed"}`,
    );
    expect(errorBody(conditionalCheckFailed())).toBe(
      `{"__type":"${model}ConditionalCheckFailedException","message":"The conditional request failed"}`,
    );
  });

  test("a cancelled transaction lists its reasons", () => {
    const error = transactionCanceled([
      { code: "None" },
      {
        code: "ConditionalCheckFailed",
        message: "The conditional request failed",
        itemJson: '{"pk":{"S":"a"}}',
      },
    ]);
    expect(errorBody(error)).toBe(
      `{"__type":"${model}TransactionCanceledException","CancellationReasons":[{"Code":"None"},` +
        '{"Code":"ConditionalCheckFailed","Message":"The conditional request failed","Item":{"pk":{"S":"a"}}}],' +
        '"Message":"Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ConditionalCheckFailed]"}',
    );
  });

  test("throttling names its reasons, each error in its own spelling", () => {
    const reasons = [{ reason: "TableReadProvisionedThroughputExceeded", resource: tableArn }] as const;
    const json = `[{"reason":"TableReadProvisionedThroughputExceeded","resource":"${tableArn}"}]`;
    const provisioned = errorBody(provisionedThroughputExceeded("table", reasons));
    expect(provisioned).toContain(
      `#ProvisionedThroughputExceededException","ThrottlingReasons":${json},"message":"The`,
    );
    expect(errorBody(onDemandThroughputExceeded("indexes", reasons))).toContain(
      `"throttlingReasons":${json},`,
    );
    expect(errorBody(rateExceeded())).toBe(
      '{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded"}',
    );
  });
});

describe("the error table", () => {
  test("gives an error its status and whether to try again", () => {
    const fault = apiError("ServiceUnavailable", "later");
    expect(fault).toBeInstanceOf(ApiError);
    expect(fault).toMatchObject({ httpStatus: 503, retryable: true, message: "later" });
    expect(apiError("InternalServerError")).toMatchObject({ httpStatus: 500, retryable: true });
    expect(apiError("ResourceNotFoundException")).toMatchObject({ httpStatus: 400, retryable: false });
  });

  test("has every error the shapes name, and the shapes name every modelled one", () => {
    const named = new Set(
      [
        ...operationSpecs("DynamoDB"),
        ...operationSpecs("DynamoDBStreams"),
        ...operationSpecs("Stator"),
      ].flatMap(({ shape }) => shape.errors),
    );
    const modelled = Object.entries(errorDefinitions).flatMap(([name, { modelled: inModel }]) =>
      inModel ? [name] : [],
    );
    expect([...named].toSorted()).toEqual(modelled);
  });

  test("has exactly the errors of the documentation page", () => {
    const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const section = page.slice(page.indexOf("## Errors"));
    const documented = [...section.matchAll(/^\| (\w+) +\| \d{3} /gmu)].map((match) => match[1]);
    expect(documented).toEqual(Object.keys(errorDefinitions));
  });
});
