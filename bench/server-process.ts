/**
 * Servers as child processes: ours as built, a peer from npm, another revision of ours. All speak DynamoDB's
 * API on a loopback port. Used by the benchmarks, the demo, and the suites that kill servers.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { apiCall } from "./api-call.ts";
import { nodeOn } from "./pinned.ts";

export interface ServerProcess {
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to its first answer. */
  readonly readyMs: number;
  /** Everything it printed so far. */
  output(): string;
  /** Asks it to end, and after a while makes it. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would the process. */
  kill(): Promise<void>;
  /** Undefined while it runs. */
  exited(): string | undefined;
}

export interface ServerCommand {
  /** Arguments for node, where `{port}` stands for the port. */
  readonly args: readonly string[];
  /** Its first group is the port in what the server prints; absent: the port is chosen for it. */
  readonly saysPort?: RegExp;
  readonly readyWithinMs: number;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs; absent: anywhere. */
  readonly cores?: readonly number[];
}

const host = "127.0.0.1";
const pollMs = 2;
const stopWithinMs = 10_000;
const outputCharactersMax = 20_000;

export const checkout: string = join(import.meta.dirname, "..");

/** STATOR_BUILD_OF names another checkout whose build is to be used, so that this one can be worked on meanwhile. */
export const buildOf: string = process.env["STATOR_BUILD_OF"] ?? checkout;

/** The built server of a checkout. Throws when there is no build: testing an old one would mislead. */
export function builtServerCommand(serveArgs: readonly string[], folder: string = buildOf): ServerCommand {
  const entry = join(folder, "dist/cli/main.js");
  if (!existsSync(entry)) throw new Error(`${entry} does not exist: run "npm run build" first`);
  return {
    // Any free one: a port that was found free before is another program's now and then.
    args: [entry, "serve", "--port", "0", ...serveArgs],
    saysPort: /listening on \S+:(\d+)/u,
    readyWithinMs: 20_000,
  };
}

/** Whether the built server knows an option of `serve`, by the help text that is made from its table of options. */
export function builtServerKnows(option: string, folder: string = buildOf): boolean {
  const [entry = ""] = builtServerCommand([], folder).args;
  const done = spawnSync(process.execPath, [entry, "--help"], { encoding: "utf8", timeout: 20_000 });
  if (done.status !== 0) throw new Error(`${entry} --help:\n${done.stdout}${done.stderr}`);
  return done.stdout.includes(`--${option} `);
}

export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const { saysPort } = command;
  const chosen = saysPort === undefined ? await freePort() : undefined;
  const startedMs = performance.now();
  const args = command.args.map((argument) => argument.replace("{port}", String(chosen)));
  const program = nodeOn(command.cores);
  const child = spawn(program.path, [...program.args, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...command.env },
  });
  const output = collectOutput(child);
  let ended: string | undefined;
  const end = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      ended = signal ?? `exit code ${String(code)}`;
      resolve();
    });
  });
  // A server left behind by a benchmark that was interrupted would disturb the next one.
  const killWithParent = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithParent);
  void end.then(() => process.off("exit", killWithParent));

  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await end;
  };
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
    await end;
    clearTimeout(timer);
  };
  const portNow = (): number => chosen ?? Number(saysPort?.exec(output())?.[1] ?? 0);
  while (portNow() === 0 || !(await answers(`http://${host}:${portNow()}`))) {
    const late = performance.now() - startedMs > command.readyWithinMs;
    if (ended !== undefined || late) {
      await kill();
      throw new Error(`server not ready (${ended ?? "no answer"}): node ${args.join(" ")}\n${output()}`);
    }
    await new Promise<void>((resolve) => setTimeout(resolve, pollMs));
  }
  const readyMs = performance.now() - startedMs;
  const pid = child.pid ?? 0;
  const port = portNow();
  return {
    endpoint: `http://${host}:${port}`,
    host,
    port,
    pid,
    readyMs,
    output,
    stop,
    kill,
    exited: () => ended,
  };
}

/** Ready means that it answers an operation; peers have no other common sign. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    const answer = await apiCall(endpoint, "ListTables", {});
    return answer.status === 200;
  } catch {
    return false;
  }
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      if (text.length < outputCharactersMax) text += chunk;
    });
  }
  return () => text;
}

/** Free a moment ago: whoever takes it in between makes the start fail, not hang. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, host, resolve));
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
