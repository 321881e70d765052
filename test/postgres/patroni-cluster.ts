/**
 * Three nodes with Patroni on this machine, for tests: deploy/three-nodes/loopback.sh, driven from here. It is the
 * documented set-up itself that is started and killed, so that what tests say is said of what users run.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { describe, it } from "vitest";
import { postgresForTests } from "../../src/testing/postgres-servers/postgres-for-tests.ts";

export type NodeNumber = 1 | 2 | 3;

export interface ClusterHost {
  readonly node: NodeNumber;
  readonly host: string;
  readonly port: number;
}

export interface PatroniCluster extends AsyncDisposable {
  readonly hosts: readonly ClusterHost[];
  /** For `stator serve --store`. */
  readonly url: string;
  readonly passwordFile: string;
  readonly password: string;
  /** Undefined while there is none. */
  leader(): Promise<NodeNumber | undefined>;
  /** A dead machine: kill -9 of all that runs on it. */
  killNode(node: NodeNumber): Promise<void>;
  /** PostgreSQL runs on and nobody looks after it. */
  killPatroni(node: NodeNumber): Promise<void>;
  /** A machine that hangs: all that runs on it is stopped, its connections stay open. */
  pauseNode(node: NodeNumber): Promise<void>;
  /** It goes on as if nothing had happened. */
  resumeNode(node: NodeNumber): Promise<void>;
  startNode(node: NodeNumber): Promise<void>;
  /** Resolves when there is a leader, all nodes that were not killed follow it, and one of them is synchronous. */
  untilHealthy(): Promise<void>;
}

const script = join(import.meta.dirname, "../../deploy/three-nodes/loopback.sh");
/** What the script needs, and the package it comes in. */
const needed = [
  ["/usr/lib/postgresql", "postgresql"],
  ["/usr/bin/patroni", "patroni"],
  ["/usr/bin/etcd", "etcd-server"],
  ["/usr/lib/python3/dist-packages/etcd", "python3-etcd"],
] as const;
const run = promisify(execFile);
/** The script has shorter limits of its own. */
const commandMsMax = 180_000;
const healthySeconds = 90;

/** A group of tests on a cluster, or one skipped test whose name is the reason. */
export function describePatroni(name: string, tests: () => void): void {
  const reason = reasonToSkip();
  describe(name, () => {
    if (reason === undefined) tests();
    else it.skip(reason);
  });
}

/** Throws when servers are required and cannot be had. */
function reasonToSkip(): string | undefined {
  const postgres = postgresForTests();
  if (postgres.kind === "skipped") return postgres.reason;
  const packages = needed.filter(([path]) => !existsSync(path)).map(([, name]) => name);
  if (packages.length === 0) return undefined;
  const reason = `Patroni's set-up needs Debian's packages ${packages.join(", ")}`;
  if (process.env["STATOR_POSTGRES"] === "required") throw new Error(`STATOR_POSTGRES=required: ${reason}`);
  return reason;
}

/** Healthy, with an empty database for Stator. Ends with the process that started it, however that one ends. */
export async function startPatroniCluster(): Promise<PatroniCluster> {
  const parent = mkdtempSync(join(tmpdir(), "stator-patroni-"));
  // The servers run as a user of their own, who has to get at their folder.
  await run("chmod", ["711", parent]);
  const folder = join(parent, "cluster");
  const guardian = spawn(script, ["remove-at-end", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guardian.unref();
  const command = async (...words: readonly string[]): Promise<string> => {
    const [name = "", ...rest] = words;
    const { stdout } = await run(script, [name, folder, ...rest], { timeout: commandMsMax });
    return stdout.trim();
  };
  const remove = async (): Promise<void> => {
    await command("remove");
    guardian.stdin.end();
    rmSync(parent, { recursive: true, force: true });
  };
  try {
    await command("start");
    return clusterOf({ folder, command, remove, url: await command("url") });
  } catch (error: unknown) {
    await remove().catch(() => undefined);
    throw error;
  }
}

interface ClusterParts {
  readonly folder: string;
  readonly url: string;
  readonly command: (...words: readonly string[]) => Promise<string>;
  readonly remove: () => Promise<void>;
}

function clusterOf({ folder, url, command, remove }: ClusterParts): PatroniCluster {
  const passwordFile = join(folder, "stator.password");
  const act = async (name: string, node: NodeNumber): Promise<void> => {
    await command(name, String(node));
  };
  return {
    url,
    hosts: parseHosts(url),
    passwordFile,
    password: readFileSync(passwordFile, "utf8").trim(),
    leader: async () => {
      const found = await command("leader").catch(() => "");
      return found === "" ? undefined : nodeNumber(Number(found));
    },
    killNode: (node) => act("kill-node", node),
    killPatroni: (node) => act("kill-patroni", node),
    pauseNode: (node) => act("pause-node", node),
    resumeNode: (node) => act("resume-node", node),
    startNode: (node) => act("start-node", node),
    untilHealthy: async () => {
      await command("wait-healthy", String(healthySeconds));
    },
    [Symbol.asyncDispose]: remove,
  };
}

/** The script names the nodes in their order. */
function parseHosts(url: string): readonly ClusterHost[] {
  return [...url.matchAll(/([\d.]+):(\d+)/gu)].map(([, host = "", port], index) => ({
    node: nodeNumber(index + 1),
    host,
    port: Number(port),
  }));
}

function nodeNumber(number: number): NodeNumber {
  if (number === 1 || number === 2 || number === 3) return number;
  throw new Error(`there is no node ${number}`);
}
