/** The command as a process of its own, from source, whose threads obey orders. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { keepCompiledModules } from "../../src/testing/index.ts";
import type { ThreadOrder } from "./thread-orders.ts";

export interface CommandProcess {
  readonly port: number;
  order(order: ThreadOrder): void;
  signal(name: "SIGTERM" | "SIGKILL"): void;
  readonly ended: Promise<CommandEnd>;
}

export interface CommandEnd {
  readonly code: number | null;
  readonly standardOutput: string;
  readonly standardError: string;
}

/** Arguments of `serve`, without the port. Resolves as soon as the server says that it listens. */
export async function startCommand(args: readonly string[]): Promise<CommandProcess> {
  const child = spawnServe([...args, "--port", "0"]);
  const ended = endOf(child);
  const port = await new Promise<number>((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /listening on \S+:(\d+)/u.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    void ended.then((end) => reject(new Error(`ended early: ${JSON.stringify(end)}`)));
  });
  return {
    port,
    order: (order) => void child.send(order),
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** For a command that is expected to refuse. */
export function runCommand(args: readonly string[]): Promise<CommandEnd> {
  return endOf(spawnServe(args));
}

function spawnServe(args: readonly string[]): ChildProcess {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const orders = new URL("obey-orders.ts", import.meta.url).href;
  const env = { NODE_COMPILE_CACHE: keepCompiledModules() };
  return spawn(process.execPath, ["--import", orders, main, "serve", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  let [standardOutput, standardError] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (standardOutput += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (standardError += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, standardOutput, standardError }));
  });
}
