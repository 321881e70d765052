// Packs Stator as `npm publish` would, installs the tarball into an empty project, and uses it from every
// module system that users have. Needs a build, and npm's registry for Jest and the two dependencies.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { checkout, finish } from "../../scripts/steps.ts";

const jestVersion = "30.5.2";
const project = mkdtempSync(join(tmpdir(), "stator-package-"));
const skipped: string[] = [];
const failedNames: string[] = [];
let passed = 0;

try {
  installPackage();
  // The SDK and the tools come from this checkout, so that only Stator itself is installed from the tarball.
  for (const name of ["@aws-sdk", "@smithy", "vitest", "typescript"]) link(name);
  cpSync(join(import.meta.dirname, "samples"), project, { recursive: true });

  expectRun("import", ["node", "import.mjs"]);
  expectRun("require", ["node", "require.cjs"]);
  expectRun("left open, the process ends", ["node", "left-open.mjs"], "left open");
  expectRun("command", [bin("stator"), "--help"], "serve");
  postgres();
  vitest();
  jest();
  types();
  onOldNode(oldNode());
  finish({ passed, failed: failedNames.length, failedNames, skipped });
} finally {
  rmSync(project, { recursive: true, force: true });
}

function installPackage(): void {
  const packed = must(
    ["npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", project],
    checkout,
  );
  writeFileSync(join(project, "package.json"), `{ "name": "sample", "private": true }\n`);
  const tarball = packed.trim().split("\n").at(-1) ?? "";
  must(["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], project);
}

function link(name: string): void {
  const target = join(project, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(checkout, "node_modules", name), target);
}

function bin(name: string): string {
  return join(project, "node_modules/.bin", name);
}

/** pg is an optional peer: nothing installs it, and a command that needs it says so. */
function postgres(): void {
  // Nothing listens there.
  const store = ["--store", "postgres://nobody@127.0.0.1:1/nothing"];
  const serve = [bin("stator"), "serve", "--port", "0", ...store];
  const migrate = [bin("stator"), "migrate", ...store];
  const install = /^stator: a PostgreSQL store needs the package pg, .*: npm install pg$/mu;
  expectFailure("serve without pg", serve, install);
  expectFailure("migrate without pg", migrate, install);
  link("pg");
  expectFailure("serve with pg", serve, /ECONNREFUSED/u);
  expectFailure("migrate with pg", migrate, /ECONNREFUSED/u);
}

function vitest(): void {
  const config = `export default { test: { include: ["*.vitest.js"] } };\n`;
  writeFileSync(join(project, "vitest.config.mjs"), config);
  expectRun("Vitest", [join(checkout, "node_modules/.bin/vitest"), "run"], "1 passed");
}

function jest(): void {
  // In a folder above the project's own modules, so that installing Jest does not undo the links.
  const tools = join(project, "tools");
  mkdirSync(tools);
  writeFileSync(join(tools, "package.json"), `{ "name": "tools", "private": true }\n`);
  const installed = run(
    ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", `jest@${jestVersion}`],
    tools,
  );
  if (installed.status !== 0) {
    skipped.push(`Jest: it could not be installed (${installed.output.trim().split("\n").at(-1) ?? ""})`);
    return;
  }
  const config = JSON.stringify({ rootDir: project, testRegex: "sample\\.jest\\.js$", transform: {} });
  const command = [join(tools, "node_modules/.bin/jest"), "--config", config];
  expectRun("Jest", command, "2 passed");
}

function types(): void {
  const config = {
    compilerOptions: {
      module: "node16",
      target: "es2022",
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
      lib: ["es2024", "dom", "esnext.disposable"],
    },
    files: ["types.mts", "types.cts"],
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
  expectRun("types for import and require", [join(checkout, "node_modules/.bin/tsc"), "-p", "."]);
}

/** One line that says what is wrong, from each way in. */
function onOldNode(node: string | undefined): void {
  if (node === undefined) {
    skipped.push("old Node: every Node on this machine is 24 or newer");
    return;
  }
  const line = /needs Node 24 or newer\W+this is/iu;
  const command = join(project, "node_modules/stator/dist/cli/main.js");
  for (const [name, args] of [
    ["import on an old Node", ["import.mjs"]],
    ["require on an old Node", ["require.cjs"]],
    ["command on an old Node", [command, "serve"]],
  ] as const) {
    const done = run([node, ...args], project);
    report(name, done.status !== 0 && line.test(done.output), done.output);
    if (name.startsWith("command"))
      report("one line only", done.output.trim().split("\n").length === 1, done.output);
  }
}

/** A Node older than 24 on this machine's PATH. */
function oldNode(): string | undefined {
  const folders = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"));
  for (const folder of folders) {
    const version = run([join(folder, "node"), "--version"], project).output;
    const major = Number(/^v(\d+)\./u.exec(version)?.[1] ?? Number.NaN);
    if (major < 24) return join(folder, "node");
  }
  return undefined;
}

function expectRun(name: string, command: readonly string[], text = ""): void {
  const done = run(command, project);
  report(name, done.status === 0 && done.output.includes(text), done.output);
}

function expectFailure(name: string, command: readonly string[], text: RegExp): void {
  const done = run(command, project);
  const isOneLine = done.output.trim().split("\n").length === 1;
  report(name, done.status !== 0 && isOneLine && text.test(done.output), done.output);
}

function report(name: string, ok: boolean, output: string): void {
  if (ok) passed += 1;
  else failedNames.push(name);
  console.log(`${ok ? "ok    " : "FAILED"} ${name}`);
  if (!ok) console.log(output);
}

function run(command: readonly string[], cwd: string): { status: number; output: string } {
  const [program = "", ...args] = command;
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
    NO_COLOR: "1",
  };
  const done = spawnSync(program, args, { cwd, env, encoding: "utf8", timeout: 120_000 });
  return { status: done.status ?? 1, output: `${done.stdout ?? ""}${done.stderr ?? ""}` };
}

function must(command: readonly string[], cwd: string): string {
  const done = run(command, cwd);
  if (done.status !== 0) throw new Error(`${command.join(" ")}\n${done.output}`);
  return done.output;
}
