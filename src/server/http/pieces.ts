/**
 * Pieces of one body in their order. Small ones are copied together: each costs some hundred bytes beside its own,
 * so that a body sent byte by byte would take a hundred times its length.
 */

/** Below this a piece is copied. */
const smallBytesMax = 1024;
/** Blocks for small pieces grow from the first size to the second, so that they are never mostly empty. */
const blockBytesMin = 1024;
const blockBytesMax = 65_536;
const noBytes: Uint8Array = new Uint8Array(0);

export class Pieces {
  readonly #pieces: Uint8Array[] = [];
  #block: Uint8Array = noBytes;
  /** Of the block: from where on it belongs to no piece yet, and where the next small piece goes. */
  #startBytes = 0;
  #usedBytes = 0;

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (piece.length >= smallBytesMax) {
      this.#endBlock();
      this.#pieces.push(piece);
      return;
    }
    if (this.#usedBytes + piece.length > this.#block.length) this.#beginBlock();
    this.#block.set(piece, this.#usedBytes);
    this.#usedBytes += piece.length;
  }

  join(): Uint8Array {
    this.#endBlock();
    return Buffer.concat(this.#pieces);
  }

  #beginBlock(): void {
    this.#endBlock();
    const bytes = Math.min(Math.max(blockBytesMin, this.#block.length * 2), blockBytesMax);
    this.#block = Buffer.allocUnsafe(bytes);
    this.#startBytes = 0;
    this.#usedBytes = 0;
  }

  #endBlock(): void {
    if (this.#usedBytes > this.#startBytes) {
      this.#pieces.push(this.#block.subarray(this.#startBytes, this.#usedBytes));
    }
    this.#startBytes = this.#usedBytes;
  }
}
