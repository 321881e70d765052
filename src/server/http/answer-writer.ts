/**
 * Puts answers on one socket and tells when the operating system has taken them: only then is the client known to
 * keep up, and only then may it have another answer. Large bodies go out piece by piece, so that progress can be seen.
 */
import type { Socket } from "node:net";

/** A small body goes out in one piece with its headers: one copy is cheaper than a second buffer. */
const oneWriteBytesMax = 8192;
/** Smaller pieces would cost large pages more system calls; of larger ones a slow client might take none in time. */
const pieceBytes = 256 * 1024;
const noBytes: Uint8Array = new Uint8Array(0);

export class AnswerWriter {
  readonly #socket: Socket;
  readonly #onProgress: (done: boolean) => void;
  /** Of a large body: what the socket has not been given yet. */
  #rest: Uint8Array = noBytes;
  /** Encrypting takes a moment, so that a socket with TLS always tells later. */
  readonly #toldLater: ((error?: Error | null) => void) | undefined;

  /** `onProgress` follows a write that answered false: for each piece, the last one is `done`. */
  constructor(socket: Socket, onProgress: (done: boolean) => void) {
    this.#socket = socket;
    this.#onProgress = onProgress;
    this.#toldLater = "encrypted" in socket ? this.#onTaken : undefined;
  }

  /** What the client has not taken, as far as the operating system lets us know. */
  get unsentBytes(): number {
    return this.#socket.writableLength + this.#rest.length;
  }

  /** True when all of it is with the operating system already. One answer at a time. */
  write(head: string, body: Uint8Array): boolean {
    if (body.length <= oneWriteBytesMax) {
      const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
      return this.writeText(head + text);
    }
    this.#socket.cork();
    this.#socket.write(head, "latin1");
    this.#socket.write(this.#firstPiece(body), this.#toldLater);
    this.#socket.uncork();
    return this.#taken() && this.#writeRest();
  }

  /** The same for a whole answer; one character is one byte. */
  writeText(text: string): boolean {
    this.#socket.write(text, "latin1", this.#toldLater);
    return this.#taken();
  }

  /** Ends the connection in the middle of an answer. A reset, where there is one, frees the kernel's room too. */
  abandon(): void {
    this.#rest = noBytes;
    if (this.#toldLater === undefined) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #firstPiece(body: Uint8Array): Uint8Array {
    this.#rest = body.length > pieceBytes ? body.subarray(pieceBytes) : noBytes;
    return body.length > pieceBytes ? body.subarray(0, pieceBytes) : body;
  }

  #writeRest(): boolean {
    while (this.#rest.length > 0) {
      this.#socket.write(this.#firstPiece(this.#rest), this.#toldLater);
      if (!this.#taken()) return false;
    }
    return true;
  }

  /** An empty write is done when all before it is; `drain` would not come for what the socket thinks is little. */
  #taken(): boolean {
    if (this.#toldLater !== undefined) return false;
    if (this.#socket.writableLength === 0) return true;
    this.#socket.write(noBytes, this.#onTaken);
    return false;
  }

  readonly #onTaken = (error?: Error | null): void => {
    // A socket that failed will close, which says more.
    if (error === undefined || error === null) this.#onProgress(this.#writeRest());
  };
}
