// An engine that writes for others: who is answered what, and what of it outlives who asked.
import { expect, test } from "vitest";
import { portPair } from "../../testing/port-pair.ts";
import { type MutationOutcome, type Mutation, StorageError } from "../contract/index.ts";
import { RemoteWrites } from "./remote-writes.ts";
import { type HostedEngine, WriteHost } from "./write-host.ts";
import type { WritePort } from "./write-port.ts";

const placeOf = (kind: string): Mutation => ({ kind, epochs: [], keys: [], args: {} });
const committed: MutationOutcome = { kind: "committed", result: undefined, timeMicros: 1 };

interface Played {
  readonly host: WriteHost;
  readonly asked: string[];
  readonly answers: Map<string, (outcome: MutationOutcome | Error) => void>;
  /** Who was hurried. */
  readonly hurried: object[];
  /** For whom mutations were made. */
  readonly owners: object[];
}

function played(): Played {
  const asked: string[] = [];
  const answers: Played["answers"] = new Map();
  const engine: HostedEngine = {
    mutate: ({ kind }, owner) => {
      asked.push(kind);
      play.owners.push(owner);
      return new Promise((resolve, reject) => {
        answers.set(kind, (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
      });
    },
    trimLog: async (shard, through) => {
      asked.push(`trim ${shard} ${through}`);
    },
    held: async (keys) => keys.map(() => true),
    hurry: (owner) => {
      play.hurried.push(owner);
    },
  };
  const play: Played = { host: new WriteHost(engine), asked, answers, hurried: [], owners: [] };
  return play;
}

function joined(host: WriteHost): { readonly writes: RemoteWrites; readonly far: WritePort } {
  const [near, far] = portPair();
  host.attach(far);
  return { writes: new RemoteWrites({ port: near, onNews: () => undefined }), far };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

async function endOf(answered: Promise<unknown>): Promise<unknown> {
  try {
    return await answered;
  } catch (error: unknown) {
    return error;
  }
}

test("each is answered its own, whatever is ready first and whoever else asks", async () => {
  const { host, asked, answers } = played();
  const [first, second] = [joined(host).writes, joined(host).writes];
  const slow = first.submit({ kind: "mutate", mutation: placeOf("slow") });
  const quick = first.submit({ kind: "mutate", mutation: placeOf("quick") });
  const other = second.submit({ kind: "mutate", mutation: placeOf("other") });
  expect(await second.submit({ kind: "trimLog", shard: 7, through: 9 })).toEqual({ kind: "done" });
  expect(await first.held([])).toEqual([]);
  expect(asked).toEqual(["slow", "quick", "other", "trim 7 9"]);
  answers.get("quick")?.(committed);
  expect(await quick).toEqual({ kind: "outcome", outcome: committed });
  answers.get("other")?.({ kind: "conflict", keys: [0] });
  expect(await other).toEqual({ kind: "outcome", outcome: { kind: "conflict", keys: [0] } });
  answers.get("slow")?.(committed);
  expect(await slow).toEqual({ kind: "outcome", outcome: committed });
});

test("a failure of the store stays one, and a bug stays a bug", async () => {
  const { host, answers } = played();
  const { writes } = joined(host);
  const failing = endOf(writes.submit({ kind: "mutate", mutation: placeOf("failing") }));
  const faulty = endOf(writes.submit({ kind: "mutate", mutation: placeOf("faulty") }));
  await turns();
  answers.get("failing")?.(new StorageError("unavailable", "no server", { cause: new Error("refused") }));
  answers.get("faulty")?.(new TypeError("a bug"));
  const failure = await failing;
  expect(failure).toBeInstanceOf(StorageError);
  expect(failure).toMatchObject({ code: "unavailable", message: "no server", cause: { message: "refused" } });
  const fault = await faulty;
  expect(fault).not.toBeInstanceOf(StorageError);
  expect(fault).toMatchObject({ name: "TypeError", message: "a bug" });
});

test("what a host that ends has under way may have been committed or not", async () => {
  const { host } = played();
  const { writes } = joined(host);
  const mutating = writes.submit({ kind: "mutate", mutation: placeOf("any") });
  await turns();
  host.close();
  expect(await mutating).toEqual({ kind: "outcome", outcome: { kind: "unknown" } });
  expect(await endOf(writes.submit({ kind: "trimLog", shard: 1, through: 1 }))).toBeInstanceOf(StorageError);
});

test("who goes is answered first, and what is held back is hurried", async () => {
  const play = played();
  const { writes } = joined(play.host);
  const mutating = writes.submit({ kind: "mutate", mutation: placeOf("held back") });
  const closing = writes.close();
  await turns();
  expect(play.hurried).toEqual([play.owners[0]]);
  play.answers.get("held back")?.(committed);
  expect(await mutating).toEqual({ kind: "outcome", outcome: committed });
  await closing;
});

test("what was held back for a user that vanishes is hurried, and nobody else's", async () => {
  const { host, asked, answers, hurried, owners } = played();
  const gone = joined(host);
  const stays = joined(host).writes;
  void gone.writes.submit({ kind: "mutate", mutation: placeOf("left") });
  void stays.submit({ kind: "mutate", mutation: placeOf("kept") });
  await turns();
  gone.far.close();
  await turns();
  answers.get("left")?.(committed);
  expect(asked).toEqual(["left", "kept"]);
  expect(owners[0]).not.toBe(owners[1]);
  expect(hurried).toEqual([owners[0]]);
  expect(hurried[0]).toBe(owners[0]);
  expect(await stays.submit({ kind: "trimLog", shard: 1, through: 1 })).toEqual({ kind: "done" });
});
