/**
 * Request ids as DynamoDB makes them: 52 characters A-Z0-9. The last 26 are drawn once per server, the first
 * 26 (130 bits) for each request: unique enough and half the price.
 */
import type { Random } from "../base/index.ts";

// 32 of the 36 allowed characters, so that five random bits make one.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const pairMask = 1023;

/** Gives a new id at each call. */
export function createRequestIds(random: Random): () => string {
  const pairs = characterPairs();
  const draw = (): string => drawHalf(pairs, random);
  const serverHalf = draw();
  return () => draw() + serverHalf;
}

/** All 1,024 pairs of characters: ten random bits pick one. */
function characterPairs(): readonly string[] {
  const pairs: string[] = [];
  for (const first of alphabet) {
    for (const second of alphabet) pairs.push(first + second);
  }
  return pairs;
}

/** 26 characters from five numbers: 3 + 3 + 3 + 3 + 1 pairs. */
function drawHalf(pairs: readonly string[], random: Random): string {
  let half = "";
  for (let index = 0; index < 4; index++) {
    const bits = random.uint32();
    half += `${pairs[bits & pairMask]}${pairs[(bits >>> 10) & pairMask]}${pairs[(bits >>> 20) & pairMask]}`;
  }
  return half + `${pairs[random.uint32() & pairMask]}`;
}
