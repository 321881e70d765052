/**
 * Where eventually consistent reads go. Every host that is not the primary may answer them while its data is young enough
 * (beats.ts); how young is looked up now and then, and only while somebody reads. When no standby will do, the primary
 * answers.
 */
import { monotonicMs, type Random } from "../../base/index.ts";
import type { Beats } from "./beats.ts";
import { PostgresConnectionError, type PostgresDriver, PostgresError, type PostgresHost } from "./driver.ts";
import type { Primary } from "./primary.ts";
import type { Ask } from "./reader.ts";
import { SharedSessions } from "./session-pools.ts";
import type { ReplicaPolicy } from "./settings.ts";
import { sql } from "./statements.ts";
import { numberOf } from "./wire-values.ts";

export interface StandbysOptions {
  readonly driver: PostgresDriver;
  readonly hosts: readonly PostgresHost[];
  readonly primary: Primary;
  readonly onPrimary: Ask;
  readonly policy: ReplicaPolicy;
  readonly sessionsMax: number;
  readonly staleMsMax: number;
  readonly memberId: string;
  readonly beats: Beats;
  readonly random: Random;
}

/** A host that cannot be used is looked at again after so long. */
const retryMs = 1000;
/** Weight of the newest answer in the mean of a host's answer times. */
const newestWeight = 0.2;

class Standby {
  readonly host: PostgresHost;
  readonly sessions: SharedSessions;
  /** Nothing acknowledged before this moment is missing here; monotonic. */
  freshAtMs = -Infinity;
  /** Mean time to an answer. */
  answerMs = 0;
  isLooking = false;
  nextLookMs = -Infinity;

  constructor(host: PostgresHost, { driver, sessionsMax }: StandbysOptions) {
    this.host = host;
    this.sessions = new SharedSessions((events) => driver.connect(host, events), sessionsMax);
  }
}

export class Standbys {
  readonly #options: StandbysOptions;
  readonly #standbys: readonly Standby[];
  #counts = { standby: 0, primary: 0 };

  constructor(options: StandbysOptions) {
    this.#options = options;
    const isUsed = options.policy !== "primary" && options.hosts.length > 1;
    this.#standbys = isUsed ? options.hosts.map((host) => new Standby(host, options)) : [];
  }

  /** Eventually consistent reads so far, by who answered. */
  get counts(): { readonly standby: number; readonly primary: number } {
    return this.#counts;
  }

  /** For one statement that reads. */
  readonly ask: Ask = async (use) => {
    const standby = this.#choose();
    if (standby !== undefined) {
      try {
        const askedMs = monotonicMs();
        const answer = await standby.sessions.use(use);
        standby.answerMs += newestWeight * (monotonicMs() - askedMs - standby.answerMs);
        this.#counts.standby += 1;
        return answer;
      } catch (error: unknown) {
        // A standby may also cancel a read that stands in the way of what it replays.
        if (!(error instanceof PostgresError || error instanceof PostgresConnectionError)) throw error;
        standby.freshAtMs = -Infinity;
      }
    }
    this.#counts.primary += 1;
    return this.#options.onPrimary(use);
  };

  async close(): Promise<void> {
    await Promise.all(this.#standbys.map(({ sessions }) => sessions.close()));
  }

  destroy(): void {
    for (const { sessions } of this.#standbys) sessions.destroy();
  }

  #choose(): Standby | undefined {
    if (this.#standbys.length === 0) return undefined;
    const nowMs = monotonicMs();
    const { staleMsMax, policy, random, primary } = this.#options;
    const others = this.#standbys.filter(({ host }) => !isSame(host, primary.host));
    for (const standby of others) this.#lookIfDue(standby, nowMs);
    const young = others.filter(({ freshAtMs }) => nowMs - freshAtMs < staleMsMax);
    if (policy === "random" && young.length > 0) return young[random.below(young.length)];
    return young.toSorted((left, right) => left.answerMs - right.answerMs)[0];
  }

  /** Before what is known becomes too old. */
  #lookIfDue(standby: Standby, nowMs: number): void {
    if (standby.isLooking || nowMs < standby.nextLookMs) return;
    standby.isLooking = true;
    void this.#look(standby).finally(() => {
      standby.isLooking = false;
    });
  }

  async #look(standby: Standby): Promise<void> {
    const { memberId, beats, staleMsMax } = this.#options;
    try {
      const askedMs = monotonicMs();
      const { rows } = await standby.sessions.use((session) => session.query(sql.readBeat, [memberId]));
      standby.answerMs += newestWeight * (monotonicMs() - askedMs - standby.answerMs);
      const beat = rows[0] === undefined ? undefined : numberOf(rows[0][0]);
      standby.freshAtMs = (beat === undefined ? undefined : beats.freshAtMs(beat)) ?? -Infinity;
      standby.nextLookMs = monotonicMs() + Math.min(staleMsMax / 4, retryMs);
    } catch {
      standby.freshAtMs = -Infinity;
      standby.nextLookMs = monotonicMs() + retryMs;
    }
  }
}

function isSame(left: PostgresHost, right: PostgresHost | undefined): boolean {
  return left.host === right?.host && left.port === right.port;
}
