/**
 * Drops tables whose deletion is complete, ends captures that nobody reads, forgets what no index and no capture has
 * still to read and tokens that have expired, and gives back the space, in small steps that nobody waits for. A server takes them by the clock, and
 * of several servers of a store one does. In a user's process they follow requests instead: no timer runs there, and a
 * stopped clock holds up nothing.
 */
import { createDuty } from "../changes/index.ts";
import type { IndexUpkeep } from "../indexes/index.ts";
import { sweepTokens } from "../mutations/index.ts";
import type { Dispatch, Services } from "../operations/index.ts";
import { startBackgroundWork } from "./background-work.ts";

/** `elsewhere`: another thread of the server does it. */
export type HousekeepingPace = "byClock" | "afterRequests" | "elsewhere";

export interface Housekeeping {
  /** The operations to hand out: housekeeping may have to know of requests. */
  readonly dispatch: Dispatch;
  /** Waits for the step that is running; none starts afterwards. */
  readonly stop: () => Promise<void>;
}

export interface HousekeepingOptions {
  readonly services: Services;
  readonly upkeep: IndexUpkeep | undefined;
  readonly dispatch: Dispatch;
  readonly pace: HousekeepingPace;
  /** Told of each step before it is taken. */
  readonly onStep?: (() => void) | undefined;
  /** Told when steps begin to fail, and not again before one has succeeded. */
  readonly onFailure: (error: unknown) => void;
}

/** One small step; true when there is more to do at once. */
type Step = () => Promise<boolean>;

export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { services, upkeep, dispatch, pace } = options;
  if (pace === "elsewhere") return { dispatch, stop: async () => undefined };
  const { engine, clock, random } = services;
  const duty = createDuty({ engine, name: "housekeeping", clock, random });
  let failing = false;
  const step: Step = async () => {
    options.onStep?.();
    const ours = await duty.isOurs();
    if (ours) await services.catalog.step();
    // Whoever keeps the house, each server follows the tables.
    upkeep?.refresh();
    const more = ours && (await giveBack(services, upkeep));
    failing = false;
    return more;
  };
  const tell = (error: unknown): void => {
    if (!failing) options.onFailure(error);
    failing = true;
  };
  if (pace === "afterRequests") return afterRequests(dispatch, step, tell);
  const work = startBackgroundWork(services.clock, step, tell);
  return {
    dispatch,
    stop: async () => {
      await work.stop();
      // What cannot be given back ends by itself.
      await duty.release().catch(() => undefined);
    },
  };
}

/** True when there is more to give back at once. */
async function giveBack({ engine, clock }: Services, upkeep: IndexUpkeep | undefined): Promise<boolean> {
  await upkeep?.trim();
  const expiring = await sweepTokens(engine, clock.nowMicros());
  const { done } = await engine.reclaim();
  return expiring || !done;
}

/** Requests between two looks for something to do; while there is more to do, one step follows each request. */
const idleRequests = 64;

function afterRequests(dispatch: Dispatch, step: Step, tell: (error: unknown) => void): Housekeeping {
  let requestsLeft = idleRequests;
  let running: Promise<void> | undefined;
  let stopped = false;
  const run = async (): Promise<void> => {
    requestsLeft = idleRequests;
    try {
      if (await step()) requestsLeft = 1;
    } catch (error: unknown) {
      tell(error);
    }
    running = undefined;
  };
  return {
    async dispatch(call) {
      const result = await dispatch(call);
      requestsLeft -= 1;
      if (requestsLeft <= 0 && running === undefined && !stopped) running = run();
      return result;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
