/**
 * How old a server's data can be, without comparing clocks. A member's beats are numbered writes on the primary. A server
 * that has beat number k has all that was acknowledged before k was asked for, so it is no older than that moment.
 */

/** Beats remembered; a standby further behind is older than any policy allows. */
const beatsMax = 256;

export class Beats {
  #last = 0;
  /** When each was asked for; monotonic. */
  readonly #askedMs = new Map<number, number>();

  /** The number of a new beat, which is about to be asked for. */
  next(nowMs: number): number {
    this.#last += 1;
    this.#askedMs.set(this.#last, nowMs);
    this.#askedMs.delete(this.#last - beatsMax);
    return this.#last;
  }

  /** Since when a server with this beat may lack something; undefined: longer than is remembered. */
  freshAtMs(beat: number): number | undefined {
    return this.#askedMs.get(beat);
  }
}
