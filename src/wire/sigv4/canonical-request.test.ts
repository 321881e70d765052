/** The parts of the string to sign that the SDK's signer does not exercise. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHmacKey } from "./hmac-key.ts";
import { canonicalQuery, encodeUri, readQuery } from "./query-string.ts";
import { formatSignedDate, parseSignedDate } from "./signed-date.ts";

describe("canonical query", () => {
  it.each([
    ["/", ""],
    ["/?", ""],
    ["/?b=2&a=1", "a=1&b=2"],
    ["/?a=2&a=1", "a=1&a=2"],
    ["/?a", "a="],
    ["/?a=b=c", "a=b%3Dc"],
    ["/?a=%2f+~", "a=%2F%2B~"],
    ["/?a=%zz", "a=%25zz"],
    ["/?X-Amz-Signature=abc&A=1", "A=1"],
    ["/?a=!'()*", "a=%21%27%28%29%2A"],
    ["/?%C3%A9=1&z=1", "%C3%A9=1&z=1"],
  ])("%s is signed as %s", (url, expected) => {
    expect(canonicalQuery(readQuery(url))).toBe(expected);
  });

  it("encodes any text", () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 12 }), (units) => {
        const text = String.fromCharCode(...units);
        expect(encodeUri(text)).toMatch(/^([A-Za-z0-9\-._~]|%[0-9A-F]{2})*$/);
      }),
      { seed: 3, numRuns: 50 },
    );
  });
});

describe("HMAC key", () => {
  it("agrees with crypto.createHmac, for keys and texts of any length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 150 }), fc.uint8Array({ maxLength: 300 }), (key, data) => {
        const text = Buffer.from(data).toString("latin1");
        expect(createHmacKey(key)(text)).toBe(createHmac("sha256", key).update(data).digest("hex"));
      }),
      { seed: 5, numRuns: 50 },
    );
  });
});

describe("signed date", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseSignedDate(formatSignedDate(seconds * 1000))).toBe(seconds * 1000);
      }),
      { seed: 9 },
    );
  });

  it.each(["", "20261121", "20261121T063100", "20261321T063100Z", "20261121T240000Z", "20261121t063100z"])(
    "refuses %s",
    (text) => {
      expect(parseSignedDate(text)).toBeUndefined();
    },
  );
});
