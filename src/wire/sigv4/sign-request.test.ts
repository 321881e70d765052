/** What the signer signs is what the checks of a server in mode `signed` verify. */
import { SignatureV4 } from "@smithy/signature-v4";
import { createHash, createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { adjustableClock } from "../../base/index.ts";
import { testNowMs, wireFixture } from "../../../test/wire/wire-fixture.ts";
import type { WireRequest } from "../types.ts";
import { createRequestSigner } from "./sign-request.ts";

const credential = { accessKeyId: "AKID", secretAccessKey: "a/b+c", sessionToken: "token of a session" };
const region = "eu-west-1";
const service = "dynamodb";

const request: WireRequest = {
  method: "POST",
  url: "/",
  headers: {
    host: "dynamodb.eu-west-1.amazonaws.com",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.ListTables",
  },
  body: Buffer.from('{"Limit":1}'),
};

function signed(given: WireRequest = request): Readonly<Record<string, string>> {
  const clock = adjustableClock({ startMs: testNowMs });
  clock.freeze();
  return createRequestSigner({ credential, region, service, clock })(given);
}

it("signs so that a server accepts it", async () => {
  const { wire, calls } = wireFixture({
    auth: { mode: "signed", credentials: new Map([["AKID", credential]]) },
  });
  const answer = await wire.handle({ ...request, headers: signed() });
  expect(answer.status).toBe(200);
  expect(calls.map(({ operation, namespace }) => [operation, namespace.region])).toEqual([
    ["ListTables", region],
  ]);
});

it("signs the body and each header, so that a server notices a change of any", async () => {
  const { wire } = wireFixture({
    auth: { mode: "signed", credentials: new Map([["AKID", credential]]) },
  });
  const headers = signed();
  expect((await wire.handle({ ...request, headers, body: Buffer.from('{"Limit":2}') })).status).toBe(400);
  for (const name of Object.keys(request.headers)) {
    const changed = { ...headers, [name]: `${headers[name] ?? ""};charset=utf-8` };
    const answer = await wire.handle({ ...request, headers: changed });
    expect([name, answer.status]).not.toEqual([name, 200]);
  }
});

it("makes the signature that AWS's own library makes", async () => {
  const library = new SignatureV4({ credentials: credential, region, service, sha256: Sha256 });
  const { headers } = await library.sign(
    {
      protocol: "https:",
      hostname: "dynamodb.eu-west-1.amazonaws.com",
      method: "POST",
      path: "/",
      headers: request.headers as Record<string, string>,
      body: request.body,
    },
    { signingDate: new Date(testNowMs) },
  );
  // The library signs a header more, with the hash of the body; given the same headers both sign the same.
  const same = { ...request, headers: { ...request.headers, ...pick(headers, "x-amz-content-sha256") } };
  expect(signed(same)["authorization"]).toBe(headers["authorization"]);
});

function pick(headers: Record<string, string>, name: string): Record<string, string> {
  const value = headers[name];
  return value === undefined ? {} : { [name]: value };
}

/** As the library wants it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error("not needed");
  }
}
