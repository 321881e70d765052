// ARNs and table references: what is parsed, and what is refused with which text.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indexArn, parseArn, parseTableReference, streamArn, tableArn, type TableAddress } from "./index.ts";

const music: TableAddress = { region: "eu-west-1", account: "123456789012", tableName: "music" };
const label = "2015-05-11T21:21:33.291";

describe("ARNs", () => {
  test("of tables, indexes and streams", () => {
    expect(tableArn(music)).toBe("arn:aws:dynamodb:eu-west-1:123456789012:table/music");
    expect(indexArn(music, "by-year")).toBe(
      "arn:aws:dynamodb:eu-west-1:123456789012:table/music/index/by-year",
    );
    expect(streamArn(music, label)).toBe(
      `arn:aws:dynamodb:eu-west-1:123456789012:table/music/stream/${label}`,
    );
  });

  test.each([
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-east-1", "aws"],
    ["my-office", "aws"],
  ])("region %s is in partition %s", (region, partition) => {
    expect(tableArn({ ...music, region })).toBe(
      `arn:${partition}:dynamodb:${region}:123456789012:table/music`,
    );
  });

  test("what was printed reads back", () => {
    const namePart = fc.stringMatching(/^[a-zA-Z0-9_.-]{3,40}$/u);
    fc.assert(
      fc.property(
        namePart,
        namePart,
        fc.constantFrom("us-east-1", "cn-north-1", "local"),
        (table, other, region) => {
          const address: TableAddress = { region, account: "000000000000", tableName: table };
          expect(parseArn(tableArn(address))).toEqual({ kind: "table", ...address });
          expect(parseArn(indexArn(address, other))).toEqual({ kind: "index", ...address, indexName: other });
          expect(parseArn(streamArn(address, label))).toEqual({
            kind: "stream",
            ...address,
            streamLabel: label,
          });
          expect(parseTableReference(tableArn(address))).toEqual({
            kind: "arn",
            region,
            account: "000000000000",
            name: table,
          });
        },
      ),
      { seed: 20_260_903, numRuns: 100 },
    );
  });

  const formatText = "Valid ARN format is arn:aws:dynamodb:<region>:<account>:table/<table name>";
  test.each([
    ["", formatText],
    ["arn", formatText],
    ["arn:aws:sqs:us-east-1:1:table/music", formatText],
    ["arn:aws:dynamodb:us-east-1:1:", formatText],
    [`arn:aws:dynamodb:us-east-1:1:table/${"x".repeat(2000)}`, formatText],
    [
      "arn::dynamodb:us-east-1:1:table/music",
      "Invalid AWS partition in 'arn::dynamodb:us-east-1:1:table/music'",
    ],
    ["arn:aws:dynamodb::1:table/music", "Invalid AWS region in 'arn:aws:dynamodb::1:table/music'"],
    ["arn:aws:dynamodb:a b:1:table/music", "Invalid AWS region in 'arn:aws:dynamodb:a b:1:table/music'"],
    [
      "arn:aws:dynamodb:us-east-1::table/music",
      "Invalid AWS account in 'arn:aws:dynamodb:us-east-1::table/music'",
    ],
    ...[
      "music",
      "table",
      "backup/music",
      "table/music/index",
      "table/music/index/",
      "table/music/backup/1",
      "table/a/index/b/c",
    ].map((resource) => [
      `arn:aws:dynamodb:us-east-1:1:${resource}`,
      `Invalid resource type in 'arn:aws:dynamodb:us-east-1:1:${resource}'`,
    ]),
  ])("%j is no ARN of ours", (arn, message) => {
    expect(parseArn(arn ?? "")).toEqual({ kind: "issue", message });
  });

  test("a name is a table reference too", () => {
    expect(parseTableReference("music")).toEqual({ kind: "name", name: "music" });
    expect(parseTableReference("constructor")).toEqual({ kind: "name", name: "constructor" });
  });

  test("a bad reference is refused with the text of a request", () => {
    expect(parseTableReference("a!")).toEqual({
      kind: "issue",
      message:
        "2 validation errors detected: Value 'a!' at 'tableName' failed to satisfy constraint: Member must satisfy " +
        "regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a!' at 'tableName' failed to satisfy constraint: Member " +
        "must have length greater than or equal to 3",
    });
    expect(parseTableReference(indexArn(music, "by-year"))).toEqual({
      kind: "issue",
      message: `1 validation error detected: Invalid resource type in '${indexArn(music, "by-year")}'`,
    });
  });

  test("reading ends on any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", ":", "/", "arn:aws:dynamodb:", "table/") }),
        (text) => {
          expect(["table", "index", "stream", "issue"]).toContain(parseArn(text).kind);
          expect(["name", "arn", "issue"]).toContain(parseTableReference(text).kind);
        },
      ),
      { seed: 20_260_904, numRuns: 200 },
    );
  });
});
