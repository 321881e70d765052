// A body put together again from pieces of any size.
import fc from "fast-check";
import { expect, it } from "vitest";
import { Pieces } from "./pieces.ts";

it("gives the bytes in their order, whatever the sizes of the pieces", () => {
  const sizes = fc.array(
    fc.oneof(fc.nat({ max: 5 }), fc.integer({ min: 1020, max: 1030 }), fc.nat({ max: 5000 })),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(sizes, (lengths) => {
      const pieces = new Pieces();
      const given: Buffer[] = [];
      for (const [index, length] of lengths.entries()) {
        const piece = Buffer.alloc(length, index);
        given.push(Buffer.from(piece));
        pieces.push(piece);
        // A small piece is copied: its owner may use it again.
        if (length < 1024) piece.fill(0xff);
      }
      const whole = Buffer.concat(given);
      expect(whole.equals(pieces.join())).toBe(true);
    }),
    { numRuns: 50 },
  );
});

it("keeps a body that comes byte by byte in few blocks", () => {
  const pieces = new Pieces();
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 200_000; count++) pieces.push(Buffer.from([count]));
  const block = pieces.join();
  expect(block.length).toBe(200_000);
  expect(block[199_999]).toBe(199_999 % 256);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});
