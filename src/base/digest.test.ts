// The digest is SHA-256, of text and of bytes alike.
import { expect, test } from "vitest";
import { digest } from "./digest.ts";

test("is SHA-256", () => {
  // FIPS 180-2, appendix B.1.
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(Buffer.from(digest("abc")).toString("hex")).toBe(abc);
  expect(digest(Uint8Array.of(0x61, 0x62, 0x63))).toEqual(digest("abc"));
  expect(digest("é")).toEqual(digest(Buffer.from("é", "utf8")));
});
