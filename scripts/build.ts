// `npm run build`: dist/ from src/, ready to run and to pack.
//
// One build serves `import` and `require` (src/entry.cts says how). Declarations exist twice, because TypeScript
// takes the kind of a declaration file from the nearest package.json: dist/ for importers, and a copy in
// dist/require-types/ for CommonJS code. A failed build leaves the last good dist/ in place.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const checkout = join(import.meta.dirname, "..");
const dist = join(checkout, "dist");
const next = join(checkout, "node_modules", `.stator-build-${process.pid}`);

try {
  compile();
  addRequireTypes();
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
} finally {
  rmSync(next, { recursive: true, force: true });
}
await checkEntry();

function compile(): void {
  const tsc = join(checkout, "node_modules/.bin/tsc");
  const run = spawnSync(tsc, ["-p", "tsconfig.build.json", "--outDir", next], {
    cwd: checkout,
    stdio: "inherit",
  });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) process.exit(1);
}

function addRequireTypes(): void {
  const target = join(next, "require-types");
  const declarations = join(checkout, "node_modules", `.stator-types-${process.pid}`);
  // Copied aside first: cpSync refuses to copy a folder into itself.
  cpSync(next, declarations, {
    recursive: true,
    filter: (path) => !/\.[a-z]+$/u.test(path.slice(next.length)) || path.endsWith(".d.ts"),
  });
  mkdirSync(target, { recursive: true });
  rmSync(target, { recursive: true });
  renameSync(declarations, target);
  writeFileSync(join(target, "package.json"), `{ "type": "commonjs" }\n`);
}

/** The names that src/entry.cts lists by hand are exactly those that src/index.ts exports. */
async function checkEntry(): Promise<void> {
  const door = (await import(pathToFileURL(join(dist, "index.js")).href)) as object;
  const entry = createRequire(import.meta.url)(join(dist, "entry.cjs")) as object;
  const missing = Object.keys(door).filter((name) => !Object.hasOwn(entry, name));
  const extra = Object.keys(entry).filter((name) => !Object.hasOwn(door, name));
  // Names assigned in the text are what an `import` statement sees.
  const text = readFileSync(join(dist, "entry.cjs"), "utf8");
  const unseen = Object.keys(door).filter((name) => !text.includes(`exports.${name} =`));
  for (const name of new Set([...missing, ...unseen])) console.error(`src/entry.cts does not export ${name}`);
  for (const name of extra) console.error(`src/entry.cts exports ${name}, which src/index.ts does not`);
  if (missing.length + unseen.length + extra.length > 0) process.exitCode = 1;
}
