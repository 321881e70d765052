/**
 * Work that one of the servers of a store does at a time, and another takes over when that one dies: a lease that is
 * renewed by whoever asks whether the work is its own. With an engine for one process the work is always ours, and
 * nothing is asked. Two may believe to have a duty for a moment, so what is done under it must bear that.
 */
import type { Clock, Random } from "../base/index.ts";
import type { Engine, Lease } from "../storage/contract/index.ts";

export interface DutyOptions {
  readonly engine: Pick<Engine, "capabilities" | "lease" | "releaseLease">;
  readonly name: string;
  /** For a name of its own: no two servers are given the same random numbers. */
  readonly random: Random;
  /** Leases end by the store's own clock; here only durations are compared, and a clock that jumps is noticed. */
  readonly clock: Clock;
}

export interface Duty {
  /** Rejects with a StorageError when the store cannot be asked; then nothing is to be done. */
  isOurs(): Promise<boolean>;
  /** Lets another server have it at once. */
  release(): Promise<void>;
}

const leaseMs = 15_000;
/** Others notice a death within the lease and this; a server at rest writes once in so long. */
const askedEveryMs = 5000;

const alwaysOurs: Duty = { isOurs: async () => true, release: async () => undefined };

export function createDuty({ engine, name, random, clock }: DutyOptions): Duty {
  if (!engine.capabilities.multiProcess) return alwaysOurs;
  const owner = random.uuid();
  let lease: Lease | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;
  return {
    async isOurs() {
      const startedMs = clock.nowMs();
      if (Math.abs(startedMs - askedMs) < askedEveryMs) return lease !== undefined;
      // Until the answer comes nobody knows.
      lease = undefined;
      lease = await engine.lease(name, owner, leaseMs);
      askedMs = startedMs;
      return lease !== undefined && Math.abs(clock.nowMs() - startedMs) < leaseMs;
    },
    async release() {
      const held = lease;
      lease = undefined;
      askedMs = Number.NEGATIVE_INFINITY;
      if (held !== undefined) await engine.releaseLease(held);
    },
  };
}
