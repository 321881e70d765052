/**
 * The state of an adjustable clock in shared memory: a line from real to clock time (origin, rate) and whether
 * it is frozen. Every thread that has the memory reads the same time. Readers never wait: a sequence number
 * that is odd during a change tells them to read again.
 */

import { assert } from "./assert.ts";

export interface TimeLine {
  /** Real microseconds at which the clock showed `clockMicros`. */
  readonly realMicros: number;
  readonly clockMicros: number;
  /** Clock time per real time. */
  readonly rate: number;
  readonly frozen: boolean;
}

export interface SharedTime {
  readonly memory: SharedArrayBuffer;
  clockMicrosAt(realMicros: number): number;
  read(): TimeLine;
  /** Changes the line atomically: no other thread can change it between reading and writing. */
  change(next: (line: TimeLine) => TimeLine): void;
  /** Resolves when any thread changes the line. Does not keep the process alive. */
  changed(): Promise<void>;
}

/** Layout: one 32-bit sequence number, four bytes unused, then four 64-bit floats. */
const sequenceIndex = 0;
const numbersOffset = 8;
const realIndex = 0;
const clockIndex = 1;
const rateIndex = 2;
const frozenIndex = 3;
const memoryBytes = 40;

export function openSharedTime(given?: SharedArrayBuffer): SharedTime {
  const memory = given ?? new SharedArrayBuffer(memoryBytes);
  assert(memory.byteLength >= memoryBytes, `a clock needs ${memoryBytes} bytes of shared memory`);
  const sequence = new Int32Array(memory, 0, 1);
  const numbers = new Float64Array(memory, numbersOffset, 4);
  return {
    memory,
    clockMicrosAt: (realMicros) => clockMicrosAt(sequence, numbers, realMicros),
    read: () => read(sequence, numbers),
    change: (next) => {
      change(sequence, numbers, next);
    },
    changed: () => changed(sequence),
  };
}

function clockMicrosAt(sequence: Int32Array, numbers: Float64Array, realMicros: number): number {
  for (;;) {
    const before = Atomics.load(sequence, sequenceIndex);
    if (before === 0) {
      return realMicros;
    }
    const passed = numbers[frozenIndex] === 1 ? 0 : realMicros - (numbers[realIndex] ?? 0);
    const micros = (numbers[clockIndex] ?? 0) + passed * (numbers[rateIndex] ?? 1);
    if ((before & 1) === 0 && Atomics.load(sequence, sequenceIndex) === before) {
      return Math.floor(micros);
    }
  }
}

function read(sequence: Int32Array, numbers: Float64Array): TimeLine {
  for (;;) {
    const before = Atomics.load(sequence, sequenceIndex);
    const line = lineOf(before, numbers);
    if ((before & 1) === 0 && Atomics.load(sequence, sequenceIndex) === before) {
      return line;
    }
  }
}

/** The odd number is the lock: changes are short and rare, so others spin. */
function change(sequence: Int32Array, numbers: Float64Array, next: (line: TimeLine) => TimeLine): void {
  let before = Atomics.load(sequence, sequenceIndex);
  while (
    (before & 1) === 1 ||
    Atomics.compareExchange(sequence, sequenceIndex, before, before + 1) !== before
  ) {
    before = Atomics.load(sequence, sequenceIndex);
  }
  let after = before;
  try {
    const line = next(lineOf(before, numbers));
    numbers[realIndex] = line.realMicros;
    numbers[clockIndex] = line.clockMicros;
    numbers[rateIndex] = line.rate;
    numbers[frozenIndex] = line.frozen ? 1 : 0;
    after = before + 2;
  } finally {
    // A refused change gives the lock back with the old number.
    Atomics.store(sequence, sequenceIndex, after);
    Atomics.notify(sequence, sequenceIndex);
  }
}

/** Before the first change the clock shows real time: origin zero on both sides. */
function lineOf(sequenceNumber: number, numbers: Float64Array): TimeLine {
  return {
    realMicros: numbers[realIndex] ?? 0,
    clockMicros: numbers[clockIndex] ?? 0,
    rate: sequenceNumber === 0 ? 1 : (numbers[rateIndex] ?? 1),
    frozen: numbers[frozenIndex] === 1,
  };
}

async function changed(sequence: Int32Array): Promise<void> {
  const seen = Atomics.load(sequence, sequenceIndex);
  await Atomics.waitAsync(sequence, sequenceIndex, seen).value;
}
