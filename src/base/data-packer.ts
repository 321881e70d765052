/**
 * Plain data as bytes, for messages between threads: undefined, null, booleans, numbers, strings, bytes, arrays,
 * Maps and plain objects, nested, without cycles. Structured cloning does the same at three times the price, and
 * copies the whole buffer behind a short view.
 *
 * A packer and its unpacker share a growing dictionary of member names: the messages of one packer must reach one
 * unpacker, all of them and in order. Not a storage format.
 */
import { assert } from "./assert.ts";

export interface DataPacker {
  /** Adds a value to the next message; returns the bytes it takes there. Throws, with nothing added, for other data. */
  add(value: unknown): number;
  /** The values added since the last message, as fresh bytes of exact length. */
  take(): Uint8Array<ArrayBuffer>;
}

export interface DataUnpacker {
  /** The values of a message in order. Bytes in them are views of the message. */
  unpack(message: Uint8Array): unknown[];
}

const tags = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  /** Zigzag, seven bits a byte. */
  integer: 4,
  double: 5,
  latin1: 6,
  utf8: 7,
  bytes: 8,
  array: 9,
  map: 10,
  object: 11,
} as const;

/** Member names come from our own types, so they are few; later ones are written out each time. */
const namesMax = 4096;
/** Plain data of requests nests as deep as their values do; a cycle is found by this. */
const depthMax = 200;
const bytesInitial = 4096;
/** A packer that had one large message does not keep its space. */
const bytesKeptMax = 1024 * 1024;
/** Written by a loop: calling into the runtime costs more. */
const loopLengthMax = 24;

export function createDataPacker(): DataPacker {
  return new Packer();
}

export function createDataUnpacker(): DataUnpacker {
  return new Unpacker();
}

class Packer implements DataPacker {
  readonly #names = new Map<string, number>();
  /** Of the names, those in values that were added whole. */
  #namesTold = 0;
  #bytes = Buffer.allocUnsafeSlow(bytesInitial);
  #at = 0;

  add(value: unknown): number {
    const start = this.#at;
    try {
      this.#value(value, 0);
    } catch (error: unknown) {
      // Names it told first would be missing on the other side.
      for (const [name, number] of this.#names) if (number > this.#namesTold) this.#names.delete(name);
      this.#at = start;
      throw error;
    }
    this.#namesTold = this.#names.size;
    return this.#at - start;
  }

  take(): Uint8Array<ArrayBuffer> {
    const message = new Uint8Array(this.#at);
    message.set(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    if (this.#bytes.length > bytesKeptMax) this.#bytes = Buffer.allocUnsafeSlow(bytesInitial);
    return message;
  }

  #value(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        this.#string(value);
        return;
      case "number":
        this.#number(value);
        return;
      case "boolean":
        this.#byte(value ? tags.true : tags.false);
        return;
      case "undefined":
        this.#byte(tags.undefined);
        return;
      case "object":
        this.#object(value, depth);
        return;
      default:
        assert(false, `a ${typeof value} is no plain data`);
    }
  }

  #object(value: object | null, depth: number): void {
    assert(depth < depthMax, `plain data nests at most ${depthMax} levels`);
    if (value === null) {
      this.#byte(tags.null);
    } else if (value instanceof Uint8Array) {
      this.#byte(tags.bytes);
      this.#count(value.length);
      this.#reserve(value.length);
      this.#bytes.set(value, this.#at);
      this.#at += value.length;
    } else if (Array.isArray(value)) {
      this.#byte(tags.array);
      this.#count(value.length);
      for (const element of value) this.#value(element, depth + 1);
    } else if (value instanceof Map) {
      this.#byte(tags.map);
      this.#count(value.size);
      for (const [key, entry] of value) {
        this.#value(key, depth + 1);
        this.#value(entry, depth + 1);
      }
    } else {
      this.#members(value as Readonly<Record<string, unknown>>, depth);
    }
  }

  #members(value: Readonly<Record<string, unknown>>, depth: number): void {
    const names = Object.keys(value);
    this.#byte(tags.object);
    this.#count(names.length);
    for (const name of names) {
      this.#name(name);
      this.#value(value[name], depth + 1);
    }
  }

  /** A number from the dictionary, or 0 and the name, which both sides then add. */
  #name(name: string): void {
    const number = this.#names.get(name);
    if (number !== undefined) {
      this.#count(number);
      return;
    }
    assert(name !== "__proto__", "plain data has no member __proto__");
    this.#count(0);
    this.#string(name);
    if (this.#names.size < namesMax) this.#names.set(name, this.#names.size + 1);
  }

  #number(value: number): void {
    // Minus zero is no integer here: it would come back without its sign.
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#byte(tags.integer);
      this.#count(((value << 1) ^ (value >> 31)) >>> 0);
      return;
    }
    this.#reserve(9);
    this.#bytes[this.#at] = tags.double;
    this.#bytes.writeDoubleLE(value, this.#at + 1);
    this.#at += 9;
  }

  #string(text: string): void {
    const { length } = text;
    if (length <= loopLengthMax && this.#shortLatin1(text)) return;
    this.#byte(tags.utf8);
    this.#reserve(length * 3 + 5);
    const lengthAt = this.#at;
    const written = this.#bytes.write(text, lengthAt + 4, "utf8");
    this.#bytes.writeUInt32LE(written, lengthAt);
    this.#at = lengthAt + 4 + written;
  }

  /** False, with nothing written, when a character needs more than a byte. */
  #shortLatin1(text: string): boolean {
    this.#reserve(loopLengthMax + 2);
    const start = this.#at + 2;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0xff) return false;
      this.#bytes[start + index] = unit;
    }
    this.#bytes[this.#at] = tags.latin1;
    this.#bytes[this.#at + 1] = text.length;
    this.#at = start + text.length;
    return true;
  }

  #byte(byte: number): void {
    if (this.#at === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#at] = byte;
    this.#at += 1;
  }

  /** Unsigned, 32 bits. */
  #count(count: number): void {
    this.#reserve(5);
    let rest = count;
    while (rest > 0x7f) {
      this.#bytes[this.#at] = (rest & 0x7f) | 0x80;
      this.#at += 1;
      rest >>>= 7;
    }
    this.#bytes[this.#at] = rest;
    this.#at += 1;
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
}

class Unpacker implements DataUnpacker {
  /** By number, from 1. */
  readonly #names: string[] = [""];
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  unpack(message: Uint8Array): unknown[] {
    this.#bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    this.#at = 0;
    const values: unknown[] = [];
    while (this.#at < this.#bytes.length) values.push(this.#value());
    return values;
  }

  #value(): unknown {
    switch (this.#byte()) {
      case tags.undefined:
        return undefined;
      case tags.null:
        return null;
      case tags.true:
        return true;
      case tags.false:
        return false;
      case tags.integer: {
        const zigzag = this.#count();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case tags.double:
        this.#at += 8;
        return this.#bytes.readDoubleLE(this.#at - 8);
      case tags.latin1:
        return this.#latin1();
      case tags.utf8:
        return this.#utf8();
      case tags.bytes: {
        const length = this.#count();
        this.#at += length;
        return this.#bytes.subarray(this.#at - length, this.#at);
      }
      case tags.array:
        return this.#array();
      case tags.map:
        return this.#map();
      case tags.object:
        return this.#object();
      default:
        return assert(false, "a message begins each value with its tag");
    }
  }

  #array(): unknown[] {
    const length = this.#count();
    const array: unknown[] = [];
    for (let index = 0; index < length; index += 1) array.push(this.#value());
    return array;
  }

  #map(): Map<unknown, unknown> {
    const size = this.#count();
    const map = new Map<unknown, unknown>();
    for (let index = 0; index < size; index += 1) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    return map;
  }

  #object(): Record<string, unknown> {
    const length = this.#count();
    const object: Record<string, unknown> = {};
    for (let index = 0; index < length; index += 1) {
      const name = this.#name();
      object[name] = this.#value();
    }
    return object;
  }

  #name(): string {
    const number = this.#count();
    if (number > 0) {
      const known = this.#names[number];
      assert(known !== undefined, "a name was told before its number");
      return known;
    }
    const name = this.#value();
    assert(typeof name === "string", "a member has a name");
    if (this.#names.length <= namesMax) this.#names.push(name);
    return name;
  }

  #latin1(): string {
    const length = this.#byte();
    this.#at += length;
    return this.#bytes.toString("latin1", this.#at - length, this.#at);
  }

  #utf8(): string {
    const length = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4 + length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    assert(byte !== undefined, "a message is whole");
    this.#at += 1;
    return byte;
  }

  #count(): number {
    let count = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      count |= (byte & 0x7f) << shift;
      if (byte < 0x80) return count >>> 0;
    }
  }
}
