// `npm run verify:dockerfile`: replays the Dockerfile in empty folders, one per stage, on machines without a
// container engine, and then starts what the image would start. It proves that the steps work from the files
// that are copied and nothing else; it does not build an image, and the base image is only this machine.
//
// It knows the instructions that the Dockerfile uses and stops at any other.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./built-server.ts";
import { checkout } from "./steps.ts";

interface Stage {
  readonly root: string;
  workdir: string;
  readonly env: Record<string, string>;
  entrypoint: readonly string[];
  command: readonly string[];
}

interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

const startedMs = performance.now();
const scratch = mkdtempSync(join(tmpdir(), "stator-dockerfile-"));
const stages = new Map<string, Stage>();
try {
  const image = replay(parseDockerfile(readFileSync(join(checkout, "Dockerfile"), "utf8")));
  await tryImage(image, image.command);
  await tryImage(image, ["-jar", "DynamoDBLocal.jar", "-sharedDb", "-dbPath", "./data"]);
  tryPostgres(image);
  console.log(
    `replayed the Dockerfile in ${((performance.now() - startedMs) / 1000).toFixed(0)} s; no image was built`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function parseDockerfile(text: string): Instruction[] {
  const lines = text
    .replaceAll(/^#.*\n/gmu, "")
    .replaceAll("\\\n", " ")
    .split("\n");
  return lines.flatMap((line) => {
    const match = /^([A-Z]+)\s+(.+)$/u.exec(line.trim());
    return match === null ? [] : [{ keyword: match[1] ?? "", rest: match[2] ?? "" }];
  });
}

/** The last stage. */
function replay(instructions: readonly Instruction[]): Stage {
  let stage: Stage | undefined;
  for (const { keyword, rest } of instructions) {
    console.log(`${keyword} ${rest}`);
    if (keyword === "FROM") stage = newStage(rest);
    else if (stage === undefined) throw new Error(`${keyword} before FROM`);
    else apply(stage, { keyword, rest });
  }
  if (stage === undefined) throw new Error("the Dockerfile has no FROM");
  return stage;
}

function newStage(rest: string): Stage {
  const [image = "", , name = `stage-${stages.size}`] = rest.split(/\s+/u);
  const major = /^node:(\d+)-/u.exec(image)?.[1];
  if (major === undefined) throw new Error(`no stand-in for the base image ${image}`);
  if (process.versions.node.split(".")[0] !== major) throw new Error(`${image} needs Node ${major} here`);
  const root = join(scratch, name);
  mkdirSync(root);
  const stage: Stage = { root, workdir: "/", env: {}, entrypoint: [], command: [] };
  stages.set(name, stage);
  return stage;
}

function apply(stage: Stage, { keyword, rest }: Instruction): void {
  switch (keyword) {
    case "WORKDIR":
      stage.workdir = rest;
      mkdirSync(join(stage.root, rest), { recursive: true });
      return;
    case "COPY":
      copy(stage, rest.split(/\s+/u));
      return;
    case "RUN":
      run(stage, rest);
      return;
    case "ENV": {
      const [name = "", value = ""] = rest.split("=");
      stage.env[name] = value;
      return;
    }
    case "ENTRYPOINT":
      stage.entrypoint = JSON.parse(rest) as string[];
      return;
    case "CMD":
      stage.command = JSON.parse(rest) as string[];
      return;
    // They describe the image and do nothing while it is built.
    case "EXPOSE":
    case "USER":
    case "VOLUME":
    case "STOPSIGNAL":
      return;
    default:
      throw new Error(`the replay does not know ${keyword}`);
  }
}

function copy(stage: Stage, words: readonly string[]): void {
  const from = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
  const paths = words.filter((word) => !word.startsWith("--"));
  const target = paths.at(-1) ?? ".";
  const sourceRoot = from === undefined ? checkout : stages.get(from)?.root;
  if (sourceRoot === undefined) throw new Error(`no stage ${from}`);
  for (const path of paths.slice(0, -1)) {
    const source = join(sourceRoot, path);
    const inFolder = target.endsWith("/");
    const folder = join(stage.root, stage.workdir, target);
    // A folder's contents are copied, a file is copied under its name: as COPY does.
    const place = inFolder && statSync(source).isFile() ? join(folder, basename(path)) : folder;
    mkdirSync(dirname(place), { recursive: true });
    cpSync(source, place, { recursive: true });
  }
}

function run(stage: Stage, line: string): void {
  if (/(?:^|\s)\/[a-z]/u.test(line)) throw new Error(`RUN with an absolute path cannot be replayed: ${line}`);
  const root = process.getuid?.() === 0;
  const command = root ? line : line.replaceAll(/&& chown \S+( \S+)*/gu, "");
  if (command !== line) console.log("  without chown, which needs root");
  const done = spawnSync("/bin/sh", ["-ec", command], {
    cwd: join(stage.root, stage.workdir),
    env: imageEnvironment(stage),
    stdio: ["ignore", "inherit", "inherit"],
    timeout: 180_000,
  });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`RUN ended with ${done.status}: ${line}`);
}

/** Of this machine's environment only the way to the network, and its Node 24 in front. */
function imageEnvironment(stage: Stage): Record<string, string> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
  const network = Object.entries(process.env).filter(([name]) =>
    /^(?:https?_proxy|no_proxy|npm_config_registry|node_extra_ca_certs|ssl_cert_file)$/iu.test(name),
  );
  return {
    PATH: path,
    HOME: process.env["HOME"] ?? "/",
    // As in an image: nothing is there yet, and nothing of this machine's cache is touched.
    npm_config_cache: join(scratch, "npm-cache"),
    ...Object.fromEntries(network.map(([name, value]) => [name, value ?? ""])),
    ...stage.env,
  };
}

/** The image has the client of PostgreSQL: what is missing is a server, where nothing listens. */
function tryPostgres(stage: Stage): void {
  const [program, ...args] = entrypoint(stage, [
    "migrate",
    "--store",
    "postgres://nobody@127.0.0.1:1/nothing",
  ]);
  const done = spawnSync(program, args, { env: imageEnvironment(stage), encoding: "utf8", timeout: 60_000 });
  if (!done.stderr.includes("ECONNREFUSED")) throw new Error(`migrate --store: ${done.stderr}`);
  console.log("looks for PostgreSQL: migrate --store");
}

/** Paths of the image are paths below its root here. */
function entrypoint(stage: Stage, command: readonly string[]): [string, ...string[]] {
  const [program = "", ...rest] = [...stage.entrypoint, ...command];
  const here = (word: string): string =>
    word.startsWith("/") && existsSync(join(stage.root, word)) ? join(stage.root, word) : word;
  return [program, ...rest.map(here)];
}

/** Starts ENTRYPOINT with `command`, asks for the tables, and expects a clean end at SIGTERM. */
async function tryImage(stage: Stage, command: readonly string[]): Promise<void> {
  const port = await freePort();
  const [program, ...args] = entrypoint(stage, [...command, "-port", String(port)]);
  const child = spawn(program, args, {
    cwd: join(stage.root, stage.workdir),
    env: imageEnvironment(stage),
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  try {
    await listTables(`http://127.0.0.1:${port}/`);
  } finally {
    child.kill("SIGTERM");
  }
  const code = await Promise.race([ended, sleep(20_000, -1)]);
  if (code !== 0) throw new Error(`${command.join(" ")}: ended with ${code} after SIGTERM`);
  console.log(`answers and stops: ${command.join(" ")}`);
}

async function listTables(url: string): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.ListTables",
    authorization:
      "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    "x-amz-date": "20260101T000000Z",
  };
  for (;;) {
    const answer = await fetch(url, { method: "POST", headers, body: "{}" }).catch(() => undefined);
    if (answer !== undefined) {
      const text = await answer.text();
      if (answer.ok && text.includes("TableNames")) return;
      throw new Error(`ListTables was answered ${answer.status}: ${text}`);
    }
    if (performance.now() > deadlineMs) throw new Error("nothing answers");
    await sleep(100);
  }
}
