// Whether tests on real servers run, and why not.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { postgresForTests } from "./postgres-for-tests.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-find-"));
  vi.stubEnv("STATOR_POSTGRES_BIN", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("PostgreSQL for tests", () => {
  it("is not looked for unless it is asked for", () => {
    vi.stubEnv("STATOR_POSTGRES", undefined);
    expect(postgresForTests()).toStrictEqual({
      kind: "skipped",
      reason: "set STATOR_POSTGRES=auto to run on real PostgreSQL servers",
    });
  });

  it("is skipped with the reason where there is none, and names the folder it was told", () => {
    vi.stubEnv("STATOR_POSTGRES", "auto");
    const reason = expect.stringContaining(`no PostgreSQL server in STATOR_POSTGRES_BIN=${folder}`);
    expect(postgresForTests()).toStrictEqual({ kind: "skipped", reason });
  });

  it("is a failure where there is none and it is required", () => {
    vi.stubEnv("STATOR_POSTGRES", "required");
    expect(() => postgresForTests()).toThrow(/required: no PostgreSQL server/u);
  });

  it("refuses a word it does not know, which might be meant as required", () => {
    vi.stubEnv("STATOR_POSTGRES", "1");
    expect(() => postgresForTests()).toThrow("off, auto or required, not 1");
  });
});
