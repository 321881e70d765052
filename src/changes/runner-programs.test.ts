// Random programs against several runners of one store: writes, kills, faults, pauses, trims and changing consumers in
// any order. In the end each consumer has applied its part of the log once, in order and without a gap.
import { expect, test } from "vitest";
import { assert, createTurnPacer, nextTurn, type Random, seededRandom } from "../base/index.ts";
import { type Engine, type MutationOutcome, StorageError } from "../storage/contract/index.ts";
import {
  modelStore,
  type ModelStore,
  openModelEngine,
  settableClock,
  type SettableClock,
} from "../testing/index.ts";
import { altered, copyingDecides, outputShards, textOf, write } from "../testing/copying-consumers.ts";
import { type Consumer, type ConsumerRunner, createConsumerRunner } from "./index.ts";

const shards = [20, 21, 22];
const programs = 40;
const steps = 80;

interface Process {
  readonly engine: Engine;
  readonly runner: ConsumerRunner;
}

class Program {
  readonly random: Random;
  readonly clock: SettableClock = settableClock(1_767_225_600_000);
  readonly store: ModelStore = modelStore();
  readonly writer: Engine;
  /** Faults of processes; none while it is settled. */
  faulty = true;
  /** Of each shard, how many records were written. */
  readonly written = new Map<number, number>();
  consumers: readonly Consumer[] = [];
  /** By consumer and shard, through which position it is owed nothing. */
  readonly owedAfter = new Map<string, number>();
  processes: readonly Process[] = [];
  readonly #multiProcess: boolean;
  readonly broken: unknown[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.#multiProcess = this.random.below(2) === 0;
    this.writer = openModelEngine({ decide: copyingDecides, clock: this.clock, store: this.store });
  }

  start(): void {
    const inner = openModelEngine({ decide: copyingDecides, clock: this.clock, store: this.store });
    const engine = altered(inner, {
      capabilities: { ...inner.capabilities, multiProcess: this.#multiProcess },
      mutate: (mutation) => this.#perhaps(() => inner.mutate(mutation)),
    });
    const runner = createConsumerRunner({
      engine,
      clock: this.clock,
      // No slice is ever over, so that nothing depends on how fast the machine is.
      pacer: createTurnPacer({ nowMs: () => 0 }),
      random: seededRandom(this.random.uint32()),
      listConsumers: async () => {
        await nextTurn();
        return this.consumers;
      },
      onFailure: (_consumer, error) => {
        if (error instanceof StorageError && error.code === "corrupted") this.broken.push(error);
      },
      lanesMax: this.random.below(4) + 1,
      leaseMs: 1000,
    });
    runner.setConsumers(this.consumers);
    this.processes = [...this.processes, { engine: inner, runner }];
  }

  /** Without a word: what is prepared is lost, and the lease runs on. */
  async kill(): Promise<void> {
    const [killed, ...others] = this.processes;
    this.processes = others;
    await killed?.engine.close();
    void killed?.runner.stop();
  }

  addConsumer(): void {
    const id = `c${this.consumers.length}-${this.random.uint32()}`;
    const owed = shards.filter(() => this.random.below(3) > 0);
    for (const shard of owed) this.owedAfter.set(`${id} ${shard}`, this.written.get(shard) ?? 0);
    this.consumers = [
      ...this.consumers,
      ...owed.map((shard, index) => this.#copier(`${id}-${index}`, `${id} ${shard}`, shard)),
    ];
  }

  async writeSome(): Promise<void> {
    const shard = shards[this.random.below(shards.length)] ?? 0;
    const from = this.written.get(shard) ?? 0;
    const count = this.random.below(60) + 1;
    this.written.set(shard, from + count);
    const texts = Array.from({ length: count }, (_, index) => String(from + index + 1));
    await write(this.writer, shard, ...texts);
  }

  anyProcess(): Process | undefined {
    return this.processes[this.random.below(Math.max(1, this.processes.length))];
  }

  async copied(name: string): Promise<readonly number[]> {
    const page = await this.writer.readLog(this.#outputShard(name), 0, 1_000_000);
    return page.kind === "records" ? page.records.map((record) => Number(textOf(record))) : [];
  }

  #outputShard(name: string): number {
    return outputShards + [...this.owedAfter.keys()].indexOf(name);
  }

  #copier(id: string, name: string, shard: number): Consumer {
    const delayMs = this.random.below(3) === 0 ? 200 : 0;
    return {
      id,
      shards: [shard],
      outputKind: "copy",
      prepare: async (records) => {
        for (let turn = this.random.below(3); turn > 0; turn -= 1) await nextTurn();
        assert(!this.faulty || this.random.below(20) > 0, "preparing fails now and then");
        const taken = records.slice(0, this.random.below(records.length) + 1);
        return {
          keys: [],
          args: { shard: this.#outputShard(name), texts: taken.map(textOf) },
          through: taken.at(-1)?.position ?? 0,
        };
      },
      delayMs: () => delayMs,
    };
  }

  async #perhaps(mutate: () => Promise<MutationOutcome>): Promise<MutationOutcome> {
    await nextTurn();
    switch (this.faulty ? this.random.below(16) : -1) {
      case 0:
        throw new StorageError("unavailable", "too many writes");
      case 1:
        return { kind: "unknown" };
      case 2:
        await mutate();
        return { kind: "unknown" };
      case 3:
        return { kind: "conflict", keys: [0] };
      default:
        return mutate();
    }
  }
}

const kinds: readonly (readonly [weight: number, run: (program: Program) => unknown])[] = [
  [7, (program) => program.writeSome()],
  [2, (program) => program.start()],
  [2, (program) => program.kill()],
  [1, (program) => program.addConsumer()],
  [2, ({ processes, consumers }) => processes.forEach(({ runner }) => runner.setConsumers(consumers))],
  [1, (program) => program.anyProcess()?.runner.trim({ all: true })],
  // Not waited for: these may take as long as the clock stands still.
  [1, (program) => void program.anyProcess()?.runner.pause(anyId(program))],
  [
    1,
    (program) =>
      void program
        .anyProcess()
        ?.runner.drain()
        .catch(() => undefined),
  ],
  [1, (program) => program.anyProcess()?.runner.resume(anyId(program))],
  [2, ({ clock, random }) => clock.advance(random.below(3000))],
];
const choices = kinds.flatMap(([weight, run]) => Array.from({ length: weight }, () => run));

async function step(program: Program): Promise<void> {
  await choices[program.random.below(choices.length)]?.(program);
  for (let turn = program.random.below(4); turn > 0; turn -= 1) await nextTurn();
}

const anyId = ({ consumers, random }: Program): string =>
  consumers[random.below(Math.max(1, consumers.length))]?.id ?? "nobody";

async function settle(program: Program): Promise<ConsumerRunner> {
  program.faulty = false;
  while (program.processes.length > 0) await program.kill();
  program.start();
  const [last] = program.processes;
  assert(last !== undefined, "one process is left");
  const drained = last.runner.drain();
  await program.clock.advance(2000);
  expect(await drained).toEqual({ kind: "drained" });
  return last.runner;
}

test.each(Array.from({ length: programs }, (_, index) => index + 1))("program %i", async (seed) => {
  const program = new Program(seed);
  program.addConsumer();
  program.start();
  for (let count = 0; count < steps; count += 1) await step(program);
  const runner = await settle(program);
  expect(program.broken).toEqual([]);
  expect(program.owedAfter.size).toBe(program.consumers.length);
  for (const [name, owedAfter] of program.owedAfter) {
    const last = program.written.get(Number(name.split(" ")[1])) ?? 0;
    const copied = await program.copied(name);
    const first = copied[0] ?? last + 1;
    expect(first, `${name} begins with what it is owed`).toBeLessThanOrEqual(owedAfter + 1);
    expect(copied).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
  }
  await runner.trim({ all: true });
  for (const { id, shards: of } of program.consumers) {
    for (const shard of of) {
      const { last, oldest } = await program.writer.logEnd(shard);
      expect(oldest, `${id}: everything is applied and trimmed`).toBe(last + 1);
    }
  }
  await runner.stop();
});
