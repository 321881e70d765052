/**
 * What can be measured: our built server in memory or on disk, another revision of it, dynalite as a peer, or
 * any endpoint. All run on the same Node binary. A peer is installed in the temporary folder, never here.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchKeys } from "./load/signer.ts";
import { wholeNumber } from "./option-values.ts";
import {
  builtServerCommand,
  builtServerKnows,
  checkout,
  type ServerCommand,
  startServerProcess,
} from "./server-process.ts";

export interface Target {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly endpoint: string;
  /** It verifies signatures: every request must carry a right one. */
  readonly verifies: boolean;
  /** Absent for an endpoint that is not ours to look into. */
  readonly pid?: number;
  /** Where its data is; absent when that is not ours to know. */
  readonly folder?: string;
  /** From the start of the process to its first answer. */
  readonly readyMs?: number;
  /** How the server ended and what it printed; undefined while it runs. */
  readonly fate?: () => string | undefined;
  close(): Promise<void>;
}

export interface TargetChoice {
  readonly name: string;
  /** On these cores only; an endpoint that runs already stays where it is. */
  readonly start: (cores?: readonly number[]) => Promise<Target>;
}

const dynaliteVersion = "4.0.0";

/**
 * `REV:memory` and `REV:data` are another git revision, `data-routers-2` and `memory-routers-2` have so many
 * router threads; the others are fixed names.
 */
export function targetChoice(name: string): TargetChoice {
  const [first = "", second] = name.split(":");
  const withRouters = /^(memory|data)-routers-(\d+)$/u.exec(name);
  if (withRouters !== null) {
    const [, life, routers = ""] = withRouters;
    return spawned(name, async (folder) =>
      builtServerCommand([...(life === "memory" ? ["--memory"] : ["--data", folder]), "--routers", routers]),
    );
  }
  if (name.startsWith("http://")) return { name, start: async () => endpointTarget(name) };
  switch (name) {
    case "memory":
      return spawned(name, async () => builtServerCommand(["--memory"]));
    case "data":
      return spawned(name, async (folder) => builtServerCommand(["--data", folder]));
    case "memory-signed":
      return spawned(name, async () => verifying(builtServerCommand(["--memory", "--auth", "signed"])));
    case "data-signed":
      return spawned(name, async (folder) =>
        verifying(builtServerCommand(["--data", folder, "--auth", "signed"])),
      );
    case "dynalite":
      return spawned(name, async () => dynaliteCommand([]));
    case "dynalite-path":
      return spawned(name, async (folder) => dynaliteCommand(["--path", join(folder, "level")]));
    default:
      if (second !== "memory" && second !== "data") throw new Error(`unknown target ${name}`);
      return spawned(name, async (folder) => {
        const built = buildRevision(first);
        return builtServerCommand(second === "memory" ? ["--memory"] : ["--data", folder], built);
      });
  }
}

/** The built server on a data folder with so many routers; a build from before there were any is as it is. */
export function dataTargetName(routers: string | undefined): string {
  if (routers === undefined) return "data";
  if (builtServerKnows("routers")) return `data-routers-${wholeNumber("routers", routers, 64)}`;
  console.error("the built server has no option --routers: it runs on one thread");
  return "data";
}

function spawned(name: string, command: (folder: string) => Promise<ServerCommand>): TargetChoice {
  return {
    name,
    start: async (cores) => {
      const folder = mkdtempSync(join(tmpdir(), "stator-bench-"));
      const server = await startServerProcess({
        ...(await command(folder)),
        ...(cores === undefined ? {} : { cores }),
      });
      return {
        name,
        host: server.host,
        port: server.port,
        endpoint: server.endpoint,
        verifies: name.endsWith("-signed"),
        pid: server.pid,
        folder,
        readyMs: server.readyMs,
        fate: () => {
          const exited = server.exited();
          return exited === undefined ? undefined : `${name} ended (${exited}):\n${server.output()}`;
        },
        close: async () => {
          await server.stop();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

function endpointTarget(address: string): Target {
  const { hostname, port } = new URL(address);
  if (hostname !== "127.0.0.1" && hostname !== "localhost") {
    throw new Error(`${address}: load is sent to this machine only`);
  }
  return {
    name: address,
    host: hostname,
    port: Number(port),
    endpoint: address,
    verifies: false,
    close: async () => {},
  };
}

function verifying(command: ServerCommand): ServerCommand {
  const { accessKeyId, secretAccessKey } = benchKeys;
  return {
    ...command,
    env: { STATOR_ACCESS_KEY_ID: accessKeyId, STATOR_SECRET_ACCESS_KEY: secretAccessKey },
  };
}

/** Everything dynalite is asked by its documented command-line options. */
function dynaliteCommand(args: readonly string[]): ServerCommand {
  const folder = join(tmpdir(), `stator-bench-dynalite-${dynaliteVersion}`);
  const installed = join(folder, "node_modules/dynalite");
  if (!existsSync(installed)) {
    mkdirSync(folder, { recursive: true });
    run(
      "npm",
      ["install", "--prefix", folder, "--no-audit", "--no-fund", `dynalite@${dynaliteVersion}`],
      folder,
    );
  }
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { bin: string };
  return {
    args: [
      join(installed, manifest.bin),
      "--port",
      "{port}",
      "--host",
      "127.0.0.1",
      "--createTableMs",
      "0",
      ...args,
    ],
    readyWithinMs: 20_000,
  };
}

/** A revision's files in a temporary folder, with our installed packages, built there once. */
function buildRevision(revision: string): string {
  const commit = run("git", ["rev-parse", "--verify", `${revision}^{commit}`], checkout).trim();
  const folder = join(tmpdir(), `stator-bench-revision-${commit}`);
  if (existsSync(join(folder, "dist/cli/main.js"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, "source.tar");
  run("git", ["archive", "--output", archive, commit], checkout);
  run("tar", ["-xf", archive], folder);
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  run(process.execPath, ["scripts/build.ts"], folder);
  return folder;
}

function run(program: string, args: readonly string[], cwd: string): string {
  const done = spawnSync(program, args, { cwd, encoding: "utf8", timeout: 180_000 });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}:\n${done.stdout}${done.stderr}`);
  return done.stdout;
}
