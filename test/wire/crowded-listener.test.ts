/** A listener whose process has no file descriptors left: the newest clients lose, and nothing falls over. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { openRaw, type RawConnection, rawRequest } from "./http-fixture.ts";

let child: ChildProcess | undefined;
const opened: RawConnection[] = [];
afterEach(() => {
  child?.kill();
  for (const { socket } of opened.splice(0)) socket.destroy();
});

function startCrowded(descriptorsMax: number): Promise<number> {
  const server = fileURLToPath(new URL("crowded-server.ts", import.meta.url));
  const command = `ulimit -n ${descriptorsMax}; exec "$0" "$1"`;
  const started = spawn("sh", ["-c", command, process.execPath, server], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child = started;
  return new Promise((resolve, reject) => {
    started.once("message", (told: { readonly port: number }) => resolve(told.port));
    started.once("exit", (code) => reject(new Error(`ended with ${code}`)));
  });
}

async function ask(raw: RawConnection): Promise<string> {
  const before = raw.received().length;
  raw.socket.write(rawRequest("{}"));
  return (await raw.until((received) => received.length > before && received.endsWith("}}"))).slice(before);
}

describe.skipIf(process.platform === "win32")("a listener without file descriptors", () => {
  it("closes the newest connections at once, serves the others, and takes new ones when some have left", async () => {
    const port = await startCrowded(64);
    for (let count = 0; count < 100; count++) opened.push(await openRaw(port));
    const answers = await Promise.all(opened.map(ask));
    const served = answers.filter((answer) => answer.includes("200 OK")).length;
    expect(served).toBeGreaterThan(10);
    expect(served).toBeLessThan(64);
    // The first ones are not the ones that lose.
    expect(answers[0]).toContain("200 OK");

    for (const { socket } of opened.slice(1)) socket.destroy();
    let answer = "";
    for (let count = 0; count < 100 && !answer.includes("200 OK"); count++) {
      const late = await openRaw(port);
      opened.push(late);
      answer = await ask(late);
    }
    expect(answer).toContain("200 OK");
  });
});
