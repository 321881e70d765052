/** Gives back the space of dropped keyspaces, trimmed logs, old commit ids and dead holds, one short step at a time. */
import { systemClock } from "../../base/index.ts";
import type { ReclaimProgress } from "../contract/index.ts";
import { firstCommitId } from "./commit-ids.ts";
import type { PostgresSession } from "./driver.ts";
import type { HeadMap } from "./heads.ts";
import type { Layout } from "./layout.ts";
import type { Ask } from "./reader.ts";
import { sql } from "./statements.ts";
import { numberOf } from "./wire-values.ts";

/** A step deletes at most this many rows. */
const stepRowsMax = 500;
/** Nobody asks after a commit for longer. */
const commitsKeptMs = 600_000;

export class Reclaimer {
  readonly #map: HeadMap;
  readonly #layout: Layout;
  /** No row is written under a head of another writer: deleting what nobody can see takes no head. */
  readonly #ask: Ask;
  /** The head whose commit ids are next. */
  #nextHead = 0;

  constructor(map: HeadMap, layout: Layout, ask: Ask) {
    this.#map = map;
    this.#layout = layout;
    this.#ask = ask;
  }

  step(): Promise<ReclaimProgress> {
    return this.#ask(async (session) => {
      const [dropped] = (await session.query(sql.nextDropped)).rows;
      if (dropped !== undefined) return this.#emptyKeyspace(session, numberOf(dropped[0]));
      const [trimmed] = (await session.query(sql.nextTrimmed, [stepRowsMax])).rows;
      if (trimmed !== undefined) {
        const parameters = [numberOf(trimmed[0]), numberOf(trimmed[1]), numberOf(trimmed[2])];
        const { rows } = await session.query(sql.deleteSomeLog, parameters);
        return { recordsRemoved: numberOf(rows[0]?.[0] ?? "0"), done: false };
      }
      await this.#forget(session);
      return { recordsRemoved: 0, done: true };
    });
  }

  async #emptyKeyspace(session: PostgresSession, keyspace: number): Promise<ReclaimProgress> {
    let recordsRemoved = 0;
    let rowsRemoved = 0;
    for (const head of this.#map.all) {
      const parameters = [head, keyspace, stepRowsMax - rowsRemoved];
      const records = await session.query(sql.deleteSomeRecords, parameters);
      recordsRemoved += records.rowCount;
      const parts = await session.query(sql.deleteSomePartCounters, parameters);
      rowsRemoved += records.rowCount + parts.rowCount;
      if (rowsRemoved >= stepRowsMax) return { recordsRemoved, done: false };
      await session.query(sql.deleteCounters, [head, keyspace]);
    }
    await this.#layout.markReclaimed(session, keyspace);
    return { recordsRemoved, done: false };
  }

  /** Of one head a step. */
  async #forget(session: PostgresSession): Promise<void> {
    const head = this.#nextHead;
    this.#nextHead = (head + 1) % this.#map.count;
    const kept = firstCommitId(systemClock().nowMs() - commitsKeptMs);
    await session.query(sql.forgetCommits, [head, commitsKeptMs, kept]);
    await session.query(sql.forgetMembers);
  }
}
