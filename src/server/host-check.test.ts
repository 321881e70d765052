// Which Host headers are answered.
import { describe, expect, it } from "vitest";
import { createHostCheck, isLoopback } from "./host-check.ts";

describe("host check", () => {
  it.each([
    "localhost",
    "localhost:8000",
    "LocalHost.",
    "127.0.0.1",
    "127.9.8.7:1",
    "[::1]",
    "[::1]:80",
    "x.localhost",
  ])("answers %s on a loopback address", (host) => {
    expect(createHostCheck("127.0.0.1", [])(host)).toBe(true);
  });

  it.each([
    "example.com",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "notlocalhost",
    "10.0.0.1",
    "[::2]",
    "",
    "[",
  ])("refuses '%s' on a loopback address", (host) => {
    const check = createHostCheck("::1", []);
    expect(check(host)).toBe(false);
    expect(check(host)).toBe(false);
  });

  it("lets requests without Host pass, which no browser sends", () => {
    expect(createHostCheck("localhost", [])(undefined)).toBe(true);
  });

  it("answers configured names, whatever their case and port", () => {
    const check = createHostCheck("127.0.0.1", ["Dynamo.Test", "fe80::1"]);
    expect([check("dynamo.test:99"), check("[fe80::1]:99"), check("other.test")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("answers every name on other addresses, until names are configured", () => {
    expect(createHostCheck("0.0.0.0", [])("example.com")).toBe(true);
    const check = createHostCheck("0.0.0.0", ["dynamo.test"]);
    expect([check("dynamo.test"), check("localhost"), check("example.com")]).toEqual([true, true, false]);
  });

  it("knows loopback addresses", () => {
    expect(["127.0.0.1", "::1", "localhost"].every(isLoopback)).toBe(true);
    expect(["0.0.0.0", "::", "192.168.0.1", "1127.0.0.1"].some(isLoopback)).toBe(false);
  });
});
