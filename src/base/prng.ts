/**
 * The house's only sources of chance. Rooms receive a Random through their constructors, so that a whole
 * server can run under one seed. The seeded one is for tests and simulation, never for secrets.
 */

import { randomFillSync, randomUUID } from "node:crypto";

import { assert } from "./assert.ts";

export interface Random {
  /** 0 .. 2^32 - 1, uniform. */
  uint32(): number;
  /** 0 .. limit - 1, uniform; `limit` is an integer of 1 .. 2^32. */
  below(limit: number): number;
  bytes(length: number): Uint8Array;
  /** A version 4 UUID in lower case with dashes. */
  uuid(): string;
}

const uint32Values = 0x1_0000_0000;

/** One call into the kernel's generator fills this many bytes. */
const poolBytes = 4096;

/** Unpredictable numbers of the operating system, taken in blocks because each call costs about a microsecond. */
export function systemRandom(): Random {
  const pool = new Uint32Array(poolBytes / 4);
  let used = pool.length;
  const random = randomOver(() => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const value = pool[used] ?? 0;
    pool[used] = 0;
    used += 1;
    return value;
  });
  // Node keeps a pool of its own for these, and is ten times as fast at writing them.
  return { ...random, uuid: () => randomUUID() };
}

/** The same numbers for the same seed for ever: xoshiro128** (Blackman and Vigna), its state from splitmix32. */
export function seededRandom(seed: number): Random {
  const expand = splitmix32(seed);
  let a = expand();
  let b = expand();
  let c = expand();
  let d = expand();
  return randomOver(() => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  });
}

function randomOver(uint32: () => number): Random {
  return {
    uint32,
    below: (limit) => below(uint32, limit),
    bytes: (length) => bytes(uint32, length),
    uuid: () => uuid(uint32),
  };
}

/** Refuses the uneven rest at the top, so that every result is equally likely. */
function below(uint32: () => number, limit: number): number {
  assert(Number.isInteger(limit) && limit >= 1 && limit <= uint32Values, "a limit is 1 to 2^32");
  const evenValues = uint32Values - (uint32Values % limit);
  let value = uint32();
  while (value >= evenValues) {
    value = uint32();
  }
  return value % limit;
}

function bytes(uint32: () => number, length: number): Uint8Array {
  const filled = new Uint8Array(length);
  for (let index = 0; index < length; index += 4) {
    const value = uint32();
    filled[index] = value;
    // Writes beyond the end of a typed array are ignored.
    filled[index + 1] = value >>> 8;
    filled[index + 2] = value >>> 16;
    filled[index + 3] = value >>> 24;
  }
  return filled;
}

function uuid(uint32: () => number): string {
  const first = hex8(uint32());
  const second = hex8(((uint32() & 0xffff_0fff) | 0x4000) >>> 0);
  const third = hex8(((uint32() & 0x3fff_ffff) | 0x8000_0000) >>> 0);
  const fourth = hex8(uint32());
  return `${first}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${fourth}`;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e37_79b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0_aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a_2d97);
    return mixed ^ (mixed >>> 15);
  };
}
