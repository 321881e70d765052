/** Collects one request body from pieces as they arrive: by length or in chunks, never more than allowed. */
import { Pieces } from "./pieces.ts";
import type { BodyFraming } from "./request-head.ts";

export type BodyProgress =
  | { readonly kind: "more" }
  /** `rest`: bytes after the body, which belong to the next request. */
  | { readonly kind: "complete"; readonly body: Uint8Array; readonly rest: Uint8Array }
  /** Over the limit. `rest` has not been looked at. */
  | { readonly kind: "tooLarge"; readonly rest: Uint8Array }
  | { readonly kind: "malformed" };

export interface BodyReader {
  /** Bytes of the body held so far. */
  readonly heldBytes: number;
  push(piece: Uint8Array): BodyProgress;
}

const noBytes: Uint8Array = new Uint8Array(0);
const more: BodyProgress = { kind: "more" };
const malformed: BodyProgress = { kind: "malformed" };

/** Keeps nothing of the body when `bytesMax` is 0: reads on to its end without holding it. */
export function createBodyReader(framing: BodyFraming, bytesMax: number): BodyReader {
  return framing.kind === "length" ? new LengthReader(framing.bytes, bytesMax) : new ChunkReader(bytesMax);
}

class LengthReader implements BodyReader {
  heldBytes = 0;
  #leftBytes: number;
  readonly #tooLarge: boolean;
  /** Most bodies come in one piece and need nobody to keep others. */
  #pieces: Pieces | undefined;

  constructor(lengthBytes: number, bytesMax: number) {
    this.#leftBytes = lengthBytes;
    this.#tooLarge = lengthBytes > bytesMax;
  }

  push(piece: Uint8Array): BodyProgress {
    if (this.#tooLarge) return { kind: "tooLarge", rest: piece };
    if (piece.length < this.#leftBytes) {
      this.#pieces ??= new Pieces();
      this.#pieces.push(piece);
      this.heldBytes += piece.length;
      this.#leftBytes -= piece.length;
      return more;
    }
    const last = piece.subarray(0, this.#leftBytes);
    const rest = piece.subarray(this.#leftBytes);
    if (this.#pieces === undefined) return { kind: "complete", body: last, rest };
    this.#pieces.push(last);
    return { kind: "complete", body: this.#pieces.join(), rest };
  }
}

const chunkSize = /^([0-9a-fA-F]{1,8})(?:[ \t]*;.*)?$/;
/** Of a chunk's size line with its extensions, or a trailer line. */
const lineBytesMax = 4096;
/** Of all trailer lines together; nothing reads them. */
const trailerBytesMax = 16_384;

/** What the next bytes are. */
type ChunkState = "size" | "data" | "dataEnd" | "trailer";

class ChunkReader implements BodyReader {
  heldBytes = 0;
  readonly #bytesMax: number;
  readonly #pieces = new Pieces();
  #state: ChunkState = "size";
  #chunkLeftBytes = 0;
  #trailerBytes = 0;
  /** The beginning of a line whose end has not come. */
  #partialLine: Uint8Array = noBytes;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(piece: Uint8Array): BodyProgress {
    let rest = piece;
    for (;;) {
      if (this.#state === "data") {
        const data = rest.subarray(0, this.#chunkLeftBytes);
        if (this.heldBytes + data.length > this.#bytesMax) return { kind: "tooLarge", rest };
        this.#pieces.push(data);
        this.heldBytes += data.length;
        this.#chunkLeftBytes -= data.length;
        rest = rest.subarray(data.length);
        if (this.#chunkLeftBytes > 0) return more;
        this.#state = "dataEnd";
      }
      const line = this.#line(rest);
      if (line === undefined) return this.#partialLine.length > lineBytesMax ? malformed : more;
      rest = line.rest;
      const end = this.#takeLine(line.text);
      if (end === "malformed") return malformed;
      if (end === "complete") return { kind: "complete", body: this.#pieces.join(), rest };
    }
  }

  #takeLine(text: string): "more" | "complete" | "malformed" {
    if (this.#state === "dataEnd") {
      this.#state = "size";
      return text === "" ? "more" : "malformed";
    }
    if (this.#state === "trailer") {
      this.#trailerBytes += text.length + 2;
      if (this.#trailerBytes > trailerBytesMax) return "malformed";
      return text === "" ? "complete" : "more";
    }
    const size = chunkSize.exec(text)?.[1];
    if (size === undefined) return "malformed";
    this.#chunkLeftBytes = Number.parseInt(size, 16);
    this.#state = this.#chunkLeftBytes === 0 ? "trailer" : "data";
    return "more";
  }

  /** The next whole line; undefined, and the beginning kept, when its end has not come. */
  #line(bytes: Uint8Array): { readonly text: string; readonly rest: Uint8Array } | undefined {
    const whole = this.#partialLine.length === 0 ? bytes : Buffer.concat([this.#partialLine, bytes]);
    const end = Buffer.from(whole.buffer, whole.byteOffset, whole.length).indexOf("\r\n");
    if (end < 0) {
      this.#partialLine = whole;
      return undefined;
    }
    this.#partialLine = noBytes;
    const text = Buffer.from(whole.buffer, whole.byteOffset, end).toString("latin1");
    return { text, rest: whole.subarray(end + 2) };
  }
}
