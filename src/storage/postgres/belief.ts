/**
 * Until when a member may believe what it remembers of the first shards of the log. Who commits to them waits for every
 * member whose row has not run out, for at most the time of a membership. So what was seen by a look is all there was
 * when the look began, and it is all there is while that moment is young enough and while the row has lasted since then.
 *
 * Times are those of this process, monotonic: a row lasts from when it was surely written, an answer received, until
 * `membershipMs` after that was asked for.
 */

export class Belief {
  readonly #membershipMs: number;
  #lookedMs = -Infinity;
  #rowSinceMs = Infinity;
  #rowUntilMs = -Infinity;

  constructor(membershipMs: number) {
    this.#membershipMs = membershipMs;
  }

  /** A look around has succeeded. */
  looked(askedMs: number): void {
    this.#lookedMs = Math.max(this.#lookedMs, askedMs);
  }

  /** The row was renewed. */
  renewed(askedMs: number, answeredMs: number): void {
    // It may have run out before it was written again.
    if (answeredMs >= this.#rowUntilMs) this.#rowSinceMs = answeredMs;
    this.#rowUntilMs = Math.max(this.#rowUntilMs, askedMs + this.#membershipMs);
  }

  /** What was seen may have been of a server that is no more, and rows of it are perhaps not what they were. */
  forget(): void {
    this.#lookedMs = -Infinity;
    this.#rowSinceMs = Infinity;
    this.#rowUntilMs = -Infinity;
  }

  isSureAt(nowMs: number): boolean {
    const isCovered = this.#rowSinceMs <= this.#lookedMs && nowMs < this.#rowUntilMs;
    return isCovered && nowMs < this.#lookedMs + this.#membershipMs;
  }
}
