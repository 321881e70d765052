// TagResource, UntagResource and ListTagsOfResource: what they do, and every refusal with its exact text.
import { beforeEach, describe, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  type TableOperations,
  testNamespace,
} from "../testing/table-operations.ts";

const arnOf = (name: string): string => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
const ResourceArn = arnOf("Orders");
const tag = (Key: string, Value: string): JsonObject => ({ Key, Value });
const numbered = (count: number, first = 0): readonly JsonObject[] =>
  Array.from({ length: count }, (_, index) => tag(`k${first + index}`, "v"));

let tables: TableOperations;
beforeEach(async () => {
  tables = await openTableOperations({ createMs: 10, deleteMs: 10 });
  await tables.answer("CreateTable", onDemandTable("Orders", { Tags: [tag("made", "with the table")] }));
  await tables.clock.advance(10);
});

const list = async (): Promise<unknown> =>
  (await tables.answer("ListTagsOfResource", { ResourceArn }))["Tags"];

describe("tags", () => {
  test("are put over those that are there", async () => {
    expect(await tables.answer("TagResource", { ResourceArn, Tags: [tag("a", "1"), tag("b", "")] })).toEqual(
      {},
    );
    await tables.answer("TagResource", { ResourceArn, Tags: [tag("a", "2")] });
    expect(await list()).toEqual([tag("made", "with the table"), tag("a", "2"), tag("b", "")]);
  });

  test("are taken away, whether they are there or not", async () => {
    await tables.answer("TagResource", { ResourceArn, Tags: [tag("a", "1"), tag("b", "2")] });
    expect(await tables.answer("UntagResource", { ResourceArn, TagKeys: ["b", "absent"] })).toEqual({});
    await tables.answer("UntagResource", { ResourceArn, TagKeys: ["made"] });
    expect(await list()).toEqual([tag("a", "1")]);
  });

  test("may be called like members of objects, and keep case, script and blanks", async () => {
    const Tags = [
      tag("__proto__", "constructor"),
      tag("constructor", "__proto__"),
      tag("Env", ""),
      tag("env", "x"),
      tag(" ключ 表", "a+b-c=d.e_f:g/h@i caf\u00e9\u00a0\u3000"),
      tag("myaws:key", "v"),
    ];
    await tables.answer("TagResource", { ResourceArn, Tags });
    expect(await list()).toEqual([tag("made", "with the table"), ...Tags]);
    await tables.answer("UntagResource", { ResourceArn, TagKeys: ["__proto__"] });
    expect(await list()).toEqual([tag("made", "with the table"), ...Tags.slice(1)]);
  });

  test("survive a restart and are given in one page, whatever the token", async () => {
    await tables.answer("TagResource", { ResourceArn, Tags: numbered(49) });
    const again = await tables.reopened();
    const answer = await again.answer("ListTagsOfResource", { ResourceArn, NextToken: "any" });
    expect(answer).toEqual({ Tags: [tag("made", "with the table"), ...numbered(49)] });
  });

  test("are not more than fifty, counted together", async () => {
    await tables.answer("TagResource", { ResourceArn, Tags: numbered(49) });
    const tooMany =
      "ValidationException: Number of Tags exceed the current limit for the provided ResourceArn";
    expect(
      await tables.refusal("TagResource", { ResourceArn, Tags: [tag("made", "new"), tag("k51", "v")] }),
    ).toBe(tooMany);
    expect(await list()).toEqual([tag("made", "with the table"), ...numbered(49)]);
    await tables.answer("TagResource", { ResourceArn, Tags: [tag("made", "new")] });
    expect(await tables.refusal("TagResource", { ResourceArn, Tags: numbered(51) })).toBe(tooMany);
    const TagKeys = numbered(51).map(({ Key }) => Key);
    expect(await tables.refusal("UntagResource", { ResourceArn, TagKeys })).toBe(tooMany);
  });

  test("that are there already are no change of the table", async () => {
    const epoch = (): unknown => tables.catalog.find(testNamespace, "Orders")?.epoch;
    await tables.answer("TagResource", { ResourceArn, Tags: [tag("made", "with the table")] });
    await tables.answer("UntagResource", { ResourceArn, TagKeys: ["absent"] });
    expect(epoch()).toBe(1);
    await tables.answer("TagResource", { ResourceArn, Tags: [tag("made", "later")] });
    expect(epoch()).toBe(2);
  });

  test("of two requests at once are both there", async () => {
    const requests = [tag("a", "1"), tag("b", "2")].map((Tags) =>
      tables.answer("TagResource", { ResourceArn, Tags: [Tags] }),
    );
    await Promise.all(requests);
    expect(await list()).toEqual([tag("made", "with the table"), tag("a", "1"), tag("b", "2")]);
  });
});

describe("a change of tags under way", () => {
  const inUse = "LimitExceededException: Subscriber limit exceeded: Table tags are being updated: Orders";
  const a = tag("a", "1");
  const b = tag("b", "1");
  const put = (...Tags: readonly JsonObject[]): Promise<string> =>
    tables.refusal("TagResource", { ResourceArn, Tags });
  const take = (...TagKeys: readonly string[]): Promise<string> =>
    tables.refusal("UntagResource", { ResourceArn, TagKeys });

  beforeEach(async () => {
    tables = await openTableOperations({ tagsMs: 1800 });
    await tables.answer("CreateTable", onDemandTable("Orders", { Tags: [tag("made", "x")] }));
  });

  test("is readable when it is over, also after a restart", async () => {
    await put(a);
    await tables.clock.advance(1799);
    expect(await list()).toEqual([tag("made", "x")]);
    tables = await tables.reopened();
    expect(await list()).toEqual([tag("made", "x")]);
    await tables.clock.advance(1);
    expect(await list()).toEqual([tag("made", "x"), a]);
  });

  test("refuses others, keys that are absent and tags that are there included", async () => {
    await put(a);
    for (const refused of [put(b), put(tag("made", "x")), put(tag("a", "2")), take("absent"), take("a")]) {
      expect(await refused).toBe(inUse);
    }
    await tables.clock.advance(1800);
    expect(await take("a")).toBe("");
    expect(await put(b)).toBe(inUse);
    expect(await take("a")).toBe(inUse);
  });

  test("lets a request through that puts the same again, alone or with more", async () => {
    await put(a);
    await tables.clock.advance(1000);
    expect(await put(a)).toBe("");
    expect(await put(b, a)).toBe("");
    expect(await put(a)).toBe(inUse);
    await tables.clock.advance(1799);
    expect(await list()).toEqual([tag("made", "x")]);
    await tables.clock.advance(1);
    expect(await list()).toEqual([tag("made", "x"), a, b]);
  });

  test("is none when nothing changes", async () => {
    expect(await put(tag("made", "x"))).toBe("");
    expect(await take("absent")).toBe("");
    expect(await put(a)).toBe("");
  });

  test("holds up the deletion of the table, but no update", async () => {
    await put(a);
    await tables.answer("UpdateTable", {
      TableName: "Orders",
      OnDemandThroughput: { MaxReadRequestUnits: 1 },
    });
    expect(await tables.refusal("DeleteTable", { TableName: "Orders" })).toBe(
      "ResourceInUseException: Attempt to change a resource which is still in use: Table tags are being updated: Orders",
    );
    await tables.clock.advance(1800);
    expect(await list()).toEqual([tag("made", "x"), a]);
    await tables.answer("DeleteTable", { TableName: "Orders" });
  });

  test("takes as long as other updates when nothing else is said", async () => {
    tables = await openTableOperations({ updateMs: 500 });
    await tables.answer("CreateTable", onDemandTable("Orders"));
    await put(a);
    expect(await put(b)).toBe(inUse);
    await tables.clock.advance(500);
    expect(await put(b)).toBe("");
  });
});

describe("refuses tags:", () => {
  test.each<[string, readonly JsonObject[], string]>([
    ["none", [], "Atleast one Tag needs to be provided as Input."],
    ["AWS's own", [tag("aws:x", "v")], "Tag Key cannot be prefixed with aws:, Key: aws:x"],
    ["AWS's own in capitals", [tag("AWS:foo", "v")], "Tag Key cannot be prefixed with aws:, Key: AWS:foo"],
    ["a bad character in a key", [tag("bad#char", "v")], "The Tag Key provided is invalid, Key: bad#char"],
    ["a bad character in a value", [tag("k", "100%")], "The Tag Value provided is invalid, Value: 100%"],
    ["a picture", [tag("k", "\u{1f511}")], "The Tag Value provided is invalid, Value: \u{1f511}"],
    ["half a character", [tag("k", "\ud800")], "The Tag Value provided is invalid, Value: \ud800"],
    ["a line break", [tag("k\n", "v")], "The Tag Key provided is invalid, Key: k\n"],
    [
      "a key twice",
      [tag("k", "1"), tag("k", "2")],
      "Duplicate Tag Keys provided as input: Duplicate Tag Key found k",
    ],
    [
      "one bad among good ones",
      [tag("good", "v"), tag("aws:zzz", "v")],
      "Tag Key cannot be prefixed with aws:, Key: aws:zzz",
    ],
  ])("%s", async (_name, Tags, text) => {
    expect(await tables.refusal("TagResource", { ResourceArn, Tags })).toBe(`ValidationException: ${text}`);
    expect(await list()).toEqual([tag("made", "with the table")]);
  });

  test.each<[string, readonly string[], string]>([
    ["none", [], "Atleast one Tag Key needs to be provided as Input."],
    ["AWS's own", ["aws:foo"], "Tag Key cannot be prefixed with aws:, Key: aws:foo"],
    ["a bad character", ["bad#char"], "The Tag Key provided is invalid, Key: bad#char"],
  ])("keys to take away: %s", async (_name, TagKeys, text) => {
    expect(await tables.refusal("UntagResource", { ResourceArn, TagKeys })).toBe(
      `ValidationException: ${text}`,
    );
  });
});

describe("refuses an ARN", () => {
  const invalid = "ValidationException: One or more parameter values were invalid: ";
  const notFound = (arn: string): string =>
    `ResourceNotFoundException: Requested resource not found: ResourceArn: ${arn} not found`;
  const index = `${arnOf("Orders")}/index/byDate`;
  const stream = `${arnOf("Orders")}/stream/2026-10-08T23:00:00.000`;
  const backup = `${arnOf("Orders")}/backup/01791525400213-63b4d36a`;
  const otherRegion = "arn:aws:dynamodb:eu-west-1:000000000000:table/Orders";

  test.each<[string, string]>([
    ["Orders", `${invalid}ARNs must start with 'arn:': Orders`],
    ["arn:aws:s3:::bucket", `${invalid}Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::bucket`],
    [backup, `${invalid}Provided Arn is not a DynamoDB resource arn: ${backup}`],
    [
      index,
      `${invalid}Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${index}`,
    ],
    [stream, notFound(stream)],
    [
      otherRegion,
      `ValidationException: Invalid TableArn: Invalid ResourceArn provided as input ${otherRegion}`,
    ],
    ["arn:aws:dynamodb:us-east-1:111111111111:table/Orders", "AccessDeniedException: Access is denied"],
    [arnOf("Missing"), notFound(arnOf("Missing"))],
    [arnOf("orders"), notFound(arnOf("orders"))],
    [
      "arn:aws:dynamodb",
      "ValidationException: Invalid TableArn: Invalid ResourceArn provided as input arn:aws:dynamodb",
    ],
  ])("%s", async (arn, text) => {
    const requests = {
      ListTagsOfResource: { ResourceArn: arn },
      TagResource: { ResourceArn: arn, Tags: [tag("k", "v")] },
      UntagResource: { ResourceArn: arn, TagKeys: ["k"] },
    };
    for (const [operation, request] of Object.entries(requests)) {
      expect(await tables.refusal(operation, request)).toBe(text);
    }
  });

  test("of a table that is being made, and of one that is going away", async () => {
    await tables.answer("CreateTable", onDemandTable("New"));
    const added = { ResourceArn: arnOf("New"), Tags: [tag("k", "v")] };
    expect(await tables.refusal("TagResource", added)).toBe(notFound(arnOf("New")));
    await tables.answer("DeleteTable", { TableName: "Orders" });
    expect(await tables.refusal("TagResource", { ...added, ResourceArn })).toBe(
      "ResourceInUseException: Attempt to change a resource which is still in use: Table is being deleted: Orders",
    );
    expect(await list()).toEqual([tag("made", "with the table")]);
    await tables.clock.advance(10);
    expect(await tables.refusal("ListTagsOfResource", { ResourceArn })).toBe(notFound(ResourceArn));
  });
});
