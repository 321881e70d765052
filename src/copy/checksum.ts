/**
 * The checksum of a table: the sum of its items' SHA-256 modulo 2^128. It is the same in whatever order and pieces the
 * items are read, and no item can be exchanged, doubled or left out without changing it (but by a chance nobody has).
 */
import type { Fingerprint } from "./fingerprint.ts";

export interface TableChecksum {
  readonly items: number;
  /** 32 hexadecimal digits. */
  readonly sum: string;
}

const sumWords = 4;
const wordValues = 0x1_0000_0000;

export class ChecksumBuilder {
  readonly #sum = new Uint32Array(sumWords);
  #items = 0;

  /** The last 128 bits are taken. */
  add(item: Fingerprint): void {
    this.#items += 1;
    let carry = 0;
    for (let index = sumWords - 1; index >= 0; index -= 1) {
      const word = (this.#sum[index] ?? 0) + (item[item.length - sumWords + index] ?? 0) + carry;
      this.#sum[index] = word;
      carry = word >= wordValues ? 1 : 0;
    }
  }

  result(): TableChecksum {
    const sum = [...this.#sum].map((word) => word.toString(16).padStart(8, "0")).join("");
    return { items: this.#items, sum };
  }
}
