// Starts the built server (dist/) as a process of its own on a free port and waits until it is ready.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import process from "node:process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkout } from "./steps.ts";

export interface BuiltServer {
  readonly endpoint: string;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

export interface BuiltServerOptions {
  /** What follows `stator serve`, without the port. */
  readonly args: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly readyWithinMs: number;
}

/** Throws, with what the server printed, when it is not ready in time. */
export async function startBuiltServer(options: BuiltServerOptions): Promise<BuiltServer> {
  const port = await freePort();
  const bin = join(checkout, "dist/cli/main.js");
  const child = spawn(process.execPath, [bin, "serve", "--port", String(port), ...options.args], {
    cwd: checkout,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => printed.push(chunk));
  }
  const endpoint = `http://127.0.0.1:${port}`;
  if (!(await becomesReady(child, endpoint, options.readyWithinMs))) {
    await stop(child);
    throw new Error(`the server was not ready within ${options.readyWithinMs} ms:\n${printed.join("")}`);
  }
  return { endpoint, stop: () => stop(child) };
}

async function becomesReady(child: ChildProcess, endpoint: string, withinMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    const answer = await fetch(`${endpoint}/_stator/ready`).catch(() => undefined);
    if (answer?.ok === true) return true;
    await sleep(50);
  }
  return false;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(timer);
}

/** Free a moment ago: whoever takes it in between makes the caller fail, not hang. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}
