/**
 * Writes what follows from the shapes: src/api/generated/types.ts and docs/operations.md.
 * `node scripts/generate-api.ts` writes them, `--check` only compares and fails when they are stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { operationsPage } from "./generate-api/operations-page.ts";
import { typesFile } from "./generate-api/types-file.ts";

const root = new URL("../", import.meta.url);

const outputs: readonly (readonly [path: string, text: () => string])[] = [
  ["src/api/generated/types.ts", typesFile],
  ["docs/operations.md", operationsPage],
];

const checking = process.argv.includes("--check");
const stale: string[] = [];

for (const [path, text] of outputs) {
  const target = fileURLToPath(new URL(path, root));
  const wanted = text();
  if (current(target) === wanted) continue;
  stale.push(path);
  if (checking) continue;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, wanted);
}

if (checking && stale.length > 0) {
  console.error(`Stale: ${stale.join(", ")}. Run node scripts/generate-api.ts`);
  process.exitCode = 1;
}

function current(target: string): string | undefined {
  try {
    return readFileSync(target, "utf8");
  } catch (error: unknown) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
