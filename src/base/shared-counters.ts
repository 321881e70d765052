/**
 * Counters of all threads of a server in one shared memory. Each thread writes a row of its own and whoever
 * asks sums the rows, so that counting takes no atomic operation and no thread waits for another's cache line.
 * Not for decisions that several threads take together: see shared-buckets.ts.
 *
 * A number is a 64-bit float at an aligned address: machines that Node 24 runs on store and load it whole. A sum
 * read while others count may lie between two of their steps, and is never wrong by more than what is under way.
 */

import { assert } from "./assert.ts";
import { crc32 } from "./crc32.ts";

/** One thread's counters. Only that thread may hold it: two writers of a row would lose counts. */
export interface CounterRow<Name extends string> {
  add(name: Name, count: number): void;
  /** For a number that goes up and down; zero starts a counter anew, which only its owner can do safely. */
  set(name: Name, value: number): void;
  /** Raises a high-water mark: keeps the larger one. Marks start from zero. */
  max(name: Name, value: number): void;
}

export interface SharedCounters<Name extends string> {
  /** For another thread's `openSharedCounters`, with the same names in the same order. */
  readonly memory: SharedArrayBuffer;
  readonly threads: number;
  /** The row a thread writes. A thread that takes the place of a dead one counts on from its numbers. */
  row(thread: number): CounterRow<Name>;
  /** What one thread counted. */
  of(thread: number, name: Name): number;
  /** The sum over all threads. */
  total(name: Name): number;
  /** The largest of all threads: what a high-water mark of the server is. */
  highest(name: Name): number;
}

const lineBytes = 64;
const numberBytes = 8;

/** Layout: a line with the fingerprint of the names and the number of threads, then a row per thread. */
const fingerprintIndex = 0;
const threadsIndex = 1;

export function openSharedCounters<Name extends string>(
  names: readonly Name[],
  threads: number,
  given?: SharedArrayBuffer,
): SharedCounters<Name> {
  assert(Number.isSafeInteger(threads) && threads > 0, "counters need one thread or more");
  const places = new Map<Name, number>(names.map((name, place) => [name, place]));
  assert(places.size === names.length, "each counter has a name of its own");
  const rowBytes = rowBytesFor(names.length);
  const memory = given ?? new SharedArrayBuffer(lineBytes + threads * rowBytes);
  checkHeader(memory, {
    fingerprint: crc32(new TextEncoder().encode(JSON.stringify(names))),
    threads,
    fresh: given === undefined,
  });
  const rows = Array.from(
    { length: threads },
    (_, thread) => new Float64Array(memory, lineBytes + thread * rowBytes, names.length),
  );

  const placeOf = (name: Name): number => {
    const place = places.get(name);
    assert(place !== undefined, `no counter is called ${name}`);
    return place;
  };
  const numbersOf = (thread: number): Float64Array => {
    const numbers = rows[thread];
    assert(numbers !== undefined, `there is no thread ${thread} of ${threads}`);
    return numbers;
  };
  return {
    memory,
    threads,
    row: (thread) => rowOver(numbersOf(thread), placeOf),
    of: (thread, name) => numbersOf(thread)[placeOf(name)] ?? 0,
    total: (name) => {
      const place = placeOf(name);
      return rows.reduce((sum, numbers) => sum + (numbers[place] ?? 0), 0);
    },
    highest: (name) => {
      const place = placeOf(name);
      return rows.reduce((most, numbers) => Math.max(most, numbers[place] ?? 0), Number.NEGATIVE_INFINITY);
    },
  };
}

function rowOver<Name extends string>(
  numbers: Float64Array,
  placeOf: (name: Name) => number,
): CounterRow<Name> {
  return {
    add: (name, count) => {
      const place = placeOf(name);
      numbers[place] = (numbers[place] ?? 0) + count;
    },
    set: (name, value) => {
      numbers[placeOf(name)] = value;
    },
    max: (name, value) => {
      const place = placeOf(name);
      if (value > (numbers[place] ?? 0)) {
        numbers[place] = value;
      }
    },
  };
}

/**
 * Whole cache lines, and one more that stays empty: the memory itself need not start at the beginning of a line, so
 * that without it the end of one row and the beginning of the next could share one.
 */
function rowBytesFor(counters: number): number {
  return (Math.ceil((counters * numberBytes) / lineBytes) + 1) * lineBytes;
}

interface Header {
  readonly fingerprint: number;
  readonly threads: number;
  readonly fresh: boolean;
}

/** Two threads that disagree about the names would count into each other's numbers without a trace. */
function checkHeader(memory: SharedArrayBuffer, header: Header): void {
  assert(memory.byteLength >= lineBytes, "counters need the memory of other counters");
  const numbers = new Float64Array(memory, 0, lineBytes / numberBytes);
  if (header.fresh) {
    numbers[fingerprintIndex] = header.fingerprint;
    numbers[threadsIndex] = header.threads;
  }
  assert(
    numbers[fingerprintIndex] === header.fingerprint && numbers[threadsIndex] === header.threads,
    "all threads open the counters with the same names and the same number of threads",
  );
}
