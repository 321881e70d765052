// Servers of tests end with the tests, however those end.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGuardian } from "./guardian.ts";
import { until } from "./until.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-guardian-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a guardian", () => {
  it("ends the server and removes its folder when the process of the tests is killed", async () => {
    const server = spawn("sleep", ["1000"], { stdio: "ignore" });
    const ended = once(server, "exit");
    const tests = spawn(process.execPath, ["--input-type=module", "-e", watchedUntilKilled(server.pid)]);
    expect(await once(tests, "exit")).toStrictEqual([null, "SIGKILL"]);
    expect(await ended).toStrictEqual([null, "SIGQUIT"]);
    await until("the folder is removed", 5000, () => !existsSync(folder));
  });

  it("leaves everything as it is when it is released", async () => {
    const server = spawn("sleep", ["1000"], { stdio: "ignore" });
    const ended = once(server, "exit");
    const guardian = startGuardian(folder);
    guardian.watch(server.pid);
    await guardian.release();
    expect(existsSync(folder)).toBe(true);
    server.kill("SIGKILL");
    expect(await ended).toStrictEqual([null, "SIGKILL"]);
  });
});

function watchedUntilKilled(pid: number | undefined): string {
  const guardianFile = new URL("guardian.ts", import.meta.url).href;
  return `import { startGuardian } from ${JSON.stringify(guardianFile)};
    startGuardian(${JSON.stringify(folder)}).watch(${pid});
    setImmediate(() => process.kill(process.pid, "SIGKILL"));`;
}
