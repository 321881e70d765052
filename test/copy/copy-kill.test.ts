// A copy that is killed in the middle of its work, as a process: the same command goes on where it was.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CommandContext, runCommand } from "../../src/cli/index.ts";
import { startServer } from "../../src/server/index.ts";
import { testServerSettings } from "../../src/testing/index.ts";
import { ask, manyItems, plainTable, putItems, storeEnd } from "./copy-fixture.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-copy-kill-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface StateShape {
  readonly tables: readonly {
    readonly step: string;
    readonly items: number;
    readonly segments: readonly object[];
  }[];
}

function stateOf(path: string): StateShape | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as StateShape) : undefined;
}

test("kill -9 in the middle loses nothing that was acknowledged", async () => {
  const from = join(folder, "from");
  const filled = await storeEnd(from, { kind: "directory", path: from });
  await ask(filled, "CreateTable", plainTable);
  await putItems(filled, "Plain", manyItems(400, 10_000));
  await filled.close();
  const outcome = await startServer(testServerSettings);
  if (outcome.kind !== "started") throw new Error(outcome.message);
  const { server } = outcome;
  const state = join(folder, "state.json");
  const args = ["copy", "--from", from, "--to", server.endpoint, "--state", state, "--concurrency", "1"];

  // Four pages of a hundred items; slow enough to be met in the middle.
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const child = spawn(process.execPath, [main, ...args, "--rate-wcu", "2000"], { stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_, signal) => resolve(signal));
  });
  const seen = new AbortController();
  void ended.then(() => seen.abort());
  try {
    for await (const _ of watch(folder, { signal: seen.signal })) {
      if ((stateOf(state)?.tables[0]?.items ?? 0) > 0) child.kill("SIGKILL");
    }
  } catch (error: unknown) {
    if (!seen.signal.aborted) throw error;
  }
  expect(await ended).toBe("SIGKILL");
  const [interrupted] = stateOf(state)?.tables ?? [];
  expect(interrupted?.step).toBe("copying");
  expect(interrupted?.items).toBeLessThan(400);

  let output = "";
  const context: CommandContext = {
    environment: {},
    write: (text) => {
      output += text;
    },
    writeError: (text) => {
      output += text;
    },
    nextSignal: () => new Promise(() => undefined),
    exit: () => undefined,
    processAgeMs: () => 0,
  };
  const code = await runCommand(args, context);
  await server.close();
  expect([code, output]).toEqual([0, expect.stringMatching(/^Plain {2}400 {9}400 {7}equal [0-9a-f]{32}$/m)]);
  // Pages that were acknowledged were not copied again.
  expect(output).toContain("Plain: 400 items copied\n");
}, 60_000);
