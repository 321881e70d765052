/** Tasks waiting for their time, earliest first; of equal times the one scheduled first. */

export interface Timer {
  readonly dueMicros: number;
  readonly task: () => void;
}

export class TimerList {
  readonly #timers: Timer[] = [];

  /** The earliest, undefined when there is none. */
  first(): Timer | undefined {
    return this.#timers[0];
  }

  insert(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (other !== undefined && other.dueMicros <= timer.dueMicros) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    this.#timers.splice(low, 0, timer);
  }

  remove(timer: Timer): void {
    const index = this.#timers.indexOf(timer);
    if (index >= 0) {
      this.#timers.splice(index, 1);
    }
  }

  /** Takes the earliest timer if it is due by then. */
  takeDue(byMicros: number): Timer | undefined {
    const first = this.#timers[0];
    if (first === undefined || first.dueMicros > byMicros) {
      return undefined;
    }
    this.#timers.shift();
    return first;
  }
}
