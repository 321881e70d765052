/**
 * The end of a listener in good order: every request that was sent has its answer, as far as a server can see to
 * that. A client may write a request in the very moment in which its connection is ended; no order of steps
 * avoids this, so each step leaves as little time for it as there is.
 */
import type { Socket } from "node:net";
import { type CancelTimer, monotonicMs, nextTurn, systemClock } from "../../base/index.ts";
import type { Connection } from "./connection.ts";

export interface DrainOptions {
  readonly connections: ReadonlySet<Connection>;
  /** Everything takes no longer than this. */
  readonly drainMs: number;
  /** A connection is ended when it has been quiet for so long. */
  readonly quietMs: number;
  /** Connections accepted since the beginning. */
  readonly accepted: () => number;
  /** Accepted, and busy with their TLS handshake. */
  readonly handshakes: () => number;
  /** Closes the listening socket, and with it whatever nobody has accepted. */
  readonly stopAccepting: () => void;
  readonly serve: (socket: Socket) => void;
  /** From now on answers tell their clients to leave. */
  readonly beginLeaving: () => void;
}

/** For emptying the queue of connections nobody has accepted. */
const acceptMsMax = 1000;
/** In a turn this short hardly anybody can have connected after the loop looked for newcomers. */
const quickTurnMs = 1;
/** A busy loop may have no such turn; after this long any turn without newcomers will do. */
const quickTurnWaitMs = 250;
const stepMs = 5;
/**
 * Ended in one step, the rest later: a client that learns of three hundred ends at once uses the last of them for
 * milliseconds on. Measured with 300 connections used once a second: two requests lost in each stop when all ended at
 * once, one in three stops this way.
 */
const endedPerStepMin = 8;
/** Many connections are ended in this many steps. */
const stepsMax = 100;
/** For clients to end their side, when nothing else is waited for. */
const partingMsMax = 500;

export class Drain {
  readonly #options: DrainOptions;
  readonly #startedMs = monotonicMs();
  /** Accepted while the door is being closed. */
  readonly #newcomers: Socket[] = [];
  readonly #presentAtStop: number;
  #doorClosed = false;
  #wake: (() => void) | undefined;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.#presentAtStop = options.connections.size;
  }

  /**
   * False: the socket will be served when the door is closed. Clients that connect for each request would otherwise come back
   * with every answer, and the queue would never be empty.
   */
  serveNow(socket: Socket): boolean {
    if (this.#doorClosed) return true;
    socket.on("error", () => socket.destroy());
    this.#newcomers.push(socket);
    return false;
  }

  /** To be called when a connection is gone. */
  connectionGone(): void {
    if (this.#options.connections.size === 0) this.#wake?.();
  }

  /** Resolves when no connection is left that has something coming, or the time is over. */
  async run(): Promise<void> {
    const { stopAccepting, serve, beginLeaving } = this.#options;
    await this.#acceptWaiting();
    stopAccepting();
    this.#doorClosed = true;
    for (const socket of this.#newcomers) {
      if (!socket.destroyed) serve(socket);
    }
    // Not before: clients told to leave come back at once, as long as there is a door.
    beginLeaving();
    // Whatever the kernel holds of idle connections is read in these turns.
    await nextTurn();
    await nextTurn();
    await this.#untilParted();
  }

  /**
   * A listening socket that is closed resets the connections in its queue. Each turn accepts one of them, so one
   * without newcomers means that there are none; and the socket is closed before the loop does anything else.
   */
  async #acceptWaiting(): Promise<void> {
    const { accepted, drainMs } = this.#options;
    const deadlineMs = this.#startedMs + Math.min(acceptMsMax, drainMs);
    // The present turn may have looked at the queue long ago.
    await nextTurn();
    for (;;) {
      const before = accepted();
      const turnStartMs = monotonicMs();
      await nextTurn();
      const nowMs = monotonicMs();
      const quick = nowMs - turnStartMs < quickTurnMs || nowMs - this.#startedMs > quickTurnWaitMs;
      if ((accepted() === before && quick) || nowMs > deadlineMs) return;
    }
  }

  /**
   * Idle connections that were used a moment ago will be used again in a moment: that request is answered, and told to be
   * the last, which is the only ending without a race. Only those that stay quiet are ended from here.
   */
  async #untilParted(): Promise<void> {
    const { connections, drainMs } = this.#options;
    const deadlineMs = this.#startedMs + drainMs;
    let partingSinceMs: number | undefined;
    while (connections.size > 0 || this.#handshaking()) {
      const nowMs = monotonicMs();
      if (this.#endQuiet(nowMs)) partingSinceMs = undefined;
      else partingSinceMs ??= nowMs;
      const endMs = Math.min(deadlineMs, (partingSinceMs ?? nowMs) + partingMsMax);
      if (nowMs >= endMs) return;
      await this.#pause(Math.min(stepMs, endMs - nowMs));
    }
  }

  /** True while something but the clients' own ends is to be waited for. */
  #endQuiet(nowMs: number): boolean {
    const { connections, quietMs } = this.#options;
    let mayEnd = Math.max(endedPerStepMin, this.#presentAtStop / stepsMax);
    let busy = this.#handshaking();
    for (const connection of connections) {
      if (mayEnd > 0 && connection.idle && nowMs - connection.quietSinceMs >= quietMs) {
        mayEnd -= 1;
        connection.part();
      }
      if (!connection.parting) busy = true;
    }
    return busy;
  }

  /** One that takes longer than a client may be quiet has asked for nothing yet. */
  #handshaking(): boolean {
    const { handshakes, quietMs } = this.#options;
    return handshakes() > 0 && monotonicMs() - this.#startedMs < quietMs;
  }

  /** Ends early when the last connection is gone: then nothing else might keep the process alive. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // Real time, even where a test steers the clock of the data: sockets do not wait for it.
      const cancel: CancelTimer = systemClock().schedule(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
