/** Bytes of one connection that were received and not looked at, and the heads of requests at their beginning. */
import { type HeaderNames, parseHead, type RequestHead } from "./request-head.ts";

/** `more`: the head's end has not come. */
export type HeadProgress = RequestHead | "more" | "tooLarge" | "malformed";

const headEnd = "\r\n\r\n";
const noBytes: Uint8Array = new Uint8Array(0);

export class Inbox {
  #bytes: Uint8Array = noBytes;

  get length(): number {
    return this.#bytes.length;
  }

  add(piece: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
  }

  takeAll(): Uint8Array {
    const taken = this.#bytes;
    this.#bytes = noBytes;
    return taken;
  }

  drop(bytes: number): void {
    this.#bytes = this.#bytes.subarray(bytes);
  }

  takeHead(names: HeaderNames, headerBytesMax: number): HeadProgress {
    const bytes = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    const end = bytes.indexOf(headEnd);
    if (end > headerBytesMax || (end < 0 && bytes.length > headerBytesMax)) return "tooLarge";
    if (end < 0) return "more";
    // An empty line before a request is forgiven, as HTTP asks of servers.
    const from = bytes[0] === 0x0d && bytes[1] === 0x0a ? 2 : 0;
    const head = end < from ? undefined : parseHead(bytes.toString("latin1", from, end), names);
    if (head === undefined) return "malformed";
    this.#bytes = bytes.subarray(end + headEnd.length);
    return head;
  }
}
