/**
 * The way to the primary: tries the hosts until one is none that only recovers from another, and remembers it. When
 * none is found, everybody who asks is told so at once for a moment, instead of each waiting for it.
 */
import { monotonicMs, systemClock } from "../../base/index.ts";
import {
  type PostgresDriver,
  type PostgresHost,
  PostgresConnectionError,
  type PostgresSession,
  type PostgresSessionEvents,
} from "./driver.ts";
import { sql } from "./statements.ts";

/** So long nobody tries again after all hosts were tried in vain. */
const pauseMs = 250;

export interface PrimaryOptions {
  readonly driver: PostgresDriver;
  readonly hosts: readonly PostgresHost[];
  /** A login and the first answer may each take so long. */
  readonly connectMs: number;
  /** Told when it changes. */
  readonly onReachable: ((reachable: boolean, reason: string | undefined) => void) | undefined;
}

export class Primary {
  readonly #options: PrimaryOptions;
  readonly #servers = new WeakMap<PostgresSession, string>();
  /**
   * Of each session's server, as text that grows: a promotion begins a new one. A primary whose successor was promoted
   * while nobody could end it is told by the older one.
   */
  readonly #timelines = new WeakMap<PostgresSession, string>();
  #last: PostgresHost | undefined;
  #looking: Promise<PostgresHost> | undefined;
  #failedAtMs = -Infinity;
  #failure: Error | undefined;
  #reachable = true;

  constructor(options: PrimaryOptions) {
    this.#options = options;
  }

  /** Where the primary was when last seen. */
  get host(): PostgresHost | undefined {
    return this.#last;
  }

  /**
   * Which run of which server answers on the session: when it began. What one has committed another may not have, as a
   * standby that was promoted without its last commits.
   */
  serverOf(session: PostgresSession): string {
    return this.#servers.get(session) ?? "";
  }

  /** Rejects with a PostgresError or PostgresConnectionError. */
  async connect(events: PostgresSessionEvents = {}): Promise<PostgresSession> {
    const known = this.#last;
    if (known !== undefined) {
      const session = await this.#tryHost(known, events);
      if (!(session instanceof Error)) {
        this.#tell(true, undefined);
        return session;
      }
      if (this.#last === known) this.#last = undefined;
      // Nobody else could be the primary, and asking it again would take as long again.
      if (this.#options.hosts.length === 1) throw this.#notFound([session]);
    }
    const host = await this.#find();
    const session = await this.#tryHost(host, events);
    if (session instanceof Error) throw session;
    return session;
  }

  /** One search at a time, whoever asks. */
  #find(): Promise<PostgresHost> {
    if (monotonicMs() - this.#failedAtMs < pauseMs && this.#failure !== undefined) {
      return Promise.reject(this.#failure);
    }
    this.#looking ??= this.#search().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #search(): Promise<PostgresHost> {
    const { hosts } = this.#options;
    const tried = await Promise.all(
      hosts.map(async (host) => {
        const session = await this.#tryHost(host, {});
        if (session instanceof Error) return session;
        void session.close().catch(() => undefined);
        return { host, timeline: this.#timelines.get(session) ?? "" };
      }),
    );
    const [newest] = tried
      .flatMap((each) => (each instanceof Error ? [] : [each]))
      .toSorted((left, right) => (left.timeline < right.timeline ? 1 : -1));
    if (newest === undefined) throw this.#notFound(tried.filter((each) => each instanceof Error));
    this.#last = newest.host;
    this.#tell(true, undefined);
    return newest.host;
  }

  #notFound(reasons: readonly Error[]): Error {
    this.#failedAtMs = monotonicMs();
    const reason = reasons.map(({ message }) => message).join("; ");
    this.#failure = new PostgresConnectionError(`no primary is found: ${reason}`);
    this.#tell(false, this.#failure.message);
    return this.#failure;
  }

  async #tryHost(host: PostgresHost, events: PostgresSessionEvents): Promise<PostgresSession | Error> {
    const attempt = new Attempt(events);
    try {
      const session = await this.#options.driver.connect(host, attempt.events);
      const cancel = systemClock().schedule(this.#options.connectMs, () => session.destroy());
      try {
        const { rows } = await session.query(sql.isStandby);
        if (rows[0]?.[0] !== "f") throw new PostgresConnectionError(`${host.host}:${host.port} is a standby`);
        attempt.accept();
        this.#servers.set(session, rows[0]?.[1] ?? "");
        this.#timelines.set(session, rows[0]?.[4] ?? "");
        return session;
      } catch (error: unknown) {
        session.destroy();
        throw error;
      } finally {
        cancel();
      }
    } catch (error: unknown) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #tell(reachable: boolean, reason: string | undefined): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    this.#options.onReachable?.(reachable, reason);
  }
}

/** Events of a session count for its owner from when it is known to be one of the primary. */
class Attempt {
  readonly events: PostgresSessionEvents;
  #isAccepted = false;
  #hasEnded = false;

  constructor({ onEnd, onNotice, onNotification }: PostgresSessionEvents) {
    this.events = {
      onEnd: (error) => {
        this.#hasEnded = true;
        if (this.#isAccepted) onEnd?.(error);
      },
      onNotice: (sqlState, message) => onNotice?.(sqlState, message),
      onNotification: (payload) => onNotification?.(payload),
    };
  }

  accept(): void {
    if (this.#hasEnded) throw new PostgresConnectionError("the session ended at once");
    this.#isAccepted = true;
  }
}
