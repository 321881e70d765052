/**
 * Bytes held for clients that are slow: counted together, and taken from the oldest when they are too many. Who
 * is oldest is a matter of order only: whoever was renewed last is the youngest. Knows no sockets.
 */

export interface HeldBytesOptions<Holder> {
  readonly bytesMax: number;
  /** Must make the holder let go of its bytes, by `release`. */
  readonly giveUp: (holder: Holder) => void;
}

export class HeldBytes<Holder> {
  readonly #options: HeldBytesOptions<Holder>;
  /** In the order of age, oldest first. */
  readonly #bytes = new Map<Holder, number>();
  #totalBytes = 0;

  constructor(options: HeldBytesOptions<Holder>) {
    this.#options = options;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Changes what somebody holds; a newcomer is the youngest, others keep their age. */
  hold(holder: Holder, bytes: number): void {
    this.#totalBytes += bytes - (this.#bytes.get(holder) ?? 0);
    this.#bytes.set(holder, bytes);
    this.#makeRoom();
  }

  /** The same for one that made progress: it becomes the youngest. */
  renew(holder: Holder, bytes: number): void {
    this.release(holder);
    this.hold(holder, bytes);
  }

  /** Harmless for one that holds nothing. */
  release(holder: Holder): void {
    const bytes = this.#bytes.get(holder);
    if (bytes === undefined) return;
    this.#totalBytes -= bytes;
    this.#bytes.delete(holder);
  }

  #makeRoom(): void {
    while (this.#totalBytes > this.#options.bytesMax) {
      const oldest = this.#bytes.keys().next();
      if (oldest.done === true) return;
      this.#options.giveUp(oldest.value);
      // One that did not let go would be asked for ever.
      this.release(oldest.value);
    }
  }
}
