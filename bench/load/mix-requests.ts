/** Chooses what to send next: a part of the mix by its weight, and in it the next key. */
import { seededRandom } from "../../src/base/index.ts";
import { keySource } from "./key-source.ts";
import type { MixJob } from "./mix-job.ts";
import { requestBytes, type RequestBytes } from "./request-bytes.ts";

export interface MixRequests {
  /** The next request, laid out in what this connection has of its own: it may still be sending the last one. */
  next(own: ConnectionRequests): MixRequest;
}

export interface MixRequest {
  readonly bytes: Uint8Array;
  /** Which one of the mix it is. */
  readonly part: number;
}

/** One layout for each part of the mix, made when it is first needed. */
export type ConnectionRequests = (RequestBytes | undefined)[];

/** Bodies differ up to this many requests of one job. */
const uniqueMax = 1e9;
const steps = 1_000_000;

export function mixRequests(job: MixJob): MixRequests {
  const random = seededRandom(job.seed);
  const choose = weightedChoice(job.mix.map(({ weight }) => weight));
  const keys = job.mix.map((part, index) => keySource(part, job.seed + index));
  let unique = 0;
  return {
    next(own) {
      const index = job.mix.length === 1 ? 0 : choose(random.below(steps) / steps);
      const part = job.mix[index];
      const nextKey = keys[index];
      if (part === undefined || nextKey === undefined) throw new Error("the mix is empty");
      const request = (own[index] ??= requestBytes({ ...job, ...part }));
      unique = (unique + 1) % uniqueMax;
      request.renew(nextKey, unique);
      return { bytes: request.bytes, part: index };
    },
  };
}

/** Takes a number from 0 up to 1 and gives an index, each as often as its weight says. */
export function weightedChoice(weights: readonly number[]): (share: number) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const edges = weights.map((weight) => (sum += weight) / total);
  return (share) => {
    const index = edges.findIndex((edge) => share < edge);
    return index === -1 ? weights.length - 1 : index;
  };
}
