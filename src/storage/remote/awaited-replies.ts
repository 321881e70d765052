/**
 * Who waits for which reply of the writer's thread, by the numbers both sides count. Nearly all replies come in turn, so
 * the waiting stand in a row; a Map of them all took half a microsecond of each write. Those known to be answered out of
 * turn stand apart, so that they keep no row from moving up and are not taken for the oldest.
 */

/** Answered places at the front of the row that are kept before it moves up: moving costs the rest of the row. */
const placesKeptMax = 1024;

export class AwaitedReplies<T> {
  /** Of number `#first` and the following; undefined: answered, or apart. */
  readonly #row: (T | undefined)[] = [];
  #first = 1;
  /** Places before it are undefined. */
  #head = 0;
  readonly #apart = new Map<number, T>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The first of those in the row. */
  get oldest(): T | undefined {
    return this.#row[this.#head];
  }

  /** Each one's number is one more than the last one's, from 1. */
  add(waiting: T, place: "inTurn" | "apart"): void {
    this.#size += 1;
    if (place === "apart") {
      this.#apart.set(this.#first + this.#row.length, waiting);
      this.#row.push(undefined);
      this.#moveUp();
    } else {
      this.#row.push(waiting);
    }
  }

  /** Undefined for a number nobody waits for. */
  take(number: number): T | undefined {
    const index = number - this.#first;
    const inRow = this.#row[index];
    const waiting = inRow ?? this.#apart.get(number);
    if (waiting === undefined) return undefined;
    this.#size -= 1;
    if (inRow === undefined) {
      this.#apart.delete(number);
    } else {
      this.#row[index] = undefined;
      this.#moveUp();
    }
    return waiting;
  }

  takeAll(): readonly T[] {
    const all = [...this.#row.filter((waiting) => waiting !== undefined), ...this.#apart.values()];
    this.#first += this.#row.length;
    this.#row.length = 0;
    this.#head = 0;
    this.#apart.clear();
    this.#size = 0;
    return all;
  }

  #moveUp(): void {
    while (this.#head < this.#row.length && this.#row[this.#head] === undefined) this.#head += 1;
    if (this.#head < placesKeptMax || this.#head * 2 < this.#row.length) return;
    this.#row.splice(0, this.#head);
    this.#first += this.#head;
    this.#head = 0;
  }
}
