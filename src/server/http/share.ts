/** What one client holds of the room that all connections of a listener share: a body, work, an answer. */
import type { SharedLoad, SlowClient } from "./connection-host.ts";

export class Share {
  readonly #load: SharedLoad;
  readonly #client: SlowClient;
  #receiving = false;
  #working = false;
  #workedBytes = 0;

  constructor(load: SharedLoad, client: SlowClient) {
    this.#load = load;
    this.#client = client;
  }

  /** A request is worked on, and nobody takes its room from it. */
  get working(): boolean {
    return this.#working;
  }

  /** So much of a body has come. May give up the client itself. */
  receive(bytes: number): void {
    this.#receiving = true;
    this.#load.incoming.hold(this.#client, bytes);
  }

  beginWork(bodyBytes: number): void {
    this.#endReceiving();
    this.#load.requestsInFlight += 1;
    this.#load.bodyBytes += bodyBytes;
    this.#working = true;
    this.#workedBytes = bodyBytes;
  }

  endWork(): void {
    if (!this.#working) return;
    this.#load.requestsInFlight -= 1;
    this.#load.bodyBytes -= this.#workedBytes;
    this.#working = false;
  }

  /** So much of an answer has not been taken. May give up the client itself. */
  leaveUnsent(bytes: number): void {
    this.#load.unsent.hold(this.#client, bytes);
  }

  /** The same after the client took some, which makes it the last to be given up. */
  progress(bytes: number): void {
    this.#load.unsent.renew(this.#client, bytes);
  }

  /** The answer was taken. */
  allSent(): void {
    this.#load.unsent.release(this.#client);
  }

  letGo(): void {
    this.endWork();
    this.#endReceiving();
    this.#load.unsent.release(this.#client);
  }

  #endReceiving(): void {
    if (this.#receiving) this.#load.incoming.release(this.#client);
    this.#receiving = false;
  }
}
