/**
 * What the storage contract suite is given: how to open one fresh store, and how to bring it back after a close
 * and after a crash. And the mutations the suite speaks with.
 */
import type {
  Commit,
  DecideFunction,
  DecideRegistry,
  Decision,
  Engine,
  EngineCapabilities,
  Mutation,
  MutationOutcome,
  RecordKey,
  StoredRecord,
} from "../../storage/contract/index.ts";
import { settableClock, type SettableClock } from "../settable-clock.ts";

export interface StorageOpenOptions {
  readonly decide: DecideRegistry;
  readonly clock: SettableClock;
}

/** One store, opened. After `reopen` and `crash` the earlier engine must not be used. */
export interface StorageFixture {
  readonly engine: Engine;
  /** Closes, and opens the same store again. */
  reopen(): Promise<Engine>;
  /** As if the process had been killed: nothing is closed, accepted but unanswered writes are lost. */
  crash(): Promise<Engine>;
  /** Closes, and throws when the store contradicts itself. */
  dispose(): Promise<void>;
}

/** An engine under test. `capabilities` must be those the opened engine declares; a test compares them. */
export interface StorageSubject {
  readonly name: string;
  readonly capabilities: EngineCapabilities;
  /** Absent: all an engine with these capabilities can be in. A wrapper of an engine already tested needs fewer. */
  readonly traits?: readonly StoreTrait[];
  open(options: StorageOpenOptions): Promise<StorageFixture>;
}

/** What a test of the suite works with. */
export interface OpenStore extends StorageFixture {
  readonly clock: SettableClock;
}

/** The state a store is in before each behaviour is looked at. */
export type StoreTrait = "open" | "reopened" | "crashed";

export type WithStore = (use: (store: OpenStore) => Promise<void>) => Promise<void>;

/** 2026-01-01, so that times look like times. */
const startMs = 1_767_225_600_000;

export function withStore(subject: StorageSubject, trait: StoreTrait): WithStore {
  return async (use) => {
    const clock = settableClock(startMs);
    const fixture = await subject.open({ decide: suiteDecides, clock });
    try {
      const engine = await engineAfter(fixture, trait);
      await use({
        engine,
        clock,
        reopen: () => fixture.reopen(),
        crash: () => fixture.crash(),
        dispose: () => fixture.dispose(),
      });
    } finally {
      await fixture.dispose();
    }
  };
}

async function engineAfter(fixture: StorageFixture, trait: StoreTrait): Promise<Engine> {
  switch (trait) {
    case "open":
      return fixture.engine;
    case "reopened":
      await write(fixture.engine, { records: [{ kind: "put", key: traitKey, value: bytes("before") }] });
      return fixture.reopen();
    case "crashed":
      await write(fixture.engine, { records: [{ kind: "put", key: traitKey, value: bytes("before") }] });
      return fixture.crash();
  }
}

/** Out of the way of the tests' own keys. */
const traitKey: RecordKey = {
  keyspace: 9_999,
  placement: 0,
  partition: new Uint8Array(0),
  sort: new Uint8Array(0),
};

/** The mutation kinds the suite uses; each is also what its name says. */
export const suiteDecides: DecideRegistry = new Map<string, DecideFunction>([
  ["write", (args) => ({ kind: "commit", commit: args as Commit, result: "written" })],
  ["increment", decideIncrement],
  ["look", (_args, records) => ({ kind: "refuse", result: records.map(recordText) })],
  ["tellTime", (_args, _records, { nowMicros }) => committing({ records: [] }, nowMicros)],
  ["count", (_args, _records, { counters }) => ({ kind: "refuse", result: counters })],
  ["throw", decideThrow],
]);

/** Adds 1 to the decimal number in the first record. */
function decideIncrement(args: unknown, [record]: readonly (StoredRecord | undefined)[]): Decision {
  const value = (record === undefined ? 0 : Number(text(record.value))) + 1;
  return committing(
    { records: [{ kind: "put", key: args as RecordKey, value: bytes(String(value)) }] },
    value,
  );
}

function decideThrow(): never {
  throw new Error("a bug in a decide function");
}

function committing(commit: Commit, result: unknown): Decision {
  return { kind: "commit", commit, result };
}

export function mutation(kind: string, parts: Partial<Mutation> = {}): Mutation {
  return { kind, epochs: [], keys: [], args: undefined, ...parts };
}

export function write(engine: Engine, commit: Partial<Commit>): Promise<MutationOutcome> {
  return engine.mutate(mutation("write", { args: { records: [], ...commit } }));
}

export function increment(engine: Engine, key: RecordKey): Promise<MutationOutcome> {
  return engine.mutate(mutation("increment", { keys: [key], args: key }));
}

/** A key of keyspace 1, placement 0; both parts are text. */
export function key(partition: string, sort = "", place: Partial<RecordKey> = {}): RecordKey {
  return { keyspace: 1, placement: 0, partition: bytes(partition), sort: bytes(sort), ...place };
}

/** Plain Uint8Arrays, so that answers can be compared whatever subclass an engine hands out. */
export function bytes(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value));
}

export function text(value: Uint8Array): string {
  return Buffer.from(value).toString();
}

function recordText(record: StoredRecord | undefined): string | undefined {
  return record === undefined ? undefined : text(record.value);
}

export async function readText(engine: Engine, of: RecordKey): Promise<string | undefined> {
  return recordText(await engine.get(of, "strong"));
}
