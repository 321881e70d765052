// The files of this checkout as the tidy test sees them: path, text, and a way to name the line of a finding.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

export interface CheckoutFile {
  /** Path from the checkout's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export const checkoutRoot: string = join(import.meta.dirname, "../..");

/** All TypeScript that people wrote or generated, planted mistakes excepted. */
export function codeFiles(): readonly CheckoutFile[] {
  return ["src", "test", "bench", "scripts"]
    .flatMap((folder) => filesBelow(folder))
    .filter((path) => /\.[cm]?ts$/u.test(path) && !/^test\/(?:lint|rooms)-canary\//u.test(path))
    .map(load);
}

export function markdownFiles(): readonly CheckoutFile[] {
  const top = readdirSync(checkoutRoot).filter((name) => name.endsWith(".md"));
  return [...top, ...filesBelow("docs").filter((path) => path.endsWith(".md"))].map(load);
}

export function readCheckoutFile(path: string): string {
  return readFileSync(join(checkoutRoot, path), "utf8");
}

/** "path:line" of every match of `pattern` (which must be global). */
export function linesMatching(file: CheckoutFile, pattern: RegExp): readonly string[] {
  return [...file.text.matchAll(pattern)].map(
    (match) => `${file.path}:${file.text.slice(0, match.index).split("\n").length}`,
  );
}

function load(path: string): CheckoutFile {
  return { path, text: readCheckoutFile(path) };
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(checkoutRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(checkoutRoot, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}
