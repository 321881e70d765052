/**
 * Notices that a server has stopped answering. One timer for a session, and none while nothing is outstanding.
 *
 * Time is counted in ticks and not in the time between two looks at a clock: a process that was stopped for a minute
 * finds answers waiting in its sockets, and must read them before it judges.
 */
import type { CancelTimer, Clock } from "../../base/index.ts";

export interface AnswerWatchOptions {
  readonly clock: Pick<Clock, "schedule">;
  /** An answer may be missing for so long, and up to an eighth longer. */
  readonly answerMs: number;
  /** Told once. */
  readonly onSilence: () => void;
}

const ticksMax = 8;

export class AnswerWatch {
  readonly #options: AnswerWatchOptions;
  #sent = 0;
  #answered = 0;
  #pauses = 0;
  /** How much had been sent at each of the last ticks, the oldest first. */
  #sentAtTicks: number[] = [];
  #cancel: CancelTimer | undefined;
  #stopped = false;

  constructor(options: AnswerWatchOptions) {
    this.#options = options;
  }

  sent(): void {
    this.#sent += 1;
    if (this.#cancel === undefined && !this.#stopped) {
      this.#scheduleTick();
    }
  }

  /** Answers come in the order of what was sent. */
  answered(): void {
    this.#answered += 1;
  }

  /** Until what is returned is called, no answer is missed. */
  pause(): () => void {
    this.#pauses += 1;
    return () => {
      this.#pauses -= 1;
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #scheduleTick(): void {
    this.#cancel = this.#options.clock.schedule(this.#options.answerMs / ticksMax, () => {
      this.#tick();
    });
  }

  #tick(): void {
    this.#cancel = undefined;
    if (this.#answered === this.#sent) {
      this.#sentAtTicks = [];
      return;
    }
    if (this.#pauses > 0) {
      this.#sentAtTicks = [];
      this.#scheduleTick();
      return;
    }
    if (this.#sentAtTicks.length === ticksMax) {
      const sentLongAgo = this.#sentAtTicks.shift() ?? 0;
      if (this.#answered < sentLongAgo) {
        this.stop();
        this.#options.onSilence();
        return;
      }
    }
    this.#sentAtTicks.push(this.#sent);
    this.#scheduleTick();
  }
}
