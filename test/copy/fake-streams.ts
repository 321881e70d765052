/**
 * A source with DynamoDB Streams, as AWS documents them, over a store that has none: shards that follow each other, are
 * split and are closed; records that come late and are forgotten after a day; iterators that expire; reads that find
 * nothing although there is something. It complains of readers that ask too often.
 */
import type { Clock, Random } from "../../src/base/index.ts";
import type { CallOutcome, End, EndRequest } from "../../src/copy/index.ts";
import type { Json } from "./copy-fixture.ts";

export interface FakeStreams extends End {
  /** What a client writes: puts the item, or deletes the one of this key. */
  write(table: string, change: { readonly put: Json } | { readonly delete: Json }): Promise<void>;
  /** An open shard is closed and followed by one, or by two. */
  rotate(table: string, split: boolean): void;
  /** Called before each call of the copy. */
  beforeCall: (request: EndRequest) => Promise<void>;
  /** How the reader has misbehaved. */
  readonly complaints: readonly string[];
  /** A stream that is not on has no name. */
  arnOf(table: string): string | undefined;
  switchOn(table: string, viewType: string): void;
  switchOff(table: string): void;
  readonly switches: readonly string[];
}

export interface FakeStreamsOptions {
  readonly end: End;
  readonly clock: Clock;
  readonly random: Random;
  /** The account may not change tables. */
  readonly refusesUpdate?: boolean;
  /** Until a new shard is listed, at most. */
  readonly listedWithinMs?: number;
}

interface FakeRecord {
  readonly sequence: number;
  readonly createdMs: number;
  readonly visibleMs: number;
  readonly key: Json;
}

interface FakeShard {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly listedMs: number;
  readonly low: number;
  readonly high: number;
  readonly records: FakeRecord[];
  readonly firstSequence: number;
  closedMs: number | undefined;
  lastSequence: number;
  readers: number;
  /** Reads in a row that found nothing although there was something. */
  vainReads: number;
  lastReadMs: number;
}

interface FakeStream {
  readonly arn: string;
  readonly viewType: string;
  readonly enabledMs: number;
  disabled: boolean;
  readonly shards: FakeShard[];
}

const dayMs = 24 * 3_600_000;
const minuteMs = 60_000;
const recordsMax = 7;
const vainReadsMax = 3;
const siblingWithinMs = 9000;
const shardsPerPage = 2;

export function fakeStreams(options: FakeStreamsOptions): FakeStreams {
  return new Fake(options);
}

class Fake implements FakeStreams {
  readonly name = "source";
  readonly identity = "source";
  beforeCall: FakeStreams["beforeCall"] = async () => undefined;
  readonly complaints: string[] = [];
  readonly switches: string[] = [];
  readonly #end: End;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #refusesUpdate: boolean;
  readonly #listedWithinMs: number;
  readonly #streams = new Map<string, FakeStream[]>();
  #sequence = 100;
  #names = 0;

  constructor({ end, clock, random, ...more }: FakeStreamsOptions) {
    this.#end = end;
    this.#clock = clock;
    this.#random = random;
    this.#refusesUpdate = more.refusesUpdate ?? false;
    this.#listedWithinMs = more.listedWithinMs ?? 3000;
  }

  close(): Promise<void> {
    return this.#end.close();
  }

  arnOf(table: string): string | undefined {
    return this.#current(table)?.arn;
  }

  switchOn(table: string, viewType: string): void {
    this.#names += 1;
    const label = `2026-11-21T00:00:00.${String(this.#names).padStart(3, "0")}`;
    const stream: FakeStream = {
      arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/${label}`,
      viewType,
      enabledMs: this.#clock.nowMs() + 3000,
      disabled: false,
      shards: [],
    };
    stream.shards.push(this.#newShard(undefined, 0, 0.5), this.#newShard(undefined, 0.5, 1));
    this.#streams.set(table, [...(this.#streams.get(table) ?? []), stream]);
    this.switches.push(`${table} on ${viewType}`);
  }

  switchOff(table: string): void {
    const stream = this.#current(table);
    if (stream === undefined) throw new Error("there is no stream");
    stream.disabled = true;
    for (const shard of stream.shards) this.#closeShard(shard);
    this.switches.push(`${table} off`);
  }

  rotate(table: string, split: boolean): void {
    const stream = this.#current(table);
    const open = stream?.shards.filter(({ closedMs }) => closedMs === undefined) ?? [];
    const shard = open[this.#random.below(Math.max(1, open.length))];
    if (stream === undefined || shard === undefined) return;
    this.#closeShard(shard);
    const middle = (shard.low + shard.high) / 2;
    const listedMs = this.#listedMs();
    const bounds = split ? [shard.low, middle, shard.high] : [shard.low, shard.high];
    for (const [index, low] of bounds.slice(0, -1).entries()) {
      const later = index === 0 ? 0 : this.#random.below(siblingWithinMs);
      stream.shards.push({
        ...this.#newShard(shard.id, low, bounds[index + 1] ?? 1),
        listedMs: listedMs + later,
      });
    }
  }

  async write(table: string, change: { readonly put: Json } | { readonly delete: Json }): Promise<void> {
    const request =
      "put" in change ? { PutRequest: { Item: change.put } } : { DeleteRequest: { Key: change.delete } };
    const input = { RequestItems: { [table]: [request] } };
    const outcome = await this.#end.call({ service: "DynamoDB", operation: "BatchWriteItem", input }, never);
    if (outcome.kind !== "answer") throw new Error(JSON.stringify(outcome));
    const { pk } = "put" in change ? change.put : change.delete;
    this.#record(table, { pk });
  }

  async call(request: EndRequest, signal: AbortSignal): Promise<CallOutcome> {
    await this.beforeCall(request);
    signal.throwIfAborted();
    const { service, operation, input } = request;
    if (service === "Stator") return refused("UnknownOperationException", "");
    if (service === "DynamoDBStreams") return this.#streamCall(operation, input);
    if (operation === "UpdateTable") return this.#updateTable(input);
    const outcome = await this.#end.call(request, signal);
    if (operation !== "DescribeTable" || outcome.kind !== "answer") return outcome;
    const stream = this.#current(String(input["TableName"]));
    if (stream === undefined) return outcome;
    const StreamSpecification = { StreamEnabled: true, StreamViewType: stream.viewType };
    const Table = { ...(outcome.body["Table"] as Json), StreamSpecification, LatestStreamArn: stream.arn };
    return { ...outcome, body: { Table } };
  }

  #updateTable(input: Json): CallOutcome {
    if (this.#refusesUpdate) return refused("AccessDeniedException", "not authorized to perform UpdateTable");
    const table = String(input["TableName"]);
    const wanted = input["StreamSpecification"] as Json;
    const isOn = this.#current(table) !== undefined;
    if (wanted["StreamEnabled"] === isOn) return refused("ValidationException", "it is so already");
    if (isOn) this.switchOff(table);
    else this.switchOn(table, String(wanted["StreamViewType"]));
    return answered({});
  }

  #streamCall(operation: string, input: Json): CallOutcome | Promise<CallOutcome> {
    switch (operation) {
      case "ListStreams":
        return answered({ Streams: [] });
      case "DescribeStream":
        return this.#describe(input);
      case "GetShardIterator":
        return this.#iterator(input);
      case "GetRecords":
        return this.#records(input);
      default:
        return refused("UnknownOperationException", operation);
    }
  }

  #describe(input: Json): CallOutcome {
    const stream = this.#named(String(input["StreamArn"]));
    if (stream === undefined) return refused("ResourceNotFoundException", "no such stream");
    const nowMs = this.#clock.nowMs();
    const listed = stream.shards.filter(
      ({ listedMs, closedMs }) => listedMs <= nowMs && (closedMs === undefined || nowMs - closedMs < dayMs),
    );
    const from = listed.findIndex(({ id }) => id === input["ExclusiveStartShardId"]) + 1;
    const page = listed.slice(from, from + shardsPerPage);
    const enabled = nowMs >= stream.enabledMs ? "ENABLED" : "ENABLING";
    const StreamDescription = {
      StreamArn: stream.arn,
      StreamStatus: stream.disabled ? "DISABLED" : enabled,
      Shards: page.map((shard) => ({
        ShardId: shard.id,
        ...(shard.parentId === undefined ? {} : { ParentShardId: shard.parentId }),
        SequenceNumberRange: {
          StartingSequenceNumber: numberText(shard.firstSequence),
          ...(shard.closedMs === undefined ? {} : { EndingSequenceNumber: numberText(shard.lastSequence) }),
        },
      })),
      ...(from + page.length < listed.length ? { LastEvaluatedShardId: page.at(-1)?.id } : {}),
    };
    return answered({ StreamDescription });
  }

  #iterator(input: Json): CallOutcome {
    const found = this.#shard(String(input["StreamArn"]), String(input["ShardId"]));
    if (found === undefined) return refused("ResourceNotFoundException", "no such shard");
    const horizon = this.#horizon(found);
    if (input["ShardIteratorType"] === "TRIM_HORIZON") return this.#newIterator(input, horizon);
    const after = Number(input["SequenceNumber"]);
    if (after < horizon) return refused("TrimmedDataAccessException", "trimmed");
    return this.#newIterator(input, after);
  }

  #newIterator({ StreamArn, ShardId }: Json, after: number): CallOutcome {
    const ShardIterator = JSON.stringify([StreamArn, ShardId, after, this.#clock.nowMs()]);
    return answered({ ShardIterator });
  }

  async #records(input: Json): Promise<CallOutcome> {
    const [arn, id, after, madeMs] = JSON.parse(String(input["ShardIterator"])) as [
      string,
      string,
      number,
      number,
    ];
    const nowMs = this.#clock.nowMs();
    if (nowMs - madeMs > 15 * minuteMs) return refused("ExpiredIteratorException", "expired");
    const shard = this.#shard(arn, id);
    if (shard === undefined) return refused("ResourceNotFoundException", "no such shard");
    if (after < this.#horizon(shard)) return refused("TrimmedDataAccessException", "trimmed");
    if (shard.readers > 0) this.complaints.push(`${id} has two readers`);
    if (nowMs - shard.lastReadMs < 200) this.complaints.push(`${id} is read too often`);
    shard.readers += 1;
    // An answer takes a moment.
    await Promise.resolve();
    shard.readers -= 1;
    shard.lastReadMs = nowMs;
    const visible = shard.records.filter(({ sequence, visibleMs }) => sequence > after && visibleMs <= nowMs);
    const isVain = shard.vainReads < vainReadsMax && this.#random.below(4) === 0;
    shard.vainReads = isVain ? shard.vainReads + 1 : 0;
    const page = isVain ? [] : visible.slice(0, 1 + this.#random.below(recordsMax));
    const last = page.at(-1)?.sequence ?? after;
    const isDrained = shard.closedMs !== undefined && shard.records.every(({ sequence }) => sequence <= last);
    const next = isDrained ? {} : { NextShardIterator: JSON.stringify([arn, id, last, nowMs]) };
    return answered({ Records: page.map(recordJson), ...next });
  }

  #record(table: string, key: Json): void {
    const stream = this.#current(table);
    if (stream === undefined || this.#clock.nowMs() < stream.enabledMs) return;
    const place = placeOf(JSON.stringify(key));
    const shard = stream.shards.find(
      ({ closedMs, low, high }) => closedMs === undefined && place >= low && place < high,
    );
    if (shard === undefined) throw new Error("no shard for this key");
    this.#sequence += 1 + this.#random.below(5);
    shard.lastSequence = this.#sequence;
    const createdMs = this.#clock.nowMs();
    const before = shard.records.at(-1)?.visibleMs ?? 0;
    const visibleMs = Math.max(before, createdMs + this.#random.below(2000));
    shard.records.push({ sequence: this.#sequence, createdMs, visibleMs, key });
  }

  #newShard(parentId: string | undefined, low: number, high: number): FakeShard {
    this.#sequence += 10;
    this.#names += 1;
    const nowMs = this.#clock.nowMs();
    return {
      id: `shardId-${String(nowMs).padStart(20, "0")}-${String(this.#names).padStart(8, "0")}`,
      parentId,
      listedMs: this.#listedMs(),
      low,
      high,
      records: [],
      firstSequence: this.#sequence,
      lastSequence: this.#sequence,
      closedMs: undefined,
      readers: 0,
      vainReads: 0,
      lastReadMs: 0,
    };
  }

  #listedMs(): number {
    return this.#clock.nowMs() + this.#random.below(this.#listedWithinMs);
  }

  #closeShard(shard: FakeShard): void {
    shard.closedMs ??= this.#clock.nowMs();
  }

  /** Sequence number of the last record that is forgotten. */
  #horizon(shard: FakeShard): number {
    const nowMs = this.#clock.nowMs();
    return shard.records.findLast(({ createdMs }) => nowMs - createdMs > dayMs)?.sequence ?? 0;
  }

  #current(table: string): FakeStream | undefined {
    return this.#streams.get(table)?.find(({ disabled }) => !disabled);
  }

  #named(arn: string): FakeStream | undefined {
    return [...this.#streams.values()].flat().find((stream) => stream.arn === arn);
  }

  #shard(arn: string, id: string): FakeShard | undefined {
    const nowMs = this.#clock.nowMs();
    return this.#named(arn)?.shards.find(
      (shard) => shard.id === id && (shard.closedMs === undefined || nowMs - shard.closedMs < dayMs),
    );
  }
}

const never = new AbortController().signal;

function recordJson({ sequence, createdMs, key }: FakeRecord): Json {
  return {
    eventName: "MODIFY",
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(createdMs / 1000),
      Keys: key,
      SequenceNumber: numberText(sequence),
    },
  };
}

function numberText(sequence: number): string {
  return String(sequence).padStart(21, "0");
}

/** 0 to 1, the same for the same key. */
function placeOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash / 0x1_0000_0000;
}

function answered(body: Json): CallOutcome {
  return { kind: "answer", body, sizeBytes: 0 };
}

function refused(error: string, message: string): CallOutcome {
  return { kind: "refused", error, message, retryable: false };
}
