/** The end of an answer is found whatever pieces it comes in, and whoever wrote its head. */
import { describe, expect, it } from "vitest";
import { type Answer, createAnswerReader } from "./answer-reader.ts";

/** Reads the text in pieces out of one buffer that is written over each time, as a connection's is. */
function answersOf(text: string, pieceBytes: number): readonly Answer[] {
  const answers: Answer[] = [];
  const reader = createAnswerReader((answer) => answers.push(answer));
  const shared = Buffer.alloc(pieceBytes);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const count = bytes.copy(shared, 0, at, at + pieceBytes);
    reader.read(shared.subarray(0, count));
  }
  return answers;
}

const ours = `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n12345`;

describe("the answer reader", () => {
  it.each([1, 7, 44, 1_000])("finds the end of an answer in pieces of %i bytes", (pieceBytes) => {
    expect(answersOf(ours, pieceBytes)).toEqual([{ status: 200, bytes: ours.length, text: "" }]);
  });

  it.each([
    ["a length in small letters", "HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\n12345"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    ["no body", "HTTP/1.1 200 OK\r\nX: y\r\n\r\n"],
  ])("understands %s", (_name, text) => {
    for (const pieceBytes of [3, 1_000]) {
      expect(answersOf(text, pieceBytes)).toEqual([{ status: 200, bytes: text.length, text: "" }]);
    }
  });

  it("keeps the text of an answer that is not 200, and nothing of the next", () => {
    const refused = `HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\n{"a":"b"}`;
    expect(answersOf(refused, 10)).toEqual([{ status: 503, bytes: refused.length, text: refused }]);
    const both = answersOf(refused + ours, refused.length);
    expect(both.map(({ status, text }) => [status, text])).toEqual([
      [503, refused],
      [200, ""],
    ]);
  });

  it("does not take a length in the body for the answer's", () => {
    const body = `\r\nContent-Length: 1\r\n`;
    const text = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    expect(answersOf(text, 1_000)).toEqual([{ status: 200, bytes: text.length, text: "" }]);
  });
});
