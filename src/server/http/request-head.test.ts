// Heads of HTTP requests: what is understood, and what is refused because it could be understood in two ways.
import { describe, expect, it } from "vitest";
import { createHeaderNames, parseHead } from "./request-head.ts";

function parse(...lines: readonly string[]): ReturnType<typeof parseHead> {
  return parseHead(lines.join("\r\n"), createHeaderNames());
}

const line = "POST / HTTP/1.1";
const host = "Host: localhost";

describe("a request head", () => {
  it("gives method, url, lower-case names and trimmed values", () => {
    expect(parse("POST /a?b=c HTTP/1.1", host, "X-Amz-Target: \tT ", "Content-Length: 12")).toMatchObject({
      method: "POST",
      url: "/a?b=c",
      headers: { host: "localhost", "x-amz-target": "T", "content-length": "12" },
      framing: { kind: "length", bytes: 12 },
      keepAlive: true,
      expectsContinue: false,
    });
  });

  it("has a body of no bytes without a length", () => {
    expect(parse(line, host)?.framing).toEqual({ kind: "length", bytes: 0 });
  });

  it("joins repeated headers", () => {
    expect(parse(line, host, "X-A: 1", "x-a: 2")?.headers["x-a"]).toBe("1, 2");
  });

  it("keeps names that objects know as plain headers", () => {
    const headers = parse(line, host, "__proto__: a", "constructor: b")?.headers;
    expect(headers?.["__proto__"]).toBe("a");
    expect(headers?.["constructor"]).toBe("b");
    expect(parse(line, host)?.headers["constructor"]).toBeUndefined();
  });

  it("ends the connection when the client says so, and always in HTTP/1.0", () => {
    expect(parse(line, host, "Connection: Close")?.keepAlive).toBe(false);
    expect(parse(line, host, "Connection: TE, close")?.keepAlive).toBe(false);
    expect(parse("POST / HTTP/1.0")?.keepAlive).toBe(false);
  });

  it("knows who waits for 100 Continue", () => {
    expect(parse(line, host, "Expect: 100-Continue")?.expectsContinue).toBe(true);
  });

  it("understands chunks", () => {
    expect(parse(line, host, "Transfer-Encoding: Chunked")?.framing).toEqual({ kind: "chunked" });
  });
});

describe("a malformed head", () => {
  it.each([
    ["no version", ["POST /", host]],
    ["another version", ["POST / HTTP/2.0", host]],
    ["a lower-case method", ["post / HTTP/1.1", host]],
    ["two blanks in the request line", ["POST  / HTTP/1.1", host]],
    ["no host", [line]],
    ["two hosts", [line, host, "Host: evil"]],
    ["two lengths", [line, host, "Content-Length: 1", "Content-Length: 1"]],
    ["a list of lengths", [line, host, "Content-Length: 1, 1"]],
    ["a signed length", [line, host, "Content-Length: +1"]],
    ["a negative length", [line, host, "Content-Length: -1"]],
    ["a hexadecimal length", [line, host, "Content-Length: 0x10"]],
    ["an empty length", [line, host, "Content-Length:"]],
    ["a length beyond counting", [line, host, `Content-Length: ${"9".repeat(20)}`]],
    ["length and chunks", [line, host, "Content-Length: 1", "Transfer-Encoding: chunked"]],
    ["another encoding before chunks", [line, host, "Transfer-Encoding: gzip, chunked"]],
    ["an unknown encoding", [line, host, "Transfer-Encoding: identity"]],
    ["chunks in HTTP/1.0", ["POST / HTTP/1.0", "Transfer-Encoding: chunked"]],
    ["a blank before the colon", [line, host, "Content-Length : 1"]],
    ["a folded line", [line, host, "X-A: 1", " 2"]],
    ["a line without a colon", [line, host, "nonsense"]],
    ["an empty name", [line, host, ": 1"]],
    ["a line feed of its own", [line, `${host}\nX: 1`]],
    ["a carriage return of its own", [line, `${host}\rX: 1`]],
    ["a zero byte", [line, `${host}\0`]],
  ])("is one with %s", (_name, lines) => {
    expect(parse(...lines)).toBeUndefined();
  });
});
