/**
 * The processes that have this store open, and what they know of each other's commits.
 *
 * Wake-ups are hints: after a commit the process tells the others which heads have grown, some milliseconds later and
 * many at once; they look which shards it was. A slow poll finds what a lost hint would have told.
 *
 * The first shards of the log are more: a commit that appended to one is answered only when every living member has seen
 * it, so that none works with an old catalog afterwards. A member lives while its row has not run out; it renews the row,
 * and when it could not in time it stops believing what it remembers.
 */
import { assert, type CancelTimer, type Clock, monotonicMs } from "../../base/index.ts";
import { signalledShardsMax, type ShardId } from "../contract/index.ts";
import type { Beats } from "./beats.ts";
import { Belief } from "./belief.ts";
import type { PostgresSession } from "./driver.ts";
import type { GroupNews } from "./group.ts";
import type { Head, HeadMap } from "./heads.ts";
import type { Layout } from "./layout.ts";
import { endOrLimit } from "./limited-wait.ts";
import { LogLooks, signalOf } from "./log-looks.ts";
import { type Notice, noticeText, parseNotice } from "./notices.ts";
import type { Primary } from "./primary.ts";
import { RepeatedWork } from "./repeated-work.ts";
import type { SharedSessions } from "./session-pools.ts";
import { sql } from "./statements.ts";
import { arrayText, numberOf } from "./wire-values.ts";

export interface MembersOptions {
  readonly id: string;
  /** Of notifications; one per store. */
  readonly channel: string;
  readonly map: HeadMap;
  readonly layout: Layout;
  readonly primary: Primary;
  readonly reads: SharedSessions;
  readonly membershipMs: number;
  /** Between two renewals; at most a quarter of the membership. */
  readonly beatMs: number;
  /** A goodbye that takes longer is none. */
  readonly goodbyeMs: number;
  readonly beats: Beats;
  readonly onGrown: (shards: readonly ShardId[]) => void;
  /** Real time, whatever the clock of the data says; it keeps no process alive. */
  readonly timers: Pick<Clock, "schedule">;
}

/** Between two notices of one process; a group takes about as long. */
const noticePauseMs = 10;
const acknowledgementPollMs = 25;
/** After the session has ended; longer than the pause after a search for the primary. */
const reconnectMs = 300;
/** How long a commit waits for a member beyond the time its row may still have. */
const waitMarginMs = 1000;

export class Members {
  readonly #options: MembersOptions;
  readonly #looks: LogLooks;
  readonly #belief: Belief;
  /** Hears the notices, tells them and renews the row: so that its silence is noticed. */
  #session: PostgresSession | undefined;
  #connecting: Promise<PostgresSession> | undefined;
  #doubts = 0;
  #others = 0;
  readonly #news = new Set<Head>();
  #noticeTimer: CancelTimer | undefined;
  #beatTimer: CancelTimer | undefined;
  readonly #beating = new RepeatedWork(() => this.#beat());
  readonly #acknowledged = new Set<() => void>();
  #isClosed = false;

  constructor(options: MembersOptions) {
    this.#options = options;
    this.#belief = new Belief(options.membershipMs);
    this.#looks = new LogLooks({
      ...options,
      serverOf: (session) => options.primary.serverOf(session),
      onLooked: (askedMs) => this.#belief.looked(askedMs),
    });
  }

  /** Before anything is read that is remembered. */
  async open(): Promise<void> {
    await this.#beating.run();
    await this.#notify({ from: this.#options.id, urgent: true });
    this.#scheduleBeat();
  }

  /** Changes with every commit to the shard, and with every question while this member cannot be sure. */
  signal(shard: ShardId): number {
    assert(shard < signalledShardsMax, `only shards below ${signalledShardsMax} have a signal`);
    if (!this.#belief.isSureAt(monotonicMs())) this.#doubts += 1;
    return this.#looks.signal(shard) + this.#doubts;
  }

  /** After a commit of this process. What is returned is awaited before the commit is answered. */
  committed(news: GroupNews): Promise<void> | undefined {
    const { heads, grown } = news;
    this.#options.onGrown([...grown.keys()]);
    this.#looks.committed(news);
    const signalled = [...grown].filter(([shard]) => shard < signalledShardsMax);
    if (signalled.length > 0) return this.#untilSeen(heads, signalled);
    if (grown.size > 0 && this.#others > 0) {
      for (const { head } of heads) this.#news.add(head);
      this.#noticeTimer ??= this.#options.timers.schedule(noticePauseMs, () => {
        this.#noticeTimer = undefined;
        this.#tellNews(false);
      });
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#end();
    const { timers, goodbyeMs } = this.#options;
    const onLate = (): void => this.#session?.destroy();
    await endOrLimit(this.#sayGoodbye(), { timers, limitMs: goodbyeMs, onLate });
  }

  /** As the end of a process does. */
  destroy(): void {
    this.#end();
    this.#session?.destroy();
  }

  async #sayGoodbye(): Promise<void> {
    await this.#beating.running?.catch(ignore);
    if (this.#news.size > 0) await this.#notify(this.#takeNews(false));
    await this.#session?.query(sql.leave, [this.#options.id]);
    await this.#session?.close();
  }

  #end(): void {
    this.#isClosed = true;
    this.#noticeTimer?.();
    this.#beatTimer?.();
  }

  async #untilSeen(
    heads: GroupNews["heads"],
    shards: readonly (readonly [ShardId, { readonly last: number; readonly closed: boolean }])[],
  ): Promise<void> {
    for (const { head } of heads) this.#news.add(head);
    this.#tellNews(true);
    const endMs = monotonicMs() + this.#options.membershipMs + waitMarginMs;
    for (const [shard, end] of shards) {
      while ((await this.#countBehind(shard, signalOf(end))) > 0 && monotonicMs() < endMs) {
        await this.#acknowledgement();
      }
    }
  }

  /** A member that cannot be asked about counts as behind: the commit waits until all rows must have run out. */
  async #countBehind(shard: ShardId, signal: number): Promise<number> {
    try {
      const parameters = [this.#options.id, shard, signal];
      const { rows } = await this.#options.reads.use((session) => session.query(sql.countBehind, parameters));
      return numberOf(rows[0]?.[0]);
    } catch {
      return 1;
    }
  }

  /** The next one, or a moment. */
  #acknowledgement(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#acknowledged.delete(done);
        resolve();
      };
      const cancel = this.#options.timers.schedule(acknowledgementPollMs, done);
      this.#acknowledged.add(done);
    });
  }

  #tellNews(urgent: boolean): void {
    if (this.#news.size > 0) void this.#notify(this.#takeNews(urgent));
  }

  #takeNews(urgent: boolean): Notice {
    const heads = [...this.#news];
    this.#news.clear();
    return { from: this.#options.id, heads, ...(urgent ? { urgent } : {}) };
  }

  async #notify(notice: Notice): Promise<void> {
    await this.#session?.query(sql.notify, [this.#options.channel, noticeText(notice)]).catch(ignore);
  }

  #heard(payload: string): void {
    const notice = parseNotice(payload);
    if (notice === undefined || notice.from === this.#options.id || this.#isClosed) return;
    this.#others = Math.max(this.#others, 1);
    for (const done of this.#acknowledged) done();
    if (notice.urgent === true) void this.#acknowledge().catch(ignore);
    else if (notice.heads !== undefined) void this.#looks.look().catch(ignore);
  }

  async #acknowledge(): Promise<void> {
    await this.#beating.run();
    await this.#notify({ from: this.#options.id });
  }

  #scheduleBeat(ms = this.#options.beatMs): void {
    this.#beatTimer?.();
    this.#beatTimer = this.#options.timers.schedule(ms, () => {
      void this.#beating
        .run()
        .catch(ignore)
        .finally(() => {
          if (!this.#isClosed) this.#scheduleBeat();
        });
    });
  }

  async #beat(): Promise<void> {
    if (this.#isClosed) return;
    await this.#looks.look();
    await this.#stay();
    // Who had let its row run out was not waited for, and has to look once more.
    if (!this.#belief.isSureAt(monotonicMs())) await this.#looks.look();
  }

  /** Renews the row with what was seen. */
  async #stay(): Promise<void> {
    const { id, membershipMs, beats } = this.#options;
    const session = await this.#listen();
    if (this.#isClosed) return;
    const askedMs = monotonicMs();
    const { signals, server } = this.#looks.seen;
    const parameters = [id, arrayText(signals), membershipMs, beats.next(askedMs), server];
    const { rows } = await session.query(sql.stay, parameters);
    this.#belief.renewed(askedMs, monotonicMs());
    this.#others = numberOf(rows[0]?.[0]);
  }

  async #listen(): Promise<PostgresSession> {
    if (this.#session !== undefined) return this.#session;
    this.#connecting ??= this.#openSession().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Perhaps with its server, in whose place another one comes. */
  #lostSession(): void {
    this.#session = undefined;
    this.#belief.forget();
    if (!this.#isClosed) this.#scheduleBeat(Math.min(reconnectMs, this.#options.beatMs));
  }

  async #openSession(): Promise<PostgresSession> {
    let hasEnded = false;
    const session = await this.#options.primary.connect({
      onNotification: (payload) => this.#heard(payload),
      onEnd: () => {
        hasEnded = true;
        if (this.#session === session) this.#lostSession();
      },
    });
    try {
      await session.query({ name: "listen", text: `LISTEN ${this.#options.channel}` });
    } catch (error: unknown) {
      session.destroy();
      throw error;
    }
    if (this.#isClosed) session.destroy();
    else if (!hasEnded) this.#session = session;
    return session;
  }
}

function ignore(): undefined {
  return undefined;
}
