/** The JSON of an answer's items as they are gathered, with commas between them. */
import { type BodyPart, joinBody } from "./response-body.ts";

export class ItemList {
  readonly #joined: BodyPart[] = [];
  #loose: BodyPart[] = [];

  push(json: BodyPart): void {
    if (this.#loose.length > 0 || this.#joined.length > 0) this.#loose.push(",");
    this.#loose.push(json);
  }

  /**
   * Makes one part of what came since the last time. Called before a wait: thousands of small records that live on
   * are what the garbage collector takes 20 ms for, and a page may hold half a million of them.
   */
  settle(): void {
    if (this.#loose.length < 2) return;
    this.#joined.push(joinBody(this.#loose));
    this.#loose = [];
  }

  /** In order; the list is not to be used afterwards. */
  parts(): readonly BodyPart[] {
    return this.#joined.length === 0 ? this.#loose : [...this.#joined, ...this.#loose];
  }
}
