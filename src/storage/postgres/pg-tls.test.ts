// What the client is told of TLS.
import { expect, test } from "vitest";
import { pgTls } from "./pg-tls.ts";

test("without protection pg is told so, whatever the environment says", () => {
  expect(pgTls({ mode: "disable" })).toBe(false);
});

test("require encrypts and believes any certificate", () => {
  expect(pgTls({ mode: "require" })).toMatchObject({ rejectUnauthorized: false });
});

test("require with an authority believes only what that has signed", () => {
  expect(pgTls({ mode: "require", certificateAuthority: "pem" })).toMatchObject({
    rejectUnauthorized: true,
    ca: "pem",
  });
});

test("only verify-full leaves the name in the certificate to be checked", () => {
  expect(pgTls({ mode: "verify-ca" })).toMatchObject({
    rejectUnauthorized: true,
    checkServerIdentity: expect.any(Function),
  });
  expect(pgTls({ mode: "verify-full" })).toEqual({ rejectUnauthorized: true });
});

test("a certificate of this side goes along", () => {
  expect(pgTls({ mode: "verify-full", certificate: "c", key: "k" })).toEqual({
    rejectUnauthorized: true,
    cert: "c",
    key: "k",
  });
});
