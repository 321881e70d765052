/** How far consumers are behind the log, as figures for people and metrics. */
import type { Clock, TurnPacer } from "../base/index.ts";
import type { Engine, ShardId } from "../storage/contract/index.ts";
import { readCursor } from "./cursors.ts";
import { nextTurnOf } from "./lane.ts";
import type { Group } from "./lane-schedule.ts";

export interface ConsumerLag {
  readonly id: string;
  /** Records of the log that are not applied. */
  readonly records: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly oldestMs: number;
}

export interface LagOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly pacer: TurnPacer;
}

/** Reads nothing for lanes that are idle. */
export async function lagOf(groups: Iterable<Group>, options: LagOptions): Promise<readonly ConsumerLag[]> {
  const lags: ConsumerLag[] = [];
  const work = options.pacer.resume();
  try {
    for (const group of groups) {
      const { id } = group.consumer;
      let records = 0;
      let oldestMicros = Number.POSITIVE_INFINITY;
      for (const slot of group.busy > 0 ? [...group.slots.values()] : []) {
        if (slot.status === "idle") continue;
        if (work.sliceOver()) await nextTurnOf(work);
        const lane = await laneLag(options.engine, id, slot.lane.shard);
        records += lane.records;
        oldestMicros = Math.min(oldestMicros, lane.oldestMicros);
      }
      lags.push({ id, records, oldestMs: ageMs(options.clock, oldestMicros) });
    }
  } finally {
    work.end();
  }
  return lags;
}

async function laneLag(
  engine: Engine,
  consumerId: string,
  shard: ShardId,
): Promise<{ readonly records: number; readonly oldestMicros: number }> {
  const cursor = await readCursor(engine, consumerId, shard);
  const { last, oldest } = await engine.logEnd(shard);
  const applied = Math.max(cursor?.position ?? 0, oldest - 1);
  const page = await engine.readLog(shard, applied, 1);
  const first = page.kind === "records" ? page.records[0] : undefined;
  return {
    records: Math.max(0, last - applied),
    oldestMicros: first?.timeMicros ?? Number.POSITIVE_INFINITY,
  };
}

/** The time of a record may be later than a clock that was set back. */
function ageMs(clock: Clock, oldestMicros: number): number {
  if (!Number.isFinite(oldestMicros)) return 0;
  return Math.max(0, Math.floor((clock.nowMicros() - oldestMicros) / 1000));
}
