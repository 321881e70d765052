/**
 * What a table holds in 17 bytes an item: 64 bits of the key's fingerprint, 64 of the item's, and whether the item was
 * found on the other side. Open addressing in typed arrays, so that millions of items cost no objects.
 */
import type { Fingerprint } from "./fingerprint.ts";

export type Match =
  /** Here it is the same item. */
  | "same"
  /** Here the item of that key is another. */
  | "changed"
  /** No item has that key here. */
  | "absent";

const slotsFirst = 4096;
const wordsOfSlot = 4;
const free = 0;
const unseen = 1;
const seen = 2;

export class FingerprintTable {
  readonly #itemsMax: number;
  #slots = new Uint32Array(slotsFirst * wordsOfSlot);
  #states = new Uint8Array(slotsFirst);
  #size = 0;
  #unseen = 0;

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  /** Items that no `match` has named. */
  get unseen(): number {
    return this.#unseen;
  }

  /** False when the table is full; nothing was added then. A key that is there already gets the new item. */
  add(key: Fingerprint, item: Fingerprint): boolean {
    let slot = this.#find(key);
    if (this.#states[slot] === free) {
      if (this.#size >= this.#itemsMax) return false;
      if ((this.#size + 1) * 4 > this.#states.length * 3) {
        this.#grow();
        slot = this.#find(key);
      }
      this.#size += 1;
      this.#unseen += 1;
    }
    const at = slot * wordsOfSlot;
    this.#slots.set(key.subarray(0, 2), at);
    this.#slots.set(item.subarray(0, 2), at + 2);
    this.#states[slot] = unseen;
    return true;
  }

  /** Compares, and marks the key as seen. */
  match(key: Fingerprint, item: Fingerprint): Match {
    const slot = this.#find(key);
    if (this.#states[slot] === free) return "absent";
    if (this.#states[slot] === unseen) this.#unseen -= 1;
    this.#states[slot] = seen;
    const at = slot * wordsOfSlot + 2;
    return this.#slots[at] === item[0] && this.#slots[at + 1] === item[1] ? "same" : "changed";
  }

  /** True for a key that was added and not matched. */
  isUnseen(key: Fingerprint): boolean {
    return this.#states[this.#find(key)] === unseen;
  }

  /** Its slot, or the free one where it would go; the table is never full. */
  #find(key: Fingerprint): number {
    const [first = 0, second = 0] = key;
    const mask = this.#states.length - 1;
    let slot = first & mask;
    for (;;) {
      if (this.#states[slot] === free) return slot;
      const at = slot * wordsOfSlot;
      if (this.#slots[at] === first && this.#slots[at + 1] === second) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const oldSlots = this.#slots;
    const oldStates = this.#states;
    this.#slots = new Uint32Array(oldSlots.length * 2);
    this.#states = new Uint8Array(oldStates.length * 2);
    for (let slot = 0; slot < oldStates.length; slot += 1) {
      const state = oldStates[slot];
      if (state === undefined || state === free) continue;
      const words = oldSlots.subarray(slot * wordsOfSlot, (slot + 1) * wordsOfSlot);
      const target = this.#find(words);
      this.#slots.set(words, target * wordsOfSlot);
      this.#states[target] = state;
    }
  }
}
