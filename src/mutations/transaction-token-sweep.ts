/** Forgets tokens of transactions that completed more than ten minutes ago, a few at a time. */
import { assert } from "../base/index.ts";
import type { DecideFunction, Engine, RecordKey, RecordWrite } from "../storage/contract/index.ts";
import {
  decodeRemembered,
  expiryOf,
  timeBytes,
  tokenExpiriesKeyspace,
  tokenLifetimeMicros,
} from "./transaction-token.ts";

export const tokenSweepKind = "tokenSweep";

/** Two small records each: about a millisecond in the writer. */
const tokensPerStep = 100;
const pageBytesMax = 65_536;

interface SweepArguments {
  /** Keys of records by time; those of the tokens are the mutation's keys. */
  readonly expiries: readonly RecordKey[];
}

/** One small step; true when more is due. Tokens that a running transaction uses are left for a later step. */
export async function sweepTokens(
  engine: Pick<Engine, "range" | "mutate">,
  nowMicros: number,
): Promise<boolean> {
  const throughMicros = nowMicros - tokenLifetimeMicros;
  if (throughMicros < 0) return false;
  const page = await engine.range({
    keyspace: tokenExpiriesKeyspace,
    placement: 0,
    upper: { partition: timeBytes(throughMicros), inclusive: true },
    reverse: false,
    recordsMax: tokensPerStep,
    bytesMax: pageBytesMax,
    consistency: "strong",
  });
  if (page.records.length === 0) return false;
  const expiries = page.records.map(({ key }) => key);
  const held = await forget(engine, expiries);
  if (held.length === 0) return page.more;
  const free = expiries.filter((_, index) => !held.includes(index));
  // Whatever is held now can wait for the next look.
  if (free.length > 0) await forget(engine, free);
  return page.more && free.length > 0;
}

/** Forgets all, for a store that begins anew. Nothing else uses the store meanwhile. */
export async function forgetTokens(engine: Pick<Engine, "range" | "mutate">): Promise<void> {
  let more = true;
  while (more) more = await sweepTokens(engine, Number.MAX_SAFE_INTEGER);
}

/** Positions of tokens that are held; nothing was forgotten unless there are none. */
async function forget(
  engine: Pick<Engine, "mutate">,
  expiries: readonly RecordKey[],
): Promise<readonly number[]> {
  const args: SweepArguments = { expiries };
  const keys = expiries.map((expiry) => expiryOf(expiry).token);
  const outcome = await engine.mutate({ kind: tokenSweepKind, epochs: [], keys, args });
  return outcome.kind === "conflict" ? outcome.keys : [];
}

/** A token may have been used again since the look: only what belongs to its old time goes. */
export const decideTokenSweep: DecideFunction = (args, records) => {
  const { expiries } = args as SweepArguments;
  assert(records.length === expiries.length, "a sweep reads one token for each record by time");
  const writes = expiries.flatMap((expiry, index): RecordWrite[] => {
    const { token, completedMicros } = expiryOf(expiry);
    const record = records[index];
    const isCurrent =
      record !== undefined && decodeRemembered(record.value).completedMicros === completedMicros;
    const both: RecordWrite[] = [{ kind: "delete", key: expiry }];
    if (isCurrent) both.push({ kind: "delete", key: token });
    return both;
  });
  return { kind: "commit", commit: { records: writes }, result: undefined };
};
