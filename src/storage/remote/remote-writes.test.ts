// The bounds of what an engine has under way at its writer: each refuses before anything is sent.
import { expect, test, vi } from "vitest";
import { createDataPacker, createDataUnpacker } from "../../base/index.ts";
import { RemoteWrites, type RemoteWritesOptions } from "./remote-writes.ts";
import type { PortMessage, WriteReply, WriteRequest } from "./write-messages.ts";
import type { WritePortEvents } from "./write-port.ts";

/** A writer that is played by the test. */
function played(options: Partial<RemoteWritesOptions> = {}): {
  readonly writes: RemoteWrites;
  /** What was sent since the last look, by message. */
  readonly sent: () => Promise<readonly (readonly PortMessage[])[]>;
  /** Answers the next requests in turn. */
  readonly answer: (...replies: readonly WriteReply[]) => void;
  readonly answerTo: (number: number, reply: WriteReply) => void;
  readonly vanish: () => void;
  readonly news: unknown[];
} {
  let events: WritePortEvents | undefined;
  const messages: PortMessage[][] = [];
  let answered = 0;
  const unpacker = createDataUnpacker();
  const packer = createDataPacker();
  const news: unknown[] = [];
  const writes = new RemoteWrites({
    onNews: (group) => news.push(group),
    ...options,
    port: {
      post: (message) => messages.push(unpacker.unpack(message) as PortMessage[]),
      listen: (given) => {
        events = given;
      },
      close: () => events?.closed(),
    },
  });
  return {
    writes,
    news,
    sent: async () => {
      await turn();
      return messages.splice(0);
    },
    answer: (...replies) => {
      packer.add({ grownShards: [] });
      for (const reply of replies) {
        answered += 1;
        packer.add(answered);
        packer.add(reply);
      }
      events?.message(packer.take());
    },
    answerTo: (number, reply) => {
      for (const value of [{ grownShards: [] }, number, reply]) packer.add(value);
      events?.message(packer.take());
    },
    vanish: () => events?.closed(),
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function mutate(bytes = 1): WriteRequest {
  return { kind: "mutate", mutation: { kind: "write", epochs: [], keys: [], args: "x".repeat(bytes) } };
}

const reclaim: WriteRequest = { kind: "reclaim" };
const committed: WriteReply = { kind: "outcome", outcome: { kind: "refused", result: "seen" } };
const unavailable = { code: "unavailable", message: "too many writes are waiting" };

test("what is submitted in one turn travels as one message", async () => {
  const { writes, sent, answer } = played();
  const first = [writes.submit(mutate()), writes.submit(reclaim)];
  expect(await sent()).toEqual([[mutate(), reclaim]]);
  const second = writes.submit(reclaim);
  expect(await sent()).toEqual([[reclaim]]);
  const progress: WriteReply = { kind: "progress", progress: { recordsRemoved: 1, done: true } };
  answer(committed, progress);
  expect(await Promise.all(first)).toEqual([committed, progress]);
  answer({ kind: "done" });
  expect(await second).toEqual({ kind: "done" });
});

test("a full queue refuses, sends nothing of it, and takes again when an answer has come", async () => {
  const { writes, sent, answer } = played({ waitingMax: 2 });
  const accepted = [writes.submit(mutate()), writes.submit(mutate())];
  await expect(writes.submit(reclaim)).rejects.toMatchObject(unavailable);
  expect(await sent()).toEqual([[mutate(), mutate()]]);
  await expect(writes.submit(reclaim)).rejects.toMatchObject(unavailable);
  expect(await sent()).toEqual([]);
  answer(committed);
  expect(await accepted[0]).toEqual(committed);
  const taken = writes.submit(mutate());
  expect(await sent()).toEqual([[mutate()]]);
  answer(committed, committed);
  expect(await Promise.all([accepted[1], taken])).toEqual([committed, committed]);
});

test("bytes without an answer are bounded, but the largest single write is taken", async () => {
  const { writes, sent, answer } = played({ waitingBytesMax: 1000 });
  const large = writes.submit(mutate(5000));
  await expect(writes.submit(reclaim)).rejects.toMatchObject(unavailable);
  expect(await sent()).toEqual([[mutate(5000)]]);
  answer(committed);
  await large;
  const small = Array.from({ length: 3 }, () => writes.submit(mutate(600)));
  await expect(small[2]).rejects.toMatchObject(unavailable);
  expect(await sent()).toEqual([[mutate(600), mutate(600)]]);
  answer(committed, committed);
  expect(await Promise.all(small.slice(0, 2))).toEqual([committed, committed]);
});

test("while the oldest write has waited too long no more are taken", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const { writes, sent, answer } = played({ waitMsMax: 50 });
    const old = writes.submit(mutate());
    vi.advanceTimersByTime(50);
    const young = writes.submit(mutate());
    vi.advanceTimersByTime(1);
    await expect(writes.submit(reclaim)).rejects.toMatchObject(unavailable);
    expect(await sent()).toEqual([[mutate(), mutate()]]);
    answer(committed);
    await old;
    const again = writes.submit(reclaim);
    expect(await sent()).toEqual([[reclaim]]);
    answer(committed, { kind: "done" });
    expect(await Promise.all([young, again])).toEqual([committed, { kind: "done" }]);
  } finally {
    vi.useRealTimers();
  }
});

test("a request that is no plain data rejects alone", async () => {
  const { writes, sent, answer } = played({ waitingMax: 2 });
  const args: unknown = () => undefined;
  await expect(
    writes.submit({ kind: "mutate", mutation: { kind: "write", epochs: [], keys: [], args } }),
  ).rejects.toThrow("plain data");
  const accepted = [writes.submit(mutate()), writes.submit(mutate())];
  expect(await sent()).toEqual([[mutate(), mutate()]]);
  answer(committed, committed);
  expect(await Promise.all(accepted)).toHaveLength(2);
});

test("when the writer is gone, what is under way is unknown or refused, and so is all that follows", async () => {
  const { writes, sent, vanish } = played();
  const answered = [writes.submit(mutate()), writes.submit(reclaim)];
  await sent();
  const unsent = writes.submit(mutate());
  vanish();
  expect(await answered[0]).toEqual({ kind: "outcome", outcome: { kind: "unknown" } });
  await expect(answered[1]).rejects.toMatchObject({ code: "unavailable" });
  expect(await unsent).toEqual({ kind: "outcome", outcome: { kind: "unknown" } });
  await expect(writes.submit(mutate())).rejects.toMatchObject({ code: "unavailable" });
  expect(await sent()).toEqual([]);
  vanish();
  await writes.close();
});

test("closing waits for what was accepted, and ends when the writer goes meanwhile", async () => {
  const orderly = played();
  const accepted = orderly.writes.submit(mutate());
  const log: string[] = [];
  const closed = orderly.writes.close().then(() => log.push("closed"));
  await orderly.sent();
  expect(log).toEqual([]);
  orderly.answer(committed);
  await closed;
  expect(await accepted).toEqual(committed);

  const lost = played();
  const unanswered = lost.writes.submit(mutate());
  const closing = lost.writes.close();
  await lost.sent();
  lost.vanish();
  await closing;
  expect(await unanswered).toEqual({ kind: "outcome", outcome: { kind: "unknown" } });
});

test("news of groups come before the replies, also of groups of others", async () => {
  const { writes, answer, news } = played();
  const seen: unknown[] = [];
  const asked = writes.submit(mutate()).then(() => seen.push(...news));
  await turn();
  answer();
  expect(news).toEqual([{ grownShards: [] }]);
  answer(committed);
  await asked;
  expect(seen).toHaveLength(2);
});

const conflict: WriteReply = { kind: "outcome", outcome: { kind: "conflict", keys: [0] } };

function holding(ms: number): WriteRequest {
  return { kind: "mutate", mutation: { kind: "write", epochs: [], keys: [], args: "held", hold: { ms } } };
}

test("what is answered before its turn is done, and leaves the rest waiting", async () => {
  const { writes, sent, answerTo } = played({ waitingMax: 3 });
  const [first, second, third] = [mutate(), mutate(), mutate()].map((request) => writes.submit(request));
  await sent();
  answerTo(2, conflict);
  expect(await second).toEqual(conflict);
  answerTo(3, committed);
  expect(await third).toEqual(committed);
  const more = [writes.submit(mutate()), writes.submit(mutate())];
  await expect(writes.submit(mutate())).rejects.toMatchObject(unavailable);
  await sent();
  answerTo(1, committed);
  expect(await first).toEqual(committed);
  answerTo(5, conflict);
  answerTo(4, committed);
  expect(await Promise.all(more)).toEqual([committed, conflict]);
});

test("one that is held back does not make the writer look slow, but counts as waiting", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const { writes, sent, answerTo } = played({ waitMsMax: 50, waitingMax: 2 });
    const late = writes.submit(holding(10_000));
    vi.advanceTimersByTime(5000);
    const quick = writes.submit(mutate());
    await expect(writes.submit(mutate())).rejects.toMatchObject(unavailable);
    await sent();
    answerTo(2, committed);
    await quick;
    answerTo(1, committed);
    expect(await late).toEqual(committed);
  } finally {
    vi.useRealTimers();
  }
});

test("questions are asked while no write is taken, and are bounded themselves", async () => {
  const { writes, sent, answerTo } = played({ waitingMax: 1 });
  const stuck = writes.submit(mutate());
  await expect(writes.submit(mutate())).rejects.toMatchObject(unavailable);
  const asked = writes.held([]);
  await expect(writes.held([])).rejects.toMatchObject(unavailable);
  expect(await sent()).toEqual([[mutate(), { kind: "held", keys: [] }]]);
  answerTo(2, { kind: "held", held: [] });
  expect(await asked).toEqual([]);
  const again = writes.held([]);
  answerTo(3, { kind: "held", held: [] });
  await again;
  answerTo(1, committed);
  await stuck;
});

test("questions are refused when the writer is gone", async () => {
  const { writes, vanish } = played();
  const asked = writes.held([]);
  vanish();
  await expect(asked).rejects.toMatchObject({ code: "unavailable" });
  await expect(writes.held([])).rejects.toMatchObject({ code: "unavailable" });
});

test("what one turn begins and ends to watch travels once, in one message", async () => {
  const { writes, sent } = played();
  for (let shard = 0; shard < 5000; shard += 1) writes.watch(shard);
  writes.unwatch(7);
  writes.unwatch(8);
  writes.watch(8);
  const [messages] = await sent();
  const begin = Array.from({ length: 5000 }, (_, shard) => shard).filter((shard) => shard !== 7);
  expect(messages).toEqual([{ kind: "watch", begin, end: [7] }]);
  expect(await sent()).toEqual([]);
});

test("closing asks for what is held back to be decided", async () => {
  const { writes, sent, answerTo } = played();
  const late = writes.submit(holding(60_000));
  const closed = writes.close();
  expect(await sent()).toEqual([[holding(60_000), { kind: "hurry" }]]);
  answerTo(1, committed);
  expect(await late).toEqual(committed);
  await closed;
});
