// Who loses what it holds when all together hold too much.
import { describe, expect, it } from "vitest";
import { HeldBytes } from "./held-bytes.ts";

function holding(bytesMax: number): { readonly held: HeldBytes<string>; readonly gone: string[] } {
  const gone: string[] = [];
  const held: HeldBytes<string> = new HeldBytes<string>({
    bytesMax,
    giveUp: (holder) => {
      gone.push(holder);
    },
  });
  return { held, gone };
}

describe("held bytes", () => {
  it("are taken from the oldest, and only as many as needed", () => {
    const { held, gone } = holding(100);
    held.hold("a", 40);
    held.hold("b", 40);
    held.hold("c", 60);
    expect([gone, held.totalBytes]).toEqual([["a"], 100]);
  });

  it("keep their age when they grow or shrink", () => {
    const { held, gone } = holding(100);
    held.hold("a", 10);
    held.hold("b", 10);
    held.hold("a", 60);
    held.hold("b", 50);
    expect([gone, held.totalBytes]).toEqual([["a"], 50]);
  });

  it("become young again by progress", () => {
    const { held, gone } = holding(100);
    held.hold("a", 50);
    held.hold("b", 50);
    held.renew("a", 40);
    held.hold("c", 20);
    expect([gone, held.totalBytes]).toEqual([["b"], 60]);
  });

  it("are taken from the holder itself when it alone has too many", () => {
    const { held, gone } = holding(100);
    held.hold("a", 101);
    expect([gone, held.totalBytes]).toEqual([["a"], 0]);
  });

  it("may be let go of twice", () => {
    const { held } = holding(100);
    held.hold("a", 60);
    held.release("a");
    held.release("a");
    expect(held.totalBytes).toBe(0);
  });
});
