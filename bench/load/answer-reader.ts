/**
 * Recognizes the end of an answer in the bytes of one connection, and reads no more of it than it must: status,
 * length, and the text only of an answer that is not 200. There is one request under way at a time, so nothing
 * can follow an answer. Chunks handed in may be written over afterwards.
 */

export interface Answer {
  readonly status: number;
  readonly bytes: number;
  /** What came of an answer that is not 200, head included, up to a bound; of others empty. */
  readonly text: string;
}

export interface AnswerReader {
  read(chunk: Buffer): void;
}

const headEnd = Buffer.from("\r\n\r\n");
const chunkedEnd = Buffer.from("\r\n0\r\n\r\n");
const contentLength = Buffer.from("\r\nContent-Length: ");
const anyContentLength = /\r\ncontent-length: *(\d+)/iu;
const chunked = /\r\ntransfer-encoding: *chunked/iu;
const textBytesMax = 4_000;
const statusOk = 200;

export function createAnswerReader(answered: (answer: Answer) => void): AnswerReader {
  /** Bytes kept: of a head that is not whole, of an answer in chunks, or of one that is not 200. */
  let kept: Buffer | undefined;
  let status = 0;
  let bytes = 0;
  /** Undefined until the head is whole, and in an answer whose length the head does not tell. */
  let length: number | undefined;

  const finish = (): void => {
    const text = status === statusOk ? "" : (kept?.toString("utf8", 0, textBytesMax) ?? "");
    const answer: Answer = { status, bytes, text };
    kept = undefined;
    length = undefined;
    bytes = 0;
    answered(answer);
  };

  return {
    read(chunk) {
      bytes += chunk.length;
      if (length === undefined) {
        const received = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
        length = answerLength(received);
        status = statusOf(received);
        const inFull = length !== undefined && status === statusOk;
        kept = inFull ? undefined : Buffer.from(received);
      } else if (kept !== undefined && kept.length < textBytesMax) {
        kept = Buffer.concat([kept, chunk]);
      }
      if (length !== undefined && bytes >= length) finish();
    },
  };
}

/** Bytes of the whole answer; undefined as long as that cannot be told. */
function answerLength(received: Buffer): number | undefined {
  const headLength = received.indexOf(headEnd);
  if (headLength === -1) return undefined;
  const wholeHead = headLength + headEnd.length;
  const known = received.indexOf(contentLength);
  if (known !== -1 && known < headLength) return wholeHead + digitsAt(received, known + contentLength.length);
  const length = otherBodyLength(received, headLength);
  return length === undefined ? chunkedLength(received) : wholeHead + length;
}

/** Peers write their headers in other ways, or send chunks. Undefined: chunks. */
function otherBodyLength(received: Buffer, headLength: number): number | undefined {
  const head = received.toString("latin1", 0, headLength);
  const length = anyContentLength.exec(head)?.[1];
  if (length !== undefined) return Number(length);
  return chunked.test(head) ? undefined : 0;
}

function chunkedLength(received: Buffer): number | undefined {
  return received.subarray(-chunkedEnd.length).equals(chunkedEnd) ? received.length : undefined;
}

const zero = 48;
const nine = 57;

function digitsAt(bytes: Buffer, start: number): number {
  let value = 0;
  for (let at = start; at < bytes.length; at++) {
    const digit = bytes[at] ?? 0;
    if (digit < zero || digit > nine) break;
    value = value * 10 + digit - zero;
  }
  return value;
}

/** "HTTP/1.1 200" */
function statusOf(received: Buffer): number {
  const digit = (at: number): number => (received[at] ?? zero) - zero;
  return digit(9) * 100 + digit(10) * 10 + digit(11);
}
