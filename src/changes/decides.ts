/**
 * The two writes of a consumer, as data, and the functions that decide them. `takeCursor` makes a runner the owner of a
 * cursor. `consume` moves the cursor together with the consumer's output and the lease: one commit, that happens only
 * while the cursor is exactly as its owner left it. So a record is applied once, and an old owner never writes late.
 */
import { assert } from "../base/index.ts";
import type {
  Commit,
  CounterId,
  DecideContext,
  DecideFunction,
  DecideRegistry,
  EpochCheck,
  Mutation,
  RecordKey,
  StoredRecord,
} from "../storage/contract/index.ts";
import { type Cursor, decodeCursor, encodeCursor } from "./cursors.ts";
import { acknowledgeKind, decideAcknowledge } from "./log-reader.ts";

const takeKind = "takeCursor";
const consumeKind = "consume";

/** What a consumer's output may write. */
export type OutputCommit = Pick<Commit, "records" | "counters" | "log">;

/**
 * Decides the output of one batch, where the newest state is. As pure as any decide function: all it needs is in the
 * arguments, the records of the output's keys, and the context. It cannot refuse: what was logged has happened.
 */
export type OutputDecide = (
  args: unknown,
  records: readonly (StoredRecord | undefined)[],
  context: DecideContext,
) => OutputCommit;

export interface TakeArguments {
  readonly key: RecordKey;
  readonly owner: string;
  readonly leaseMs: number;
  /** Token of a lease that is taken although it runs, because its owner is known to be gone. */
  readonly evictToken?: number;
}

export interface ConsumeArguments {
  /** The cursor as its owner left it. */
  readonly expected: Pick<Cursor, "owner" | "token" | "position">;
  /** Where it moves to. */
  readonly position: number;
  readonly leaseMs: number;
  /** Absent: only the cursor moves. */
  readonly output?: { readonly kind: string; readonly args: unknown };
}

/** How long from now, by the clock that leases end by: it need not be the runner's. */
export type TakeRefusal = { readonly kind: "held"; readonly leftMs: number };
export type ConsumeRefusal = { readonly kind: "overtaken" };

/** The result of both when they are committed: the cursor as it is now. */
export type CursorResult = Cursor;

export interface ConsumeParts {
  readonly key: RecordKey;
  readonly epochs: readonly EpochCheck[];
  /** What the output reads. */
  readonly keys: readonly RecordKey[];
  readonly counters?: readonly CounterId[] | undefined;
  readonly args: ConsumeArguments;
}

export function takeCursorMutation(args: TakeArguments, epochs: readonly EpochCheck[]): Mutation {
  return { kind: takeKind, epochs, keys: [args.key], args };
}

export function consumeMutation({ key, epochs, keys, counters, args }: ConsumeParts): Mutation {
  return {
    kind: consumeKind,
    epochs,
    keys: [key, ...keys],
    args,
    ...(counters === undefined ? {} : { counters }),
  };
}

/** The kinds of this room; `outputs` are the functions of all consumers' outputs, by kind. */
export function changesDecides(outputs: ReadonlyMap<string, OutputDecide>): DecideRegistry {
  return new Map<string, DecideFunction>([
    [takeKind, decideTake],
    [acknowledgeKind, decideAcknowledge],
    [consumeKind, (args, records, context) => decideConsume({ args, records, context, outputs })],
  ]);
}

const decideTake: DecideFunction = (args, records, context) => {
  const { key, owner, leaseMs, evictToken } = args as TakeArguments;
  assert(records.length === 1, "taking a cursor reads one record");
  const found = cursorOf(records[0]);
  const nowMs = wholeMs(context);
  if (
    found !== undefined &&
    found.owner !== owner &&
    found.leaseUntilMs > nowMs &&
    found.token !== evictToken
  ) {
    const refusal: TakeRefusal = { kind: "held", leftMs: found.leaseUntilMs - nowMs };
    return { kind: "refuse", result: refusal };
  }
  const cursor: Cursor = {
    position: found?.position ?? 0,
    owner,
    leaseUntilMs: nowMs + leaseMs,
    token: (found?.token ?? 0) + 1,
  };
  return {
    kind: "commit",
    commit: { records: [{ kind: "put", key, value: encodeCursor(cursor) }] },
    result: cursor,
  };
};

interface ConsumeCall {
  readonly args: unknown;
  readonly records: readonly (StoredRecord | undefined)[];
  readonly context: DecideContext;
  readonly outputs: ReadonlyMap<string, OutputDecide>;
}

function decideConsume({ args, records, context, outputs }: ConsumeCall): ReturnType<DecideFunction> {
  const { expected, position, leaseMs, output } = args as ConsumeArguments;
  const [record, ...rest] = records;
  const found = cursorOf(record);
  if (
    record === undefined ||
    found === undefined ||
    found.owner !== expected.owner ||
    found.token !== expected.token ||
    found.position !== expected.position
  ) {
    const refusal: ConsumeRefusal = { kind: "overtaken" };
    return { kind: "refuse", result: refusal };
  }
  assert(position > found.position, "a cursor moves forward");
  const cursor: Cursor = { ...found, position, leaseUntilMs: wholeMs(context) + leaseMs };
  const written = output === undefined ? { records: [] } : decideOutput(output, rest, { context, outputs });
  return {
    kind: "commit",
    commit: {
      ...written,
      records: [...written.records, { kind: "put", key: record.key, value: encodeCursor(cursor) }],
    },
    result: cursor,
  };
}

function decideOutput(
  { kind, args }: { readonly kind: string; readonly args: unknown },
  records: readonly (StoredRecord | undefined)[],
  { context, outputs }: Pick<ConsumeCall, "context" | "outputs">,
): OutputCommit {
  const decide = outputs.get(kind);
  assert(decide !== undefined, `an output function is registered for ${kind}`);
  return decide(args, records, context);
}

function cursorOf(record: StoredRecord | undefined): Cursor | undefined {
  return record === undefined ? undefined : decodeCursor(record.value);
}

function wholeMs({ nowMicros }: DecideContext): number {
  return Math.floor(nowMicros / 1000);
}
