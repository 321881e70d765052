// Bodies by length and in chunks, in pieces cut anywhere.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BodyProgress, createBodyReader } from "./body-reader.ts";
import type { BodyFraming } from "./request-head.ts";

function read(framing: BodyFraming, bytes: Buffer, cuts: readonly number[]): BodyProgress {
  const reader = createBodyReader(framing, 1000);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  let progress: BodyProgress = { kind: "more" };
  for (const end of [...ends, bytes.length]) {
    if (progress.kind !== "more") break;
    progress = reader.push(bytes.subarray(from, end));
    from = end;
  }
  if (progress.kind !== "complete") return progress;
  return { ...progress, rest: Buffer.concat([progress.rest, bytes.subarray(from)]) };
}

const contents = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 6 });
const cuts = fc.array(fc.nat(500), { maxLength: 8 });
const next = Buffer.from("POST / HTTP/1.1\r\n");

describe("a body", () => {
  it("of known length ends there, however it is cut", () => {
    fc.assert(
      fc.property(contents, cuts, (parts, where) => {
        const body = Buffer.concat(parts);
        const progress = read({ kind: "length", bytes: body.length }, Buffer.concat([body, next]), where);
        expect(progress).toMatchObject({ kind: "complete" });
        if (progress.kind === "complete") {
          expect(Buffer.from(progress.body)).toEqual(body);
          expect(Buffer.from(progress.rest)).toEqual(next);
        }
      }),
      { seed: 1 },
    );
  });

  it("in chunks is put together, however it is cut", () => {
    fc.assert(
      fc.property(contents, cuts, (parts, where) => {
        const chunks = parts.flatMap((part) => [`${part.length.toString(16)};x=y\r\n`, part, "\r\n"]);
        const bytes = Buffer.concat(
          [...chunks, "0\r\nTrailer: x\r\n\r\n", next].map((part) => Buffer.from(part as string)),
        );
        const progress = read({ kind: "chunked" }, bytes, where);
        expect(progress).toMatchObject({ kind: "complete" });
        if (progress.kind === "complete") {
          expect(Buffer.from(progress.body)).toEqual(Buffer.concat(parts));
          expect(Buffer.from(progress.rest)).toEqual(next);
        }
      }),
      { seed: 2 },
    );
  });

  it("over the limit is told at once by its length", () => {
    expect(read({ kind: "length", bytes: 1001 }, Buffer.from("x"), []).kind).toBe("tooLarge");
  });

  it("over the limit in chunks is told when it gets there", () => {
    const chunk = Buffer.from(`200\r\n${"x".repeat(0x200)}\r\n`);
    expect(read({ kind: "chunked" }, Buffer.concat([chunk, chunk]), []).kind).toBe("tooLarge");
  });

  it.each([
    "x\r\n",
    "-1\r\n",
    "1\r\nab\r\n",
    "\r\n",
    "fffffffff\r\n",
    `${"1".repeat(5000)}`,
    "0\r\n" + "a: b\r\n".repeat(4000),
  ])("in malformed chunks is refused (%#)", (text) => {
    expect(read({ kind: "chunked" }, Buffer.from(text), []).kind).toBe("malformed");
  });
});
