/** Work that takes turns: pieces of one key run one after the other, those of different keys at once. */

export class Turns {
  /** The last piece of each key that has any; it never rejects. */
  readonly #last = new Map<number, Promise<unknown>>();

  run<Result>(key: number, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key);
    const result = before === undefined ? work() : before.then(work);
    // The failure of a piece belongs to its caller; the next piece only waits for the end.
    const end = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, end);
    void end.then(() => {
      if (this.#last.get(key) === end) this.#last.delete(key);
    });
    return result;
  }
}
