// House rules that no compiler or linter sees. Each expectation is an empty list of offenders, so that a
// failure names the places; the message says what to do instead.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { rooms, testingRooms } from "../rooms.mjs";
import { limits } from "../src/base/limits.ts";
import { handlers } from "../src/operations/registry.ts";
import { checkoutRoot, codeFiles, linesMatching, markdownFiles, readCheckoutFile } from "./tidy/checkout.ts";
import type { CheckoutFile } from "./tidy/checkout.ts";

const code = codeFiles();
const documents = markdownFiles();

/** This file and its neighbours spell out what they forbid. */
const product = code.filter((file) => !file.path.startsWith("test/tidy"));

describe("code", () => {
  test("is found at all", () => {
    expect(code.length).toBeGreaterThan(50);
    expect(documents.length).toBeGreaterThan(5);
  });

  test("opens each file with a comment that says what it is for", () => {
    const bare = code.filter((file) => !/^(?:#![^\n]*\n)?\s*\/[/*]/u.test(file.text));
    expect(paths(bare)).toEqual([]);
  });

  test("has no FIXME; mend it, or open an issue and write TODO(#number)", () => {
    expect(product.flatMap((file) => linesMatching(file, /\bFIXME\b/gu))).toEqual([]);
  });

  test("has no TODO without the number of an issue: TODO(#123)", () => {
    expect(product.flatMap((file) => linesMatching(file, /(?:\/\/|\*).*\bTODO\b(?!\(#\d+\))/gu))).toEqual([]);
  });

  test("has no focused tests; run one test with `vitest -t name`", () => {
    expect(product.flatMap((file) => linesMatching(file, /\.only\(/gu))).toEqual([]);
  });

  test("has no file or folder called utils, helpers, common or misc; name the thing it holds", () => {
    const vague = code.filter((file) =>
      /(?:^|[/-])(?:utils?|helpers?|common|misc)(?:[/.-]|$)/u.test(file.path),
    );
    expect(paths(vague)).toEqual([]);
  });

  test("exports names, one by one; `export *` hides how a door grows", () => {
    expect(product.flatMap((file) => linesMatching(file, /^export \*/gmu))).toEqual([]);
  });

  test("reads the time from a Clock; `new Date()` cannot be stopped in a test", () => {
    const timed = product.filter((file) => file.path.startsWith("src/") && file.path !== "src/base/clock.ts");
    expect(timed.flatMap((file) => linesMatching(file, /new Date\(\)/gu))).toEqual([]);
  });

  test("loads built-ins by import, so that the room checker sees them", () => {
    const loaders = product.filter((file) => file.path.startsWith("src/") && file.path !== "src/entry.cts");
    expect(loaders.flatMap((file) => linesMatching(file, /getBuiltinModule|createRequire\b/gu))).toEqual([]);
  });

  test("mentions no path of somebody's machine", () => {
    const everywhere = [...product, ...documents];
    expect(
      everywhere.flatMap((file) =>
        linesMatching(file, /(?<![\w.])\/(?:work|Users|home\/(?!dynamodblocal))\//gu),
      ),
    ).toEqual([]);
  });
});

describe("rooms", () => {
  const architecture = readCheckoutFile("ARCHITECTURE.md");

  test("are in the table of ARCHITECTURE.md exactly as in rooms.mjs", () => {
    const rows = [...architecture.matchAll(/^\| `([\w/]+)` \| ([^|]*) \|/gmu)];
    const table = new Map(rows.map((row) => [row[1], row[2]?.trim()]));
    const wanted = Object.entries(rooms).map(([room, allowed]) => [room, allowed.join(", ") || "–"] as const);
    for (const [room, allowed] of wanted) expect(`${room}: ${table.get(room)}`).toBe(`${room}: ${allowed}`);
    for (const room of testingRooms) expect([...table.keys()]).toContain(room);
  });

  test("have one door, index.ts, or no code yet", () => {
    const doorless = Object.keys(rooms).filter(
      (room) =>
        code.some((file) => file.path.startsWith(`src/${room}/`)) &&
        !code.some((file) => file.path === `src/${room}/index.ts`),
    );
    expect(doorless).toEqual([]);
  });
});

describe("limits", () => {
  test("are all used; remove one that guards nothing", () => {
    const users = code.filter(
      (file) => file.path.startsWith("src/") && !/\.test\.ts$|^src\/base\/limits\.ts$/u.test(file.path),
    );
    const text = users.map((file) => file.text).join("\n");
    const unused = Object.keys(limits).filter((name) => !new RegExp(`\\b${name}\\b`, "u").test(text));
    expect(unused).toEqual([]);
  });
});

describe("operations", () => {
  const built = [...handlers.values()].flatMap((operations) => [...operations.keys()]);
  const status = operationStatus(readCheckoutFile("docs/operations.md"));

  test("have a file each, named after them", () => {
    const missing = built.filter(
      (name) => !existsSync(join(checkoutRoot, "src/operations", `${kebab(name)}.ts`)),
    );
    expect(missing).toEqual([]);
  });

  test("are called built in docs/operations.md when they are, and only then", () => {
    expect(status.size).toBeGreaterThanOrEqual(62);
    const called = [...status].filter(([, state]) => state === "built").map(([name]) => name);
    expect(called.toSorted()).toEqual(built.toSorted());
  });
});

describe("generated files", () => {
  test("are fresh; run `node scripts/generate-api.ts` after changing what they are made from", () => {
    const run = spawnSync(process.execPath, ["scripts/generate-api.ts", "--check"], {
      cwd: checkoutRoot,
      encoding: "utf8",
    });
    expect(`${run.status} ${run.stderr}`).toBe("0 ");
  });
});

describe("package-lock.json", () => {
  test("has every platform's packages, or `npm ci` refuses it; run `node scripts/complete-lock.ts`", () => {
    const lock = JSON.parse(readCheckoutFile("package-lock.json")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(lock.packages).flatMap(([parent, locked]) =>
      Object.keys(locked.optionalDependencies ?? {}).filter(
        (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${parent}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });
});

describe("documents", () => {
  test("link only to files and headings that exist", () => {
    expect(documents.flatMap((file) => brokenLinks(file))).toEqual([]);
  });

  test("name only npm scripts that exist", () => {
    const manifest = JSON.parse(readCheckoutFile("package.json")) as { scripts: Record<string, string> };
    const known = new Set(Object.keys(manifest.scripts));
    const named = documents.flatMap((file) =>
      [...file.text.matchAll(/\bnpm run (?:--\w+ )*([a-z][\w:-]*)/gu)].map((match) => ({
        file,
        script: match[1] ?? "",
      })),
    );
    const unknown = named.filter(({ script }) => !known.has(script));
    expect(unknown.map(({ file, script }) => `${file.path}: npm ${script}`)).toEqual([]);
  });

  test("the scripts of package.json run files that exist", () => {
    const manifest = JSON.parse(readCheckoutFile("package.json")) as { scripts: Record<string, string> };
    const files = Object.values(manifest.scripts).flatMap((command) => command.match(/\S+\.ts\b/gu) ?? []);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(join(checkoutRoot, file)))).toEqual([]);
  });
});

function paths(files: readonly CheckoutFile[]): string[] {
  return files.map((file) => file.path);
}

function kebab(operation: string): string {
  return operation.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, "-").toLowerCase();
}

/** Rows "| PutItem | built | ... |" of docs/operations.md. */
function operationStatus(text: string): Map<string, string> {
  const rows = text.matchAll(/^\| `?([A-Z]\w+)`? *\| ((?:not )?built) *\|/gmu);
  return new Map([...rows].map((row) => [row[1] ?? "", (row[2] ?? "").trim()]));
}

function brokenLinks(file: CheckoutFile): string[] {
  const prose = file.text.replaceAll(/^```[\s\S]*?^```/gmu, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/gu)].map((match) => match[1] ?? "");
  return targets
    .filter((target) => !/^[a-z]+:/u.test(target) && !linkResolves(file, target))
    .map((target) => `${file.path}: ${target}`);
}

function linkResolves(file: CheckoutFile, target: string): boolean {
  const [path = "", heading] = target.split("#");
  const resolved = path === "" ? file.path : normalize(join(dirname(file.path), path));
  if (!existsSync(join(checkoutRoot, resolved))) return false;
  if (heading === undefined || !resolved.endsWith(".md")) return true;
  const anchors = [...readCheckoutFile(resolved).matchAll(/^#+ (.+)$/gmu)].map((match) =>
    anchor(match[1] ?? ""),
  );
  return anchors.includes(heading);
}

/** The way GitHub makes an anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}
