/**
 * Looks by the clock whether idle lanes have missed a wake-up. Wake-ups are hints; a lane that no hint reaches would
 * wait for the next write to its shard. A few shards per look, in turn, so that thousands of them cost no more.
 */
import type { CancelTimer, Clock } from "../base/index.ts";
import type { Engine, ShardId } from "../storage/contract/index.ts";
import type { LaneSchedule } from "./lane-schedule.ts";
import type { ConsumedShard } from "./trimmer.ts";

export interface SafetyPollOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly shards: ReadonlyMap<ShardId, ConsumedShard>;
  readonly schedule: LaneSchedule;
}

export interface SafetyPoll {
  stop(): void;
}

const intervalMs = 1000;
/** Each look is a request over a network then, and such an engine looks for lost hints by itself. */
const sharedIntervalMs = 15_000;
/** Each about 5 µs. */
const shardsPerLook = 100;

export function startSafetyPoll({ engine, clock, shards, schedule }: SafetyPollOptions): SafetyPoll {
  const pauseMs = engine.capabilities.multiProcess ? sharedIntervalMs : intervalMs;
  let stopped = false;
  let cancel: CancelTimer = () => undefined;
  let rest = shards.values();

  const look = async (state: ConsumedShard): Promise<void> => {
    const { last } = await engine.logEnd(state.shard);
    for (const slot of state.slots) if (slot.lane.through < last) schedule.wake(slot);
  };

  const lookAround = async (): Promise<void> => {
    for (let looked = 0; looked < shardsPerLook && !stopped; looked += 1) {
      const { value: state } = rest.next();
      if (state === undefined) {
        rest = shards.values();
        return;
      }
      await look(state);
    }
  };

  const run = (): void => {
    // A store that cannot be read is told by the lanes, when they have something to do.
    const done = lookAround().catch(() => undefined);
    void done.then(() => {
      if (!stopped) cancel = clock.schedule(pauseMs, run);
    });
  };
  cancel = clock.schedule(pauseMs, run);
  return {
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
