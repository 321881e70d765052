// Killing a program together with all it has started.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { killWithChildren } from "./processes.ts";

/** Closed when nobody is left who could write. */
function spawnFamily(): ReturnType<typeof spawn> {
  return spawn("/bin/sh", ["-c", "sleep 1000 & sleep 1000 & echo started; wait"], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
}

describe("killing a program with its children", () => {
  it("leaves nobody who holds the output open", async () => {
    const parent = spawnFamily();
    const closed = once(parent, "close");
    await once(parent.stdout ?? parent, "data");
    await killWithChildren(parent.pid ?? 0);
    expect(await closed).toStrictEqual([null, "SIGKILL"]);
  });

  it("is content when the program has ended", async () => {
    const parent = spawn("/bin/sh", ["-c", "exit 0"]);
    await once(parent, "close");
    await killWithChildren(parent.pid ?? 0);
    expect(parent.exitCode).toBe(0);
  });
});
