// How much is written for each put, with and without indexes: a change that writes more shows here.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const script = join(import.meta.dirname, "put-bytes.ts");

/** A thousand puts, each of which waits for the disk up to three times: on a slow disk that takes half a minute. */
const limitMs = 120_000;

/** Bounds are a quarter above what was counted when they were set; an item has 300 bytes, a page of the file 8 KB. */
const rows = [
  { name: "a plain table, one put at a time", indexes: 0, atOnce: 1, bytesMax: 38_000 },
  { name: "a plain table, 50 puts at once", indexes: 0, atOnce: 50, bytesMax: 8_000 },
  { name: "two global indexes, one put at a time", indexes: 2, atOnce: 1, bytesMax: 162_000 },
  { name: "two global indexes, 50 puts at once", indexes: 2, atOnce: 50, bytesMax: 33_000 },
];

describe.skipIf(!existsSync("/proc/self/io"))("bytes written for each put", () => {
  test.for(rows)("$name", { timeout: limitMs }, async ({ name, indexes, atOnce, bytesMax }, { annotate }) => {
    const folder = await mkdtemp(join(tmpdir(), "stator-put-bytes-"));
    try {
      const args = [script, folder, String(indexes), String(atOnce)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const bytes = Number(stdout);
      await annotate(`${name}: ${bytes} bytes a put`);
      expect(bytes).toBeGreaterThan(300);
      expect(bytes).toBeLessThan(bytesMax);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
