/** Signatures made by the AWS SDK's own signer verify, and no longer when anything they cover changes. */
import { createHash, createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import { bodyText, testNowMs, wireFixture, type WireFixture } from "../../../test/wire/wire-fixture.ts";
import { seededRandom } from "../../base/index.ts";
import type { WireRequest } from "../types.ts";
import type { Credential } from "./credentials.ts";

const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const plain: Credential = { accessKeyId: "AKIDEXAMPLE", secretAccessKey, accountId: "111122223333" };
const temporary: Credential = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "another secret",
  sessionToken: "token/with+odd=characters==",
  expiresMs: testNowMs + 60_000,
};

function signedFixture(options: { readonly maxBodyBytes?: number } = {}): WireFixture {
  const credentials = new Map([plain, temporary].map((credential) => [credential.accessKeyId, credential]));
  return wireFixture({ auth: { mode: "signed", credentials }, ...options });
}

/** A SHA-256 in the form the SDK's signer asks for. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", toBytes(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

interface Signing {
  readonly credential?: Credential;
  readonly sessionToken?: string | undefined;
  readonly date?: Date;
  readonly applyChecksum?: boolean;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const host = "localhost:8000";

function parts({ path = "/", headers = {}, body = '{"TableName":"é"}' }: Signing) {
  return {
    method: "POST",
    protocol: "http:",
    hostname: "localhost",
    port: 8000,
    path,
    headers: {
      host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.ListTables",
      ...headers,
    },
    body,
  };
}

function signer({ credential = plain, applyChecksum = true, ...rest }: Signing): SignatureV4 {
  const { accessKeyId, sessionToken } = credential;
  const token = "sessionToken" in rest ? rest.sessionToken : sessionToken;
  return new SignatureV4({
    service: "dynamodb",
    region: "us-east-1",
    sha256: Sha256,
    applyChecksum,
    credentials: {
      accessKeyId,
      secretAccessKey: credential.secretAccessKey,
      ...(token === undefined ? {} : { sessionToken: token }),
    },
  });
}

/** A request signed in its headers. */
async function signed(options: Signing = {}): Promise<WireRequest> {
  const request = parts(options);
  const { headers } = await signer(options).sign(request, {
    signingDate: options.date ?? new Date(testNowMs),
  });
  return { method: "POST", url: request.path, headers, body: Buffer.from(request.body) };
}

/** A request signed in its URL. */
async function presigned(options: Signing & { readonly expiresIn?: number } = {}): Promise<WireRequest> {
  const request = parts(options);
  const { query = {} } = await signer(options).presign(request, {
    signingDate: options.date ?? new Date(testNowMs),
    expiresIn: options.expiresIn ?? 60,
    unhoistableHeaders: new Set(["x-amz-target", "content-type"]),
  });
  const text = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
  return {
    method: "POST",
    url: `${request.path}?${text}`,
    headers: request.headers,
    body: Buffer.from(request.body),
  };
}

const changed = (text: string): string =>
  text.endsWith("x") ? `${text.slice(0, -1)}y` : `${text.slice(0, -1)}x`;

async function answerOf(fixture: WireFixture, request: WireRequest): Promise<string> {
  const response = await fixture.wire.handle(request);
  return response.status === 200 ? "ok" : bodyText(response);
}

const mismatch = expect.stringContaining("The request signature we calculated does not match");

describe("signed headers", () => {
  it.each([true, false])(
    "verifies a request of the SDK (checksum header: %s), again and again",
    async (applyChecksum) => {
      const fixture = signedFixture();
      const request = await signed({ applyChecksum });
      expect(await answerOf(fixture, request)).toBe("ok");
      expect(await answerOf(fixture, request)).toBe("ok");
      expect(fixture.calls.map((call) => call.namespace)).toEqual([
        { region: "us-east-1", account: "111122223333" },
        { region: "us-east-1", account: "111122223333" },
      ]);
    },
  );

  it("verifies paths and values that need encoding", async () => {
    const fixture = signedFixture();
    const headers = { "x-amz-meta-odd": "  a   b  c " };
    expect(await answerOf(fixture, await signed({ path: "/a%20b//c/", headers }))).toBe("ok");
  });

  it("refuses a request with one byte changed in any signed part", async () => {
    const request = await signed();
    const names = Object.keys(request.headers).filter((name) => name !== "authorization");
    expect(names).toContain("x-amz-target");
    expect(names).toContain("x-amz-content-sha256");
    const knowing = signedFixture();
    expect(await answerOf(knowing, request)).toBe("ok");
    for (const name of names) {
      const headers = { ...request.headers, [name]: changed(`${request.headers[name]}`) };
      for (const fixture of [signedFixture(), knowing]) {
        expect([name, await answerOf(fixture, { ...request, headers })]).not.toEqual([name, "ok"]);
      }
    }
  });

  it.each([
    ["body", { body: Buffer.from('{"TableName":"e"}') }],
    ["path", { url: "/x" }],
    ["query", { url: "/?a=b" }],
  ])("refuses another %s", async (_name, change) => {
    const fixture = signedFixture();
    const request = await signed();
    expect(await answerOf(fixture, request)).toBe("ok");
    expect(await answerOf(fixture, { ...request, ...change })).toEqual(mismatch);
  });

  it.each(["host", "x-amz-date", "x-amz-target", "content-type"])(
    "refuses a changed %s by the signature alone",
    async (name) => {
      const fixture = signedFixture();
      const request = await signed();
      const value = {
        host: "localhost:8001",
        "x-amz-date": "20261121T063101Z",
        "x-amz-target": "DynamoDB_20120810.Scan",
        "content-type": "application/json",
      }[name];
      expect(await answerOf(fixture, { ...request, headers: { ...request.headers, [name]: value } })).toEqual(
        mismatch,
      );
    },
  );

  it("refuses a changed signature, and one of another length", async () => {
    const fixture = signedFixture();
    const request = await signed();
    const authorization = `${request.headers["authorization"]}`;
    for (const text of [changed(authorization), authorization.slice(0, -1), `${authorization}0`]) {
      const headers = { ...request.headers, authorization: text };
      expect(await answerOf(fixture, { ...request, headers })).toEqual(mismatch);
    }
  });

  it("refuses a changed credential scope", async () => {
    const fixture = signedFixture();
    const request = await signed();
    const authorization = `${request.headers["authorization"]}`.replace("us-east-1", "us-east-2");
    expect(await answerOf(fixture, { ...request, headers: { ...request.headers, authorization } })).toEqual(
      mismatch,
    );
  });

  it("does not take UNSIGNED-PAYLOAD for a signed body", async () => {
    const fixture = signedFixture();
    const request = await signed({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
    expect(await answerOf(fixture, request)).toEqual(mismatch);
  });

  it("refuses an unknown access key, whatever its name", async () => {
    const fixture = signedFixture();
    for (const accessKeyId of ["AKIDNOBODY", "constructor"]) {
      const request = await signed({ credential: { accessKeyId, secretAccessKey } });
      expect(await answerOf(fixture, request)).toBe(
        '{"__type":"com.amazon.coral.service#UnrecognizedClientException",' +
          '"message":"The security token included in the request is invalid."}',
      );
    }
  });

  it("refuses a signed header that only Object.prototype has", async () => {
    const fixture = signedFixture();
    const request = await signed();
    const authorization = `${request.headers["authorization"]}`.replace(
      "SignedHeaders=",
      "SignedHeaders=constructor;",
    );
    expect(await answerOf(fixture, { ...request, headers: { ...request.headers, authorization } })).toEqual(
      mismatch,
    );
  });

  it("never tells a secret or the expected signature", async () => {
    const fixture = signedFixture();
    const request = await signed({ credential: temporary });
    const signature = `${request.headers["authorization"]}`.slice(-64);
    const refused = await answerOf(fixture, { ...request, body: Buffer.from("{}") });
    expect(refused).not.toContain(signature);
    expect(refused).not.toContain(temporary.secretAccessKey);
    expect(refused).not.toContain(temporary.sessionToken);
  });
});

describe("clock skew", () => {
  const minutes = (count: number): Date => new Date(testNowMs + count * 60_000);

  it.each([-15, 15])("takes %s minutes", async (count) => {
    expect(await answerOf(signedFixture(), await signed({ date: minutes(count) }))).toBe("ok");
  });

  it("refuses older signatures", async () => {
    const date = new Date(testNowMs - 901_000);
    expect(await answerOf(signedFixture(), await signed({ date }))).toBe(
      '{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired: 20261121T061559Z ' +
        'is now earlier than 20261121T061600Z (20261121T063100Z - 15 min.)"}',
    );
  });

  it("refuses signatures from the future, before anything of the credential", async () => {
    const date = new Date(testNowMs + 901_000);
    const credential = { accessKeyId: "AKIDNOBODY", secretAccessKey };
    expect(await answerOf(signedFixture(), await signed({ date, credential }))).toBe(
      '{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature not yet current: ' +
        '20261121T064601Z is still later than 20261121T064600Z (20261121T063100Z + 15 min.)"}',
    );
  });
});

describe("session tokens", () => {
  const invalid =
    '{"__type":"com.amazon.coral.service#UnrecognizedClientException",' +
    '"message":"The security token included in the request is invalid"}';

  it("verifies temporary credentials with their token", async () => {
    const fixture = signedFixture();
    expect(await answerOf(fixture, await signed({ credential: temporary }))).toBe("ok");
    expect(fixture.calls[0]?.namespace.account).toBe("000000000000");
  });

  it.each([
    ["a missing token", temporary, undefined],
    ["another token", temporary, "other"],
    ["a token nobody gave out", plain, "other"],
  ])("refuses %s", async (_name, credential, sessionToken) => {
    expect(await answerOf(signedFixture(), await signed({ credential, sessionToken }))).toBe(invalid);
  });

  it("refuses a token that has ended", async () => {
    const credentials = new Map([[temporary.accessKeyId, { ...temporary, expiresMs: testNowMs }]]);
    const fixture = wireFixture({ auth: { mode: "signed", credentials } });
    expect(await answerOf(fixture, await signed({ credential: temporary }))).toContain(
      "ExpiredTokenException",
    );
  });
});

describe("signed URLs", () => {
  it.each([plain, temporary])("verifies one of the SDK for $accessKeyId", async (credential) => {
    expect(await answerOf(signedFixture(), await presigned({ credential }))).toBe("ok");
  });

  it("lives as long as it says", async () => {
    const date = new Date(testNowMs - 3_600_000);
    expect(await answerOf(signedFixture(), await presigned({ date, expiresIn: 3600 }))).toBe("ok");
    expect(await answerOf(signedFixture(), await presigned({ date, expiresIn: 3599 }))).toContain(
      "Signature expired",
    );
  });

  it.each(["X-Amz-Expires=60", "X-Amz-SignedHeaders=", "X-Amz-Date=2026", "us-east-1"])(
    "refuses a change in %s",
    async (text) => {
      const fixture = signedFixture();
      const request = await presigned();
      const url = request.url.replace(text, text === "us-east-1" ? "us-east-2" : `${text}0`);
      expect(url).not.toBe(request.url);
      expect(await answerOf(fixture, { ...request, url })).not.toBe("ok");
    },
  );

  it("refuses one more parameter, another body and a lifetime out of bounds", async () => {
    const fixture = signedFixture();
    const request = await presigned();
    expect(await answerOf(fixture, { ...request, url: `${request.url}&a=b` })).toEqual(mismatch);
    expect(await answerOf(fixture, { ...request, body: Buffer.from("{}") })).toEqual(mismatch);
    const url = request.url.replace("X-Amz-Expires=60", "X-Amz-Expires=604801");
    expect(await answerOf(fixture, { ...request, url })).toContain("X-Amz-Expires must be between");
  });
});

describe("a large body, whose hash is taken in slices", () => {
  const body = JSON.stringify({ TableName: "x".repeat(1_000_000) });
  const fixture = (): WireFixture => signedFixture({ maxBodyBytes: 2_000_000 });

  it("verifies, signed in its headers or in its URL", async () => {
    expect(await answerOf(fixture(), await signed({ body }))).toBe("ok");
    expect(await answerOf(fixture(), await presigned({ body }))).toBe("ok");
  });

  it.each([20, 600_000, body.length - 3])("does not verify when byte %i is another", async (index) => {
    const request = await signed({ body });
    const changed = Buffer.from(request.body);
    changed[index] = 0x79;
    expect(await answerOf(fixture(), { ...request, body: changed })).toEqual(mismatch);
  });

  it("is hashed as sent when it is packed", async () => {
    // Random text, so that it is large when packed too.
    const text = JSON.stringify({
      TableName: Buffer.from(seededRandom(3).bytes(900_000)).toString("base64"),
    });
    const packed = gzipSync(text);
    const request = await signed({ body: packed, headers: { "content-encoding": "gzip" } });
    expect(await answerOf(fixture(), request)).toBe("ok");
    const otherBytes = gzipSync(text, { level: 1 });
    expect(await answerOf(fixture(), { ...request, body: otherBytes })).toEqual(mismatch);
  });
});
