/** The structural steps of authentication: every text, and that the earlier step wins. */
import { describe, expect, it } from "vitest";
import { bodyText, testDate, wireFixture, wireRequest } from "../../../test/wire/wire-fixture.ts";

const signature = "a".repeat(64);
const credential = "key/20261121/eu-west-1/dynamodb/aws4_request";
const header = (parts: string, algorithm = "AWS4-HMAC-SHA256"): string => `${algorithm} ${parts}`;
const whole = (scope: string, signedHeaders = "host;x-amz-date"): string =>
  header(`Credential=${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`);
const url = (parameters: string): string => `/?${parameters}`;
const wholeUrl = (changes: Readonly<Record<string, string>> = {}): string =>
  url(
    new URLSearchParams({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": credential,
      "X-Amz-Date": testDate,
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": signature,
      ...changes,
    }).toString(),
  );

interface Row {
  readonly name: string;
  readonly authorization?: string;
  readonly date?: string | undefined;
  readonly url?: string;
  readonly error: string;
  readonly message: string;
}

const incomplete = "IncompleteSignatureException";
const invalid = "InvalidSignatureException";
const missingDate = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
const badPair = header(`Credential, SignedHeaders=host, Signature=${signature}`);

const headerRows: readonly Row[] = [
  {
    name: "both forms",
    authorization: whole(credential),
    url: url("X-Amz-Algorithm=x"),
    error: invalid,
    message: "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  },
  {
    name: "neither form",
    error: "MissingAuthenticationTokenException",
    message: "Request is missing Authentication Token",
  },
  {
    name: "another scheme",
    authorization: "Bearer abc",
    error: "MissingAuthenticationTokenException",
    message: "Request is missing Authentication Token",
  },
  {
    name: "no parameters and no date",
    authorization: "AWS4-HMAC-SHA256",
    date: undefined,
    error: incomplete,
    message:
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
      `Authorization header requires 'SignedHeaders' parameter. ${missingDate}Authorization=AWS4-HMAC-SHA256`,
  },
  {
    name: "an empty parameter counts as missing",
    authorization: header(`Credential=, SignedHeaders=host, Signature=${signature}`),
    error: incomplete,
    message: `Authorization header requires 'Credential' parameter. Authorization=${header(`Credential=, SignedHeaders=host, Signature=${signature}`)}`,
  },
  {
    name: "no date",
    authorization: whole(credential),
    date: undefined,
    error: incomplete,
    message: `${missingDate}Authorization=${whole(credential)}`,
  },
  {
    name: "a pair without equal-sign",
    authorization: badPair,
    error: incomplete,
    message: `'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: '${badPair}'.`,
  },
  {
    name: "a date in another format, before an unsigned host",
    authorization: whole(credential, "x-amz-date"),
    date: "2026-11-21T06:31:00Z",
    error: incomplete,
    message:
      "Date must be in ISO-8601 'basic format'. Got '2026-11-21T06:31:00Z'. See http://en.wikipedia.org/wiki/ISO_8601",
  },
  {
    name: "a day that does not exist",
    authorization: whole(credential),
    date: "20260231T000000Z",
    error: incomplete,
    message:
      "Date must be in ISO-8601 'basic format'. Got '20260231T000000Z'. See http://en.wikipedia.org/wiki/ISO_8601",
  },
  {
    name: "an unsigned host, before a wrong algorithm",
    authorization: header(`Credential=${credential}, SignedHeaders=x-host, Signature=${signature}`, "AWS4-X"),
    error: invalid,
    message: "'Host' must be a 'SignedHeader' in the AWS Authorization.",
  },
  {
    name: "an unsupported algorithm, before bad credential elements",
    authorization: header(
      `Credential=key, SignedHeaders=host, Signature=${signature}`,
      "AWS4-ECDSA-P256-SHA256",
    ),
    error: incomplete,
    message: "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ",
  },
  {
    name: "four elements",
    authorization: whole("key/20261121/eu-west-1/dynamodb"),
    error: incomplete,
    message:
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'key/20261121/eu-west-1/dynamodb'",
  },
  {
    name: "everything wrong in the scope",
    authorization: whole("key/20261120//s3/aws3_request"),
    error: invalid,
    message:
      "Credential should be scoped to a valid region, not ''. Credential should be scoped to correct service: 'dynamodb'. " +
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'. " +
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
      `'20261120' != '20261121', from '${testDate}'.`,
  },
  {
    name: "a region that is no name",
    authorization: whole("key/20261121/a b/dynamodb/aws4_request"),
    error: invalid,
    message: "Credential should be scoped to a valid region, not 'a b'. ",
  },
];

const again = "Re-examine the query-string parameters.";
const must = (name: string): string => `AWS query-string parameters must include '${name}'. `;

const urlRows: readonly Row[] = [
  {
    name: "a URL with nothing but an empty algorithm",
    url: url("X-Amz-Algorithm="),
    error: incomplete,
    message: `${must("X-Amz-Algorithm")}${must("X-Amz-Credential")}${must("X-Amz-Signature")}${must("X-Amz-SignedHeaders")}${must("X-Amz-Date")}${again}`,
  },
  {
    name: "a URL without date",
    url: wholeUrl({ "X-Amz-Date": "" }),
    error: incomplete,
    message: `${must("X-Amz-Date")}${again}`,
  },
  {
    name: "a URL with a date that is none",
    url: wholeUrl({ "X-Amz-Date": "today" }),
    error: incomplete,
    message:
      "Date must be in ISO-8601 'basic format'. Got 'today'. See http://en.wikipedia.org/wiki/ISO_8601",
  },
  {
    name: "a URL for another service",
    url: wholeUrl({ "X-Amz-Credential": "key/20261121/eu-west-1/s3/aws4_request" }),
    error: invalid,
    message: "Credential should be scoped to correct service: 'dynamodb'. ",
  },
];

const toRequest = (row: Pick<Row, "authorization" | "url"> & { readonly date?: string | undefined }) =>
  wireRequest(
    "{}",
    { authorization: row.authorization, "x-amz-date": "date" in row ? row.date : testDate },
    { url: row.url ?? "/" },
  );

describe("structural checks of a signature", () => {
  it.each([...headerRows, ...urlRows])("$name", async (row) => {
    const { wire, calls } = wireFixture();
    const response = await wire.handle(toRequest(row));
    expect(response.status).toBe(400);
    expect(JSON.parse(bodyText(response))).toEqual({
      __type: `com.amazon.coral.service#${row.error}`,
      message: row.message,
    });
    expect(calls).toEqual([]);
  });

  it.each(headerRows)("$name, said again after a good request", async (row) => {
    const { wire } = wireFixture();
    const before = bodyText(await wire.handle(toRequest(row)));
    await wire.handle(toRequest({ authorization: whole(credential) }));
    await wire.handle(toRequest({ authorization: whole(credential) }));
    expect(bodyText(await wire.handle(toRequest(row)))).toBe(before);
  });

  it("takes the date of a Date header when there is no X-Amz-Date", async () => {
    const { wire } = wireFixture();
    const headers = { authorization: whole(credential), "x-amz-date": undefined, date: testDate };
    const response = await wire.handle(wireRequest("{}", headers));
    expect(response.status).toBe(200);
  });

  it("notices a new day under a header it knows", async () => {
    const { wire } = wireFixture();
    await wire.handle(toRequest({ authorization: whole(credential) }));
    const response = await wire.handle(
      toRequest({ authorization: whole(credential), date: "20261122T000000Z" }),
    );
    expect(bodyText(response)).toContain("'20261121' != '20261122', from '20261122T000000Z'.");
  });
});

describe("mode open", () => {
  it.each([
    ["key", "000000000000"],
    ["123456789012", "123456789012"],
    ["1234567890123", "000000000000"],
    ["__proto__", "000000000000"],
  ])("access key %s belongs to account %s", async (key, account) => {
    const { wire, calls } = wireFixture();
    const authorization = whole(`${key}/20261121/eu-west-1/dynamodb/aws4_request`);
    await wire.handle(toRequest({ authorization }));
    await wire.handle(toRequest({ authorization }));
    expect(calls.map((call) => call.namespace)).toEqual([
      { region: "eu-west-1", account },
      { region: "eu-west-1", account },
    ]);
  });

  it("takes a signed URL", async () => {
    const { wire, calls } = wireFixture();
    const response = await wire.handle(toRequest({ url: wholeUrl() }));
    expect(response.status).toBe(200);
    expect(calls[0]?.namespace.region).toBe("eu-west-1");
  });

  it("does not look at the clock, so that a frozen one hurts nobody", async () => {
    const { wire } = wireFixture();
    const authorization = whole("key/19990101/eu-west-1/dynamodb/aws4_request");
    const response = await wire.handle(toRequest({ authorization, date: "19990101T000000Z" }));
    expect(response.status).toBe(200);
  });

  it("folds all regions and accounts into one when shared", async () => {
    const { wire, calls } = wireFixture({ shared: true, region: "eu-north-1" });
    await wire.handle(toRequest({ authorization: whole("123456789012/20261121/x/dynamodb/aws4_request") }));
    expect(calls[0]?.namespace).toEqual({ region: "eu-north-1", account: "000000000000" });
  });
});
