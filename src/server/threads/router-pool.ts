/**
 * All router threads of a server. One that dies takes its own connections with it and is replaced, after a pause
 * that grows while it keeps dying; the others never notice.
 */
import { assert } from "../../base/index.ts";
import type { ListenOutcome } from "../listener.ts";
import type { Note } from "../notes.ts";
import type { TlsMaterial } from "../tls-files.ts";
import type { RouterHandle } from "./router-handle.ts";

export interface RouterPoolOptions {
  readonly count: number;
  /** Starts the thread of a place, from 0. */
  readonly start: (place: number) => RouterHandle;
  readonly onNote: Note;
  readonly wait: (ms: number) => Promise<void>;
}

const pauseMsMin = 100;
const pauseMsMax = 10_000;
/** Beyond the listener's own limit for its drain: closing connections to the store. */
const stopGraceMs = 5_000;

export class RouterPool {
  readonly #options: RouterPoolOptions;
  readonly #routers = new Map<number, RouterHandle>();
  readonly #replacing = new Set<Promise<void>>();
  #port = 0;
  #isShared = false;
  #tls: TlsMaterial | undefined;
  #stopping = false;
  /** Not listening yet. */
  #starting: readonly RouterHandle[];

  /** Starts the threads. */
  constructor(options: RouterPoolOptions) {
    this.#options = options;
    this.#starting = Array.from({ length: options.count }, (_, place) => options.start(place));
  }

  /**
   * Has all threads listen on one port. Where the platform cannot share a port, one router remains. Rejects with a
   * StorageError when a thread cannot read the store.
   */
  async listen(port: number): Promise<ListenOutcome> {
    const { count, onNote } = this.#options;
    await Promise.all(this.#starting.map((router) => router.open()));
    const [first, ...others] = this.#starting;
    assert(first !== undefined, "a server has a router");
    let outcome = await first.listen(port, count > 1);
    this.#isShared = count > 1;
    if (outcome.kind === "failed" && outcome.cannotShare) {
      onNote("this platform cannot share a port between threads: one router answers all requests");
      this.#isShared = false;
      outcome = await first.listen(port, false);
    }
    if (outcome.kind !== "listening") return outcome;
    this.#starting = [];
    this.#port = outcome.port;
    this.#adopt(0, first);
    await Promise.all(others.map((router, index) => this.#join(index + 1, router)));
    return outcome;
  }

  setTls(material: TlsMaterial): void {
    this.#tls = material;
    for (const router of this.#routers.values()) router.setTls(material);
  }

  /** Answers what is in flight for at most so long. */
  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    const routers = [...this.#routers.values(), ...this.#starting];
    await Promise.all(routers.map((router) => router.stop(drainMs + stopGraceMs)));
    await Promise.all(this.#replacing);
  }

  /** A further router, on the port of the first. */
  async #join(place: number, router: RouterHandle): Promise<void> {
    if (!this.#isShared && place > 0) {
      await router.stop(stopGraceMs);
      return;
    }
    // Before it listens: nobody is shown a certificate that was replaced.
    const shown = this.#tls;
    if (shown !== undefined) router.setTls(shown);
    const outcome = await router.listen(this.#port, this.#isShared);
    if (outcome.kind === "listening" && !this.#stopping) {
      if (this.#tls !== undefined && this.#tls !== shown) router.setTls(this.#tls);
      this.#adopt(place, router);
      return;
    }
    if (outcome.kind === "failed") throw new Error(`${router.name} cannot listen: ${outcome.message}`);
    await router.stop(stopGraceMs);
  }

  #adopt(place: number, router: RouterHandle): void {
    this.#routers.set(place, router);
    void router.ended.then((reason) => {
      this.#routers.delete(place);
      if (this.#stopping) return;
      this.#options.onNote(`${router.name} died and is replaced: ${reason}`);
      const replaced = this.#replace(place).finally(() => this.#replacing.delete(replaced));
      this.#replacing.add(replaced);
    });
  }

  async #replace(place: number): Promise<void> {
    for (let pauseMs = pauseMsMin; !this.#stopping; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      await this.#options.wait(pauseMs);
      if (this.#stopping) return;
      const router = this.#options.start(place);
      try {
        await router.open();
        await this.#join(place, router);
        return;
      } catch (error: unknown) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.onNote(`a router thread could not be replaced yet: ${reason}`);
        await router.stop(stopGraceMs);
      }
    }
  }
}
