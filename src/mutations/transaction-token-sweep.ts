/** Forgets tokens of transactions that completed more than ten minutes ago, a few at a time. */
import { assert } from "../base/index.ts";
import type { DecideFunction, Engine, Placement, RecordKey, RecordWrite } from "../storage/contract/index.ts";
import {
  decodeRemembered,
  expiryOf,
  timeBytes,
  tokenExpiriesKeyspace,
  tokenLifetimeMicros,
  tokenPlacements,
} from "./transaction-token.ts";

export const tokenSweepKind = "tokenSweep";

/** Two small records each: about a millisecond in the writer. */
const tokensPerStep = 100;
const pageBytesMax = 65_536;
const endOfTime = Number.MAX_SAFE_INTEGER;

interface SweepArguments {
  /** Keys of records by time; those of the tokens are the mutation's keys. */
  readonly expiries: readonly RecordKey[];
  /** Whether the time of the commit must agree that they are due: the clock of whoever looks may be ahead of it. */
  readonly onlyExpired: boolean;
}

/** A small step for each placement; true when more is due. Tokens that a running transaction uses are left for later. */
export async function sweepTokens(
  engine: Pick<Engine, "range" | "mutate">,
  nowMicros: number,
): Promise<boolean> {
  const throughMicros = nowMicros - tokenLifetimeMicros;
  if (throughMicros < 0) return false;
  let more = false;
  for (let placement = 0; placement < tokenPlacements; placement += 1) {
    if (await sweepPlacement(engine, { nowMicros, throughMicros, placement })) more = true;
  }
  return more;
}

interface PlacementSweep {
  readonly nowMicros: number;
  readonly throughMicros: number;
  readonly placement: Placement;
}

async function sweepPlacement(
  engine: Pick<Engine, "range" | "mutate">,
  { nowMicros, throughMicros, placement }: PlacementSweep,
): Promise<boolean> {
  const page = await engine.range({
    keyspace: tokenExpiriesKeyspace,
    placement,
    upper: { partition: timeBytes(throughMicros), inclusive: true },
    reverse: false,
    recordsMax: tokensPerStep,
    bytesMax: pageBytesMax,
    consistency: "strong",
  });
  if (page.records.length === 0) return false;
  const expiries = page.records.map(({ key }) => key);
  const onlyExpired = nowMicros !== endOfTime;
  const first = await forget(engine, { expiries, onlyExpired });
  if (first.held.length === 0) return page.more && first.forgotten > 0;
  const free = expiries.filter((_, index) => !first.held.includes(index));
  if (free.length === 0) return false;
  // Whatever is held now can wait for the next look.
  const { forgotten } = await forget(engine, { expiries: free, onlyExpired });
  return page.more && forgotten > 0;
}

/** Forgets all, for a store that begins anew. Nothing else uses the store meanwhile. */
export async function forgetTokens(engine: Pick<Engine, "range" | "mutate">): Promise<void> {
  let more = true;
  while (more) more = await sweepTokens(engine, endOfTime);
}

interface Forgotten {
  /** Positions of tokens that are held; nothing was forgotten unless there are none. */
  readonly held: readonly number[];
  readonly forgotten: number;
}

async function forget(engine: Pick<Engine, "mutate">, args: SweepArguments): Promise<Forgotten> {
  const keys = args.expiries.map((expiry) => expiryOf(expiry).token);
  const outcome = await engine.mutate({ kind: tokenSweepKind, epochs: [], keys, args });
  return {
    held: outcome.kind === "conflict" ? outcome.keys : [],
    forgotten: outcome.kind === "committed" ? (outcome.result as number) : 0,
  };
}

/** A token may have been used again since the look: only what belongs to its old time goes. */
export const decideTokenSweep: DecideFunction = (args, records, { nowMicros }) => {
  const { expiries, onlyExpired } = args as SweepArguments;
  assert(records.length === expiries.length, "a sweep reads one token for each record by time");
  let forgotten = 0;
  const writes = expiries.flatMap((expiry, index): RecordWrite[] => {
    const { token, completedMicros } = expiryOf(expiry);
    if (onlyExpired && nowMicros - completedMicros < tokenLifetimeMicros) return [];
    forgotten += 1;
    const record = records[index];
    const isCurrent =
      record !== undefined && decodeRemembered(record.value).completedMicros === completedMicros;
    const both: RecordWrite[] = [{ kind: "delete", key: expiry }];
    if (isCurrent) both.push({ kind: "delete", key: token });
    return both;
  });
  return { kind: "commit", commit: { records: writes }, result: forgotten };
};
