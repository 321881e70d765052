/**
 * What every caller of an engine owes it: keys of bounded length, numbers that are numbers. A violation is a
 * programmer error, found before any engine sees it, so that engines agree and none repeats the checks.
 */
import { assert } from "../../base/index.ts";
import type {
  Commit,
  CounterId,
  CounterPartsRequest,
  Mutation,
  RangeBound,
  RangeRequest,
  RecordKey,
  RecordWrite,
} from "./types.ts";

/**
 * Bytes of `partition` or of `sort`. Holds an index key of eight attributes together with the key of its base
 * item (2,048 + 1,024 bytes each), with room for separators.
 */
export const keyPartBytesMax = 16_384;

/** Bytes of one record or log value: both images of the largest item fit many times. */
const valueBytesMax: number = 32 * 1024 * 1024;

/** Records one mutation may read. DynamoDB's largest transaction has 100 actions. */
export const mutationKeysMax = 10_000;

/** A dial for tests: long enough to look at a conflict by hand. */
const holdMsMax = 600_000;

/** Counters asked for at once. */
const counterPartsMax = 10_000;

export function checkInteger(value: number, what: string): void {
  assert(Number.isSafeInteger(value) && value >= 0, `${what} is an integer of at least 0`);
}

export function checkKey(key: RecordKey): void {
  checkInteger(key.keyspace, "a keyspace");
  checkInteger(key.placement, "a placement");
  checkKeyPart(key.partition);
  checkKeyPart(key.sort);
}

export function checkRange(request: RangeRequest): void {
  checkInteger(request.keyspace, "a keyspace");
  checkInteger(request.placement, "a placement");
  checkBound(request.lower);
  checkBound(request.upper);
  assert(
    Number.isSafeInteger(request.recordsMax) && request.recordsMax >= 1,
    "a range allows at least 1 record",
  );
  assert(Number.isSafeInteger(request.bytesMax) && request.bytesMax >= 1, "a range allows at least 1 byte");
}

export function checkMutation(mutation: Mutation): void {
  assert(mutation.kind !== "", "a mutation has a kind");
  assert(mutation.keys.length <= mutationKeysMax, `a mutation reads at most ${mutationKeysMax} keys`);
  for (const key of mutation.keys) {
    checkKey(key);
  }
  for (const { keyspace, epoch } of mutation.epochs) {
    checkInteger(keyspace, "a keyspace");
    checkInteger(epoch, "an epoch");
  }
  const { counters = [], hold } = mutation;
  assert(counters.length <= mutationKeysMax, `a mutation reads at most ${mutationKeysMax} counters`);
  for (const counter of counters) {
    checkCounter(counter);
  }
  if (hold !== undefined) {
    checkInteger(hold.ms, "the time of a hold");
    assert(hold.ms <= holdMsMax, `a hold waits at most ${holdMsMax} ms`);
  }
}

export function checkCounter(counter: CounterId): void {
  checkInteger(counter.keyspace, "a keyspace");
  checkInteger(counter.index, "a counter's index");
  if (counter.part !== undefined) {
    checkKeyPart(counter.part);
  }
}

export function checkCounterParts({ keyspace, index, after, countMax }: CounterPartsRequest): void {
  checkCounter({ keyspace, index, ...(after !== undefined && { part: after }) });
  assert(
    Number.isSafeInteger(countMax) && countMax >= 1 && countMax <= counterPartsMax,
    `1 to ${counterPartsMax} counters are asked for`,
  );
}

/** What a decide function hands back, looked at before anything of it is written. */
export function checkCommit(commit: Commit): void {
  for (const write of commit.records) {
    checkWrite(write);
  }
  for (const { counter, delta } of commit.counters ?? []) {
    checkCounter(counter);
    assert(Number.isSafeInteger(delta), "a counter changes by an integer");
  }
  for (const { shard, value } of commit.log ?? []) {
    checkInteger(shard, "a shard");
    checkValue(value);
  }
  for (const shard of [...(commit.closeShards ?? []), ...(commit.trimShards ?? [])]) {
    checkInteger(shard, "a shard");
  }
  for (const { keyspace, epoch } of commit.setEpochs ?? []) {
    checkInteger(keyspace, "a keyspace");
    checkInteger(epoch, "an epoch");
  }
  for (const keyspace of commit.dropKeyspaces ?? []) {
    checkInteger(keyspace, "a keyspace");
  }
}

function checkWrite(write: RecordWrite): void {
  checkKey(write.key);
  if (write.kind === "put") {
    checkValue(write.value);
  }
}

function checkBound(bound: RangeBound | undefined): void {
  if (bound === undefined) {
    return;
  }
  checkKeyPart(bound.partition);
  if (bound.sort !== undefined) {
    checkKeyPart(bound.sort);
  }
}

function checkKeyPart(part: Uint8Array): void {
  assert(part.length <= keyPartBytesMax, `a part of a key has at most ${keyPartBytesMax} bytes`);
}

function checkValue(value: Uint8Array): void {
  assert(value.length <= valueBytesMax, `a value has at most ${valueBytesMax} bytes`);
}
