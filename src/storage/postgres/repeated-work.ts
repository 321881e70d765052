/** Work that is done once at a time: a call meanwhile causes it once more, and all who called wait for that. */

export class RepeatedWork {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Present while it is done. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Resolves when the work was begun after this call, or by it, and has ended. */
  run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#repeat().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #repeat(): Promise<void> {
    do {
      this.#again = false;
      await this.#work();
    } while (this.#again);
  }
}
