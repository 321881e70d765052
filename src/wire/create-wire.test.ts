/** What the wire does around an operation: packing, cross-origin answers, own paths, facts, odd input. */
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bodyText,
  openAuthorization,
  testDate,
  wireFixture,
  wireRequest,
} from "../../test/wire/wire-fixture.ts";
import { crc32 } from "../base/index.ts";
import { serviceUnavailable } from "../api/index.ts";
import type { RequestFacts, WireRequest } from "./types.ts";

const scan = { "x-amz-target": "DynamoDB_20120810.Scan" };

describe("packed answers", () => {
  it.each(["gzip", "GZIP;q=0.5, br", "*", "identity, gzip"])(
    "packs a large answer for %s",
    async (accepted) => {
      const { wire } = wireFixture();
      const response = await wire.handle(wireRequest("{}", { ...scan, "accept-encoding": accepted }));
      expect(response.headers["Content-Encoding"]).toBe("gzip");
      expect(response.headers["x-amz-crc32"]).toBe(`${crc32(response.body)}`);
      expect(response.headers["Content-Length"]).toBe(`${response.body.length}`);
      expect(gunzipSync(response.body).toString()).toBe(`{"Text":"${"é".repeat(5000)}"}`);
    },
  );

  it.each([undefined, "identity", "gzip;q=0", "br, *;q=0.0", "gzip;q=0, *"])(
    "packs nothing for %s",
    async (accepted) => {
      const { wire } = wireFixture();
      const response = await wire.handle(wireRequest("{}", { ...scan, "accept-encoding": accepted }));
      expect(response.headers["Content-Encoding"]).toBeUndefined();
      expect(bodyText(response)).toContain("ééé");
    },
  );

  it("leaves small answers alone", async () => {
    const { wire } = wireFixture();
    const response = await wire.handle(wireRequest("{}", { "accept-encoding": "gzip" }));
    expect(response.headers["Content-Encoding"]).toBeUndefined();
  });
});

describe("cross-origin answers", () => {
  const origin = "https://app.example";
  const preflight = {
    origin,
    "access-control-request-headers": "x-amz-target,authorization",
    "access-control-request-method": "POST",
  };

  it("answers a preflight for everybody", async () => {
    const { wire } = wireFixture({ corsOrigins: ["*"] });
    const response = await wire.handle(wireRequest("", preflight, { method: "OPTIONS" }));
    expect(response.status).toBe(200);
    expect(response.body.length).toBe(0);
    expect(response.headers).toMatchObject({
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Headers": "x-amz-target,authorization",
      "Access-Control-Allow-Methods": "POST",
      "Access-Control-Max-Age": "172800",
    });
  });

  it("lets listed origins read answers and errors", async () => {
    const { wire } = wireFixture({ corsOrigins: [origin] });
    for (const body of ["{}", "{"]) {
      const { headers } = await wire.handle(wireRequest(body, { origin }));
      expect(headers).toMatchObject({ "Access-Control-Allow-Origin": origin, Vary: "Origin" });
      expect(headers["Access-Control-Expose-Headers"]).toContain("x-amz-crc32");
    }
  });

  it("gives other origins nothing", async () => {
    const { wire } = wireFixture({ corsOrigins: [origin] });
    const other = { ...preflight, origin: "https://evil.example" };
    expect((await wire.handle(wireRequest("", other, { method: "OPTIONS" }))).status).toBe(404);
    const { headers } = await wire.handle(wireRequest("{}", other));
    expect(Object.keys(headers).filter((name) => name.startsWith("Access-Control"))).toEqual([]);
  });
});

describe("own paths", () => {
  const get = (url: string, headers = {}): WireRequest => wireRequest("", headers, { method: "GET", url });

  it("says that it lives and whether it is ready", async () => {
    let ready = false;
    const { wire } = wireFixture({ ready: () => ready });
    expect(bodyText(await wire.handle(get("/_stator/health")))).toBe('{"status":"ok"}');
    expect((await wire.handle(get("/_stator/ready"))).status).toBe(503);
    ready = true;
    const response = await wire.handle(get("/_stator/ready?a"));
    expect([response.status, bodyText(response)]).toEqual([200, '{"ready":true}']);
  });

  it("answers 404 to what nobody serves", async () => {
    const { wire } = wireFixture();
    expect((await wire.handle(get("/_stator/metrics"))).status).toBe(404);
  });

  it("asks for a signature in mode signed, except for the probes", async () => {
    const { wire } = wireFixture({
      auth: { mode: "signed", credentials: new Map() },
      internalRoutes: async () => ({ status: 200, contentType: "text/plain", body: "secret" }),
    });
    expect((await wire.handle(get("/_stator/health", { authorization: undefined }))).status).toBe(200);
    const unsigned = await wire.handle(get("/_stator/metrics", { authorization: undefined }));
    expect(bodyText(unsigned)).toContain("MissingAuthenticationTokenException");
    expect(bodyText(await wire.handle(get("/_stator/metrics")))).toContain("UnrecognizedClientException");
  });

  it("hands the rest to whoever serves it", async () => {
    const { wire } = wireFixture({
      internalRoutes: async (request) => ({
        status: 200,
        contentType: "text/plain",
        body: `served ${request.url}`,
      }),
    });
    const response = await wire.handle(get("/_stator/metrics"));
    expect(bodyText(response)).toBe("served /_stator/metrics");
    expect(response.headers["Content-Type"]).toBe("text/plain");
  });
});

describe("facts about requests", () => {
  it("are told once per answer, without secrets", async () => {
    const facts: RequestFacts[] = [];
    const { wire } = wireFixture({ observe: (fact) => facts.push(fact) });
    await wire.handle(wireRequest('{"a":1}'));
    await wire.handle(wireRequest("{}", { "x-amz-target": "DynamoDB_20120810.GetItem" }));
    await wire.handle(wireRequest("{}", { "x-amz-target": "DynamoDB_20120810.PutItem" }));
    await wire.refuse(wireRequest("{}"), serviceUnavailable());
    expect(facts.map((fact) => [fact.operation, fact.status, fact.errorName])).toEqual([
      ["ListTables", 200, undefined],
      ["GetItem", 400, "ValidationException"],
      ["PutItem", 500, "InternalServerError"],
      [undefined, 503, "ServiceUnavailable"],
    ]);
    expect(facts[0]).toMatchObject({ requestBytes: 7, identity: { accessKeyId: "key" }, method: "POST" });
    expect(facts[2]?.cause).toBeInstanceOf(Error);
    expect(JSON.stringify(facts)).not.toContain("aaaaaaaa");
  });
});

describe("whatever comes in", () => {
  const header = fc.oneof(
    fc.constantFrom(
      "DynamoDB_20120810.ListTables",
      "gzip",
      "application/json",
      openAuthorization,
      testDate,
      "",
    ),
    fc.string({ maxLength: 40 }),
    fc.uint16Array({ maxLength: 40 }).map((units) => `AWS4-HMAC-SHA256 ${String.fromCharCode(...units)}`),
  );
  const names = [
    "content-type",
    "x-amz-target",
    "authorization",
    "x-amz-date",
    "content-encoding",
    "accept-encoding",
  ];
  const request = fc.record({
    method: fc.constantFrom("POST", "POST", "POST", "GET", "OPTIONS", "DELETE"),
    url: fc.oneof(
      fc.constant("/"),
      fc.webPath(),
      fc.string({ maxLength: 60 }).map((text) => `/?X-Amz-Algorithm=${text}&X-Amz-Credential=%zz`),
    ),
    headers: fc.dictionary(fc.constantFrom(...names), header),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.json().map((text) => Buffer.from(text)),
    ),
  });
  const credentials = new Map([["key", { accessKeyId: "key", secretAccessKey: "s" }]]);

  it.each(["open", "signed"] as const)(
    "is answered in mode %s, with a body that fits its headers",
    async (mode) => {
      const { wire } = wireFixture({
        auth: mode === "open" ? { mode } : { mode, credentials },
        corsOrigins: ["*"],
      });
      await fc.assert(
        fc.asyncProperty(request, async (changes) => {
          const base = wireRequest();
          const response = await wire.handle({
            ...changes,
            headers: { ...base.headers, ...changes.headers },
          });
          expect([200, 400, 404]).toContain(response.status);
          expect(response.headers["Content-Length"]).toBe(`${response.body.length}`);
          expect(response.headers["x-amz-crc32"]).toBe(`${crc32(response.body)}`);
        }),
        { seed: 11, numRuns: 150 },
      );
    },
  );
});
