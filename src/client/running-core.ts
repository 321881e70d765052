/** The life-cycle of one core in a process: requests in flight, moments when there are none, the end. */
import type { StatorCore } from "../server/index.ts";

export class RunningCore {
  readonly #core: StatorCore;
  /** Settles when exclusive work is done; requests wait for it. Never rejects. */
  #exclusive: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  constructor(core: StatorCore) {
    this.#core = core;
  }

  /** Rejects once `close` was called. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseWhenClosed();
    while (this.#exclusive !== undefined) await this.#exclusiveDone();
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#onIdle?.();
    }
  }

  /** Runs the work while no request is in flight; requests that come meanwhile wait. */
  async alone(work: () => Promise<void>): Promise<void> {
    this.#refuseWhenClosed();
    while (this.#exclusive !== undefined) await this.#exclusiveDone();
    const done = this.#idle().then(() => work());
    this.#exclusive = done.then(
      () => this.#endExclusive(),
      () => this.#endExclusive(),
    );
    await done;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    while (this.#exclusive !== undefined) await this.#exclusive;
    await this.#idle();
    await this.#core.close();
  }

  async #exclusiveDone(): Promise<void> {
    await this.#exclusive;
    this.#refuseWhenClosed();
  }

  #endExclusive(): void {
    this.#exclusive = undefined;
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw new Error("this Stator is closed");
  }

  #idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = () => {
        this.#onIdle = undefined;
        resolve();
      };
    });
  }
}
