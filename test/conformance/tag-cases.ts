/** Tags: what they may hold, which resources have them, and how an ARN is judged. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  parametersInvalid,
  type Refusal,
} from "./case-types.ts";
import { newTable } from "./table-requests.ts";

const tag = (Key: string, Value = "v"): JsonObject => ({ Key, Value });
const tableArn = "arn:aws:dynamodb:us-east-1:000000000000:table/hash";

/** Wrong wherever tags are given: on a table that is made, and on one that is there. */
const badTags: readonly (readonly [name: string, tags: readonly JsonObject[], message: string])[] = [
  ["a reserved key", [tag("aws:team")], "Tag Key cannot be prefixed with aws:, Key: aws:team"],
  ["a bad character in a key", [tag("a#b")], "The Tag Key provided is invalid, Key: a#b"],
  ["a bad character in a value", [tag("k", "50%")], "The Tag Value provided is invalid, Value: 50%"],
  [
    "a key twice",
    [tag("k", "1"), tag("j"), tag("k", "2")],
    "Duplicate Tag Keys provided as input: Duplicate Tag Key found k",
  ],
  ["a bad one after a good one", [tag("good"), tag("b?d")], "The Tag Key provided is invalid, Key: b?d"],
  [
    "fifty-one",
    Array.from({ length: 51 }, (_, at) => tag(`k${at}`)),
    "Number of Tags exceed the current limit for the provided ResourceArn",
  ],
];

const contents: readonly ConformanceCase[] = [
  ...badTags.flatMap(([name, tags, message]): readonly ConformanceCase[] => [
    {
      name: `TagResource: ${name}`,
      operation: "TagResource",
      request: { ResourceArn: tableArn, Tags: tags },
      expect: invalid(message),
    },
    {
      name: `CreateTable: ${name}`,
      operation: "CreateTable",
      request: newTable({ Tags: tags }),
      expect: invalid(message),
    },
  ]),
  {
    name: "TagResource: none",
    operation: "TagResource",
    request: { ResourceArn: tableArn, Tags: [] },
    expect: invalid("Atleast one Tag needs to be provided as Input."),
  },
  {
    name: "UntagResource: none",
    operation: "UntagResource",
    request: { ResourceArn: tableArn, TagKeys: [] },
    expect: invalid("Atleast one Tag Key needs to be provided as Input."),
  },
];

const indexArn = `${tableArn}/index/byDate`;
const missingArn = "arn:aws:dynamodb:us-east-1:000000000000:table/missing";
const otherRegion = "arn:aws:dynamodb:eu-west-1:000000000000:table/hash";

const badArns: readonly (readonly [arn: string, expect: Refusal])[] = [
  ["hash", parametersInvalid("ARNs must start with 'arn:': hash")],
  [
    "arn:aws:s3:::bucket",
    parametersInvalid("Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::bucket"),
  ],
  [
    indexArn,
    parametersInvalid(
      `Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${indexArn}`,
    ),
  ],
  [otherRegion, invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${otherRegion}`)],
  [
    missingArn,
    {
      error: "ResourceNotFoundException",
      message: `Requested resource not found: ResourceArn: ${missingArn} not found`,
    },
  ],
];

const arns: readonly ConformanceCase[] = badArns.flatMap(([ResourceArn, expect]) => [
  {
    name: `ListTagsOfResource of ${ResourceArn}`,
    operation: "ListTagsOfResource",
    request: { ResourceArn },
    expect,
  },
  {
    name: `TagResource of ${ResourceArn}`,
    operation: "TagResource",
    request: { ResourceArn, Tags: [tag("k")] },
    expect,
  },
  {
    name: `UntagResource of ${ResourceArn}`,
    operation: "UntagResource",
    request: { ResourceArn, TagKeys: ["k"] },
    expect,
  },
]);

export const tagGroups: readonly CaseGroup[] = [
  { title: "contents", cases: contents },
  { title: "resources", cases: arns },
];
